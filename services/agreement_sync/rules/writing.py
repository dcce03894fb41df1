"""The plan of a contract that is made ready, and whether it may be billed (spec/agreements.md 6.5 to 6.9). Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from services.agreement_sync.rules.amounts import ZERO
from services.agreement_sync.rules.asked import contract_record, money, yes
from services.agreement_sync.rules.comparing import (
    After,
    after,
    compared_lines,
    comparison,
    in_force,
    line_preview,
)
from services.agreement_sync.rules.custom_fields import contract_number_field, may_write
from services.agreement_sync.rules.header import Wish, changed_header, last_day, new_header
from services.agreement_sync.rules.lines import SERVICE, LinePlan, Wanted, billed_lines, plan_lines
from services.agreement_sync.rules.numbers import Carried, carried
from services.agreement_sync.rules.paid import voided_after
from services.agreement_sync.rules.periods import Period
from services.agreement_sync.rules.plan import AgreementPlan
from services.agreement_sync.rules.ready import Ready
from services.agreement_sync.rules.standing import bill_of
from services.agreement_sync.rules.totals import Totals, compared_totals, red_trouble
from shared.eautomate.contract_rows import ContractPeriod
from shared.eautomate.values import folded
from shared.events.contracts import ContractLine
from shared.links.models import How
from shared.sync.decision import Apply, Decision, Reject, Skip, Wait


def write(ready: Ready) -> Decision[AgreementPlan]:
    """Lines, header, period and write-backs; the Bill flag stays off while the totals differ (G16)."""
    facts, contract, span = ready.facts, ready.contract, ready.period
    invoice, checks, settings, gathered = facts.invoice, facts.checks, facts.settings, facts.gathered
    number = _number(ready)
    if number.too_long:
        return Reject("G28", f"invoice {invoice.invoiceNumber} does not fit: {number.too_long}.", checks.made)
    planned = _planned(ready)
    lines = in_force(after(contract.lines if contract else (), planned.actions, planned.keys), span)
    deposit = facts.bill.base if ready.deposit else None
    totals = compared_totals(ready, lines, deposit)
    wish = Wish(
        agreement=facts.agreement,
        owners=ready.owners,
        period=span,
        cycle=ready.cycle,
        number=number,
        bill=totals.bill,
        has_acknowledgement=ready.source.acknowledge is not None,
        deposit=deposit,
        ours=facts.choice.ours,
    )
    fields = new_header(wish, settings) if contract is None else changed_header(contract, wish, settings)
    period = _row(ready, totals)
    noted = planned.keys if _keys_change(planned, gathered.lines) else None
    warnings = list(ready.warnings)
    if number.kept:
        text = f"the customer's own PO number {number.kept} was kept; invoice number {invoice.invoiceNumber} is in Remarks."
        warnings.append(("G31", text))
    if settings.overwrite_unbilled and _overwrites(ready):
        earlier = ready.standing.earlier
        text = f"invoice {earlier.invoice_number if earlier else ''} was not billed and is replaced (overwrite_unbilled)."
        warnings.append(("G24", text))
    trouble, warned = red_trouble(ready, totals)
    voided = voided_after(invoice, gathered, checks)
    plan = AgreementPlan(
        invoice=invoice,
        sequence=gathered.sequence,
        generation=gathered.generation,
        comparison=comparison(invoice, facts.bill, contract, span),
        contract=contract,
        template=ready.source if contract is None else None,
        fields=fields,
        items=ready.items.new,
        lines=planned.actions,
        keys=noted if contract is not None else (noted or {}),
        period=period,
        how=How.CREATED if contract is None else facts.choice.how,
        red=bool(trouble),
        trouble=(*trouble, voided) if voided is not None else trouble,
        text=_text(ready, totals),
    )
    if contract is not None and plan.writes_contract:
        free = checks.ask(
            "contract is open on somebody's screen", contract.locks == 0, yes(contract.locks > 0), "no"
        )
        if not free:
            text = f"contract {contract.number} is open on somebody's screen. Close it; the sync tries again by itself."
            return Wait("G19", text, checks.made, (contract_record(contract.contract_id),))
    if may_write(settings, checks):
        pushed = contract_number_field(
            facts.agreement, contract.number if contract else None, settings, checks
        )
        plan = replace(plan, contract_number=pushed.write)
        warnings += pushed.warnings
    plan = _shown(replace(plan, warnings=(*warnings, *warned)), ready, lines, totals, deposit)
    if plan.nothing:
        return Skip(f"{plan.text}; nothing changes", checks.made, comparison=plan.comparison)
    return Apply(plan, checks.made)


def _number(ready: Ready) -> Carried:
    facts, source = ready.facts, ready.source
    ours = {row.invoice_number for row in facts.gathered.periods}
    ours |= {other.number for other in facts.gathered.others}
    target = facts.settings.invoice_number_target
    number = facts.invoice.invoiceNumber.strip()
    return carried(number, target, source.po_number, source.remarks, ours, facts.checks)


def _planned(ready: Ready) -> LinePlan:
    if ready.deposit:
        return LinePlan((), ready.facts.gathered.lines if ready.contract is not None else {})
    contract, gathered, checks = ready.contract, ready.facts.gathered, ready.facts.checks
    place = gathered.location
    home = contract.customer_id if contract is not None else ready.owners.customer.customer.customer_id
    location = place.customer.customer_id if place is not None else home
    wanted = [
        Wanted(
            key=line.billed.key,
            item=ready.items.numbers[line.billed.key],
            item_id=ready.items.ids.get(folded(ready.items.numbers[line.billed.key])),
            quantity=line.quantity,
            unit_rate=line.unit_rate,
            description=line.description,
            location_id=location,
        )
        for line in ready.priced.lines
    ]
    now = contract.lines if contract is not None else ()
    keys = gathered.lines if contract is not None else {}
    service = _service(ready, now, location)
    planned = plan_lines(
        [*wanted, *service],
        now,
        _before(ready) if contract is not None else None,
        keys,
        ready.period,
        billed_lines(now, gathered.bills),
    )
    counts = Counter(action.change.value for action in planned.actions)
    steps = ", ".join(f"{count} {change}" for change, count in sorted(counts.items()))
    checks.note("contract lines", steps or "as they are")
    return planned


def _service(ready: Ready, now: Sequence[ContractLine], location: int) -> list[Wanted]:
    """The standard serviceable item at zero; once on the contract it stays, even if the setting is blanked."""
    item, noted = ready.service, ready.facts.gathered.lines.get(SERVICE)
    if item is not None:
        return [
            Wanted(SERVICE, item.number.strip(), item.item_id, Decimal(1), ZERO, item.description, location)
        ]
    lines = (one for one in now if ready.contract is not None and one.contract_detail_id == noted)
    return [
        Wanted(
            SERVICE, one.item, one.item_id, one.quantity, ZERO, one.description, one.location_id or location
        )
        for one in lines
    ]


def _before(ready: Ready) -> tuple[ContractLine, ...] | None:
    """The lines before the period, or this very invoice, was first written."""
    if ready.standing.same is not None:
        return ready.standing.before_lines
    moved, contract = ready.facts.row, ready.contract
    if moved is None or contract is None:
        return None
    billed = bill_of(
        ready.facts.gathered.bills, contract.contract_id, Period(moved.period_from, moved.period_to)
    )
    return moved.before_lines if billed is None else None


def _row(ready: Ready, totals: Totals) -> ContractPeriod | None:
    contract, invoice, span = ready.contract, ready.facts.invoice, ready.period
    before = _before(ready)
    if before is None:
        before = contract.lines if contract is not None else ()
    row = ContractPeriod(
        contract_id=contract.contract_id if contract is not None else 0,
        period_from=span.first,
        period_to=span.last,
        invoice_id=invoice.id,
        invoice_number=invoice.invoiceNumber.strip(),
        amount=totals.wanted,
        red=totals.red,
        released_by=totals.released_by,
        before_lines=before,
    )
    return None if row == ready.standing.same else row


def _keys_change(planned: LinePlan, noted: Mapping[str, int]) -> bool:
    adds = any(action.contract_detail_id is None for action in planned.actions)
    return adds or dict(planned.keys) != dict(noted)


def _overwrites(ready: Ready) -> bool:
    earlier, contract = ready.standing.earlier, ready.contract
    if earlier is None or contract is None:
        return False
    span = Period(earlier.period_from, earlier.period_to)
    return bill_of(ready.facts.gathered.bills, contract.contract_id, span) is None


def _shown(
    plan: AgreementPlan, ready: Ready, lines: list[After], totals: Totals, deposit: Decimal | None
) -> AgreementPlan:
    contract, span = ready.contract, ready.period
    end = last_day(ready.facts.agreement, span)
    made = "created" if contract is None else "updated" if plan.writes_contract else "unchanged"
    update = {
        "made": made,
        "lines": compared_lines(
            ready.facts.bill, lines, ready.items.numbers, lambda line: line_preview(line, span), deposit
        ),
        "ea_total": totals.planned,
        "next_billing": span.first,
        "bill": totals.bill,
        "terminated": end if end is not None and end <= span.last else None,
        "warnings": plan.warnings,
    }
    return replace(plan, comparison=plan.comparison.model_copy(update=update))


def _text(ready: Ready, totals: Totals) -> str:
    contract, invoice = ready.contract, ready.facts.invoice
    what = (
        f"contract {contract.number} holds"
        if contract is not None
        else f"a new contract from {ready.source.number} holds"
    )
    return f"{what} invoice {invoice.invoiceNumber} for {ready.period}: {money(totals.planned)}"
