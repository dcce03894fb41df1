"""What people command about customers and locations, and due work: link, unlink, push, settle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.customer_sync.asking import PUSH, SETTLE, Command, command
from services.customer_sync.customers.gathered import Gathered
from services.customer_sync.customers.matching import COMPANY
from services.customer_sync.handlers import AnyGathered, AnyPlan, CustomerHandler
from services.customer_sync.locations.gathered import LocationGathered
from services.customer_sync.locations.matching import SITE
from services.customer_sync.pairs.pairing import Words
from shared.bus.delivery import Delivery
from shared.eautomate.errors import Superseded
from shared.eautomate.port import EAutomate
from shared.events.change import Change, RecordError, decode
from shared.events.records import Customer
from shared.sync.agent import Applied
from shared.sync.commands import COMMAND, LINKED, UNLINKED, number_of
from shared.sync.decision import Apply, Checks, Decision, Reject, Skip

ABOUT_LINKS = frozenset({LINKED, UNLINKED})
KINDS = {words.kind.value: words for words in (COMPANY, SITE)}


@dataclass(frozen=True, slots=True)
class CommandGathered:
    """The row as it is now, and what the rules of either kind of link need."""

    customer: Customer | None
    change: Change[Customer] | None = None
    office: Gathered | None = None
    location: LocationGathered | None = None

    def of(self, words: Words) -> AnyGathered | None:
        """What was gathered for a kind."""
        return self.location if words is SITE else self.office


@dataclass(frozen=True, slots=True)
class LetGo:
    """Clear the RecID of an ended link."""

    words: Words
    customer: Customer | None
    subject: str
    right: str
    generation: int
    sequence: int


class CommandHandler:
    """A person linked or unlinked a record, or asked to push it; or an unknown answer is due."""

    def __init__(self, customers: CustomerHandler, eautomate: EAutomate, redo_topic: str) -> None:
        """Wire; what is not about letting go is decided by the record's own rules."""
        self._customers = customers
        self._redo_topic = redo_topic
        self._eautomate = eautomate

    def read(self, delivery: Delivery) -> Command:
        """The command's body."""
        number_of(delivery)
        if delivery.envelope.action not in {LINKED, UNLINKED, SETTLE, PUSH}:
            raise RecordError(f"unknown command {delivery.envelope.action!r}")
        return decode(Command, delivery.value)

    async def gather(self, changes: Sequence[Change[Command]]) -> Mapping[str, CommandGathered]:
        """The rows as they are now, gathered for as if they had just changed."""
        rows = await self._eautomate.customers_by_id([int(change.envelope.subject) for change in changes])
        present: dict[str, Change[Customer]] = {}
        asked: dict[str, dict[str, Change[Customer]]] = {kind: {} for kind in KINDS}
        for change in changes:
            subject = change.envelope.subject
            row = rows.get(int(subject))
            words = _words(change, row)
            if row is not None and words is not None:
                present[subject] = Change(change.envelope, row, COMMAND)
                asked[words.kind.value][subject] = present[subject]
        offices = await self._customers.offices.gatherer.gather(list(asked[COMPANY.kind.value].values()))
        locations = await self._customers.locations.gatherer.gather(list(asked[SITE.kind.value].values()))
        return {
            subject: CommandGathered(
                rows.get(int(subject)), present.get(subject), offices.get(subject), locations.get(subject)
            )
            for subject in (change.envelope.subject for change in changes)
        }

    def decide(self, change: Change[Command], gathered: CommandGathered) -> Decision[AnyPlan | LetGo]:
        """Let go of an ended link, or decide as for any change."""
        checks = Checks()
        checks.note(
            "asked by", f"{change.record.by or 'Tandem'}: {change.record.why or change.envelope.action}"
        )
        words = _words(change, gathered.customer)
        checks.ask("is about companies or sites", words is not None, change.record.kind, " or ".join(KINDS))
        if words is None:
            return Skip("links of other kinds have no values to carry", checks.made)
        state = gathered.of(words)
        if change.envelope.action == UNLINKED:
            return _unlinked(words, change, gathered.customer, state, checks)
        if gathered.change is None or state is None:
            checks.ask("exists in e-automate", False, "gone", f"a {words.left}")
            if change.envelope.action == LINKED:
                subject = change.envelope.subject
                return Reject(
                    "C8",
                    f"e-automate has no {words.left} with id {subject}, but it was linked to {words.right} "
                    f"{change.record.right}; end that link",
                    checks.made,
                    (words.link(subject),),
                )
            return Skip(f"the {words.left} is gone from e-automate", checks.made)
        decision = self._customers.decide(gathered.change, state)
        return Apply(decision.plan, decision.checks) if isinstance(decision, Apply) else decision

    async def apply(self, change: Change[Command], plan: AnyPlan | LetGo) -> Applied:
        """Clear the property, or carry out the record's plan."""
        if isinstance(plan, LetGo):
            return await self._let_go(plan)
        return await self._customers.apply(Change(change.envelope, plan.customer, COMMAND), plan)

    def label(self, change: Change[Command]) -> str:
        """``customer with id 7``."""
        return f"customer with id {change.envelope.subject}"

    async def _let_go(self, plan: LetGo) -> Applied:
        side = self._customers.locations if plan.words is SITE else self._customers.offices
        try:
            effects = await side.writes.pair.let_go(
                plan.customer, plan.subject, plan.right, plan.sequence, plan.generation
            )
        except Superseded:
            return Applied("a newer change was applied meanwhile", result="superseded")
        number = plan.customer.number if plan.customer is not None else plan.subject
        text = f"{plan.words.left} {number} let go of {plan.words.right} {plan.right}"
        if effects or plan.customer is None:
            # The cleared property is a change of its own, by which the record is decided anew.
            return Applied(text, effects)
        again = command(
            self._redo_topic,
            plan.subject,
            SETTLE,
            why=text,
            kind=plan.words.kind,
            key=plan.customer.order_key,
        )
        return Applied(text, messages=(again,))


def _words(change: Change[Command], row: Customer | None) -> Words | None:
    """The kind of link a command is about: what people did to a link names it, else the row tells."""
    if change.envelope.action in ABOUT_LINKS or change.record.kind not in KINDS or row is None:
        return KINDS.get(change.record.kind)
    return SITE if row.is_location else COMPANY


def _unlinked(
    words: Words,
    change: Change[Command],
    customer: Customer | None,
    state: AnyGathered | None,
    checks: Checks,
) -> Decision[AnyPlan | LetGo]:
    newer = state is not None and state.generation > change.record.generation
    linked = state is not None and state.link is not None
    if not checks.ask(
        "is still unlinked", not newer and not linked, "linked again" if newer or linked else "yes", "yes"
    ):
        return Skip(f"the {words.left} was linked again meanwhile", checks.made, result="superseded")
    return Apply(
        LetGo(
            words,
            customer,
            change.envelope.subject,
            change.record.right,
            change.record.generation,
            state.sequence if state is not None else 0,
        ),
        checks.made,
    )
