"""What holds for every customer in every state of the world."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as configured
from hypothesis import strategies as st

from services.customer_sync.customers import dealer_fields, fields
from services.customer_sync.customers.gathered import AppliedState, Gathered, Intent
from services.customer_sync.customers.matching import PROPERTY
from services.customer_sync.customers.rules import CustomerPlan, decide
from services.customer_sync.pairs.selection import NO, SYNC_SWITCH
from services.customer_sync.settings import CustomerSyncSettings, SyncType
from shared.errors import CATALOGUE
from shared.events.change import Change
from shared.events.envelope import Envelope
from shared.events.records import Company, Customer, CustomField, Reference
from shared.links.models import How
from shared.mode import Mode
from shared.sync.decision import Apply, Checks, Decision, Reject, Skip, Wait
from shared.text import fold
from tests.unit.services.customer_sync.states import AT, SETUP, Case, case, link

often = configured(max_examples=600, deadline=None)
seeds = given(seed=st.integers(0, 2**32))


def decision_of(case: Case) -> Decision[CustomerPlan]:
    return decide(case.change, case.state, case.settings)


def test_the_states_reach_every_end_of_the_rules() -> None:
    ends: Counter[str] = Counter()
    for seed in range(3000):
        decision = decision_of(case(seed))
        if isinstance(decision, Apply):
            kind = "insert" if decision.plan.insert is not None else str(decision.plan.how)
            ends[kind] += 1
            ends["patch"] += bool(decision.plan.patch)
        else:
            ends[decision.code if isinstance(decision, Wait | Reject) else decision.result] += 1
    wanted = {"insert", "None", "patch", "skipped", "superseded", "C1", "C2", "C3", "C4", "C5", "C8", "C9"}
    wanted |= {str(how) for how in (How.PROPERTY, How.COMPANY_ID, How.ACCOUNT_ID, How.CREATED)}
    assert wanted <= set(ends)
    assert min(ends[end] for end in wanted) >= 5


@often
@seeds
def test_every_state_is_decided_and_explained(seed: int) -> None:
    decision = decision_of(case(seed))
    assert decision.checks
    if isinstance(decision, Apply):
        return
    assert decision.reason
    assert any(not check.passed for check in decision.checks)
    if isinstance(decision, Wait | Reject):
        assert decision.code in CATALOGUE
        assert decision.blocked_on


@often
@seeds
def test_a_company_is_created_only_for_who_may_have_one(seed: int) -> None:
    it = case(seed)
    decision = decision_of(it)
    if not isinstance(decision, Apply) or decision.plan.insert is None:
        return
    live = it.state.live
    assert live is not None
    assert it.settings.sync_type.inserts
    assert it.settings.mode.writes_to_connectwise
    assert not it.state.ever_linked
    assert not it.state.separated
    assert it.state.link is None
    assert live.active
    assert not live.is_location
    assert not live.prospect
    assert not live.company_customer
    assert fold(live.properties.get(SYNC_SWITCH, "")) not in NO
    assert not live.properties.get(PROPERTY, "").strip()
    assert PROPERTY in live.storable_properties
    assert not {*it.state.by_identifier, *it.state.by_account} - set(it.state.taken)
    assert it.state.identifier_owner is None
    body = decision.plan.insert
    assert 0 < len(body["identifier"]) <= fields.IDENTIFIER_MOST
    assert body["identifier"].isalnum()
    assert body["accountNumber"] == live.number.strip()


@often
@seeds
def test_a_taken_deleted_or_unknown_company_is_never_linked_or_written(seed: int) -> None:
    it = case(seed)
    decision = decision_of(it)
    if not isinstance(decision, Apply) or decision.plan.company is None:
        return
    company = decision.plan.company
    assert company.id not in it.state.taken
    assert not company.deletedFlag
    assert company is it.state.companies[company.id]
    if decision.plan.how in {How.COMPANY_ID, How.ACCOUNT_ID}:
        assert company.id not in it.state.separated


@often
@seeds
def test_several_candidates_are_never_chosen_from(seed: int) -> None:
    it = case(seed)
    live, state = it.state.live, it.state
    candidates = {*state.by_identifier, *state.by_account} - set(state.taken)
    searched = (
        state.link is None
        and live is not None
        and not live.properties.get(PROPERTY, "").strip()
        and (state.intent is None or state.intent.target is None)
    )
    if not searched or len(candidates) < 2:
        return
    decision = decision_of(it)
    assert isinstance(decision, Skip) or (isinstance(decision, Reject) and decision.code == "C4")


@often
@seeds
def test_a_patch_blanks_nothing_keeps_suppressed_fields_and_needs_no_second(seed: int) -> None:
    it = case(seed)
    decision = decision_of(it)
    if not isinstance(decision, Apply) or not decision.plan.patch:
        return
    plan = decision.plan
    assert plan.company is not None
    assert it.settings.sync_type.updates
    assert it.settings.mode.writes_to_connectwise
    suppressed = {rule.wire for rule in fields.FIELDS if rule.name in it.settings.suppressed_fields}
    longest = {rule.wire: rule.longest for rule in fields.FIELDS}
    native = {wire: both for wire, both in plan.patch.items() if wire in longest}
    for wire, (now, wanted) in native.items():
        assert wanted.strip() or (wire == "addressLine2" and "addressLine1" in native)
        assert len(wanted) <= longest[wire]
        assert now != wanted
        assert wire not in suppressed
    for name in plan.patch.keys() - native.keys():
        of = "sales rep" if name == it.settings.sales_rep_field else "on-hold code"
        assert of not in it.settings.suppressed_fields
        assert of == "on-hold code" or plan.patch[name][1], "only the on-hold code is emptied"
    after = patched(plan)
    assert fields.differing(it.change.record, after, it.settings.suppressed) == {}
    again = dealer_fields.differing(it.change.record, after, it.settings, it.state.setup, Checks())
    assert again.patch == {}
    assert again.custom == {}


def patched(plan: CustomerPlan) -> Company:
    """The company once ConnectWise has carried out the plan."""
    assert plan.company is not None
    native = {rule.wire for rule in fields.FIELDS}
    values: dict[str, Any] = {name: wanted for name, (_, wanted) in plan.patch.items() if name in native}
    if plan.status_id is not None:
        values["status"] = Reference(id=plan.status_id, name=plan.patch["status"][1])
    captions = {37: "ZCJ_OnHoldCode", 44: "ZCJ_SalesRep"}
    kept = [entry for entry in plan.company.customFields if entry.id not in plan.custom]
    new = [
        CustomField(id=ident, caption=captions[ident], value=value) for ident, value in plan.custom.items()
    ]
    return plan.company.model_copy(update=values | {"customFields": (*kept, *new)})


@often
@seeds
def test_what_is_not_fresh_is_never_written(seed: int) -> None:
    it = case(seed)
    assert isinstance(decide(it.change, replace(it.state, fresh=False), it.settings), Skip)


@given(number=st.text(max_size=40))
def test_an_identifier_has_only_letters_and_digits_of_the_number(number: str) -> None:
    made = fields.identifier(number)
    assert all(character.isascii() and character.isalnum() for character in made)
    assert fields.identifier(made) == made


@pytest.mark.parametrize(
    ("number", "made"),
    [
        ("Ünter-01", "Unter01"),
        ("É\u0301cole", "Ecole"),
        ("ça 1", "ca1"),
        ("日本-7", "7"),
        ("AB00-TBS", "AB00TBS"),
    ],
)
def test_letters_with_accents_are_letters_of_an_identifier(number: str, made: str) -> None:
    assert fields.identifier(number) == made


# Examples, rule by rule.

UPDATE = CustomerSyncSettings(sync_type=SyncType.UPDATE_CUSTOMERS)
INSERT = CustomerSyncSettings(sync_type=SyncType.INSERT_UPDATE_CUSTOMERS, company_type="Client")
ACME = Company(id=1, identifier="1001", name="Acme", city="Ghent")


def customer(**more: object) -> Customer:
    values: dict[str, object] = {
        "customer_id": 7,
        "number": "1001",
        "name": "Acme",
        "city": "Akron",
        "configuration": "Standard",
        "storable_properties": (PROPERTY,),
    }
    return Customer.model_validate(values | more)


def change(record: Customer, action: str = "changed") -> Change[Customer]:
    return Change(Envelope("eautomate", "customer", "7", 5, AT, action), record)


def state(record: Customer | None, **more: Any) -> Gathered:
    return replace(Gathered(fresh=True, live=record, type_id=1, sequence=5), **more)


def decided(record: Customer, chosen: CustomerSyncSettings = UPDATE, **more: Any) -> object:
    return decide(change(record), state(record, **more), chosen)


def code(decision: object) -> str:
    assert isinstance(decision, Wait | Reject)
    return decision.code


def test_company_id_goes_before_account_id_and_says_so() -> None:
    decision = decided(customer(), companies={1: ACME}, by_identifier=(1,), by_account=(1,))
    assert isinstance(decision, Apply)
    assert decision.plan.how is How.COMPANY_ID
    decision = decided(customer(), companies={1: ACME}, by_account=(1,))
    assert isinstance(decision, Apply)
    assert decision.plan.how is How.ACCOUNT_ID


def test_the_property_goes_before_equal_numbers() -> None:
    other = Company(id=2, identifier="OTHER")
    record = customer(properties={PROPERTY: "2"})
    decision = decided(record, companies={1: ACME, 2: other}, by_identifier=(1,))
    assert isinstance(decision, Apply)
    assert (decision.plan.company, decision.plan.how, decision.plan.store) == (other, How.PROPERTY, False)


def test_a_property_that_names_no_company_or_a_taken_one_is_told() -> None:
    record = customer(properties={PROPERTY: "2"})
    assert code(decided(record)) == "C8"
    other = Company(id=2, identifier="OTHER")
    assert code(decided(record, companies={2: other}, taken={2: link(99, 2)})) == "C3"


def test_a_company_linked_to_another_customer_leaves_the_other_candidate() -> None:
    twin = Company(id=2, identifier="X", accountNumber="1001")
    both: dict[str, Any] = {"companies": {1: ACME, 2: twin}, "by_identifier": (1,), "by_account": (2,)}
    assert code(decided(customer(), **both)) == "C4"
    decision = decided(customer(), taken={1: link(99, 1)}, **both)
    assert isinstance(decision, Apply)
    assert decision.plan.company is twin


def test_a_pair_separated_by_hand_is_not_joined_by_its_number() -> None:
    found: dict[str, Any] = {"companies": {1: ACME}, "by_identifier": (1,)}
    assert code(decided(customer(), separated=frozenset({1}), ever_linked=True, **found)) == "C3"


@pytest.mark.parametrize(
    ("applied_configuration", "now", "expected"),
    [
        ("Standard", "Standard", "C9"),
        ("Standard", "Other", ""),
        (None, "Standard", ""),
    ],
)
def test_a_blank_property_is_a_persons_doing_only_under_the_configuration_it_was_stored_in(
    applied_configuration: str | None, now: str, expected: str
) -> None:
    decision = decided(
        customer(configuration=now),
        companies={1: ACME},
        link=link(7, 1),
        ever_linked=True,
        applied=AppliedState(4, 4, 0, applied_configuration, 1),
    )
    if expected:
        assert code(decision) == expected
    else:
        assert isinstance(decision, Apply)
        assert decision.plan.store


def test_a_link_moved_by_hand_overwrites_the_property_once() -> None:
    record = customer(properties={PROPERTY: "2"})
    moved: dict[str, Any] = {"companies": {1: ACME}, "link": link(7, 1), "separated": frozenset({2})}
    decision = decided(record, applied=AppliedState(4, 4, 0, "Standard", 2), **moved)
    assert isinstance(decision, Apply)
    assert decision.plan.store
    assert code(decided(record, applied=AppliedState(4, 4, 1, "Standard", 1), **moved)) == "C9"


def test_no_switch_stops_writes_to_connectwise_but_not_the_link() -> None:
    record = customer(name="New name", properties={SYNC_SWITCH: "No"})
    decision = decided(record, companies={1: ACME}, by_identifier=(1,))
    assert isinstance(decision, Apply)
    assert decision.plan.patch == {}
    assert decision.plan.how is How.COMPANY_ID
    assert decision.plan.store
    assert isinstance(decided(record, INSERT), Skip)


@pytest.mark.parametrize("value", ["Yes", "", "maybe"])
def test_a_switch_that_is_not_no_overrides_no_filter(value: str) -> None:
    record = customer(properties={SYNC_SWITCH: value}, customer_type="Copier")
    chosen = INSERT.model_copy(update={"customer_types": ["MSP"]})
    assert isinstance(decided(record, chosen), Skip)


def test_filters_are_combined_with_and_and_each_failing_one_is_shown() -> None:
    record = customer(customer_type="Copier", branch="9")
    decision = decided(record, INSERT.model_copy(update={"customer_types": ["MSP"], "branches": ["1"]}))
    assert isinstance(decision, Skip)
    failed = {check.name for check in decision.checks if not check.passed}
    assert failed == {"customer type is selected", "branch is selected"}
    record = customer(customer_type=" msp", branch="1")
    passed = decided(record, INSERT.model_copy(update={"customer_types": ["MSP"], "branches": ["1"]}))
    assert isinstance(passed, Apply)


def test_mapping_only_links_and_never_writes_to_connectwise() -> None:
    only = CustomerSyncSettings(sync_type=SyncType.MAPPING_ONLY)
    decision = decided(customer(name="New"), only, companies={1: ACME}, by_identifier=(1,))
    assert isinstance(decision, Apply)
    assert (decision.plan.how, decision.plan.patch) == (How.COMPANY_ID, {})
    assert code(decided(customer(), only)) == "C1"


def test_a_customer_that_ever_had_a_link_is_never_inserted() -> None:
    before = decided(customer(), INSERT, ever_linked=True)
    assert isinstance(before, Wait)
    assert before.code == "C1"
    assert before.reason.endswith(
        "it was linked before, so none is created by itself; link one by hand: "
        "`tandem links link customer-company 1001 RECID --why ...`."
    )


def test_without_the_configuration_nothing_is_linked_but_a_link_goes_on_with_a_warning() -> None:
    bare = customer(storable_properties=())
    assert code(decided(bare, companies={1: ACME}, by_identifier=(1,))) == "C2"
    assert code(decided(bare, INSERT)) == "C2"
    decision = decided(bare, companies={1: ACME}, link=link(7, 1), ever_linked=True)
    assert isinstance(decision, Apply)
    assert not decision.plan.store
    assert "cannot be stored" in decision.plan.warnings[0]


def test_what_stands_against_an_insert_is_c5_with_the_setting_or_the_company_named() -> None:
    owner = Company(id=5, identifier="AB00TBS", name="Other")
    taken = decided(customer(number="AB00-TBS"), INSERT, identifier_owner=owner)
    assert isinstance(taken, Reject)
    assert taken.code == "C5"
    assert "Company ID AB00TBS belongs to company 5 (Other) already; punctuation is dropped" in taken.reason
    assert "`tandem links link customer-company AB00-TBS RECID --why ...`" in taken.reason
    for number in ("-", "9" * 26):
        assert code(decided(customer(number=number), INSERT)) == "C5"
    untyped = decided(customer(), INSERT, type_id=None)
    assert isinstance(untyped, Reject)
    assert tuple(untyped.blocked_on) == ("setting:customer_sync.company_type",)
    unknown = decided(customer(), INSERT.model_copy(update={"insert_status": "Active"}))
    assert code(unknown) == "C5"


def test_a_company_created_before_is_linked_and_not_created_again() -> None:
    made = Intent(0, "1001", 0.0, "1")
    decision = decided(customer(), INSERT, companies={1: ACME}, intent=made)
    assert isinstance(decision, Apply)
    assert (decision.plan.insert, decision.plan.how) == (None, How.CREATED)
    assert code(decided(customer(), INSERT, companies={1: ACME}, intent=made, taken={1: link(99, 1)})) == "C3"
    assert code(decided(customer(), INSERT, intent=made)) == "C8"


def test_an_insert_carries_the_stripped_number_and_the_exact_one() -> None:
    decision = decided(customer(number="AB00-TBS ", address="1 Main St\nSuite 2\nRear", zip=""), INSERT)
    assert isinstance(decision, Apply)
    body = decision.plan.insert or {}
    assert (body["identifier"], body["accountNumber"]) == ("AB00TBS", "AB00-TBS")
    assert (body["addressLine1"], body["addressLine2"]) == ("1 Main St", "Suite 2, Rear")
    assert "zip" not in body
    assert body["site"] == {"name": "Main"}


def test_a_row_that_changed_since_the_change_is_judged_as_it_is_now() -> None:
    before = customer()
    for now in (customer(active=False), customer(parent_id=9)):
        assert isinstance(decide(change(before), state(now), INSERT), Skip)
    renumbered = decide(change(before), state(customer(number="2002")), INSERT)
    assert isinstance(renumbered, Apply)
    assert (renumbered.plan.insert or {})["accountNumber"] == "2002"


def test_a_customer_that_is_gone_keeps_its_link_until_somebody_ends_it() -> None:
    for action, live in (("changed", None), ("deleted", customer())):
        gone = decide(change(customer(), action), state(live), INSERT)
        assert isinstance(gone, Skip)
        linked = decide(change(customer(), action), state(live, link=link(7, 1)), INSERT)
        assert isinstance(linked, Reject)
        assert linked.code == "C11"
        assert tuple(linked.blocked_on) == ("link:customer-company:7",)
        assert "the customer 1001 (Acme), id 7, was deleted" in linked.reason
        assert "`tandem links unlink customer-company 7 --id --why ...`" in linked.reason


def test_a_customer_that_is_gone_without_a_trace_is_known_by_its_companys_name() -> None:
    nameless = change(Customer(customer_id=7, number="", name=""), "deleted")
    decision = decide(nameless, state(None, link=link(7, 1), companies={1: ACME}), INSERT)
    assert isinstance(decision, Reject)
    assert (
        "the customer with id 7 was deleted or merged in e-automate, but company 1 (Acme)" in decision.reason
    )


def field_values(*values: str | None) -> Company:
    """A company with the dealer's two fields."""
    names = (("ZCJ_OnHoldCode", 37), ("ZCJ_SalesRep", 44))
    held = tuple(
        CustomField(id=ident, caption=caption, value=value)
        for (caption, ident), value in zip(names, values, strict=False)
    )
    return ACME.model_copy(update={"customFields": held, "city": "Akron"})


