from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.change import RecordError, decode
from shared.events.records import Agent, Company, Customer, Member, Record, Site

CUSTOMER: dict[str, Any] = {"customer_id": 7, "number": "1001", "name": "Acme"}
COMPANY: dict[str, Any] = {"id": 7, "identifier": "ACME"}
AGENT: dict[str, Any] = {"agent_id": 7, "number": "E7", "name": "Ana"}
MEMBER: dict[str, Any] = {"id": 7, "identifier": "ana"}
SITE: dict[str, Any] = {"id": 7, "name": "Main", "company": {"id": 1}}
OTHER: dict[Any, Any] = {bool: True, int: 991, str: "other"}
SPECIAL: dict[str, Any] = {
    "storable_properties": ("ZCJ_SyncToCW",), "properties": {"a": "b"}, "prospect": True, "parent_id": 9,
    "contract_types": ("MIT",), "head_office": ("inactive",), "sales_rep": True, "technician": True,
    "bill_to_id": 9, "active": False, "status": {"id": 5}, "territory": {"id": 5}, "types": [{"id": 5}],
    "site": {"id": 5}, "customFields": [{"id": 1, "value": "x"}], "company": {"id": 5}, "stateReference": {"id": 5},
}  # fmt: skip


def other(model: type[Record], name: str) -> Any:
    if name == "territory" and model is Customer:
        return "NORTH"
    return SPECIAL.get(name, OTHER.get(model.model_fields[name].annotation, "other"))


@pytest.mark.parametrize(
    ("model", "values", "name"),
    [
        (model, values, name)
        for model, values in (
            (Customer, CUSTOMER),
            (Agent, AGENT),
            (Company, COMPANY),
            (Site, SITE),
            (Member, MEMBER),
        )
        for name in model.model_fields
        if name != "row_version"
    ],
)
def test_the_hash_sees_every_field_of_the_model(
    model: type[Record], values: dict[str, Any], name: str
) -> None:
    before = model.model_validate(values)
    after = model.model_validate(values | {name: other(model, name)})
    assert before.content_hash() != after.content_hash()


def test_a_no_op_save_and_fields_nobody_reads_keep_the_hash() -> None:
    before = Customer.model_validate(CUSTOMER | {"row_version": "01"})
    for more in ({"row_version": "02"}, {"LastUpdate": "2025-01-01"}):
        assert Customer.model_validate(CUSTOMER | more).content_hash() == before.content_hash()


def test_a_new_version_of_the_model_has_another_hash() -> None:
    class Next(Customer):
        SCHEMA = Customer.SCHEMA + 1

    assert Next.model_validate(CUSTOMER).content_hash() != Customer.model_validate(CUSTOMER).content_hash()


@given(st.dictionaries(st.from_regex(r"x_[a-z]{1,8}", fullmatch=True), st.text() | st.integers(), max_size=3))
def test_unknown_fields_pass_through(more: dict[str, Any]) -> None:
    record = Customer.model_validate(CUSTOMER | more)
    again = decode(Customer, record.value())
    assert again == record
    assert (again.model_extra or {}) == more


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (None, "no value"),
        (b"", "value"),
        (b"{", "value"),
        (b"[]", "value"),
        (b"\xff", "value"),
        (b'{"customer_id": 7, "name": "Acme"}', "number"),
        (b'{"customer_id": "7", "number": "1001", "name": "Acme"}', "customer_id"),
        (b'{"customer_id": 7, "number": "1001", "name": "Acme", "properties": {"a": 1}}', "properties.a"),
        (b'{"customer_id": 7, "number": "1001", "name": "\\ud800"}', "value"),
    ],
)
def test_what_is_wrong_with_a_value_is_named_without_its_content(value: bytes | None, named: str) -> None:
    with pytest.raises(RecordError, match=named) as caught:
        decode(Customer, value)
    assert "Acme" not in str(caught.value)


def test_of_many_faults_three_are_told() -> None:
    with pytest.raises(RecordError) as caught:
        decode(Customer, b'{"customer_id": "a", "number": 1, "name": 2, "city": 3, "state": 4}')
    assert str(caught.value).count(";") == 2


def test_a_location_stays_in_order_with_its_parent_and_a_site_with_its_company() -> None:
    assert Customer.model_validate(CUSTOMER | {"parent_id": 9}).order_key == "9"
    assert Customer.model_validate(CUSTOMER | {"parent_id": 7}).order_key == "7"
    assert not Customer.model_validate(CUSTOMER | {"parent_id": 7}).is_location
    assert Site.model_validate(SITE).order_key == "1"
