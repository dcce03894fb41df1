"""The record kinds ID747 listens to: customers, companies, and what people command."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from services.customer_sync.fields import fold
from services.customer_sync.gather import COMMAND, KIND, PROCESS, Gatherer
from services.customer_sync.gathered import Gathered
from services.customer_sync.matching import PROPERTY
from services.customer_sync.rules import CustomerPlan, decide
from services.customer_sync.settings import CustomerSyncSettings
from services.customer_sync.store import CustomerStore
from services.customer_sync.writes import CustomerWrites
from shared.bus.delivery import Delivery
from shared.eautomate.errors import Superseded
from shared.eautomate.port import EAutomate
from shared.events.change import Change, RecordError, decode
from shared.events.records import Company, Customer
from shared.sync.agent import Applied, decode_record
from shared.sync.decision import Apply, Checks, Decision, Reject, Skip
from shared.sync.outcome import Effect

KEY_MOST = 18
REMEMBERED = "remembered to match and compare by; e-automate is master, nothing travels back"
LINKED, UNLINKED, SETTLE, PUSH = "linked", "unlinked", "settle", "push"


class CustomerHandler:
    """An e-automate customer changed."""

    def __init__(self, gatherer: Gatherer, writes: CustomerWrites, settings: CustomerSyncSettings) -> None:
        """Wire reading, rules and writing."""
        self._gatherer = gatherer
        self._writes = writes
        self._settings = settings

    def read(self, delivery: Delivery) -> Customer:
        """The customer's snapshot; of a deleted one all that is known is which it was."""
        if delivery.envelope.action == "deleted":
            return Customer(customer_id=_key(delivery), number="", name="")
        customer: Customer = decode_record(Customer, delivery)
        return customer

    async def gather(self, changes: Sequence[Change[Customer]]) -> Mapping[str, Gathered]:
        """See ``Gatherer``."""
        return await self._gatherer.gather(changes)

    def decide(self, change: Change[Customer], gathered: Gathered) -> Decision[CustomerPlan]:
        """See ``rules.decide``."""
        return decide(change, gathered, self._settings)

    async def apply(self, change: Change[Customer], plan: CustomerPlan) -> Applied:  # noqa: ARG002
        """See ``CustomerWrites.apply``."""
        return await self._writes.apply(plan)

    def label(self, change: Change[Customer]) -> str:
        """``customer 1001 Acme Dental``."""
        if not change.record.number:
            return f"customer with id {change.envelope.subject}"
        return f"customer {change.record.number} {change.record.name}".strip()


class CompanyHandler:
    """A ConnectWise company changed: e-automate is master, so it is only remembered to match by."""

    def __init__(self, store: CustomerStore) -> None:
        """Wire the index."""
        self._store = store

    def read(self, delivery: Delivery) -> Company:
        """The company's snapshot; of a deleted one all that is known for sure is which it was."""
        if delivery.envelope.action == "deleted":
            return Company(id=_key(delivery), identifier="")
        company: Company = decode_record(Company, delivery)
        return company

    async def gather(self, changes: Sequence[Change[Company]]) -> Mapping[str, None]:
        """Nothing is needed."""
        return {change.envelope.subject: None for change in changes}

    def decide(self, change: Change[Company], gathered: None) -> Decision[None]:  # noqa: ARG002
        """Companies never travel back (spec/customers.md 5.1)."""
        checks = Checks()
        checks.note("Company ID", change.record.identifier)
        numbers = dict.fromkeys(
            fold(text) for text in (change.record.identifier, change.record.accountNumber or "")
        )
        return Apply(None, checks.made, [f"number:{number}" for number in numbers if number])

    async def apply(self, change: Change[Company], plan: None) -> Applied:  # noqa: ARG002
        """Take it into the index, which refuses older content; companies of a batch are written together."""
        if change.envelope.action == "deleted":
            await self._store.forget_company(change.record.id)
        else:
            await self._store.see(change.record, change.envelope.sequence)
        return Applied(REMEMBERED, result="skipped")

    def label(self, change: Change[Company]) -> str:
        """``company 19 Acme Dental``."""
        return f"company {change.record.id} {change.record.name}".strip()


class Command(BaseModel):
    """What somebody wants done about a customer."""

    model_config = ConfigDict(extra="allow", frozen=True)

    kind: str = KIND.value
    right: str = ""
    by: str = ""
    why: str = ""
    generation: int = 0


@dataclass(frozen=True, slots=True)
class CommandGathered:
    """The customer as it is now, and what its own rules need."""

    customer: Customer | None
    change: Change[Customer] | None
    gathered: Gathered | None


@dataclass(frozen=True, slots=True)
class LetGo:
    """Clear the RecID of an ended link."""

    customer: Customer | None
    subject: str
    company: str
    generation: int
    sequence: int