def matched(
    record: Customer, company: Company, chosen: CustomerSyncSettings = UPDATE, **more: Any
) -> CustomerPlan:
    decision = decided(record, chosen, companies={1: company}, by_identifier=(1,), setup=SETUP, **more)
    assert isinstance(decision, Apply)
    plan: CustomerPlan = decision.plan
    return plan


@pytest.mark.parametrize(
    ("held", "code_now", "there", "wanted"),
    [
        (True, "CH", None, "CH"),
        (True, "CH", "WP", "CH"),
        (True, None, "", "on hold"),
        (False, "CH", "CH", None),
        (False, None, "CH", None),
    ],
)
def test_a_hold_is_written_and_a_release_empties_it(
    held: bool, code_now: str | None, there: str | None, wanted: str | None
) -> None:
    plan = matched(customer(hold=held, on_hold_code=code_now), field_values(there))
    assert plan.custom == {37: wanted}
    assert plan.patch == {"ZCJ_OnHoldCode": (there or "", wanted or "")}


@pytest.mark.parametrize(
    ("chosen", "wakes"),
    [
        (UPDATE, {"setting:customer_sync.sync_type"}),
        (INSERT.model_copy(update={"mode": Mode.TEST}), {"setting:customer_sync.mode"}),
    ],
)
def test_who_has_no_company_because_none_is_created_is_woken_by_that_setting(
    chosen: CustomerSyncSettings, wakes: set[str]
) -> None:
    waiting = decided(customer(), chosen)
    assert isinstance(waiting, Wait)
    assert waiting.code == "C1"
    assert {one for one in waiting.blocked_on if one.startswith("setting:")} == wakes
    before = decided(customer(), INSERT, ever_linked=True)
    assert isinstance(before, Wait)
    assert not [one for one in before.blocked_on if one.startswith("setting:")], "no setting helps"


