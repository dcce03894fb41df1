"""A labour record for each time entry, and what it charges (spec/tickets.md 8.7)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.service_sync.rules.plan import Labor
from shared.events.records import Reference
from shared.events.tickets import InvoiceReference
from tests.unit.services.service_sync.rules.world import (
    MEMBER,
    START,
    TECHNICIAN,
    code,
    codes,
    entry,
    gathered,
    planned,
    taken,
    technician,
    ticket,
    waits,
)


def labors(*time: Any, held: Any = None, **options: Any) -> list[Labor]:
    """The labour of a call made of this time."""
    return list(planned(taken(ticket(*time), held, **options)).labors)


def test_each_entry_is_a_labour_record_with_its_own_times() -> None:
    first, second = labors(entry(), entry(98022, "0.5", START + timedelta(hours=4)))
    assert (first.entry_id, first.technician_id, first.activity_code) == (98021, TECHNICIAN, "LAB")
    assert (first.begin, first.end, first.hours) == (START, START + timedelta(minutes=90), Decimal("1.5"))
    assert (first.rate, first.override) == (None, None)
    assert second.hours == Decimal("0.5")


def test_a_break_is_not_paid() -> None:
    long = entry(timeEnd=START + timedelta(hours=4), hoursDeduct=Decimal("0.5"), actualHours=None)
    [one] = labors(long)
    assert (one.hours, one.end) == (Decimal("3.5"), START + timedelta(hours=4))


def test_an_entry_without_end_ends_after_its_hours_and_its_break() -> None:
    [one] = labors(entry(timeEnd=None, actualHours=Decimal("1.25"), hoursDeduct=Decimal("0.25")))
    assert (one.hours, one.end) == (Decimal("1.25"), START + timedelta(minutes=90))


@pytest.mark.parametrize(
    "broken",
    [
        {"timeEnd": START},
        {"timeEnd": START - timedelta(hours=1), "actualHours": None},
        {"actualHours": Decimal(0)},
        {"actualHours": Decimal(-1)},
        {"timeEnd": None, "actualHours": None},
    ],
)
def test_an_entry_without_a_duration_waits_and_names_itself(broken: dict[str, Any]) -> None:
    assert (
        "time entry 98021 of Marta Kova has no duration"
        in waits(taken(ticket(entry(**broken))), "S14").reason
    )


def test_an_unlinked_member_is_an_error_unless_a_default_technician_is_set() -> None:
    alone = gathered(technicians={})
    wait = waits(taken(held=alone), "S2")
    assert wait.blocked_on == ("link:agent-member:right:176", "setting:service_sync.default_technician")
    stand_in = gathered(technicians={}, numbered={"e050": technician(50, "E050")})
    plan = planned(taken(held=stand_in, default_technician="E050"))
    assert [one.technician_id for one in plan.labors] == [50]


def test_every_unlinked_member_is_named() -> None:
    other = entry(98022, start=START + timedelta(hours=3), member=Reference(id=180, name="Ada Lund"))
    reason = waits(taken(ticket(entry(), other), gathered(technicians={})), "S2").reason
    assert "Marta Kova (176)" in reason
    assert "Ada Lund (180)" in reason


def test_an_inactive_technician_waits() -> None:
    gone = gathered(technicians={MEMBER: technician(usable=False)})
    assert waits(taken(held=gone), "S13").blocked_on[0] == "record:eautomate:agent:31"


def test_the_work_type_decides_the_activity_code_then_the_work_role_then_the_default() -> None:
    by_type = {"activity_code_map": {"regular": "TRAVEL", "Network Engineer": "FREE"}}
    assert [one.activity_code for one in labors(entry(), **by_type)] == ["TRAVEL"]
    by_role = {"activity_code_map": {"network engineer": "FREE"}}
    assert [one.activity_code for one in labors(entry(), **by_role)] == ["FREE"]


def test_without_an_activity_code_it_waits_for_the_setting_that_decides() -> None:
    wait = waits(taken(default_activity_code=""), "S12")
    assert wait.blocked_on == ("setting:service_sync.default_activity_code",)
    idle = gathered(codes=codes(activity_codes={"lab": code(11, "LAB", active=False)}))
    waits(taken(held=idle), "S12")


@pytest.mark.parametrize("option", ["DoNotBill", "NoCharge"])
def test_time_that_is_not_charged_needs_the_code_that_charges_nothing(option: str) -> None:
    free = entry(billableOption=option)
    wait = waits(taken(ticket(free)), "S12")
    assert wait.blocked_on == ("setting:service_sync.no_charge_activity_code",)
    [one] = labors(free, no_charge_activity_code="FREE")
    assert (one.activity_code, one.override) == ("FREE", None)


def test_in_override_mode_hours_and_amount_are_connectwises() -> None:
    half_covered = entry(hours="1.5", hoursBilled=Decimal("1.5"), agreementHours=Decimal("0.5"))
    [one] = labors(half_covered, override_billing=True)
    assert (one.hours, one.rate, one.override) == (Decimal("1.5"), Decimal(120), Decimal("120.00"))


def test_in_override_mode_the_invoiced_amount_counts_once_there_is_one() -> None:
    billed = entry(
        invoice=InvoiceReference(id=18550),
        invoiceHours=Decimal("1.0"),
        extendedInvoiceAmount=Decimal("99.99"),
    )
    [one] = labors(billed, override_billing=True)
    assert one.override == Decimal("99.99")
    older = entry(invoice=InvoiceReference(id=18550), invoiceHours=Decimal("1.0"))
    assert labors(older, override_billing=True)[0].override == Decimal("120.00")


def test_in_override_mode_time_that_is_not_charged_is_worth_nothing_under_its_own_code() -> None:
    [one] = labors(entry(billableOption="NoCharge"), override_billing=True)
    assert (one.activity_code, one.override) == ("LAB", Decimal(0))


def test_overlapping_entries_of_one_technician_come_over_with_a_warning() -> None:
    inside = entry(98022, "0.25", START + timedelta(minutes=10))
    later = entry(98023, "0.25", START + timedelta(minutes=60))
    plan = planned(taken(ticket(entry(), inside, later)))
    assert len(plan.labors) == 3
    [(name, text)] = plan.warnings
    assert name == "S15"
    assert "98021 and 98022, 98021 and 98023" in text


def test_entries_one_after_the_other_or_of_two_technicians_do_not_overlap() -> None:
    two = {MEMBER: technician(), 180: technician(32, "E002")}
    beside = entry(98022, member=Reference(id=180))
    after = entry(98023, "1", START + timedelta(minutes=90))
    assert planned(taken(ticket(entry(), beside, after), gathered(technicians=two))).warnings == ()


@given(
    st.lists(
        st.tuples(st.integers(1, 2400), st.integers(0, 25000), st.integers(0, 1200)), min_size=1, max_size=8
    )
)
def test_the_overrides_add_up_to_the_rounded_sum_of_what_connectwise_charges(
    given: list[tuple[int, int, int]],
) -> None:
    time, exact = [], Decimal()
    for place, (hundredths, cents, covered) in enumerate(given):
        hours, rate = Decimal(hundredths) / 100, Decimal(cents) / 100
        free = Decimal(covered) / 100
        exact += max(Decimal(), hours - free) * rate
        begin = START + timedelta(days=place * 2)
        time.append(
            entry(place + 1, str(hours), begin, hourlyRate=rate, hoursBilled=hours, agreementHours=free)
        )
    made = labors(*time, override_billing=True)
    total = sum((one.override for one in made if one.override is not None), Decimal())
    assert abs(total - exact) <= Decimal("0.005")
    assert all(one.override is not None and one.override == round(one.override, 2) for one in made)