class CommandHandler:
    """A person linked or unlinked a customer, or asked to push it; or an unknown answer is due."""

    def __init__(
        self, customers: CustomerHandler, gatherer: Gatherer, eautomate: EAutomate, store: CustomerStore
    ) -> None:
        """Wire; what is not about letting go is decided by the customer's own rules."""
        self._customers = customers
        self._gatherer = gatherer
        self._eautomate = eautomate
        self._store = store

    def read(self, delivery: Delivery) -> Command:
        """The command's body."""
        _key(delivery)
        if delivery.envelope.action not in {LINKED, UNLINKED, SETTLE, PUSH}:
            raise RecordError(f"unknown command {delivery.envelope.action!r}")
        return decode(Command, delivery.value)

    async def gather(self, changes: Sequence[Change[Command]]) -> Mapping[str, CommandGathered]:
        """The rows as they are now, gathered for as if they had just changed."""
        rows = await self._eautomate.customers_by_id([int(change.envelope.subject) for change in changes])
        present = {
            change.envelope.subject: Change(change.envelope, rows[int(change.envelope.subject)], COMMAND)
            for change in changes
            if int(change.envelope.subject) in rows
        }
        gathered = await self._gatherer.gather(list(present.values())) if present else {}
        return {
            change.envelope.subject: CommandGathered(
                rows.get(int(change.envelope.subject)),
                present.get(change.envelope.subject),
                gathered.get(change.envelope.subject),
            )
            for change in changes
        }

    def decide(self, change: Change[Command], gathered: CommandGathered) -> Decision[CustomerPlan | LetGo]:
        """Let go of an ended link, or decide as for any change."""
        checks = Checks()
        checks.note(
            "asked by", f"{change.record.by or 'Tandem'}: {change.record.why or change.envelope.action}"
        )
        if not checks.ask("is about companies", change.record.kind == KIND, change.record.kind, KIND.value):
            return Skip("links of other kinds have no values to carry", checks.made)
        if change.envelope.action == UNLINKED:
            state = gathered.gathered
            newer = state is not None and state.generation > change.record.generation
            linked = state is not None and state.link is not None
            if not checks.ask(
                "is still unlinked",
                not newer and not linked,
                "linked again" if newer or linked else "yes",
                "yes",
            ):
                return Skip("the customer was linked again meanwhile", checks.made, result="superseded")
            return Apply(
                LetGo(
                    gathered.customer,
                    change.envelope.subject,
                    change.record.right,
                    change.record.generation,
                    state.sequence if state is not None else 0,
                ),
                checks.made,
            )
        if gathered.change is None or gathered.gathered is None:
            checks.ask("exists in e-automate", False, "gone", "a customer")
            if change.envelope.action == LINKED:
                return Reject(
                    "C8",
                    f"e-automate has no customer with id {change.envelope.subject}, but it was linked to company "
                    f"{change.record.right}; end that link",
                    checks.made,
                    (f"link:customer-company:{change.envelope.subject}",),
                )
            return Skip("the customer is gone from e-automate", checks.made)
        decision = self._customers.decide(gathered.change, gathered.gathered)
        return Apply(decision.plan, decision.checks) if isinstance(decision, Apply) else decision

    async def apply(self, change: Change[Command], plan: CustomerPlan | LetGo) -> Applied:
        """Clear the property, or carry out the customer's plan."""
        if isinstance(plan, LetGo):
            return await self._let_go(plan)
        return await self._customers.apply(Change(change.envelope, plan.customer, COMMAND), plan)

    def label(self, change: Change[Command]) -> str:
        """``customer with id 7``."""
        return f"customer with id {change.envelope.subject}"

    async def _let_go(self, plan: LetGo) -> Applied:
        effects: tuple[Effect, ...] = ()
        customer = plan.customer
        if customer is not None and customer.properties.get(PROPERTY, "").strip() == plan.company:
            try:
                async with self._eautomate.transaction(
                    PROCESS, f"customer/{plan.subject}", plan.sequence, plan.generation
                ) as work:
                    cleared = await work.clear_customer_property(
                        customer.customer_id, PROPERTY, customer.row_version or None
                    )
            except Superseded:
                return Applied("a newer change was applied meanwhile", result="superseded")
            if cleared:
                effects = (
                    Effect(system="e-automate", action="cleared", target=f"{PROPERTY} of {customer.number}"),
                )
        await self._store.unlinked(plan.subject, plan.generation)
        number = customer.number if customer is not None else plan.subject
        return Applied(f"customer {number} let go of company {plan.company}", effects)


def _key(delivery: Delivery) -> int:
    subject = delivery.envelope.subject
    if not (subject.isascii() and subject.isdigit() and len(subject) <= KEY_MOST):
        raise RecordError(f"ce_subject is {subject[:40]!r}, wanted the record's number")
    return int(subject)