def test_a_caption_with_invisible_characters_is_the_field_all_the_same() -> None:
    odd = field_values("CH")
    [entry, *rest] = odd.customFields
    odd = odd.model_copy(
        update={"customFields": (entry.model_copy(update={"caption": " zcj_OnHoldCode\u200b "}), *rest)}
    )
    assert matched(customer(hold=True, on_hold_code="CH"), odd).patch == {}
    assert matched(customer(), odd).custom == {37: None}


def test_a_customer_that_is_not_on_hold_needs_no_field_for_it() -> None:
    plan = matched(customer(), ACME.model_copy(update={"city": "Akron"}))
    assert (plan.patch, plan.warnings) == ({}, ())


def test_a_hold_without_a_place_for_it_is_told_and_the_rest_goes_on() -> None:
    decision = decided(customer(hold=True, on_hold_code="CH"), companies={1: ACME}, by_identifier=(1,))
    assert isinstance(decision, Apply)
    assert decision.plan.patch == {"city": ("Ghent", "Akron")}
    assert "no company custom field" in decision.plan.warnings[0]
    assert "companies have the custom field ZCJ_OnHoldCode" in {
        check.name for check in decision.checks if not check.passed
    }


def test_the_sales_rep_is_written_where_a_field_is_named_and_a_blank_one_erases_nothing() -> None:
    chosen = UPDATE.model_copy(update={"sales_rep_field": "zcj_salesrep "})
    plan = matched(customer(sales_rep_name="Jo Doe"), field_values(None, "Al Bundy"), chosen)
    assert plan.custom == {44: "Jo Doe"}
    assert matched(customer(), field_values(None, "Al Bundy"), chosen).custom == {}
    assert matched(customer(sales_rep_name="Jo Doe"), field_values(None, "Al Bundy")).custom == {}
    kept = chosen.model_copy(update={"suppressed_fields": ["Sales rep"]})
    assert matched(customer(sales_rep_name="Jo Doe"), field_values(None, "Al Bundy"), kept).custom == {}


