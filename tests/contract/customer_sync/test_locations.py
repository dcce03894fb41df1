"""ID747's locations from change to outcome, against the stand-ins."""

from datetime import UTC, datetime

import pytest

from services.customer_sync import wiring
from services.customer_sync.asking import PUSH, SETTLE, command
from services.customer_sync.locations.matching import SITE, SITE_PROPERTY, name_key
from services.customer_sync.settings import SyncType
from services.mapping.messages import command as told_by_mapping
from services.simulator.eautomate import schema
from shared.bus.producer import Message
from shared.links.kinds import LinkKind
from shared.links.models import How, Link
from shared.sync.commands import LINKED, UNLINKED
from shared.sync.outcome import Outcome
from tests.contract.customer_sync.places import LOCATIONS, UPDATES, Places
from tests.contract.customer_sync.world import REDO, World
from tests.contract.eautomate.hand import OTHER_CONFIGURATION


@pytest.fixture
async def places(world: World) -> Places:
    return await Places(world).begin()


def asked(link: Link) -> Message:
    """What mapping tells the agent when a person makes or ends a link."""
    out = told_by_mapping(link, datetime.now(UTC))
    return Message(REDO, out.key.encode(), out.value.encode(), out.headers)


def failed(outcome: Outcome) -> list[str]:
    return [check.name for check in outcome.checks if not check.passed]


async def test_a_location_becomes_a_site_with_its_address_and_the_recid_is_stored(places: Places) -> None:
    world = places.world
    location = await places.location(
        "1001-02",
        CustomerName="South",
        Address="2 Quay\r\nDoor 5",
        State="oh",
        Zip="44301",
        Phone1="555",
        Fax="666",
    )
    told = await world.change(location, 7)
    assert told.codes == []
    site = await places.ends_with_one_of_everything(location, 7, "South")
    assert (site.addressLine1, site.addressLine2, site.city, site.zip) == (
        "2 Quay",
        "Door 5",
        "Bruges",
        "44301",
    )
    assert (site.phoneNumber, site.faxNumber) == ("555", "666")
    assert site.stateReference is not None
    assert site.stateReference.identifier == "OH"
    assert not site.primaryAddressFlag
    assert told.outcome.label == "location 1001-02 South"
    assert f"became site {site.id} (South) of company {places.company}" in told.outcome.text


async def test_what_changes_is_patched_and_nothing_else(places: Places) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South", Phone1="555", Fax="666")
    await world.change(location, 7)
    await world.hand.edit(location, Phone1="777", Fax="", City=" Bruges ")
    await world.quiet()
    told = await world.change(location, 8)
    assert told.outcome.text.endswith("phoneNumber: '555' -> '777'")
    [site] = await places.sites()
    assert (site.phoneNumber, site.faxNumber) == ("777", "666"), "a blank never erases"
    assert len(await world.writes()) == 1
    assert [effect.fields for effect in told.outcome.effects] == [("phoneNumber",)]
    [overwritten] = told.outcome.overwritten
    assert (overwritten.record, overwritten.writes) == (
        f"connectwise/site/{site.id}", ({"phoneNumber": ("555", "777")},)
    )  # fmt: skip


async def test_suppressed_fields_stay(places: Places) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South", Fax="666")
    await world.change(location, 7)
    world.configure(LOCATIONS, suppressed_fields=["fax", "name", "state"])
    await world.hand.edit(location, Fax="777", CustomerName="New", State="OH", Phone1="1")
    told = await world.change(location, 8)
    assert told.codes == []
    [site] = await places.sites()
    assert (site.name, site.faxNumber, site.phoneNumber, site.stateReference) == ("South", "666", "1", None)


@pytest.mark.parametrize("name", ["1001-02", " south "])
async def test_a_site_named_after_the_location_is_linked_and_not_made_again(
    places: Places, name: str
) -> None:
    world = places.world
    there = await places.make(name.strip(), city="Akron")
    location = await places.location("1001-02", CustomerName="South")
    told = await world.change(location, 7)
    assert told.codes == []
    site = await places.ends_with_one_of_everything(location, 7, "South")
    assert (site.id, site.city) == (there.id, "Bruges")
    link = await places.link(location)
    assert link is not None
    assert link.how is How.SITE_NAME


