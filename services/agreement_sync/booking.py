"""What a plan does in e-automate, in one transaction: contract, items, lines, ledger and the invoice's number."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.agreement_sync.asking import AGENT, PROCESS
from services.agreement_sync.ledger import CONTRACT, ledger_agreement, ledger_contract, ledger_invoice
from services.agreement_sync.looks import contract_record
from services.agreement_sync.rules.echo import left_by
from services.agreement_sync.rules.plan import AgreementPlan, Change, LineAction, NewItem
from services.agreement_sync.settings import AgreementSyncSettings
from shared.bus.delivery import Fault
from shared.eautomate.contract_rows import LineFields
from shared.eautomate.errors import LineBilled, NotStorable, RecordLocked, Superseded
from shared.eautomate.port import EAutomate
from shared.eautomate.transaction import Transaction
from shared.eautomate.values import folded
from shared.events.contracts import Contract
from shared.sync.outcome import Effect, written
from shared.sync.trouble import Refused, Stale

WORDS = {
    Change.ADD: "added",
    Change.UPDATE: "updated",
    Change.REOPEN: "reopened",
    Change.END: "ended",
    Change.REMOVE: "removed",
}


@dataclass(frozen=True, slots=True)
class Booked:
    """The contract after the plan.

    Attributes:
        contract_id: 0 when the plan is about none.
        number: full, with revision.
    """

    contract_id: int
    number: str
    effects: tuple[Effect, ...] = ()


class Booking:
    """Carries out the part of a plan that belongs to e-automate."""

    def __init__(self, eautomate: EAutomate, settings: AgreementSyncSettings) -> None:
        """Wire the database."""
        self._eautomate = eautomate
        self._settings = settings

    async def book(self, plan: AgreementPlan) -> Booked:
        """All of it or nothing.

        Raises:
            Superseded: a later change or generation was applied.
            RowChanged, UniqueViolation, Stale: something moved since it was read.
            Refused: somebody has the contract open, or a column cannot hold its value.
            UnknownOutcome: the answer to COMMIT was lost; what landed is found when it is gathered for again.
        """
        contract = plan.contract
        known = Booked(contract.contract_id, contract.number) if contract is not None else Booked(0, "")
        if not plan.writes_eautomate:
            return known
        invoice = plan.invoice
        try:
            async with self._eautomate.transaction(
                PROCESS, ledger_invoice(invoice.id), plan.sequence, plan.generation, area="contracts"
            ) as work:
                return await self._carry_out(work, plan, known)
        except RecordLocked as error:
            # Also while a new one is numbered: whatever is held open is let go of by a person.
            raise Refused(
                Fault(
                    "G19",
                    f"contract {known.number or 'of the template'} is open in e-automate: {error}. Close it there; "
                    f"invoice {invoice.invoiceNumber} is tried again by itself.",
                    type(error).__name__,
                    (contract_record(known.contract_id),) if known.contract_id else (),
                )
            ) from error
        except LineBilled as error:
            raise Stale(str(error)) from error
        except NotStorable as error:
            raise Refused(
                Fault(
                    "G28",
                    f"e-automate cannot hold a value of invoice {invoice.invoiceNumber}: {error}. Shorten or correct "
                    "it in ConnectWise.",
                    type(error).__name__,
                    (f"record:connectwise:invoice:{invoice.id}",),
                )
            ) from error

    async def leave_queue(self, contract: Contract, generation: int) -> tuple[Effect, ...]:
        """Untick Bill of a contract that an agreement let go of; what was written.

        Args:
            generation: of the agreement's link, after it was ended.

        Raises:
            RowChanged: somebody saved it since it was read.
            Refused: somebody has it open.
            UnknownOutcome: the answer to COMMIT was lost; the same again finds it done.
        """
        try:
            async with self._eautomate.transaction(
                PROCESS, ledger_contract(contract.contract_id), 0, generation, area="contracts"
            ) as work:
                await work.update_contract(contract.contract_id, {"bill": False}, contract.row_version)
        except Superseded:
            return ()
        except RecordLocked as error:
            raise Refused(
                Fault(
                    "G19",
                    f"contract {contract.number} is open in e-automate: {error}. Close it there; then it leaves the "
                    "billing queue by itself.",
                    type(error).__name__,
                    (contract_record(contract.contract_id),),
                )
            ) from error
        return (self._effect("updated", f"contract {contract.number}", contract.contract_id, ("bill",)),)

    async def _carry_out(self, work: Transaction, plan: AgreementPlan, known: Booked) -> Booked:
        effects: list[Effect] = []
        if plan.template is not None:
            contract_id, number = await work.clone_contract(
                plan.template, plan.fields, self._settings.contract_prefix
            )
            known = Booked(contract_id, number)
            await work.created(
                CONTRACT, str(contract_id), of=ledger_agreement(plan.invoice.agreement_id or 0)
            )
            effects.append(
                self._effect(
                    "created", f"contract {number}", contract_id, ("template " + plan.template.number,)
                )
            )
        # First of all: it locks the contract, and its row version is the guard of everything else.
        elif (
            plan.writes_contract
            and plan.contract is not None
            and await work.update_contract(known.contract_id, plan.fields, plan.contract.row_version)
        ):
            changed = tuple(sorted(plan.fields))
            effects.append(self._effect("updated", f"contract {known.number}", known.contract_id, changed))
        if plan.writes_contract:
            items = await self._items(work, plan.items, effects)
            added = await self._lines(work, plan.lines, known, items, effects)
            if plan.keys is not None or added:
                await work.note_lines(known.contract_id, {**(plan.keys or {}), **added})
            if plan.period is not None:
                await work.note_period(replace(plan.period, contract_id=known.contract_id))
            await self._note_write(work, plan, known, added)
        if plan.rename is not None:
            bill, number = plan.rename.bill, plan.rename.number
            if await work.rename_invoice(bill.invoice_id, number, bill.row_version):
                effects.append(written(AGENT, "e-automate", "renamed", f"invoice {bill.number} to {number}"))
        return replace(known, effects=tuple(effects))

    async def _note_write(
        self, work: Transaction, plan: AgreementPlan, contract: Booked, added: dict[str, int]
    ) -> None:
        """How the contract is left: by that its change is known for Tandem's own when it comes back."""
        contract_now = await work.contract_as_left(contract.contract_id)
        left = left_by(plan, contract_now, added.values()) if contract_now is not None else None
        if left is not None:
            await work.note_write(left)

    async def _items(
        self, work: Transaction, items: Sequence[NewItem], effects: list[Effect]
    ) -> dict[str, int]:
        made = {}
        for item in items:
            made[folded(item.number)] = await work.create_item(
                item.template, item.number, item.description, item.unit_id
            )
            effects.append(
                written(AGENT, "e-automate", "created", f"item {item.number} from {item.template.number}")
            )
        return made

    async def _lines(
        self,
        work: Transaction,
        lines: Sequence[LineAction],
        contract: Booked,
        items: dict[str, int],
        effects: list[Effect],
    ) -> dict[str, int]:
        """Keys of the lines that were added."""
        added = {}
        for line in lines:
            detail = line.contract_detail_id
            changed = True
            if line.change is Change.ADD:
                given: LineFields = {**line.fields}
                if "item_id" not in given:
                    given["item_id"] = items[folded(line.item)]
                added[line.key] = await work.add_line(contract.contract_id, given)
            elif detail is None:
                raise ValueError(
                    f"line {line.key} of contract {contract.number} is to be {line.change}: which?"
                )
            elif line.change is Change.REMOVE:
                await work.remove_line(detail)
            else:
                changed = await work.update_line(detail, line.fields)
            if changed:
                target = f"line {line.item} of contract {contract.number}"
                effects.append(
                    written(AGENT, "e-automate", WORDS[line.change], target, tuple(sorted(line.fields)))
                )
        return added

    @staticmethod
    def _effect(action: str, target: str, contract_id: int, changed: tuple[str, ...]) -> Effect:
        done = written(AGENT, "e-automate", action, target, changed)
        return done.model_copy(update={"record": f"eautomate/contract/{contract_id}"})
