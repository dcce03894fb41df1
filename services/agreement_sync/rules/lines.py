"""Full line replacement: the contract's lines become those of the invoice (spec/agreements.md 6.6, 6.8). Pure.

Planned from the contract's lines as they were before the period was first written, so that the result is the same
however often it runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.agreement_sync.rules.periods import Period
from services.agreement_sync.rules.plan import Change, LineAction
from shared.eautomate.contract_rows import LineFields
from shared.eautomate.values import folded
from shared.events.contracts import ContractInvoice, ContractLine

SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line the contract shall have in the period.

    Attributes:
        item: item number.
        item_id: None while the item is to be created.
    """

    key: str
    item: str
    item_id: int | None
    quantity: Decimal
    unit_rate: Decimal
    description: str
    location_id: int


@dataclass(frozen=True, slots=True)
class LinePlan:
    """Steps, and the keys of all lines that stay.

    Attributes:
        keys: without those of lines to add.
    """

    actions: tuple[LineAction, ...]
    keys: Mapping[str, int]


def plan_lines(
    wanted: Sequence[Wanted],
    now: Sequence[ContractLine],
    before: Sequence[ContractLine] | None,
    keys: Mapping[str, int],
    period: Period,
    billed: frozenset[int],
) -> LinePlan:
    """The steps from the lines as they are to the lines as the invoice has them.

    Args:
        wanted: in the invoice's order.
        now: the contract's lines, ended ones too.
        before: the same before the period was first written; None: as now.
        keys: ledger: ``ContractDetailID`` by line key.
        billed: lines that an invoice in force has billed.
    """
    usable = _usable(now, before, period)
    taken = _taken(wanted, usable, keys)
    by_id = {line.contract_detail_id: key for key, line in taken.items()}
    # Ends first, then what stays, then what is new: each step is allowed whatever the one before did.
    actions = [
        action
        for line in now
        if line.contract_detail_id not in by_id
        and (action := _let_go(line, _key_of(line, keys), period, billed)) is not None
    ]
    kept = [(one, taken[one.key]) for one in wanted if one.key in taken]
    actions += [action for one, line in kept if (action := _refresh(one, line, period)) is not None]
    actions += [_add(one, period) for one in wanted if one.key not in taken]
    noted = {one.key: line.contract_detail_id for one, line in kept}
    # A line that this period ended may come back in it, so its key is kept.
    spare = {
        key: ident
        for key, ident in keys.items()
        if key not in {one.key for one in wanted}
        and ident not in by_id
        and ident in usable
        and ident in billed
    }
    return LinePlan(tuple(actions), noted | spare)


def billed_lines(lines: Sequence[ContractLine], bills: Sequence[ContractInvoice]) -> frozenset[int]:
    """Lines that an invoice in force has billed."""
    found = {line.contract_detail_id for line in lines if line.base_billed_thru_date is not None}
    for bill in bills:
        if not bill.void:
            found |= {
                part.contract_detail_id
                for part in bill.periods
                if part.contract_detail_id is not None and not part.void
            }
    return frozenset(found)


def back_to(before: Sequence[ContractLine], now: Sequence[ContractLine], keys: Mapping[str, int]) -> LinePlan:
    """The steps that restore the lines as they were before a period was written."""
    there = {line.contract_detail_id: line for line in now}
    old = {line.contract_detail_id: line for line in before}
    extra = [line for ident, line in there.items() if ident not in old]
    actions: list[LineAction] = []
    for ident, line in old.items():
        if ident in there:
            fields = _differing(there[ident], _all_of(line))
            if fields:
                actions.append(LineAction(Change.UPDATE, _key_of(line, keys), line.item, ident, fields))
            continue
        # One that was removed and is back already has a new id.
        back = next(
            (one for one in extra if one.item_id == line.item_id and not _differing(one, _all_of(line))), None
        )
        if back is not None:
            extra.remove(back)
        elif line.item_id is not None:
            added: LineFields = {**_all_of(line), "item_id": line.item_id}
            actions.append(LineAction(Change.ADD, "", line.item, None, added))
    gone = [
        LineAction(Change.REMOVE, _key_of(line, keys), line.item, line.contract_detail_id) for line in extra
    ]
    removed = {line.contract_detail_id for line in extra}
    kept = {key: ident for key, ident in keys.items() if ident in there and ident not in removed}
    return LinePlan((*gone, *actions), kept)


