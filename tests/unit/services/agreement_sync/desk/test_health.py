from collections.abc import Sequence
from typing import Any

import pytest

from services.agreement_sync.desk.health import Health, Held, InUse, State, What, health
from shared.eautomate.contract_rows import Item
from shared.events.contracts import Contract
from tests.unit.services.agreement_sync.desk.world import OWN, item, settings, template

MANAGED = InUse({"Managed Services": 4}, [])


def held(
    contracts: Sequence[Contract] = (),
    items: Sequence[Item] = (),
    default: Contract | None = None,
    also: Sequence[str] = (),
) -> Held:
    templates: dict[str, list[Contract]] = {}
    for one in contracts:
        templates.setdefault(one.major.casefold(), []).append(one)
    return Held(
        templates=templates,
        items={one.number.casefold(): one for one in items},
        majors=[one.major for one in contracts] + [name for name in also if "Base" not in name],
        numbers=[one.number for one in items] + list(also),
        internal=[OWN],
        default=default,
    )


def told(found: Sequence[Health]) -> list[tuple[str, str, str]]:
    return [(one.what.value, one.key, one.state.value) for one in found]


def only(found: Sequence[Health], what: What = What.CONTRACT) -> Health:
    [one] = [one for one in found if one.what is what]
    return one


def test_a_whole_template_is_ok_whatever_its_letter_case() -> None:
    found = health(
        InUse({"Managed Services": 4}, ["Licence"]),
        held([template("**cw managed services")], [item("**CWBase Managed Services"), item("**CW Licence")]),
        settings(),
    )
    assert told(found) == [
        ("contract template", "**CW Managed Services", "ok"),
        ("base item", "**CWBase Managed Services", "ok"),
        ("product item template", "**CW Licence", "ok"),
    ]
    assert not any(one.fault for one in found)


def test_a_missing_template_says_what_happens_without_it() -> None:
    found = health(MANAGED, held(), settings())
    assert [(one.state, one.told) for one in found] == [
        (State.MISSING, "no contract is made (G6)"),
        (State.MISSING, "the base amount cannot be billed (G7)"),
    ]
    assert only(found).fix == 'make it: tandem templates create --from <a pattern> "Managed Services"'
    with_default = health(MANAGED, held(default=template("DEFAULT")), settings())
    assert "the default template is used (G5)" in only(with_default).told


def test_a_near_miss_is_named_to_be_renamed() -> None:
    found = only(health(MANAGED, held(also=["**CW Manged Service"]), settings()))
    assert found.told.startswith("there is **CW Manged Service;")
    assert found.fix == "change its number to **CW Managed Services-01"
    assert found.called == "**CW Managed Services-01"


def test_the_right_name_of_another_type_is_no_near_miss() -> None:
    used = InUse({"Backup": 1, "Backups": 1}, [])
    found = health(used, held([template("**CW Backup")]), settings())
    [second] = [one for one in found if one.key == "**CW Backups"]
    assert "there is" not in second.told


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"contract_type": None}, "lacks contract type"),
        ({"bill_code": None, "distribution_code": ""}, "lacks bill code, base distribution code"),
        ({"bill": True}, "Bill on"),
    ],
)
def test_a_template_that_lacks_a_code_is_incomplete(fault: dict[str, Any], words: str) -> None:
    found = only(health(MANAGED, held([template("**CW Managed Services", **fault)]), settings()))
    assert found.state is State.INCOMPLETE
    assert words in found.told


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"billing_cycle": "Monthly"}, "its billing cycle is Monthly, wanted blank"),
        ({"customer_id": 7, "customer_number": "1001"}, "belongs to customer 1001"),
        ({"active": False}, "it is inactive"),
    ],
)
def test_what_only_looks_odd_is_a_note(fault: dict[str, Any], words: str) -> None:
    found = only(health(MANAGED, held([template("**CW Managed Services", **fault)]), settings()))
    assert found.state is State.NOTE
    assert words in found.told
    assert not found.fault


def test_two_contracts_of_the_name_are_told() -> None:
    both = [template("**CW Managed Services"), template("**CW Managed Services", "02")]
    found = only(health(MANAGED, held(both), settings()))
    assert found.state is State.NOTE
    assert "**CW Managed Services-02 is taken" in found.told


def test_a_terminated_template_is_none() -> None:
    ended = template("**CW Managed Services", terminated="2026-01-31")
    assert only(health(MANAGED, held([ended]), settings())).state is State.MISSING


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"serviceable": False}, "lacks tick at Serviceable as item"),
        ({"active": False, "sales_code": None}, "is inactive and lacks sales code"),
        ({"expense_code": None}, "lacks inventory or expense code"),
    ],
)
def test_an_item_that_cannot_be_billed_is_incomplete(fault: dict[str, Any], words: str) -> None:
    base = item("**CWBase Managed Services", **fault)
    found = only(health(MANAGED, held(items=[base]), settings()), What.BASE)
    assert (found.state, found.fix) == (State.INCOMPLETE, "fill it in e-automate")
    assert words in found.told


def test_an_inventory_code_does_as_well() -> None:
    base = item("**CWBase Managed Services", expense_code=None, inventory_code="INV")
    assert only(health(MANAGED, held(items=[base]), settings()), What.BASE).state is State.OK


def test_a_type_too_long_for_its_template_wants_an_alias() -> None:
    long = "Managed Services for Hospitals"
    found = health(InUse({long: 1}, []), held(), settings())
    assert [(one.state, one.told) for one in found] == [
        (State.TOO_LONG, "35 characters, 30 fit"),
        (State.TOO_LONG, "39 characters, 32 fit"),
    ]
    assert "agreement_sync.type_aliases" in found[0].fix
    aliased = settings(type_aliases={long: "MS Hospitals"})
    assert health(InUse({long: 1}, []), held(), aliased)[0].key == "**CW MS Hospitals"


def test_a_deposit_contract_needs_no_base_item() -> None:
    deposit = template("**CW Block Time", time_block_based=True)
    assert told(health(InUse({"Block Time": 1}, []), held([deposit]), settings())) == [
        ("contract template", "**CW Block Time", "ok")
    ]


def test_what_the_settings_name_is_looked_at_too() -> None:
    named = settings(default_contract_template="DEF-01", service_item="SVC")
    found = health(InUse({}, []), held(), named)
    assert told(found) == [
        ("default contract template", "DEF-01", "missing"),
        ("standard serviceable item", "SVC", "missing"),
    ]
    assert "agreement_sync.service_item" in found[1].fix
    there = health(InUse({}, []), held(items=[item("SVC")], default=template("DEF")), named)
    assert [one.state for one in there] == [State.OK, State.OK]
