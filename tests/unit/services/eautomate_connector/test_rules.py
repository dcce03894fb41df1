from typing import Any

import pytest

from services.eautomate_connector.rules import beside_stamp, snapshot, went_back
from shared.eautomate.rows import BESIDE, Beside
from shared.events.calls import Call
from shared.events.contracts import Contract, ContractInvoice
from shared.events.records import Agent, Customer, Record

LOW, HIGH = bytes(7) + b"\x05", bytes(7) + b"\x09"
OTHER: dict[str, Any] = {
    "configuration": "Std",
    "storable_properties": ("A",),
    "properties": {"A": "1"},
    "contract_types": ("MIT",),
    "head_office": ("inactive",),
    "sales_rep": True,
    "technician": True,
    "meter_groups": 1,
}


def customer(**more: object) -> Customer:
    return Customer(customer_id=7, number="C7", name="Acme", **more)  # type: ignore[arg-type]


def agent(**more: object) -> Agent:
    return Agent(agent_id=7, number="E7", name="Ana", **more)  # type: ignore[arg-type]


def contract(**more: object) -> Contract:
    return Contract(contract_id=7, number="CN7-01", customer_id=1, **more)


def invoice(**more: object) -> ContractInvoice:
    return ContractInvoice(invoice_id=7, number="IN7", customer_id=1, **more)


def call(**more: object) -> Call:
    return Call(call_id=7, number="1140", status="P", customer_id=1, **more)


MAKERS: list[Any] = [customer, agent, contract, invoice, call]


def beside(record: Record) -> Beside:
    return Beside(7, {name: getattr(record, name) for name in reversed(BESIDE[record.ENTITY])}, "01")


@pytest.mark.parametrize("made", MAKERS)
def test_a_no_op_save_keeps_content_and_stamp(made: Any) -> None:
    before, after = snapshot(made(row_version="01")), snapshot(made(row_version="02"))
    assert (before.digest, before.stamp) == (after.digest, after.stamp)


def test_a_location_goes_by_its_parent() -> None:
    assert snapshot(customer(parent_id=3)).order_key == "3"
    assert snapshot(customer(parent_id=7)).order_key == "7"


@pytest.mark.parametrize("made", [customer, agent])
def test_both_readings_give_the_same_stamp(made: Any) -> None:
    whole = made(configuration="Std", storable_properties=("A", "B"), properties={"A": "1", "B": "2"})
    turned = whole.model_copy(update={"properties": {"B": "2", "A": "1"}})
    assert snapshot(whole).stamp == beside_stamp(beside(turned))


@pytest.mark.parametrize(
    ("made", "name"),
    [(made, name) for made in MAKERS for name in BESIDE[made().ENTITY]],
)
def test_whatever_lies_beside_the_row_moves_the_stamp(made: Any, name: str) -> None:
    other = made(**{name: OTHER.get(name, "other")})
    assert snapshot(made()).stamp != beside_stamp(beside(other))
    # The stamp of the children is no content: they are.
    assert (snapshot(made()).digest != snapshot(other).digest) == (name != "children_stamp")


def test_another_database_or_a_lower_rowversion_is_a_restore() -> None:
    assert not went_back(None, "a", None, HIGH)
    assert not went_back("a", "a", LOW, HIGH)
    assert not went_back("a", "a", HIGH, HIGH)
    assert went_back("a", "b", LOW, HIGH)
    assert went_back("a", "a", HIGH, LOW)