async def test_sites_named_after_number_and_name_are_never_chosen_from(places: Places) -> None:
    world = places.world
    first, second = await places.make("1001-02"), await places.make("South")
    location = await places.location("1001-02", CustomerName="South")
    told = await world.change(location, 7)
    assert told.codes == ["C4"]
    assert set(told.outcome.blocked_on) >= {f"record:connectwise:site:{one.id}" for one in (first, second)}
    told = await world.run(world.raw_of(asked(await places.by_hand(location, second.id))))
    assert told.codes == []
    assert await places.held(location) == str(second.id)


async def test_a_name_that_several_locations_carry_says_nothing_about_a_site(places: Places) -> None:
    world = places.world
    site = await places.make("Acme")
    one = await places.location("1001-02", CustomerName="Acme")
    two = await places.location("1001-03", CustomerName="ACME ")
    told = await world.change(one, 7)
    assert told.codes == ["C4"]
    assert "locations 1001-02, 1001-03 all carry the name" in told.outcome.text
    assert f"link:location-site:{two}" in told.outcome.blocked_on
    await world.run(world.raw_of(asked(await places.by_hand(two, site.id))))
    told = await world.change(one, 7)
    assert told.codes == []
    await places.ends_with_one_of_everything(one, 7, "Acme (1001-02)")
    assert (await places.ends_with_one_of_everything(two, 8, "ACME")).id == site.id


async def test_namesakes_in_one_batch_get_a_site_each(places: Places) -> None:
    world = places.world
    locations = [await places.location(f"1001-0{place}", CustomerName="Acme") for place in (2, 3, 4)]
    told = await world.run(*[world.raw(await world.row(one), 7) for one in locations])
    assert told.codes == []
    assert sorted(site.name for site in await places.sites()) == ["Acme", "Acme (1001-03)", "Acme (1001-04)"]
    assert len(await world.writes()) == 3, "nobody is refused first"
    await places.ends_with_one_of_everything(locations[2], 7, "Acme (1001-04)")


async def test_inactive_main_and_taken_sites_are_not_matched_by_name(places: Places) -> None:
    world = places.world
    await places.make("South", inactiveFlag=True)
    location = await places.location("1001-02", CustomerName="South")
    main = await places.location("Main")
    told = await world.run(world.raw(await world.row(location), 7), world.raw(await world.row(main), 7))
    assert told.codes == []
    names = {site.name for site in await places.sites()}
    assert names == {"South", "South (1001-02)", "Name of Main"}


async def test_both_names_taken_is_c5_and_heals_when_one_is_free(places: Places) -> None:
    world = places.world
    await places.make("South", inactiveFlag=True)
    other = await places.make("South (1001-02)", inactiveFlag=True)
    location = await places.location("1001-02", CustomerName="South")
    told = await world.change(location, 7)
    assert told.codes == ["C5"]
    assert name_key(places.company, "South") in told.outcome.blocked_on
    await world.companies.patch_site(
        places.company, other.id, [{"op": "replace", "path": "name", "value": "Elsewhere"}]
    )
    assert (await world.change(location, 7)).codes == []
    await places.ends_with_one_of_everything(location, 7, "South (1001-02)")


async def test_a_new_name_that_another_site_has_gets_the_number(places: Places) -> None:
    world = places.world
    await places.make("North")
    location = await places.location("1001-02", CustomerName="South")
    await world.change(location, 7)
    await world.hand.edit(location, CustomerName="North")
    told = await world.change(location, 8)
    assert "another site has the name, so it is 'North (1001-02)'" in told.outcome.text
    await places.ends_with_one_of_everything(location, 8, "North (1001-02)")


async def test_a_state_connectwise_does_not_know_is_left_out_and_told(places: Places) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South", State="Atlantis")
    told = await world.change(location, 7)
    assert told.codes == []
    assert "state 'Atlantis' left out: ConnectWise has no such state" in told.outcome.text
    assert (await places.ends_with_one_of_everything(location, 7, "South")).stateReference is None
    await world.hand.edit(location, State="Ohio")
    await world.change(location, 8)
    site = await places.ends_with_one_of_everything(location, 8, "South")
    assert site.stateReference is not None
    assert site.stateReference.identifier == "OH"


async def test_a_location_waits_for_its_head_office_and_goes_on_once_that_is_linked(world: World) -> None:
    places = Places(world)
    world.configure(LOCATIONS)
    places.office = await world.hand.customer("1001", City="Ghent")
    location = await places.location("1001-02", CustomerName="South")
    told = await world.change(location, 7)
    assert (told.codes, told.outcome.result) == (["C6"], "waiting")
    assert f"link:customer-company:{places.office}" in told.outcome.blocked_on
    assert "belongs to customer 1001 (Name of 1001)" in told.outcome.text
    await world.change(places.office, 3)
    link = await world.link(places.office)
    assert link is not None
    places.company = int(link.right)
    assert (await world.change(location, 7, redo="redrive")).codes == []
    await places.ends_with_one_of_everything(location, 7, "South")