def test_a_hold_may_show_as_the_status_and_its_release_puts_the_usual_one_back() -> None:
    chosen = UPDATE.model_copy(update={"on_hold_field": "Status"})
    active, held = (
        field_values().model_copy(update={"status": Reference(id=ident, name=name)})
        for ident, name in ((1, "Active"), (2, "CH"))
    )
    plan = matched(customer(hold=True, on_hold_code="ch"), active, chosen)
    assert (plan.status_id, plan.patch) == (2, {"status": ("Active", "ch")})
    assert matched(customer(hold=True, on_hold_code="CH"), held, chosen).patch == {}
    plan = matched(customer(on_hold_code="CH"), held, chosen)
    assert (plan.status_id, plan.patch) == (1, {"status": ("CH", "Active")})
    other = active.model_copy(update={"status": Reference(id=9, name="Delinquent")})
    assert matched(customer(), other, chosen).patch == {}, (
        "a status that is no hold code is nobody's business"
    )
    unknown = matched(customer(hold=True, on_hold_code="WP"), active, chosen)
    assert unknown.patch == {}
    assert "'WP'" in unknown.warnings[0]


def test_a_new_company_gets_hold_rep_and_territory() -> None:
    chosen = INSERT.model_copy(
        update={
            "territory_on_insert": True,
            "territories": {"E": "East"},
            "sales_rep_field": "ZCJ_SalesRep",
        }
    )
    record = customer(territory="e ", hold=True, on_hold_code="CH", sales_rep_name="Jo Doe")
    decision = decided(record, chosen, setup=SETUP, territory_ids={"east": 5})
    assert isinstance(decision, Apply)
    body = decision.plan.insert or {}
    assert body["territory"] == {"id": 5}
    assert body["customFields"] == [{"id": 37, "value": "CH"}, {"id": 44, "value": "Jo Doe"}]
    unknown = decided(record, chosen, setup=SETUP)
    assert isinstance(unknown, Reject)
    assert unknown.code == "C5"
    assert "setting:customer_sync.territories" in unknown.blocked_on
    plain = decided(customer(territory="E"), INSERT)
    assert isinstance(plain, Apply)
    assert "territory" not in (plain.plan.insert or {})


