"""A person linked or unlinked an agreement and a contract (spec/agreements.md 6.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.agreement_sync.asking import PROCESS, LinkCommand
from services.agreement_sync.booking import Booking
from services.agreement_sync.books import ContractBook, contract_books
from services.agreement_sync.ledger import CONTRACT, ledger_agreement
from services.agreement_sync.looks import Concerned, Finder, looked_at
from services.agreement_sync.pushes import Pushes
from services.agreement_sync.rules.asked import contract_record, yes
from services.agreement_sync.rules.let_go import leaves_queue
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
from shared.sync.decision import Apply, Checks, Decision, Skip, Wait
from shared.sync.outcome import Effect
from shared.sync.trouble import Refused

KIND = LinkKind.AGREEMENT_CONTRACT


@dataclass(frozen=True, slots=True)
class LinkGathered:
    """The agreement's link as it is now.

    Attributes:
        contract: the one the command names, None when it is gone.
        old: the one the agreement lets go of, None when it lets go of none, or it is gone.
        made: Tandem made the old one for the agreement.
        owner: RecID of another agreement the old one is linked to.
        newest: the agreement's newest invoice.
    """

    known: FoundLeft
    contract: Contract | None
    old: ContractBook | None
    made: bool
    owner: int | None
    newest: Concerned | None


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """What follows a person's word about a link.

    Attributes:
        generation: of the agreement's link.
        unqueue: the contract that leaves the billing queue, None: none does.
        blank: number of the contract whose mention is cleared, empty: none is.
        newest: the invoice to look at.
        text: one sentence for people.
    """

    agreement_id: int
    newest: Concerned | None
    text: str
    generation: int = 0
    unqueue: Contract | None = None
    blank: str = ""


class AgreementHandler:
    """Lets go of a contract, and has the agreement's newest invoice looked at again."""

    def __init__(
        self,
        finder: Finder,
        eautomate: EAutomate,
        mapping: MappingClient,
        booking: Booking,
        pushes: Pushes,
        settings: AgreementSyncSettings,
        redo_topic: str,
    ) -> None:
        """Wire."""
        self._finder = finder
        self._eautomate = eautomate
        self._mapping = mapping
        self._booking = booking
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
        named = {change.record.right for change in changes} | {_let_go_of(change) for change in changes}
        ids = {int(right) for right in named if right.isdigit()}
        books = await contract_books(self._eautomate, ids)
        owners = (await self._mapping.find(KIND, rights=[str(ident) for ident in sorted(ids)])).rights
        records = [ledger_agreement(subject) for subject in subjects]
        created = await self._eautomate.created_rows(PROCESS, records)
        newest = await self._finder.of_agreements([int(subject) for subject in subjects])

        def book(right: str) -> ContractBook | None:
            return books.get(int(right)) if right.isdigit() else None

        def about(change: Change[LinkCommand]) -> LinkGathered:
            subject, old = change.envelope.subject, _let_go_of(change)
            named, owner = book(change.record.right), owners.get(old)
            made = created.get(ledger_agreement(subject), ())
            return LinkGathered(
                known=known[subject],
                contract=named.contract if named is not None else None,
                old=book(old),
                made=any(row.target_kind == CONTRACT and row.target_id == old for row in made),
                owner=int(owner.left) if owner is not None and owner.left != subject else None,
                newest=newest.get(int(subject)),
            )

        return {change.envelope.subject: about(change) for change in changes}

    def decide(self, change: Change[LinkCommand], gathered: LinkGathered) -> Decision[LinkPlan]:
        """Whether the word still holds, and whether the custom field is ours to clear."""
        checks, command = Checks(), change.record
        agreement = int(change.envelope.subject)
        checks.note("asked by", f"{command.by or 'Tandem'}: {command.why or change.envelope.action}")
        contract = gathered.contract.number if gathered.contract is not None else f"with id {command.right}"
        linking = change.envelope.action == LINKED
        # Linked to another by now, an invoice was quicker: the old contract has to be let go of all the same.
        link, old = gathered.known.link, gathered.old
        again = link is not None and link.right == _let_go_of(change)
        if linking:
            text = f"agreement {agreement} was linked to contract {contract} by {command.by or 'a person'}"
        else:
            if not checks.ask("is still unlinked", not again, "linked again" if again else "yes", "yes"):
                return Skip("the agreement was linked again meanwhile", checks.made, result="superseded")
            text = f"agreement {agreement} let go of contract {contract}"
        unqueue = None
        if old is not None and not again:
            leaves = leaves_queue(old.contract, gathered.made, gathered.owner, old.periods, old.bills, checks)
            unqueue = old.contract if leaves else None
        if unqueue is not None:
            free = unqueue.locks == 0
            if not checks.ask("contract is open on somebody's screen", free, yes(not free), "no"):
                why = (
                    f"contract {unqueue.number} is open on somebody's screen, so it stays in the billing queue. Close it; "
                    "the sync tries again by itself."
                )
                return Wait("G19", why, checks.made, (contract_record(unqueue.contract_id),))
            text += f"; contract {unqueue.number} leaves the billing queue, since the next one bills what it holds"
        blank = "" if linking else self._to_blank(gathered, contract, checks)
        plan = LinkPlan(agreement, gathered.newest, text, command.generation, unqueue, blank)
        return Apply(plan, checks.made)

    async def apply(self, change: Change[LinkCommand], plan: LinkPlan) -> Applied:  # noqa: ARG002
        """Take the contract out of the queue, clear the field while it names it; then the newest invoice is looked at."""
        effects: tuple[Effect, ...] = ()
        if plan.unqueue is not None:
            try:
                effects += await self._booking.leave_queue(plan.unqueue, plan.generation)
            except Refused as refused:
                return Applied(refused.fault.text, refused=refused.fault)
        if plan.blank:
            done = await self._pushes.blank(
                plan.agreement_id, self._settings.contract_number_field, plan.blank
            )
            effects += tuple(done.effects)
            if done.trouble:
                first = done.trouble[0]
                fault = Fault(first.code, first.text, blocked_on=first.blocked_on)
                return Applied(first.text, effects, refused=fault)
        if plan.newest is None:
            return Applied(f"{plan.text}; none of its invoices is known yet", effects)
        looks = looked_at([plan.newest], self._redo_topic)
        return Applied(f"{plan.text}; {looks.text}", effects, messages=looks.messages)

    def label(self, change: Change[LinkCommand]) -> str:
        """``agreement 88``."""
        return f"agreement {change.envelope.subject}"

    def _to_blank(self, gathered: LinkGathered, contract: str, checks: Checks) -> str:
        """Number of the contract whose mention is ours to clear, empty when none is."""
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
        return blank if all(check.passed for check in checks.made[begin:]) else ""


def _let_go_of(change: Change[LinkCommand]) -> str:
    """``ContractID`` of the contract the agreement had before, empty when it had none."""
    command = change.record
    return (command.previous_right or "") if change.envelope.action == LINKED else command.right
