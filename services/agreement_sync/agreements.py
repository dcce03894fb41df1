"""A person linked or unlinked an agreement and a contract (spec/agreements.md 6.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.agreement_sync.asking import LinkCommand
from services.agreement_sync.looks import Concerned, Finder, looked_at
from services.agreement_sync.pushes import Pushes
from services.agreement_sync.settings import AgreementSyncSettings
from shared.bus.delivery import Delivery, Fault
from shared.eautomate.port import EAutomate
from shared.events.change import Change, RecordError, decode
from shared.events.contracts import Contract
from shared.links.client import MappingClient
from shared.links.kinds import LinkKind
from shared.links.models import FoundLeft
from shared.sync.agent import Applied
from shared.sync.commands import LINKED, UNLINKED, number_of
from shared.sync.decision import Apply, Checks, Decision, Skip
from shared.sync.outcome import Effect

KIND = LinkKind.AGREEMENT_CONTRACT


@dataclass(frozen=True, slots=True)
class LinkGathered:
    """The agreement's link as it is now.

    Attributes:
        contract: the one the command names, None when it is gone.
        newest: the agreement's newest invoice.
    """

    known: FoundLeft
    contract: Contract | None
    newest: Concerned | None


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """What follows a person's word about a link.

    Attributes:
        blank: number of the contract whose mention is cleared, empty: none is.
        newest: the invoice to look at.
        text: one sentence for people.
    """

    agreement_id: int
    blank: str
    newest: Concerned | None
    text: str


class AgreementHandler:
    """Lets go of a contract, and has the agreement's newest invoice looked at again."""

    def __init__(
        self,
        finder: Finder,
        eautomate: EAutomate,
        mapping: MappingClient,
        pushes: Pushes,
        settings: AgreementSyncSettings,
        redo_topic: str,
    ) -> None:
        """Wire."""
        self._finder = finder
        self._eautomate = eautomate
        self._mapping = mapping
        self._pushes = pushes
        self._settings = settings
        self._redo_topic = redo_topic

    def read(self, delivery: Delivery) -> LinkCommand:
        """The command's body."""
        number_of(delivery)
        if delivery.envelope.action not in {LINKED, UNLINKED}:
            raise RecordError(f"unknown command {delivery.envelope.action!r} about an agreement")
        return decode(LinkCommand, delivery.value)

    async def gather(self, changes: Sequence[Change[LinkCommand]]) -> Mapping[str, LinkGathered]:
        """Links, contracts and newest invoices, in lists."""
        subjects = [change.envelope.subject for change in changes]
        known = (await self._mapping.find(KIND, lefts=subjects)).lefts
        rights = {int(change.record.right) for change in changes if change.record.right.isdigit()}
        contracts = await self._eautomate.contracts_by_id(sorted(rights))
        newest = await self._finder.of_agreements([int(subject) for subject in subjects])
        return {
            change.envelope.subject: LinkGathered(
                known[change.envelope.subject],
                contracts.get(int(change.record.right)) if change.record.right.isdigit() else None,
                newest.get(int(change.envelope.subject)),
            )
            for change in changes
        }

    def decide(self, change: Change[LinkCommand], gathered: LinkGathered) -> Decision[LinkPlan]:
        """Whether the word still holds, and whether the custom field is ours to clear."""
        checks, command = Checks(), change.record
        agreement = int(change.envelope.subject)
        checks.note("asked by", f"{command.by or 'Tandem'}: {command.why or change.envelope.action}")
        contract = gathered.contract.number if gathered.contract is not None else f"with id {command.right}"
        if change.envelope.action == LINKED:
            text = f"agreement {agreement} was linked to contract {contract} by {command.by or 'a person'}"
            return Apply(LinkPlan(agreement, "", gathered.newest, text), checks.made)
        linked = gathered.known.link is not None or gathered.known.generation > command.generation
        if not checks.ask("is still unlinked", not linked, "linked again" if linked else "yes", "yes"):
            return Skip("the agreement was linked again meanwhile", checks.made, result="superseded")
        blank = gathered.contract.number if gathered.contract is not None else ""
        begin = len(checks.made)
        settings = self._settings
        checks.ask("the contract's number is known", bool(blank), contract, "a contract in e-automate")
        checks.ask(
            "the contract number is written back",
            settings.push_contract_number,
            "off",
            "push_contract_number",
        )
        checks.ask(
            "mode writes to ConnectWise", settings.writes_to_connectwise, settings.mode.value, "production"
        )
        ours = all(check.passed for check in checks.made[begin:])
        text = f"agreement {agreement} let go of contract {contract}"
        return Apply(LinkPlan(agreement, blank if ours else "", gathered.newest, text), checks.made)

    async def apply(self, change: Change[LinkCommand], plan: LinkPlan) -> Applied:  # noqa: ARG002
        """Clear the field while it names that contract; then the newest invoice is looked at again."""
        effects: tuple[Effect, ...] = ()
        if plan.blank:
            done = await self._pushes.blank(
                plan.agreement_id, self._settings.contract_number_field, plan.blank
            )
            if done.trouble:
                first = done.trouble[0]
                return Applied(first.text, refused=Fault(first.code, first.text, blocked_on=first.blocked_on))
            effects = tuple(done.effects)
        if plan.newest is None:
            return Applied(f"{plan.text}; none of its invoices is known yet", effects)
        looks = looked_at([plan.newest], self._redo_topic)
        return Applied(f"{plan.text}; {looks.text}", effects, messages=looks.messages)

    def label(self, change: Change[LinkCommand]) -> str:
        """``agreement 88``."""
        return f"agreement {change.envelope.subject}"