def test_the_contract_filter_asks_for_one_active_contract_of_a_listed_type() -> None:
    chosen = UPDATE.model_copy(update={"contract_types": ["IT", "MSP"]})
    copier = matched(customer(contract_types=("Copier",)), field_values(), chosen)
    assert copier.how is How.COMPANY_ID
    renamed = customer(name="New", contract_types=("Copier",))
    assert matched(renamed, field_values(), chosen).patch == {}
    both = customer(name="New", contract_types=("Copier", "it "))
    assert matched(both, field_values(), chosen).patch == {"name": ("Acme", "New")}


def test_a_company_outside_the_territory_filter_is_left_alone() -> None:
    west = ACME.model_copy(update={"territory": Reference(id=2, name="West")})
    for more in ({"by_identifier": (1,)}, {"link": link(7, 1), "ever_linked": True}):
        decision = decided(customer(), companies={1: west}, territory_filter=("East",), **more)
        assert isinstance(decision, Skip)
        assert "West" in decision.reason
    east = ACME.model_copy(update={"territory": Reference(id=1, name="east")})
    found: dict[str, Any] = {"companies": {1: east}, "by_identifier": (1,)}
    assert isinstance(decided(customer(), territory_filter=("East", "North"), **found), Apply)


def test_test_mode_links_and_stores_but_never_writes_to_connectwise() -> None:
    chosen = INSERT.model_copy(update={"mode": Mode.TEST})
    decision = decided(customer(name="New"), chosen, companies={1: ACME}, by_identifier=(1,))
    assert isinstance(decision, Apply)
    assert (decision.plan.how, decision.plan.store, decision.plan.patch) == (How.COMPANY_ID, True, {})
    assert code(decided(customer(), chosen)) == "C1"


