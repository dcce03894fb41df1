"""A contract is Tandem's own write only when everything about it says so."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.agreement_sync.rules.comparing import comparison
from services.agreement_sync.rules.echo import Known, is_echo, left_by
from services.agreement_sync.rules.plan import AgreementPlan, Change, LineAction
from shared.eautomate.contract_rows import ContractWrite, LineFields
from shared.events.contracts import Contract, ContractLine
from shared.sync.decision import Checks
from tests.unit.services.agreement_sync.rules import world as w

NEW = 5001
BEFORE = w.contract(lines=(w.line(1, "A"), w.line(2, "B"), w.line(3, "C")), row_version="0a")
AFTER = BEFORE.model_copy(
    update={
        "lines": (w.line(1, "A", rate="12", base_rate="12"), w.line(3, "C"), w.line(NEW, "D")),
        "row_version": "0b",
        "bill": True,
    }
)
RATE: LineFields = {"unit_base_rate": Decimal(12), "taxable": True}
PLAN = AgreementPlan(
    invoice=w.invoice(),
    sequence=7,
    generation=2,
    comparison=comparison(w.invoice(), None, None, None),
    contract=BEFORE,
    lines=(
        LineAction(Change.REMOVE, "", "B", 2),
        LineAction(Change.UPDATE, "addition:1", "A", 1, RATE),
        LineAction(Change.ADD, "addition:4", "D"),
    ),
)
LEFT = ContractWrite(w.CONTRACT, 18500, 2, 7, "0b", AFTER.content_hash())
KNOWN = Known(LEFT, generation=2, invoice_id=18500, seen=7, done=7)


def line_edited(place: int, **fields: Any) -> Contract:
    """A contract as it is left, with somebody's hand in a line."""
    lines: list[ContractLine] = list(AFTER.lines)
    lines[place] = lines[place].model_copy(update=fields)
    return AFTER.model_copy(update={"lines": tuple(lines)})


def test_a_contract_that_is_left_as_planned_is_noted_with_what_it_was_written_for() -> None:
    assert left_by(PLAN, AFTER, [NEW]) == LEFT


def test_of_a_new_contract_every_line_is_ours() -> None:
    made = replace(PLAN, contract=None, template=w.template(), lines=PLAN.lines[2:])
    left = AFTER.model_copy(update={"lines": AFTER.lines[2:]})
    noted = left_by(made, left, [NEW])
    assert noted is not None
    assert noted.content == left.content_hash()


@pytest.mark.parametrize(
    "left",
    [
        line_edited(0, quantity=Decimal(9)),
        line_edited(0, unit_base_rate=Decimal(13)),
        line_edited(1, description="by hand"),
        line_edited(1, end_date=date(2026, 5, 1)),
        AFTER.model_copy(update={"lines": AFTER.lines[:-1]}),
        AFTER.model_copy(update={"lines": (*AFTER.lines, w.line(9, "E"))}),
        AFTER.model_copy(update={"lines": (*AFTER.lines, w.line(2, "B"))}),
        AFTER.model_copy(update={"meter_groups": 1}),
    ],
    ids=["touched", "written", "untouched", "ended", "gone", "added", "kept", "meters"],
)
def test_a_hand_that_came_in_between_leaves_nothing_noted(left: Contract) -> None:
    assert left_by(PLAN, left, [NEW]) is None


def test_what_comes_back_exactly_as_it_was_left_is_an_echo() -> None:
    checks = Checks()
    assert is_echo(AFTER, KNOWN, checks)
    assert is_echo(Contract.model_validate_json(AFTER.value()), KNOWN, checks), "as it travels"
    assert checks.last.name == "somebody else changed it"
    assert not checks.last.passed


@pytest.mark.parametrize(
    ("contract", "known", "why"),
    [
        (AFTER, replace(KNOWN, left=None), "no write of Tandem is noted"),
        (BEFORE, KNOWN, "it is not as Tandem left it"),
        (line_edited(1, description="by hand"), KNOWN, "it is not as Tandem left it"),
        (AFTER.model_copy(update={"row_version": "0c"}), KNOWN, "it is not as Tandem left it"),
        (AFTER, replace(KNOWN, generation=3), "its agreement was linked anew since Tandem wrote it"),
        (AFTER, replace(KNOWN, invoice_id=18501), "Tandem wrote it for another invoice"),
        (AFTER, replace(KNOWN, seen=8), "what Tandem wrote it for is not finished"),
        (AFTER, replace(KNOWN, done=0), "what Tandem wrote it for is not finished"),
        (AFTER, replace(KNOWN, done=8, seen=8), "what Tandem wrote it for is not finished"),
    ],
)
def test_any_doubt_is_told_and_no_echo(contract: Contract, known: Known, why: str) -> None:
    checks = Checks()
    assert not is_echo(contract, known, checks)
    assert (checks.last.passed, checks.last.seen) == (True, why)
