"""How one table is compared with what the database says of it."""

from dataclasses import replace

import pytest
from sqlalchemy import Boolean, Integer, String

from shared.eautomate.areas import AREAS
from shared.eautomate.columns import is_optional
from shared.eautomate.probe import as_defined, compare
from shared.eautomate.schema_reader import Columns, Found
from shared.eautomate.tables import build_tables
from shared.eautomate.types import Money, Rate, RowVersion

TABLES = build_tables()
LINES = TABLES.contract_details
BOTH = frozenset(AREAS)


def _kind(kind: object) -> str:
    known = {Money: "money", Rate: "decimal", Integer: "int", Boolean: "bit", RowVersion: "rowversion"}
    if isinstance(kind, String):
        return "char" if kind.__visit_name__ == "CHAR" else "varchar"
    return known.get(type(kind), "datetime")


def _as_defined() -> Columns:
    return {
        column.name.casefold(): Found(
            name=column.name,
            kind=_kind(column.type),
            width=getattr(column.type, "length", None),
            scale=6 if isinstance(column.type, Rate) else None,
            nullable=True,
            filled=False,
            generated=False,
        )
        for column in LINES.columns
    }


def _told(found: Columns) -> list[str]:
    return [difference.text for difference in compare(LINES, found, BOTH)]


def test_a_table_as_defined_does_not_differ() -> None:
    assert _told(_as_defined()) == []


@pytest.mark.parametrize(("scale", "differs"), [(2, True), (4, True), (6, False), (8, False), (None, True)])
def test_a_rate_must_hold_six_places(scale: int | None, differs: bool) -> None:
    found = _as_defined()
    found["unitbaserate"] = replace(found["unitbaserate"], scale=scale)
    expected = [f"dbo.SCContractDetails.UnitBaseRate: scale is {scale}, Tandem expects 6"]
    assert _told(found) == (expected if differs else [])


def test_money_must_be_money() -> None:
    found = _as_defined()
    found["baserate"] = replace(found["baserate"], kind="float")
    assert _told(found) == ["dbo.SCContractDetails.BaseRate: type is float, Tandem expects money"]


def test_what_nobody_has_seen_for_sure_may_be_missing_but_not_be_something_else() -> None:
    optional = [column.name.casefold() for column in LINES.columns if is_optional(column)]
    found = _as_defined()
    assert _told({name: one for name, one in found.items() if name not in optional}) == []
    found["timestamp"] = replace(found["timestamp"], kind="datetime")
    assert _told(found) == ["dbo.SCContractDetails.timestamp: type is datetime, Tandem expects rowversion"]
    found = _as_defined()
    del found["quantity"]
    assert _told(found) == [
        "dbo.SCContractDetails.Quantity: no such column; if it has another name here, put that in the profile"
    ]


def test_an_area_is_not_asked_for_what_only_another_needs() -> None:
    found: Columns = {}
    customers = {d.column for d in compare(TABLES.contracts, found, frozenset({"customers"}))}
    contracts = {d.column for d in compare(TABLES.contracts, found, frozenset({"contracts"}))}
    assert customers == {
        "ContractID",
        "CustomerID",
        "ContractCodeID",
        "StartDate",
        "ExpDate",
        "Terminated",
        "Active",
    }
    assert customers < contracts
    assert "MessReqAcknowledgment" not in contracts


def test_a_table_that_may_be_missing_never_differs_and_is_read_only_as_defined() -> None:
    own = TABLES.periods
    there = {
        name: Found(name, kind, None, None, False, False, False)
        for name, kind in (("startdate", "datetime"), ("enddate", "datetime"), ("closed", "bit"))
    }
    other = there | {"closed": replace(there["closed"], kind="varchar")}
    for found in (None, {}, there, other):
        assert compare(own, found, BOTH) == []
    assert [as_defined(own, found) for found in (None, {}, there, other)] == [False, False, True, False]


def test_a_text_whose_width_differs_by_release_has_any_width() -> None:
    own = TABLES.calls
    found = {
        column.name.casefold(): Found(
            column.name, _kind(column.type), getattr(column.type, "length", None), 6, True, False, False
        )
        for column in own.columns
    }
    for width in (255, 2048, -1, 2_147_483_647):
        found["description"] = replace(found["description"], width=width)
        assert compare(own, found, BOTH) == []
    found["caller"] = replace(found["caller"], width=64)
    assert [one.text for one in compare(own, found, BOTH)] == [
        "dbo.SCCalls.Caller: width is 64, Tandem expects 255"
    ]