def test_long_values_are_cut_with_a_warning() -> None:
    decision = decided(customer(name="x" * 60), companies={1: ACME}, by_identifier=(1,))
    assert isinstance(decision, Apply)
    assert decision.plan.patch["name"] == ("Acme", "x" * 50)
    assert decision.plan.warnings == ("name cut at 50 of 60 characters",)


def test_blanks_line_breaks_and_nothing_else_are_no_difference() -> None:
    there = ACME.model_copy(update={"addressLine1": "1  Main St "})
    record = customer(address="1 Main St", city="", fax=" ")
    decision = decided(record, companies={1: there}, by_identifier=(1,))
    assert isinstance(decision, Apply)
    assert decision.plan.patch == {}
    upper = decided(customer(name="ACME", city=""), companies={1: ACME}, by_identifier=(1,))
    assert isinstance(upper, Apply)
    assert upper.plan.patch == {"name": ("Acme", "ACME")}


def test_another_street_takes_the_old_second_line_with_it_the_same_street_keeps_it() -> None:
    there = ACME.model_copy(update={"addressLine1": "1 Main St", "addressLine2": "Suite 5", "city": "Akron"})
    found: dict[str, Any] = {"companies": {1: there}, "by_identifier": (1,)}
    moved = decided(customer(address="2 Side St"), **found)
    assert isinstance(moved, Apply)
    assert moved.plan.patch == {"addressLine1": ("1 Main St", "2 Side St"), "addressLine2": ("Suite 5", "")}
    for address in ("1 Main St", ""):
        stayed = decided(customer(address=address), **found)
        assert isinstance(stayed, Apply)
        assert stayed.plan.patch == {}


