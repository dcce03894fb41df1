"""Who was left alone is linked once ConnectWise has its company or site (spec/customers.md 5.4)."""

from typing import Any

import pytest

from services.customer_sync.asking import SETTLE
from services.customer_sync.settings import SyncType
from tests.contract.customer_sync.places import Places
from tests.contract.customer_sync.world import World
from tests.contract.running import Told

UPDATE = SyncType.UPDATE_CUSTOMERS


async def looked_at(world: World, told: Told) -> list[Told]:
    """What comes of the commands a batch made."""
    return [await world.run(world.raw_of(one)) for one in told.commands]


@pytest.mark.parametrize(
    ("settings", "property_", "fields"),
    [
        ({}, "No", {}),
        ({"branches": "99"}, None, {}),
        ({"customer_types": "MSP"}, None, {}),
        ({"contract_types": "IT"}, None, {}),
        ({}, None, {"Prospect": 1}),
    ],
)
async def test_a_customer_that_is_not_selected_is_linked_once_a_company_carries_its_number(
    world: World, settings: dict[str, Any], property_: str | None, fields: dict[str, Any]
) -> None:
    world.configure(SyncType.INSERT_UPDATE_CUSTOMERS, **settings)
    customer = await world.hand.customer("1001", City="Ghent", CustomerName="Acme", **fields)
    if property_ is not None:
        await world.hand.property(customer, "ZCJ_SyncToCW", property_)
    told = await world.change(customer, 7)
    assert (told.codes, told.outcome.result) == ([], "skipped")
    company = await world.make("ACME", accountNumber="1001 ")
    await world.quiet()
    told = await world.run(world.raw(company, 3))
    assert told.outcome.text.endswith("; 1001 is looked at again")
    [looked] = await looked_at(world, told)
    assert looked.codes == []
    assert await world.held(customer) == str(company.id)
    if property_ is not None or settings:
        assert await world.writes() == [], "linked, and not written"
    told = await world.run(world.raw(company, 4))
    assert told.commands == [], "who is linked is left in peace"


async def test_whoever_waits_with_an_error_is_woken_by_that_alone(world: World) -> None:
    world.configure(UPDATE)
    customer = await world.hand.customer("1001", City="Ghent")
    told = await world.change(customer, 7)
    assert told.codes == ["C1"]
    woken = await world.run(world.raw(await world.make("1001"), 3))
    assert woken.commands == []
    assert set(woken.outcome.wakes) & set(told.outcome.blocked_on)


async def test_a_company_that_comes_into_a_territory_that_takes_part_gets_its_customer(world: World) -> None:
    world.configure(UPDATE, territory_filter=("East",))
    customer = await world.hand.customer("1001", City="Ghent", CustomerName="Acme")
    company = await world.make("1001", city="Ghent", name="Acme")
    told = await world.change(customer, 7)
    assert "territory" in told.outcome.text
    assert company.territory is not None
    world.configure(UPDATE, territory_filter=(company.territory.name or "",))
    told = await world.run(world.raw(company, 4))
    [looked] = await looked_at(world, told)
    assert looked.codes == []
    assert await world.held(customer) == str(company.id)


async def test_a_location_that_the_sync_type_leaves_alone_is_linked_once_a_site_carries_its_name(
    world: World,
) -> None:
    places = await Places(world).begin()
    world.configure(UPDATE)
    location = await places.location("1001-02", CustomerName="South")
    other = await places.location("1001-03", CustomerName="West")
    for one in (location, other):
        assert (await world.change(one, 7)).outcome.result == "skipped"
    site = await places.make("SOUTH")
    await world.quiet()
    told = await world.run(world.raw(site, 3))
    [asked] = told.commands
    assert dict(asked.headers)["ce_type"].decode().endswith(SETTLE)
    assert (await world.run(world.raw_of(asked))).codes == []
    assert await places.held(location) == str(site.id)
    assert await places.held(other) == ""
    assert await world.writes() == []


async def test_a_location_of_a_head_office_that_is_not_synced_is_linked_too(world: World) -> None:
    places = await Places(world).begin()
    await world.hand.property(places.office, "ZCJ_SyncToCW", "No")
    location = await places.location("1001-02", CustomerName="South")
    assert (await world.change(location, 7)).outcome.result == "skipped"
    site = await places.make("1001-02")
    await world.quiet()
    [looked] = await looked_at(world, await world.run(world.raw(site, 3)))
    assert looked.codes == []
    assert await places.held(location) == str(site.id)
    assert await world.writes() == []