async def test_a_head_office_and_its_locations_in_one_batch_need_no_second_look_by_anybody(
    world: World,
) -> None:
    places = Places(world)
    world.configure(LOCATIONS)
    places.office = await world.hand.customer("1001", City="Ghent")
    locations = [await places.location(f"1001-0{place}") for place in (2, 3)]
    told = await world.run(*[world.raw(await world.row(one), 7) for one in (places.office, *locations)])
    assert told.codes == []
    assert [outcome.result for outcome in told.outcomes] == ["applied"] * 3
    link = await world.link(places.office)
    assert link is not None
    assert len(await places.sites(int(link.right))) == 2


async def test_without_a_head_office_that_may_be_synced_nothing_waits(world: World) -> None:
    places = Places(world)
    world.configure(LOCATIONS)
    places.office = await world.hand.customer("1001", City="Ghent")
    await world.hand.property(places.office, "ZCJ_SyncToCW", "No")
    location = await places.location("1001-02")
    told = await world.change(location, 7)
    assert (told.codes, told.outcome.result) == ([], "skipped")
    assert failed(told.outcome) == [
        "its head office has a company",
        "ZCJ_SyncToCW of its head office allows it",
    ]


@pytest.mark.parametrize("who", ["location", "head office"])
async def test_no_sync_stops_writes_for_the_location_and_not_the_link(places: Places, who: str) -> None:
    world = places.world
    site = await places.make("South", city="Akron")
    location = await places.location("1001-02", CustomerName="South")
    await world.hand.property(location if who == "location" else places.office, "ZCJ_SyncToCW", "No")
    await world.quiet()
    told = await world.change(location, 7)
    assert told.codes == []
    assert await world.writes() == []
    assert await places.held(location) == str(site.id)
    other = await places.location("1001-03")
    await world.hand.property(other, "ZCJ_SyncToCW", "No")
    told = await world.change(other, 7)
    assert told.outcome.result == "skipped"


@pytest.mark.parametrize(
    "sync_type", [SyncType.MAPPING_ONLY, SyncType.UPDATE_CUSTOMERS, SyncType.INSERT_UPDATE_CUSTOMERS]
)
async def test_without_locations_in_the_sync_type_they_are_linked_and_never_written(
    places: Places, sync_type: SyncType
) -> None:
    world = places.world
    world.configure(sync_type)
    site = await places.make("South", city="Akron")
    await world.quiet()
    linked, other = await places.location("1001-02", CustomerName="South"), await places.location("1001-03")
    assert (await world.change(linked, 7)).codes == []
    assert await places.held(linked) == str(site.id)
    told = await world.change(other, 7)
    assert told.codes == (["C1"] if sync_type is SyncType.MAPPING_ONLY else [])
    assert await world.writes() == []


async def test_without_inserts_a_missing_site_is_c1_and_a_site_of_that_name_wakes_it(places: Places) -> None:
    world = places.world
    world.configure(UPDATES)
    location = await places.location("1001-02", CustomerName="South, Wing")
    told = await world.change(location, 7)
    assert (told.codes, told.outcome.result) == (["C1"], "waiting")
    site = await places.make("SOUTH, wing")
    woken = await world.run(world.raw(site, 1))
    assert woken.outcome.result == "skipped"
    assert woken.outcome.record == f"connectwise/site/{site.id}"
    assert set(woken.outcome.wakes) & set(told.outcome.blocked_on)
    assert (await world.change(location, 7, redo="redrive")).codes == []
    assert await places.held(location) == str(site.id)


async def test_a_site_that_is_gone_is_noted_and_wakes_by_its_record(places: Places) -> None:
    world = places.world
    site = await places.make("South")
    told = await world.run(world.raw(site, 2, action="deleted"))
    assert (told.codes, told.outcome.result, told.outcome.wakes) == ([], "skipped", ())


async def test_without_a_configuration_nothing_is_created_and_nothing_linked(places: Places) -> None:
    world = places.world
    await places.make("South")
    for number, name in (("1001-02", "South"), ("1001-03", "East")):
        location = await world.hand.customer(
            number, OTHER_CONFIGURATION, CustomerName=name, LocationID=places.office, BillToID=places.office
        )
        told = await world.change(location, 7)
        assert told.codes == ["C2"]
        assert await places.link(location) is None
    assert [site.name for site in await places.sites()] == ["South"]