def test_a_customer_without_any_address_is_refused_before_connectwise_does() -> None:
    decision = decided(customer(city=""), INSERT)
    assert isinstance(decision, Reject)
    assert decision.code == "C5"
    assert "no address" in decision.reason
    assert isinstance(decided(customer(city="", zip="44301"), INSERT), Apply)


def test_fields_that_differ_and_may_not_be_written_are_named_with_what_forbids_it() -> None:
    found: dict[str, Any] = {"companies": {1: ACME}, "link": link(7, 1), "ever_linked": True}
    off = customer(name="New", properties={SYNC_SWITCH: "No", PROPERTY: "1"})
    decision = decided(off, **found)
    assert isinstance(decision, Apply)
    assert decision.plan.patch == {}
    why = "ZCJ_SyncToCW allows it: seen No, wanted not No (C7); would differ: city, name"
    assert decision.plan.held_back == why
    mapping = CustomerSyncSettings(suppressed_fields=["city"])
    decision = decided(customer(name="New"), mapping, **found)
    assert isinstance(decision, Apply)
    assert decision.plan.held_back == (
        "sync type writes to ConnectWise: seen mapping only, wanted update; would differ: name"
    )
    alike = customer(city="Ghent", properties={SYNC_SWITCH: "No"})
    for record, chosen in ((alike, UPDATE), (customer(name="New"), UPDATE)):
        decision = decided(record, chosen, **found)
        assert isinstance(decision, Apply)
        assert decision.plan.held_back == ""
