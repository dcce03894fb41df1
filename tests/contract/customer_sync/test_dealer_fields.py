"""On-hold code, sales rep, territory and status against the stand-ins (spec/customers.md 5.6)."""

import pytest

from services.customer_sync.settings import SyncType
from services.simulator.eautomate import schema
from tests.contract.customer_sync.world import World

UPDATE = SyncType.UPDATE_CUSTOMERS
INSERT = SyncType.INSERT_UPDATE_CUSTOMERS
COMPANY = "/company/companies/.*"


async def code_of(world: World, code: str) -> int:
    return int((await world.hand.row(schema.ShOnHoldCodes, OnHoldCode=code))["OnHoldCodeID"])


async def field(world: World, company: int, caption: str) -> str:
    found = await world.companies.company_by_id(company)
    assert found is not None
    return next(str(entry.value or "") for entry in found.customFields if entry.caption == caption)


async def test_a_hold_is_shown_and_its_release_empties_the_field(world: World) -> None:
    world.configure(UPDATE)
    customer = await world.hand.customer("1001", City="Ghent")
    company = (await world.make("1001")).id
    await world.change(customer, 7)
    held = await code_of(world, "CH")
    await world.hand.edit(customer, Hold=1, OnHoldCodeID=held)
    told = await world.change(customer, 8)
    assert "ZCJ_OnHoldCode: '' -> 'CH'" in told.outcome.text
    assert await field(world, company, "ZCJ_OnHoldCode") == "CH"
    await world.quiet()
    await world.change(customer, 9)
    assert await world.writes() == [], "nothing changed"
    # A released customer may keep its old code.
    await world.hand.edit(customer, Hold=0)
    await world.change(customer, 10)
    assert await field(world, company, "ZCJ_OnHoldCode") == ""
    await world.quiet()
    await world.change(customer, 11)
    assert await world.writes() == []


@pytest.mark.parametrize("kind", ["cut_before", "cut_after"])
async def test_a_hold_whose_answer_was_lost_is_written_once(world: World, kind: str) -> None:
    world.configure(UPDATE)
    customer = await world.hand.customer(
        "1001", City="Ghent", Hold=1, OnHoldCodeID=await code_of(world, "CH")
    )
    company = (await world.make("1001", name="Acme", city="Bruges")).id
    await world.control.fault(kind, method="PATCH", path=COMPANY, times=1)
    told = await world.change(customer, 7)
    assert told.codes == []
    assert await field(world, company, "ZCJ_OnHoldCode") == "CH"
    await world.quiet()
    await world.change(customer, 8)
    assert await world.writes() == []


async def test_a_new_company_gets_hold_rep_and_territory_and_no_second_write(world: World) -> None:
    name = str((await world.companies.territories())[0].name)
    world.configure(
        INSERT, sales_rep_field="ZCJ_SalesRep", territory_on_insert=True, territories={"NORTH": name}
    )
    customer = await world.hand.customer(
        "1001",
        City="Ghent",
        Hold=1,
        OnHoldCodeID=await code_of(world, "CH"),
        TerritoryID=world.hand.territory_id,
        SalesRepID=world.hand.rep_id,
    )
    told = await world.change(customer, 7)
    assert told.codes == [], told.outcome.text
    [company] = await world.found("1001")
    assert await field(world, company.id, "ZCJ_OnHoldCode") == "CH"
    assert await field(world, company.id, "ZCJ_SalesRep") == "Ana Fox"
    assert company.territory is not None
    assert company.territory.name == name
    await world.quiet()
    await world.change(customer, 8)
    assert await world.writes() == []


async def test_an_unknown_territory_is_c5_and_heals_with_the_setting(world: World) -> None:
    world.configure(INSERT, territory_on_insert=True)
    nowhere = await world.hand.keyed(schema.ShTerritories, Territory="NOWHERE", Description="")
    customer = await world.hand.customer("1001", City="Ghent", TerritoryID=nowhere)
    told = await world.change(customer, 7)
    assert told.codes == ["C5"]
    assert "'NOWHERE'" in told.outcome.text
    assert await world.found("1001") == []
    name = str((await world.companies.territories())[0].name)
    world.configure(INSERT, territory_on_insert=True, territories={"nowhere": name})
    told = await world.change(customer, 7, redo="wake")
    assert told.codes == []
    assert len(await world.found("1001")) == 1


async def test_a_territory_that_is_added_in_connectwise_heals_it_too(world: World) -> None:
    world.configure(INSERT, territory_on_insert=True)
    new = await world.hand.keyed(schema.ShTerritories, Territory="New Land", Description="")
    customer = await world.hand.customer("1001", City="Ghent", TerritoryID=new)
    assert (await world.change(customer, 7)).codes == ["C5"]
    await world.control.post("/seed", {"location": [{"name": "new land\u200b "}]})
    told = await world.change(customer, 7, redo="wake")
    assert told.codes == [], told.outcome.text
    [company] = await world.found("1001")
    assert company.territory is not None
    assert company.territory.name == "new land\u200b "


async def test_a_hold_as_status_is_set_and_put_back(world: World) -> None:
    world.configure(UPDATE, on_hold_field="Status")
    code = await world.hand.keyed(schema.ShOnHoldCodes, OnHoldCode="ZZ", Description="Review")
    customer = await world.hand.customer("1001", City="Ghent")
    company = await world.make("1001")
    await world.change(customer, 7)
    before = (await world.companies.company_by_id(company.id) or company).status
    assert before is not None
    await world.hand.edit(customer, Hold=1, OnHoldCodeID=code)
    told = await world.change(customer, 8)
    assert "ConnectWise has no company status 'ZZ'; create it" in told.outcome.text
    await world.control.post("/seed", {"companyStatus": [{"name": "ZZ", "defaultFlag": False}]})
    await world.change(customer, 8, redo="replay")
    held = await world.companies.company_by_id(company.id)
    assert held is not None
    assert held.status is not None
    assert held.status.name == "ZZ"
    await world.hand.edit(customer, Hold=0)
    await world.change(customer, 9)
    released = await world.companies.company_by_id(company.id)
    assert released is not None
    assert released.status == before


async def test_a_company_of_another_territory_takes_no_part(world: World) -> None:
    world.configure(UPDATE, territory_filter=("East",))
    customer = await world.hand.customer("1001", City="Ghent", CustomerName="New name")
    await world.make("1001", city="Bruges")
    await world.quiet()
    told = await world.change(customer, 7)
    assert told.outcome.result == "skipped"
    assert "territory" in told.outcome.text
    assert await world.writes() == []
    assert await world.link(customer) is None
