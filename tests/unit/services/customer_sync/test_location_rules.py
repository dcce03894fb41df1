"""What holds for every location in every state of the world."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as configured
from hypothesis import strategies as st

from services.customer_sync.customers.gathered import AppliedState, Intent
from services.customer_sync.locations import fields as location_fields
from services.customer_sync.locations.gathered import LocationGathered
from services.customer_sync.locations.matching import SITE_PROPERTY, name_key, wanted_names
from services.customer_sync.locations.rules import (
    LocationDecision,
    LocationPlan,
    LookAgain,
    decide_location,
    differing,
)
from services.customer_sync.pairs.selection import NO, SYNC_SWITCH
from services.customer_sync.settings import CustomerSyncSettings, SyncType
from shared.errors import CATALOGUE
from shared.events.change import Change
from shared.events.envelope import Envelope
from shared.events.records import Company, Customer, Reference, Site
from shared.links.models import How
from shared.mode import Mode
from shared.sync.decision import Apply, Reject, Skip, Wait
from shared.text import fold
from tests.unit.services.customer_sync.location_states import (
    COMPANY,
    LOCATION,
    PARENT,
    STATES,
    LocationCase,
    location_case,
    parent_link,
    site_link,
)
from tests.unit.services.customer_sync.states import AT, link

often = configured(max_examples=600, deadline=None)
seeds = given(seed=st.integers(0, 2**32))


def decision_of(case: LocationCase) -> LocationDecision:
    return decide_location(case.change, case.state, case.settings)


def plan_of(case: LocationCase) -> LocationPlan | None:
    decision = decision_of(case)
    return decision.plan if isinstance(decision, Apply) and isinstance(decision.plan, LocationPlan) else None


def test_the_states_reach_every_end_of_the_rules() -> None:
    ends: Counter[str] = Counter()
    for seed in range(5000):
        decision = decision_of(location_case(seed))
        match decision:
            case Apply(plan=LookAgain()):
                ends["after parent"] += 1
            case Apply(plan=LocationPlan() as plan):
                ends["insert" if plan.insert is not None else str(plan.how)] += 1
                ends["patch"] += bool(plan.patch)
            case Wait() | Reject():
                ends[decision.code] += 1
            case Skip():
                ends[decision.result] += 1
    wanted = {"insert", "None", "patch", "after parent", "skipped", "superseded"}
    wanted |= {"C1", "C2", "C3", "C4", "C5", "C6", "C8", "C9", "C10", "C11"}
    wanted |= {str(how) for how in (How.PROPERTY, How.SITE_NAME, How.CREATED)}
    assert wanted <= set(ends)
    assert min(ends[end] for end in wanted) >= 3, ends


@often
@seeds
def test_every_state_is_decided_and_explained(seed: int) -> None:
    decision = decision_of(location_case(seed))
    assert decision.checks
    if isinstance(decision, Apply):
        return
    assert decision.reason
    assert any(not check.passed for check in decision.checks)
    if isinstance(decision, Wait | Reject):
        assert decision.code in CATALOGUE
        assert decision.blocked_on
        assert not any("," in one for one in decision.blocked_on)


@often
@seeds
def test_a_site_is_created_only_for_who_may_have_one(seed: int) -> None:
    it = location_case(seed)
    plan = plan_of(it)
    if plan is None or plan.insert is None:
        return
    live, state = it.state.live, it.state
    assert live is not None
    assert it.settings.sync_type is SyncType.INSERT_UPDATE_CUSTOMERS_AND_LOCATIONS
    assert live.is_location
    assert live.active
    assert not live.prospect
    assert not live.company_customer
    switches = [one.properties.get(SYNC_SWITCH, "") for one in (live, state.parent) if one is not None]
    assert not any(fold(switch) in NO for switch in switches)
    assert not live.properties.get(SITE_PROPERTY, "").strip()
    assert SITE_PROPERTY in live.storable_properties
    assert state.link is None
    assert not state.separated & state.sites.keys()
    assert state.separated or not state.ever_linked
    assert state.company is not None
    assert not state.company.deletedFlag
    free = [site for site in state.sites.values() if site.id not in state.taken and not site.inactiveFlag]
    assert not [
        site for site in free if not site.primaryAddressFlag and fold(site.name) in wanted_names(live)
    ]
    assert fold(plan.insert["name"]) not in {fold(site.name) for site in state.sites.values()}
    assert 0 < len(plan.insert["name"]) <= location_fields.NAME_MOST
    assert "primaryAddressFlag" not in plan.insert
    assert "inactiveFlag" not in plan.insert


@often
@seeds
def test_a_taken_or_unknown_site_is_never_linked_or_written(seed: int) -> None:
    it = location_case(seed)
    plan = plan_of(it)
    if plan is None or plan.site is None:
        return
    assert plan.site.id not in it.state.taken
    assert plan.site is it.state.sites[plan.site.id]
    if plan.how in {How.SITE_NAME, How.CREATED}:
        assert not (plan.site.inactiveFlag and plan.how is How.SITE_NAME)
        assert not (plan.site.primaryAddressFlag and plan.how is How.SITE_NAME)
        assert plan.site.id not in it.state.separated or it.state.intent is not None
    if plan.site.primaryAddressFlag:
        assert plan.patch == {}


@often
@seeds
def test_a_patch_blanks_nothing_keeps_suppressed_fields_and_needs_no_second(seed: int) -> None:
    it = location_case(seed)
    plan = plan_of(it)
    if plan is None or not plan.patch:
        return
    assert plan.site is not None
    assert it.settings.sync_type.locations
    assert plan.patch.keys() == plan.values.keys()
    assert not {"primaryAddressFlag", "inactiveFlag"} & plan.patch.keys()
    if "name" in it.settings.suppressed_fields:
        assert "name" not in plan.patch
    if "state" in it.settings.suppressed_fields:
        assert "stateReference" not in plan.patch
    for now, wanted in plan.patch.values():
        assert wanted.strip()
        assert now != wanted
    update = {
        wire: Reference.model_validate(value) if isinstance(value, dict) else value
        for wire, value in plan.values.items()
    }
    after = plan.site.model_copy(update=update)
    state = replace(it.state, sites={**it.state.sites, after.id: after})
    record = it.change.record.model_copy(update={"number": plan.customer.number})
    assert differing(record, after, state, it.settings) == {}


@often
@seeds
def test_in_test_mode_nothing_is_written_to_connectwise(seed: int) -> None:
    it = location_case(seed)
    plan = plan_of(replace(it, settings=it.settings.model_copy(update={"mode": Mode.TEST})))
    if plan is not None:
        assert (plan.insert, plan.patch) == (None, {})


@given(name=st.text(max_size=80), number=st.text(max_size=60))
def test_names_fit_and_the_second_one_carries_the_number(name: str, number: str) -> None:
    location = Customer(customer_id=7, number=number, name=name)
    plain, numbered = location_fields.names(location)
    assert len(plain) <= location_fields.NAME_MOST
    assert len(numbered) <= location_fields.NAME_MOST
    assert plain == plain.strip()
    shown = " ".join(number.split())
    if shown and len(shown) <= 40 and name.strip():
        assert numbered.endswith(f"({shown})")


@given(name=st.text(max_size=80))
def test_what_a_name_is_waited_for_by_has_no_comma_and_is_the_same_for_equal_names(name: str) -> None:
    assert "," not in name_key(19, name)
    assert name_key(19, f" {name}  ") == name_key(19, name)


# Examples, rule by rule.

INSERT = CustomerSyncSettings(sync_type=SyncType.INSERT_UPDATE_CUSTOMERS_AND_LOCATIONS, company_type="Client")
UPDATE = CustomerSyncSettings(sync_type=SyncType.UPDATE_CUSTOMERS_AND_LOCATIONS)
OFFICE = Customer(customer_id=PARENT, number="1001", name="Acme")
ACME = Company(id=COMPANY, identifier="1001", name="Acme")


def location(**more: object) -> Customer:
    values: dict[str, object] = {
        "customer_id": LOCATION,
        "number": "1001-02",
        "name": "South",
        "city": "Akron",
        "parent_id": PARENT,
        "configuration": "Standard",
        "storable_properties": (SITE_PROPERTY,),
    }
    return Customer.model_validate(values | more)


def site(ident: int, name: str, **more: object) -> Site:
    return Site.model_validate({"id": ident, "name": name, "company": {"id": COMPANY}, **more})


def decided(
    record: Customer, chosen: CustomerSyncSettings = INSERT, *sites: Site, **more: Any
) -> LocationDecision:
    change = Change(Envelope("eautomate", "customer", str(LOCATION), 5, AT), record)
    known: dict[str, Any] = {
        "live": record,
        "sequence": 5,
        "parent": OFFICE,
        "parent_link": parent_link(),
        "company": ACME,
        "sites": {one.id: one for one in sites},
        "states": STATES,
    }
    return decide_location(change, LocationGathered(fresh=True, **(known | more)), chosen)


def planned(decision: LocationDecision) -> LocationPlan:
    assert isinstance(decision, Apply)
    assert isinstance(decision.plan, LocationPlan)
    return decision.plan


def code(decision: LocationDecision) -> str:
    assert isinstance(decision, Wait | Reject)
    return decision.code


def test_an_insert_carries_the_address_and_nothing_of_connectwises_own() -> None:
    record = location(address="1 Main St\nSuite 2\nRear", state="oh", zip="", phone1="555")
    assert planned(decided(record)).insert == {
        "name": "South",
        "addressLine1": "1 Main St",
        "addressLine2": "Suite 2, Rear",
        "city": "Akron",
        "phoneNumber": "555",
        "stateReference": {"id": 1},
    }


@pytest.mark.parametrize(
    ("state", "ident", "told"),
    [
        ("Ohio ", 1, ""),
        ("", None, ""),
        ("Atlantis", None, "no such state"),
        ("WA", None, "several countries"),
        ("washington", 2, ""),
    ],
)
def test_a_state_is_found_by_identifier_or_name_and_never_guessed(
    state: str, ident: int | None, told: str
) -> None:
    plan = planned(decided(location(state=state)))
    assert (plan.insert or {}).get("stateReference") == ({"id": ident} if ident else None)
    assert told in "".join(plan.warnings)
    assert bool(told) == bool(plan.warnings)


def test_a_state_that_is_left_out_leaves_the_sites_own() -> None:
    there = site(1, "South", city="Akron", stateReference={"id": 2, "identifier": "WA"})
    assert planned(decided(location(state="Atlantis"), UPDATE, there)).patch == {}
    changed = planned(decided(location(state="OH"), UPDATE, there))
    assert (changed.patch, changed.values) == (
        {"stateReference": ("WA", "OH")},
        {"stateReference": {"id": 1}},
    )


def test_the_number_goes_as_well_as_the_name_but_both_are_never_chosen_from() -> None:
    for name in ("1001-02", " SOUTH"):
        assert planned(decided(location(), INSERT, site(1, name.strip()))).how is How.SITE_NAME
    assert code(decided(location(), INSERT, site(1, "1001-02"), site(2, "South"))) == "C4"
    taken = decided(location(), INSERT, site(1, "1001-02"), site(2, "South"), taken={1: site_link(99, 1)})
    assert planned(taken).site == site(2, "South")


def test_the_name_with_the_number_is_nobody_elses() -> None:
    plan = planned(decided(location(), INSERT, site(1, "South"), site(2, "South (1001-02)")))
    assert plan.site is not None
    assert plan.site.id == 2
    assert plan.patch == {"city": ("", "Akron")}, "its name stays while another site has the plain one"


def test_a_name_that_others_carry_is_no_match_but_the_number_is() -> None:
    other = location(customer_id=8, number="1001-03")
    assert code(decided(location(), INSERT, site(1, "South"), namesakes=(other,))) == "C4"
    assert planned(decided(location(), INSERT, site(1, "1001-02"), namesakes=(other,))).site is not None


def test_a_site_whose_creation_got_no_answer_is_its_own_whoever_has_the_name_too() -> None:
    other = location(customer_id=8, number="1001-03")
    attempted = Intent(0, "South", 0.0, None, COMPANY)
    found: dict[str, Any] = {"namesakes": (other,)}
    plan = planned(decided(location(), INSERT, site(1, "South"), intent=attempted, **found))
    assert plan.how is How.CREATED
    elsewhere = replace(attempted, within=20)
    assert code(decided(location(), INSERT, site(1, "South"), intent=elsewhere, **found)) == "C4"


def test_a_site_created_before_is_linked_and_not_created_again() -> None:
    made = Intent(0, "South", 0.0, "1", COMPANY)
    plan = planned(decided(location(name="New"), INSERT, site(1, "South"), intent=made))
    assert (plan.insert, plan.how) == (None, How.CREATED)
    assert (
        code(decided(location(), INSERT, site(1, "South"), intent=made, taken={1: site_link(9, 1)})) == "C3"
    )
    assert code(decided(location(), INSERT, intent=made)) == "C8"


def test_a_pair_separated_by_hand_is_not_joined_by_its_name() -> None:
    decision = decided(location(), INSERT, site(1, "South"), separated=frozenset({1}), ever_linked=True)
    assert code(decision) == "C3"


def test_one_that_ever_had_a_site_gets_another_only_in_another_company() -> None:
    before = decided(location(), ever_linked=True)
    assert isinstance(before, Wait)
    assert before.code == "C1"
    assert "it was linked before" in before.reason
    assert "`tandem links link location-site 1001-02 RECID --why ...`" in before.reason
    here: dict[str, Any] = {"ever_linked": True, "separated": frozenset({1})}
    assert code(decided(location(), INSERT, site(1, "Elsewhere"), **here)) == "C1"
    assert planned(decided(location(), INSERT, site(2, "Elsewhere"), **here)).insert is not None


def test_a_location_that_moved_is_told_where_its_site_is() -> None:
    moved = decided(
        location(), link=site_link(LOCATION, 1), ever_linked=True, applied=AppliedState(4, 4, 0, None, 1, 20)
    )
    assert isinstance(moved, Reject)
    assert moved.code == "C8"
    assert "is linked to site 1 of company 20, but now belongs to company 19" in moved.reason
    assert f"link:location-site:{LOCATION}" in moved.blocked_on
    gone = decided(location(), link=site_link(LOCATION, 1), ever_linked=True)
    assert isinstance(gone, Reject)
    assert "does not have" in gone.reason


def test_parents_without_a_company_are_waited_for_unless_nothing_would_come_of_it() -> None:
    none: dict[str, Any] = {"parent_link": None, "company": None}
    waits = decided(location(), **none)
    assert isinstance(waits, Wait)
    assert (waits.code, waits.blocked_on[0]) == ("C6", f"link:customer-company:{PARENT}")
    coming = decided(location(), parent_is_coming=True, **none)
    assert isinstance(coming, Apply)
    assert isinstance(coming.plan, LookAgain)
    assert isinstance(decided(location(prospect=True), **none), Skip)
    off = OFFICE.model_copy(update={"properties": {SYNC_SWITCH: "No"}})
    assert isinstance(decided(location(), **none, parent=off), Skip)
    for what in ({"active": False}, {"prospect": True}, {"company_customer": True}):
        never = decided(location(), **none, parent=OFFICE.model_copy(update=what))
        assert isinstance(never, Skip)
        assert "its head office is" in never.reason
    linked = decided(location(prospect=True), link=site_link(LOCATION, 1), ever_linked=True, **none)
    assert code(linked) == "C6"


def test_a_head_office_that_became_a_location_keeps_its_company_until_a_person_ends_that_link() -> None:
    own = link(LOCATION, 77)
    told = decided(location(), company_link=own)
    assert isinstance(told, Reject)
    assert told.code == "C12"
    assert f"link:customer-company:{LOCATION}" in told.blocked_on
    assert isinstance(decided(location()), Apply)


def test_a_company_that_is_deleted_is_waited_for() -> None:
    for company in (None, ACME.model_copy(update={"deletedFlag": True})):
        waits = decided(location(), company=company)
        assert isinstance(waits, Wait)
        assert waits.code == "C8"


def test_the_territory_filter_counts_for_the_company() -> None:
    east = ACME.model_copy(update={"territory": Reference(id=1, name="East")})
    assert isinstance(decided(location(), company=east, territory_filter=("West",)), Skip)
    assert planned(decided(location(), company=east, territory_filter=("east",))).insert is not None


def test_the_main_site_is_not_matched_by_name_and_not_written_when_linked() -> None:
    main = site(1, "South", primaryAddressFlag=True)
    plan = planned(decided(location(), INSERT, main))
    assert (plan.insert or {})["name"] == "South (1001-02)"
    linked = planned(decided(location(), INSERT, main, link=site_link(LOCATION, 1), ever_linked=True))
    assert (linked.site, linked.patch, linked.store) == (main, {}, True)


def test_a_hold_of_a_location_is_told_and_written_nowhere() -> None:
    held = location(name="South", hold=True, on_hold_code="CH")
    plan = planned(decided(held, INSERT, site(1, "South", city="Akron")))
    assert plan.patch == {}
    assert "a site has no place for it" in plan.warnings[0]


def test_an_inactive_site_is_written_when_linked_with_a_warning() -> None:
    there = site(1, "South", inactiveFlag=True)
    plan = planned(decided(location(), INSERT, there, link=site_link(LOCATION, 1), ever_linked=True))
    assert plan.patch == {"city": ("", "Akron")}
    assert plan.warnings == ("site 1 is inactive in ConnectWise",)


def test_a_name_without_a_free_form_is_c5_for_a_new_site_and_c10_for_one_that_is_there() -> None:
    both = (site(1, "South", inactiveFlag=True), site(2, "South (1001-02)", inactiveFlag=True))
    refused = decided(location(), INSERT, *both)
    assert code(refused) == "C5"
    assert isinstance(refused, Reject)
    assert name_key(COMPANY, "South (1001-02)") in refused.blocked_on
    own = site(3, "Old")
    linked = decided(location(), INSERT, *both, own, link=site_link(LOCATION, 3), ever_linked=True)
    assert code(linked) == "C10"


def test_long_names_are_cut_with_a_warning_and_keep_the_number() -> None:
    plan = planned(decided(location(name="x" * 60)))
    assert (plan.insert or {})["name"] == "x" * 50
    assert plan.warnings == ("name cut at 50 of 60 characters",)
    second = planned(decided(location(name="x" * 60), INSERT, site(1, "x" * 50), taken={1: site_link(99, 1)}))
    assert (second.insert or {})["name"] == "x" * 40 + " (1001-02)"


def test_blanks_and_line_breaks_make_no_other_name() -> None:
    there = site(1, "South  Wing", city="Akron")
    assert planned(decided(location(name="South\r\nWing "), INSERT, there)).patch == {}
    assert (planned(decided(location(name="South\r\nWing "))).insert or {})["name"] == "South Wing"


def test_a_nameless_location_takes_its_number() -> None:
    assert (planned(decided(location(name=" "))).insert or {})["name"] == "1001-02"


@pytest.mark.parametrize(
    ("sync_type", "expected"),
    [
        (SyncType.MAPPING_ONLY, "C1"),
        (SyncType.UPDATE_CUSTOMERS, ""),
        (SyncType.UPDATE_CUSTOMERS_AND_LOCATIONS, "C1"),
        (SyncType.INSERT_UPDATE_CUSTOMERS, ""),
    ],
)
def test_without_inserts_a_location_without_a_site_waits_where_locations_are_wanted(
    sync_type: SyncType, expected: str
) -> None:
    chosen = INSERT.model_copy(update={"sync_type": sync_type})
    decision = decided(location(), chosen)
    if expected:
        assert code(decision) == expected
    else:
        assert isinstance(decision, Skip)
    linked = planned(decided(location(), chosen, site(1, "South")))
    assert (linked.how, linked.store) == (How.SITE_NAME, True)
    assert bool(linked.patch) == sync_type.locations


def test_without_the_configuration_nothing_is_linked_but_a_link_goes_on_with_a_warning() -> None:
    bare = location(storable_properties=())
    assert code(decided(bare, INSERT, site(1, "South"))) == "C2"
    assert code(decided(bare)) == "C2"
    plan = planned(decided(bare, INSERT, site(1, "South"), link=site_link(LOCATION, 1), ever_linked=True))
    assert not plan.store
    assert "cannot be stored" in plan.warnings[0]


def test_a_row_that_is_gone_or_no_location_any_more_is_left_alone_unless_a_link_is_left() -> None:
    assert isinstance(decided(location(), live=None), Skip)
    decision = decided(location(), live=None, link=site_link(LOCATION, 1))
    assert isinstance(decision, Reject)
    assert decision.code == "C11"
    assert f"the location 1001-02 (South), id {LOCATION}, of customer {OFFICE.number}" in decision.reason
    assert isinstance(decided(location(), live=location(parent_id=None)), Skip)
    assert isinstance(decided(location(active=False)), Skip)


def test_a_suppressed_name_needs_none_to_be_free() -> None:
    both = (site(1, "South", inactiveFlag=True), site(2, "South (1001-02)", inactiveFlag=True))
    own: dict[str, Any] = {"link": site_link(LOCATION, 3), "ever_linked": True}
    chosen = INSERT.model_copy(update={"suppressed_fields": ["name"]})
    plan = planned(decided(location(name="South" + "x" * 60), chosen, *both, site(3, "Old"), **own))
    assert (plan.patch, plan.warnings) == ({"city": ("", "Akron")}, ())
    assert planned(decided(location(), chosen, *both, site(3, "Old"), **own)).patch == plan.patch


def test_a_site_that_differs_and_may_not_be_written_is_told_with_what_forbids_it() -> None:
    chosen = CustomerSyncSettings(sync_type=SyncType.UPDATE_CUSTOMERS)
    plan = planned(decided(location(), chosen, site(1, "South"), link=site_link(LOCATION, 1)))
    assert plan.patch == {}
    assert plan.held_back == (
        "sync type writes sites: seen update customers, wanted ... and locations; would differ: city"
    )
    alike = planned(decided(location(), chosen, site(1, "South", city="Akron"), link=site_link(LOCATION, 1)))
    assert alike.held_back == ""
    off = location(properties={SYNC_SWITCH: "No"})
    plan = planned(decided(off, INSERT, site(1, "South"), link=site_link(LOCATION, 1)))
    assert plan.held_back == "ZCJ_SyncToCW allows it: seen No, wanted not No (C7); would differ: city"
