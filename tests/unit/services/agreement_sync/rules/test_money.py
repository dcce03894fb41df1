"""For any invoice: the contract bills what ConnectWise billed, or says that it does not (spec/agreements.md 6.7)."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import settings as configured
from hypothesis import strategies as st

from services.agreement_sync.rules.amounts import cents
from services.agreement_sync.rules.gathered import Gathered
from services.agreement_sync.rules.plan import AgreementPlan, Change
from services.agreement_sync.settings import AgreementSyncSettings
from shared.errors import CATALOGUE
from shared.events.agreements import Addition, BilledLine, Invoice
from shared.events.contracts import ContractLine
from shared.links.models import How
from shared.sync.decision import Apply, Decision, Reject, Skip, Wait
from tests.unit.services.agreement_sync.rules.world import (
    JUNE,
    MAY,
    EAutomate,
    addition,
    agreement,
    contract,
    decided,
    gathered,
    invoice,
    item,
    line,
    linked,
    row,
    settings,
)

often = configured(max_examples=150, deadline=None)
seeds = given(seed=st.integers(0, 2**32))
PRODUCTS = ("SEAT", "BACKUP", "SCAN", "NEW")
ITEMS = tuple(item(name) for name in PRODUCTS[:3])
QUANTITIES = ("0", "1", "2", "3", "7", "24", "0.333", "1.5", "-1", "1000000", "0.0000001")
PRICES = ("0", "10", "39.50", "8.333333", "0.005", "1.0000004", "99999.99", "-5")
OPTIONS = ("Billable",) * 6 + ("DoNotBill", "NoCharge")


@dataclass(frozen=True)
class Case:
    """An invoice, what is known, and the settings."""

    invoice: Invoice
    known: Gathered
    settings: AgreementSyncSettings


def _row(draw: random.Random, ident: int) -> BilledLine:
    quantity, price = draw.choice(QUANTITIES), draw.choice(PRICES)
    option = draw.choice(OPTIONS)
    straight = cents(Decimal(quantity) * Decimal(price))
    odd = Decimal(draw.randrange(-2000, 90000)) / 100
    amount = Decimal() if option != "Billable" else draw.choice((straight, straight, odd, Decimal()))
    own = None if draw.random() < 0.15 else {"id": 88}
    return row(
        ident, draw.choice(PRODUCTS), quantity, price, str(amount), billableOption=option, agreement=own,
        sequenceNumber=draw.choice((None, 1, 2)),
    )  # fmt: skip


def _additions(draw: random.Random, rows: Sequence[BilledLine]) -> list[Addition]:
    found = []
    for one in rows:
        if one.agreement is None or draw.random() < 0.2:
            continue
        name = (one.catalogItem.identifier if one.catalogItem else None) or ""
        day = draw.choice((date(2025, 1, 1), date(2026, 4, 10), date(2026, 5, 12)))
        price = str(one.price) if draw.random() < 0.8 else "77"
        found.append(
            addition(7000 + one.id, name, str(one.quantity), price, effectiveDate=f"{day}T00:00:00Z")
        )
    return found


def _billed(draw: random.Random, rows: Sequence[BilledLine], **given: object) -> Invoice:
    """In either convention of the agreement amount; now and then with totals that do not tie out."""
    base = Decimal(draw.choice((0, 0, 50, 500))) + Decimal(draw.choice(("0", "0.01", "0.99")))
    ours = sum((one.extPrice or Decimal() for one in rows if one.agreement is not None), Decimal())
    others = sum((one.extPrice or Decimal() for one in rows if one.agreement is None), Decimal())
    time = Decimal(draw.choice((0, 0, 120)))
    off = Decimal(draw.choice((0,) * 8 + (1, -3)))
    within = draw.random() < 0.4
    totals = {
        "agreementAmount": base + ours if within else base,
        "productTotal": draw.choice((others if within else others + ours, None)),
        "serviceTotal": time,
        "subtotal": base + ours + others + time + off,
    }
    return invoice(str(base), rows, _additions(draw, rows), **(totals | given))  # type: ignore[arg-type]


def _contract_lines(draw: random.Random) -> list[ContractLine]:
    found = []
    for ident in range(1, draw.randrange(6)):
        thru = draw.choice((None, date(2026, 4, 30)))
        ended = date(2026, 3, 31) if draw.random() < 0.2 else None
        begins = draw.choice((date(2025, 1, 1), date(2026, 5, 20)))
        name, quantity = draw.choice(PRODUCTS[:3]), draw.choice(("1", "2", "7"))
        dates = {"base_billed_thru_date": thru, "end_date": ended, "start_date": begins}
        found.append(line(ident, name, quantity, draw.choice(("10", "39.5")), **dates))
    return found


def case(seed: int) -> Case:
    draw = random.Random(seed)  # noqa: S311
    rows = [_row(draw, ident) for ident in range(1, draw.randrange(1, 7))]
    billed = _billed(draw, rows)
    own = settings(
        negative_rates=draw.random() < 0.5,
        hold_when_red=draw.random() < 0.8,
        unit_rate_precision=draw.choice((2, 4, 6)),
        service_item=draw.choice(("", "SCAN")),
    )
    if draw.random() < 0.4:
        return Case(billed, gathered(ITEMS), own)
    lines = _contract_lines(draw)
    keys = {}
    for one in lines:
        if draw.random() < 0.6:
            keys[f"addition:{7000 + draw.randrange(1, 7)}"] = one.contract_detail_id
    some = any(one.base_billed_thru_date for one in lines)
    of = contract(lines=tuple(lines), base_billed_thru_date=date(2026, 4, 30) if some else None)
    return Case(billed, linked(of, ITEMS, draw.choice((How.CREATED, How.BY_HAND)), lines=keys), own)


def decision_of(one: Case) -> Decision[AgreementPlan]:
    return decided(one.invoice, one.known, one.settings)


def test_the_cases_reach_what_they_are_for() -> None:
    ends: Counter[str] = Counter()
    for seed in range(1200):
        decision = decision_of(case(seed))
        if not isinstance(decision, Apply):
            ends[decision.code if isinstance(decision, Wait | Reject) else "skip"] += 1
            continue
        plan = decision.plan
        ends["red"] += plan.red
        ends["equal"] += bool(plan.comparison.equal and plan.lines)
        ends["discount"] += any(code == "G28" for code, _ in plan.warnings)
        ends["odd"] += any("(qty " in action.fields.get("description", "") for action in plan.lines)
        ends["item"] += bool(plan.items)
        for action in plan.lines:
            ends[action.change.value] += 1
    assert min(ends[name] for name in ("red", "equal", "discount", "odd", "item", "G28", "G22")) >= 5, ends
    assert min(ends[change.value] for change in Change if change is not Change.REOPEN) >= 5, ends


@often
@seeds
def test_every_invoice_is_decided_with_a_code_of_the_catalogue_and_its_checks(seed: int) -> None:
    decision = decision_of(case(seed))
    assert decision.checks
    if isinstance(decision, Wait | Reject):
        assert decision.code in CATALOGUE
        assert decision.reason
        assert not decision.checks[-1].passed
        assert decision.comparison is not None
    elif isinstance(decision, Apply):
        assert {code for code, _ in decision.plan.warnings} <= set(CATALOGUE)
        assert {trouble.code for trouble in decision.plan.trouble} <= set(CATALOGUE)


@often
@seeds
def test_the_contract_sums_to_base_and_additions_or_is_red(seed: int) -> None:
    decision = decision_of(one := case(seed))
    if not isinstance(decision, Apply):
        return
    plan, shown = decision.plan, decision.plan.comparison
    assert shown.ea_total is not None
    planned_sum = sum((part.ea_amount or Decimal() for part in shown.lines), Decimal())
    assert planned_sum == shown.ea_total
    subtotal = cents(one.invoice.subtotal or Decimal())
    fair = shown.ea_total == subtotal - sum(shown.apart.values(), Decimal())
    assert fair == shown.equal
    if not fair:
        assert plan.red or any(code == "G16" for code, _ in plan.warnings)
        assert plan.comparison.bill is (not one.settings.hold_when_red)


@often
@seeds
def test_no_line_differs_silently(seed: int) -> None:
    decision = decision_of(case(seed))
    if not isinstance(decision, Apply):
        return
    off = any(code == "G28" for code, _ in decision.plan.warnings)
    for part in decision.plan.comparison.lines:
        if part.cw_amount is None:
            assert part.ea_amount == 0, part
        elif part.ea_amount != part.cw_amount:
            assert off or (part.cw_amount == 0 and part.cw_quantity == 0), part
        elif part.cw_quantity != part.ea_quantity:
            assert (
                f"(qty {part.cw_quantity.normalize():f} @" in part.description if part.cw_quantity else True
            )


@often
@seeds
def test_what_is_billed_in_e_automate_is_what_was_announced(seed: int) -> None:
    decision = decision_of(one := case(seed))
    if not isinstance(decision, Apply) or not decision.plan.comparison.bill:
        return
    desk = EAutomate(one.known)
    desk.carry_out(decision.plan)
    assert desk.bill("IN1").total == decision.plan.comparison.ea_total


@often
@seeds
def test_a_second_run_writes_nothing(seed: int) -> None:
    decision = decision_of(one := case(seed))
    if not isinstance(decision, Apply):
        return
    desk = EAutomate(one.known)
    desk.carry_out(decision.plan)
    again = decided(one.invoice, desk.known, one.settings)
    if isinstance(again, Apply):
        assert not again.plan.writes_eautomate, again.plan
        assert [trouble.code for trouble in again.plan.trouble] == ["G16"]
    else:
        assert isinstance(again, Skip)


@often
@seeds
def test_the_order_of_lines_does_not_matter(seed: int) -> None:
    one = case(seed)
    turned = one.invoice.model_copy(
        update={"lines": one.invoice.lines[::-1], "additions": one.invoice.additions[::-1]}
    )
    first, second = decision_of(one), decided(turned, one.known, one.settings)
    assert type(first) is type(second)
    if isinstance(first, Apply) and isinstance(second, Apply):
        desk, mirrored = EAutomate(one.known), EAutomate(one.known)
        desk.carry_out(first.plan)
        mirrored.carry_out(second.plan)
        assert desk.told() == mirrored.told()


@often
@seeds
def test_however_often_it_runs_the_last_version_decides(seed: int) -> None:
    one, version = case(seed), case(seed + 1)
    last = version.invoice
    desk, direct = EAutomate(one.known), EAutomate(one.known)
    own = replace_settings(one.settings)
    first = decided(one.invoice, desk.known, own)
    if not isinstance(first, Apply):
        return
    desk.carry_out(first.plan)
    second, straight = decided(last, desk.known, own), decided(last, direct.known, own)
    if isinstance(second, Apply) and isinstance(straight, Apply):
        desk.carry_out(second.plan)
        direct.carry_out(straight.plan)
        # Which of two alike additions a row is may differ, and with it a note; never what is billed.
        assert [told[:3] for told in desk.told()] == [told[:3] for told in direct.told()]
        assert desk.contract.bill == direct.contract.bill
        assert len(desk.known.periods) == 1


def replace_settings(own: AgreementSyncSettings) -> AgreementSyncSettings:
    """Without the serviceable item: only contracts the sync made get it, which differs between the two ways."""
    return own.model_copy(update={"service_item": ""})


@often
@seeds
def test_month_after_month_bills_what_connectwise_billed(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311
    desk = EAutomate(gathered(ITEMS))
    for number, day in enumerate((MAY, JUNE, date(2026, 7, 1)), start=500):
        rows = [_row(draw, number * 10 + place) for place in range(draw.randrange(1, 5))]
        following = (day + timedelta(days=32)).replace(day=1)
        own = settings(negative_rates=True, hold_when_red=False)
        billed = _billed(
            draw, rows, number=str(number), ident=18000 + number, day=day,
            of=agreement(nextInvoiceDate=f"{following}T00:00:00Z"),
        )  # fmt: skip
        decision = decided(billed, desk.known, own)
        if not isinstance(decision, Apply):
            assert not isinstance(decision, Skip)
            return
        desk.carry_out(decision.plan)
        made = desk.bill(f"IN{number}")
        assert made.total == decision.plan.comparison.ea_total
        after = decided(billed, replace(desk.sees(billed)), own)
        assert isinstance(after, Apply)
        assert not after.plan.lines
        desk.carry_out(after.plan)