def _usable(
    now: Sequence[ContractLine], before: Sequence[ContractLine] | None, period: Period
) -> dict[int, ContractLine]:
    """Lines that may stand for something in the period: not ended before it, by how they were before it."""
    old = {line.contract_detail_id: line for line in (before if before is not None else now)}
    return {
        line.contract_detail_id: line
        for line in now
        if line.equipment_id is None and _open(old.get(line.contract_detail_id, line), period)
    }


def _open(line: ContractLine, period: Period) -> bool:
    ends = [day for day in (line.end_date, line.bill_end_date) if day is not None]
    return not ends or min(ends) >= period.first


def _taken(
    wanted: Sequence[Wanted], usable: Mapping[int, ContractLine], keys: Mapping[str, int]
) -> dict[str, ContractLine]:
    """Which line each wanted one takes over: its own by key, else one of the same item that nobody owns."""
    taken: dict[str, ContractLine] = {}
    for one in wanted:
        line = usable.get(keys.get(one.key, 0))
        if line is not None and folded(line.item) == folded(one.item):
            taken[one.key] = line
    owned = {ident for key, ident in keys.items() if not key.startswith("product:")}
    used = {line.contract_detail_id for line in taken.values()}
    free = [line for ident, line in sorted(usable.items()) if ident not in used and ident not in owned]
    for one in sorted(wanted, key=lambda one: one.key):
        if one.key in taken or one.key == SERVICE:
            continue
        alike = [line for line in free if folded(line.item) == folded(one.item)]
        if alike:
            best = min(alike, key=lambda line: (_distance(one, line), line.contract_detail_id))
            free.remove(best)
            taken[one.key] = best
    return taken


def _distance(one: Wanted, line: ContractLine) -> tuple[bool, bool]:
    return (line.unit_base_rate != one.unit_rate, line.quantity != one.quantity)


def _let_go(line: ContractLine, key: str, period: Period, billed: frozenset[int]) -> LineAction | None:
    """A line that is not on the invoice: removed if it was never billed, else ended the day before the period."""
    if line.equipment_id is not None or not _open(line, period):
        return None
    if line.contract_detail_id not in billed:
        return LineAction(Change.REMOVE, key, line.item, line.contract_detail_id)
    fields: LineFields = {"end_date": period.before, "bill_end_date": period.before}
    return LineAction(Change.END, key, line.item, line.contract_detail_id, fields)


def _refresh(one: Wanted, line: ContractLine, period: Period) -> LineAction | None:
    fields = _differing(line, _fields(one))
    # What starts within the period would be prorated by e-automate, which ConnectWise has done already.
    if line.start_date is not None and line.start_date > period.first:
        fields["start_date"] = period.first
    if line.bill_start_date is not None and line.bill_start_date > period.first:
        fields["bill_start_date"] = period.first
    ended = line.end_date is not None or line.bill_end_date is not None
    if line.end_date is not None:
        fields["end_date"] = None
    if line.bill_end_date is not None:
        fields["bill_end_date"] = None
    if not fields:
        return None
    change = Change.REOPEN if ended else Change.UPDATE
    return LineAction(change, one.key, one.item, line.contract_detail_id, fields)


def _add(one: Wanted, period: Period) -> LineAction:
    fields = _fields(one)
    fields["start_date"] = period.first
    fields["bill_start_date"] = period.first
    if one.item_id is not None:
        fields["item_id"] = one.item_id
    return LineAction(Change.ADD, one.key, one.item, None, fields)


def _fields(one: Wanted) -> LineFields:
    return {
        "quantity": one.quantity,
        "unit_base_rate": one.unit_rate,
        "description": one.description,
        "location_id": one.location_id,
    }


def _all_of(line: ContractLine) -> LineFields:
    found: LineFields = {
        "quantity": line.quantity,
        "unit_base_rate": line.unit_base_rate,
        "description": line.description,
        "start_date": line.start_date,
        "end_date": line.end_date,
        "bill_start_date": line.bill_start_date,
        "bill_end_date": line.bill_end_date,
    }
    if line.location_id is not None:
        found["location_id"] = line.location_id
    return found


def _differing(line: ContractLine, fields: LineFields) -> LineFields:
    found: LineFields = {}
    for name, value in fields.items():
        if getattr(line, name) != value:
            found[name] = value  # type: ignore[literal-required]
    return found


def _key_of(line: ContractLine, keys: Mapping[str, int]) -> str:
    return next((key for key, ident in keys.items() if ident == line.contract_detail_id), "")
