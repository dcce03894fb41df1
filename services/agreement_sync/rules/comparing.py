"""Both sides beside each other, and what e-automate's preview will say (spec/agreements.md 6.15, 7). Pure.

The preview is computed from the lines as they will be, in e-automate's own way, not from what was meant.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.agreement_sync.rules.amounts import ZERO, cents
from services.agreement_sync.rules.billed import Bill, Billed
from services.agreement_sync.rules.periods import DAY, Period, day_of
from services.agreement_sync.rules.plan import Change, LineAction
from services.agreement_sync.rules.wanted import agreement_type
from shared.eautomate.contract_rows import line_amount
from shared.events.agreements import Invoice
from shared.events.contracts import Contract, ContractLine
from shared.sync.comparison import ComparedLine, Comparison


@dataclass(frozen=True, slots=True)
class After:
    """A line as it will be; ``key`` is empty where the ledger knows none."""

    key: str
    line: ContractLine


def after(now: Sequence[ContractLine], actions: Sequence[LineAction], keys: Mapping[str, int]) -> list[After]:
    """The contract's lines once the steps are carried out."""
    lines = {line.contract_detail_id: line for line in now}
    key_of = {ident: key for key, ident in keys.items()}
    added: list[After] = []
    for action in actions:
        fields = {name: value for name, value in action.fields.items() if name in ContractLine.model_fields}
        if action.change is Change.ADD:
            line = ContractLine(contract_detail_id=-1 - len(added), item=action.item).model_copy(
                update=fields
            )
            added.append(After(action.key, line))
        elif action.change is Change.REMOVE:
            lines.pop(action.contract_detail_id or 0, None)
        elif action.contract_detail_id in lines:
            ident = action.contract_detail_id
            lines[ident] = lines[ident].model_copy(update=fields)
            if action.key and action.change is not Change.END:
                key_of[ident] = action.key
    return [*(After(key_of.get(ident, ""), line) for ident, line in lines.items()), *added]


def line_preview(line: ContractLine, period: Period) -> Decimal:
    """What a line brings: quantity x unit rate, prorated by days where it is in force for a part only."""
    thru = line.base_billed_thru_date
    begins = [line.start_date, line.bill_start_date, thru + DAY if thru is not None else None]
    ends = [line.end_date, line.bill_end_date]
    first = max([period.first, *(day for day in begins if day is not None)])
    last = min([period.last, *(day for day in ends if day is not None)])
    if first > last:
        return ZERO
    amount = line_amount(line.quantity, line.unit_base_rate)
    if (first, last) == (period.first, period.last):
        return amount
    return cents(amount * _days(first, last) / _days(period.first, period.last))


def preview(lines: Sequence[After], period: Period) -> Decimal:
    """What e-automate will bill for the period, without tax."""
    return sum((line_preview(one.line, period) for one in lines), ZERO)


def compared_lines(
    bill: Bill,
    lines: Sequence[After],
    items: Mapping[str, str],
    amount: Callable[[ContractLine], Decimal],
    deposit: Decimal | None,
) -> tuple[ComparedLine, ...]:
    """The invoice's lines beside the contract's, by key; then lines the contract has beyond them.

    Args:
        lines: those in force in the period.
        amount: what a line brings.
        deposit: of a deposit contract the amount that stands for the base.
    """
    there = {one.key: one.line for one in lines if one.key}
    shown = [
        _compared(billed, there.pop(billed.key, None), items, amount, deposit)
        for billed in (*bill.lines, *bill.left_out)
    ]
    beyond = [*there.values(), *(one.line for one in lines if not one.key)]
    shown += [
        ComparedLine(
            item=line.item,
            description=line.description,
            ea_quantity=line.quantity,
            ea_unit_rate=line.unit_base_rate,
            ea_amount=amount(line),
        )
        for line in beyond
    ]
    return tuple(shown)


def in_force(lines: Sequence[After], period: Period) -> list[After]:
    """Lines that do not end before a period."""
    return [one for one in lines if _in_force(one.line, period)]


def comparison(
    invoice: Invoice,
    bill: Bill | None,
    contract: Contract | None,
    period: Period | None,
    warnings: Sequence[tuple[str, str]] = (),
) -> Comparison:
    """What is known of both sides without any plan: of refused and unchanged invoices, and as a beginning."""
    agreement = invoice.agreement
    company = invoice.company or (agreement.company if agreement is not None else None)
    return Comparison(
        invoice_id=invoice.id,
        invoice=invoice.invoiceNumber,
        invoice_day=day_of(invoice.date),
        invoice_type=invoice.type,
        status=(invoice.status.name if invoice.status is not None else None) or "",
        company=(company.name if company is not None else None) or "",
        agreement_id=invoice.agreement_id,
        agreement=agreement.name if agreement is not None else "",
        agreement_type=agreement_type(agreement),
        contract_id=contract.contract_id if contract is not None else None,
        contract=contract.number if contract is not None else "",
        cw_total=bill.total if bill is not None else ZERO,
        apart=bill.apart if bill is not None else {},
        lines=tuple(_compared(line, None, {}, _nothing, None) for line in bill.lines)
        if bill is not None
        else (),
        period_from=period.first if period is not None else None,
        period_to=period.last if period is not None else None,
        next_billing=contract.base_next_billing_date if contract is not None else None,
        bill=contract.bill if contract is not None else None,
        terminated=contract.terminated if contract is not None else None,
        warnings=tuple(warnings),
    )


def _compared(
    billed: Billed,
    line: ContractLine | None,
    items: Mapping[str, str],
    amount: Callable[[ContractLine], Decimal],
    deposit: Decimal | None,
) -> ComparedLine:
    name = items.get(billed.key) or billed.product or billed.type_name
    if deposit is not None and billed.is_base:
        return ComparedLine(
            item=name or "deposit",
            description=billed.description,
            cw_quantity=billed.quantity,
            cw_amount=billed.amount,
            ea_quantity=Decimal(1),
            ea_unit_rate=deposit,
            ea_amount=deposit,
        )
    return ComparedLine(
        item=name,
        description=line.description if line is not None else billed.description,
        cw_quantity=billed.quantity,
        cw_amount=billed.amount,
        ea_quantity=line.quantity if line is not None else None,
        ea_unit_rate=line.unit_base_rate if line is not None else None,
        ea_amount=amount(line) if line is not None else None,
    )


def _in_force(line: ContractLine, period: Period) -> bool:
    ends = [day for day in (line.end_date, line.bill_end_date) if day is not None]
    return not ends or min(ends) >= period.first


def _nothing(line: ContractLine) -> Decimal:  # noqa: ARG001 - there is no line
    return ZERO


def _days(first: date, last: date) -> int:
    return (last - first).days + 1