async def test_blanked_by_hand_is_asked_about_and_a_switched_configuration_is_filled_again(
    places: Places,
) -> None:
    world = places.world
    location = await places.location("1001-02")
    await world.change(location, 7)
    held = await places.held(location)
    await world.hand.edit_property(location, SITE_PROPERTY, None)
    told = await world.change(location, 8)
    assert told.codes == ["C9"]
    assert f"tandem links unlink location-site {location}" in told.outcome.text
    other = await world.hand.keyed(schema.ShTrackingConfigs, TrackingConfig="Another")
    await world.hand.insert(
        schema.ShTrackingConfigAttributes,
        ShTrackingConfigID=other,
        ShAttributeID=await world.hand.attribute(SITE_PROPERTY),
    )
    await world.hand.edit(location, ShTrackingConfigID=other)
    assert (await world.change(location, 9)).codes == []
    assert await places.held(location) == held


async def test_a_property_that_names_another_companys_site_or_a_taken_one_is_told(places: Places) -> None:
    world = places.world
    stranger = await world.make("OTHER")
    foreign = await places.make("Elsewhere", stranger.id)
    location = await places.location("1001-02")
    await world.hand.property(location, SITE_PROPERTY, str(foreign.id))
    told = await world.change(location, 7)
    assert told.codes == ["C8"]
    first = await places.location("1001-03")
    await world.change(first, 7)
    await world.hand.edit_property(location, SITE_PROPERTY, await places.held(first))
    told = await world.change(location, 8)
    assert told.codes == ["C3"]
    own = await places.make("Own")
    await world.hand.edit_property(location, SITE_PROPERTY, str(own.id))
    assert (await world.change(location, 9)).codes == []
    link = await places.link(location)
    assert link is not None
    assert (link.right, link.how) == (str(own.id), How.PROPERTY)


async def test_an_unlinked_location_is_let_go_and_its_old_site_not_taken_again(places: Places) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South")
    await world.change(location, 7)
    ended = await world.mapping.unlink(SITE.kind, str(location), by="ann", why="wrong site")
    told = await world.change(location, 8)
    assert told.codes == ["C3"], "it overtook the end of its link"
    told = await world.run(world.raw_of(asked(ended.link)))
    assert (told.codes, told.outcome.result) == ([], "applied")
    assert await places.held(location) == ""
    told = await world.change(location, 9)
    assert told.codes == ["C3"]
    [site] = await places.sites()
    await world.companies.patch_site(
        places.company, site.id, [{"op": "replace", "path": "name", "value": "Elsewhere"}]
    )
    told = await world.change(location, 10)
    assert told.codes == ["C1"], "one that had a site never gets another by itself"
    assert len(await places.sites()) == 1


async def test_a_location_that_moved_is_told_and_gets_a_new_site_only_after_its_link_was_ended(
    places: Places,
) -> None:
    world = places.world
    other = await Places(world).begin("2002")
    location = await places.location("1001-02", CustomerName="South")
    await world.change(location, 7)
    [before] = await places.sites()
    await world.hand.edit(location, LocationID=other.office, BillToID=other.office)
    for sequence in (8, 9):
        told = await world.change(location, sequence)
        assert told.codes == ["C8"]
    assert f"is linked to site {before.id} of company {places.company}" in told.outcome.text
    assert "A site cannot move to another company" in told.outcome.text
    assert await other.sites() == []
    ended = await world.mapping.unlink(SITE.kind, str(location), by="ann", why="it moved")
    await world.run(world.raw_of(asked(ended.link)))
    assert (await world.change(location, 10)).codes == []
    await other.ends_with_one_of_everything(location, 10, "South")
    assert [site.id for site in await places.sites()] == [before.id], "the old one stays"


async def test_a_site_that_was_deleted_is_c8_and_nothing_is_created_instead(places: Places) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South")
    await world.change(location, 7)
    [site] = await places.sites()
    await world.control.post(f"human/site/{site.id}/delete", {"member": "mkova"})
    told = await world.change(location, 8)
    assert told.codes == ["C8"]
    assert await places.sites() == []


async def test_a_deleted_company_is_c8_for_its_locations(places: Places) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South")
    await world.control.post(f"human/company/{places.company}/delete", {"member": "mkova"})
    told = await world.change(location, 7)
    assert (told.codes, told.outcome.result) == (["C8"], "waiting")
    assert f"record:connectwise:company:{places.company}" in told.outcome.blocked_on


