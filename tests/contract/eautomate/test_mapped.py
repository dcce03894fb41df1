"""The e-view "CW Mapped Customers": valid T-SQL, and true on a dealer's tables."""

from typing import Any

from sqlalchemy import Row

from shared.eautomate.mapped import COMPANY_KIND, PROCESS, SITE_KIND, mapped_customers, mapped_customers_sql
from shared.eautomate.profile import Profile, PropertyNames, TableNames
from shared.eautomate.session import reading
from shared.eautomate.tables import build_tables
from tests.contract.eautomate.conftest import Database
from tests.contract.eautomate.statements import parse


async def seen(database: Database) -> dict[str, Row[Any]]:
    async with reading(database.port.engine) as connection:
        rows = (await connection.execute(mapped_customers(database.port.tables))).all()
    assert len({row.CustomerNumber for row in rows}) == len(rows)
    return {row.CustomerNumber: row for row in rows}


async def test_parents_and_locations_show_as_mapped_by_the_right_id(database: Database) -> None:
    hand = database.hand
    for place, number in enumerate(("1001", "1002", "1003")):
        key = await hand.customer(number)
        await hand.property(key, "ZCJ_CW_CompanyID", str(19 + place))
        for branch in ("A", "B"):
            if place == 0:
                location = await hand.customer(f"{number}-{branch}", LocationID=key)
                await hand.property(location, "ZCJ_CW_SiteAddressRecID", f"5{place}")
    rows = await seen(database)
    assert {number: (row.Mapped, row.IdKind, row.ParentNumber) for number, row in rows.items()} == {
        "1001": ("Y", COMPANY_KIND, None),
        "1002": ("Y", COMPANY_KIND, None),
        "1003": ("Y", COMPANY_KIND, None),
        "1001-A": ("Y", SITE_KIND, "1001"),
        "1001-B": ("Y", SITE_KIND, "1001"),
    }
    assert (rows["1002"].CompanyID, rows["1002"].SiteAddressRecID) == ("20", None)
    assert (rows["1001-A"].CompanyID, rows["1001-A"].SiteAddressRecID) == (None, "50")


async def test_who_is_not_mapped_is_shown_too_and_blanks_count_as_nothing(database: Database) -> None:
    hand = database.hand
    blank = await hand.customer("1001", Active=False)
    await hand.property(blank, "ZCJ_CW_CompanyID", "  ")
    await hand.property(blank, "ZCJ_CW_SiteAddressRecID", "51")
    await hand.customer("1002", None)
    rows = await seen(database)
    assert [(row.Mapped, bool(row.Active)) for row in (rows["1001"], rows["1002"])] == [
        ("N", False),
        ("N", True),
    ]


async def test_the_ledger_tells_when_tandem_last_wrote(database: Database) -> None:
    key = await database.hand.customer("1001")
    async with database.port.transaction(PROCESS, f"customer/{key}", 1) as work:
        await work.set_customer_property(key, "ZCJ_CW_CompanyID", "19", None)
    stored = (await database.port.applied_rows(PROCESS, [f"customer/{key}"]))[f"customer/{key}"]
    assert (await seen(database))["1001"].LastPush == stored.applied_at


def test_the_select_is_t_sql_under_the_dealers_own_names() -> None:
    parse(mapped_customers_sql(build_tables()))
    own = Profile(
        properties=PropertyNames(company_id="ZCJ_O'Brien"),
        list_values=False,
        tables={"GLBranches": TableNames(name="ShBranches", columns={"BranchNumber": "Branch"})},
    )
    text = mapped_customers_sql(build_tables(own, "acme"))
    parse(text)
    assert "'ZCJ_O''Brien'" in text
    assert "acme.applied" in text
    assert "dbo.[ShBranches].[Branch]" in text
    assert "ShAttributeListValues" not in text