async def test_the_main_site_may_be_linked_by_hand_and_is_never_written(places: Places) -> None:
    world = places.world
    [main] = await world.companies.sites_of_company(places.company)
    location = await places.location("1001-02", CustomerName="South")
    await world.quiet()
    told = await world.run(world.raw_of(asked(await places.by_hand(location, main.id))))
    assert told.codes == []
    assert await places.held(location) == str(main.id)
    assert failed(told.outcome) == ["the site is the company's main one"]
    assert await world.writes() == []


async def test_a_customer_that_is_gone_names_the_link_that_is_left(places: Places) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South")
    await world.change(location, 7)
    row = await world.row(location)
    told = await world.run(world.raw(row, 8, action="deleted"))
    assert told.codes == ["C11"]
    assert "tandem links unlink location-site" in told.outcome.text
    assert "of customer 1001" in told.outcome.text


async def test_a_location_that_became_a_head_office_or_the_other_way_round_is_judged_as_it_is(
    places: Places,
) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South")
    before = await world.row(location)
    await world.hand.edit(location, LocationID=location, BillToID=location)
    told = await world.run(world.raw(before, 7))
    assert told.outcome.result == "skipped"
    assert await places.sites() == []
    assert (await world.change(location, 8)).codes == []
    assert await world.link(location) is not None
    await world.hand.edit(location, LocationID=places.office)
    assert (await world.change(location, 9)).codes == ["C12"]
    assert await places.sites() == []
    ended = await world.mapping.unlink(LinkKind.CUSTOMER_COMPANY, str(location), by="ann", why="a branch now")
    await world.run(world.raw_of(asked(ended.link)))
    assert (await world.change(location, 10)).codes == []
    assert [site.name for site in await places.sites()] == ["South"]


async def test_a_location_that_became_a_head_office_keeps_its_site_until_a_person_ends_that_link(
    places: Places,
) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South")
    await world.change(location, 7)
    await world.hand.edit(location, LocationID=location, BillToID=location)
    await world.quiet()
    told = await world.change(location, 8)
    assert told.codes == ["C12"]
    assert "tandem links unlink location-site 1001-02 --why" in told.outcome.text
    assert await world.writes() == []
    ended = await world.mapping.unlink(SITE.kind, str(location), by="ann", why="an office now")
    assert f"link:location-site:{location}" in told.outcome.blocked_on
    await world.run(world.raw_of(asked(ended.link)))
    assert await places.held(location) == ""
    assert (await world.change(location, 9)).codes == []
    assert (await world.link(location)) is not None


@pytest.mark.parametrize("action", [PUSH, SETTLE])
async def test_a_location_is_pushed_like_any_customer(places: Places, action: str) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South")
    told = await world.run(world.raw_of(command(REDO, str(location), action)))
    assert told.codes == []
    await world.change(location, 7)
    await places.ends_with_one_of_everything(location, 7, "South")


async def test_commands_about_a_location_that_is_gone_are_named(places: Places) -> None:
    world = places.world
    for action, codes in ((LINKED, ["C8"]), (UNLINKED, []), (PUSH, [])):
        told = await world.run(world.raw_of(command(REDO, "99999999", action, kind=SITE.kind)))
        assert told.codes == codes


async def test_many_locations_cost_a_list_request_a_company(places: Places) -> None:
    world = places.world
    locations = [await places.location(f"1001-{place:02}") for place in range(2, 12)]
    world.configure(SyncType.MAPPING_ONLY)
    await world.quiet()
    told = await world.run(*[world.raw(await world.row(one), 7) for one in locations])
    assert set(told.codes) == {"C1"}
    assert len(await world.control.requests(path="/sites", method="GET")) == 1
    assert len(await world.control.requests(method="GET")) <= 3


async def test_a_batch_of_more_companies_than_can_be_read_at_once_is_worked_off_all_the_same(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = places.world
    offices = [places, await Places(world).begin("2002"), await Places(world).begin("3003")]
    locations = [await one.location(f"{place}-02") for place, one in enumerate(offices)]
    monkeypatch.setattr(wiring, "PATIENCE_SECONDS", 0.0)
    world.configure(LOCATIONS)
    told = await world.run(*[world.raw(await world.row(one), 7) for one in locations])
    assert told.codes == []
    assert [outcome.result for outcome in told.outcomes] == ["applied"] * 3
    for place, one in enumerate(offices):
        await one.ends_with_one_of_everything(locations[place], 7, f"Name of {place}-02")
