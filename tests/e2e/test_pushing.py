"""What customers become in ConnectWise (spec/customers.md 5.6, 5.7), through the running system."""

from typing import Any

import pytest

from tests.deployment import Deployment, until

HOLD = "ZCJ_OnHoldCode"

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]


@pytest.mark.scenario(28)
def test_a_new_customer_becomes_a_company_with_its_number_and_type(inserting: Deployment) -> None:
    customer = inserting.add_customer(
        "AB20-TBS",
        "Bakery Twenty",
        Phone1="555-0120",
        Address="Dock 4\r\n12 Mill Lane\r\nGate B",
        WebSite="bakery.example",
    )
    until(lambda: inserting.recid("AB20-TBS"), "the RecID is stored")
    company = inserting.company(inserting.recid("AB20-TBS"))
    assert company["identifier"] == "AB20TBS"
    assert company["accountNumber"] == "AB20-TBS"
    assert company["name"] == "Bakery Twenty"
    assert [kind["name"] for kind in company["types"]] == ["Client"]
    assert (company["addressLine1"], company["addressLine2"]) == ("Dock 4", "12 Mill Lane, Gate B")
    assert (company["city"], company["state"], company["zip"]) == ("Akron", "OH", "44301")
    assert (company["phoneNumber"], company["website"]) == ("555-0120", "bakery.example")
    outcome = inserting.outcomes(f"eautomate/customer/{customer}")[0]
    assert outcome.result == "applied"
    assert outcome.label == "customer AB20-TBS Bakery Twenty"
    assert [(effect.system, effect.action) for effect in outcome.effects] == [
        ("ConnectWise", "created"), ("Tandem", "linked"), ("e-automate", "stored"),
    ]  # fmt: skip


@pytest.mark.scenario(22)
def test_the_audit_trail_of_a_created_company_names_the_api_member(inserting: Deployment) -> None:
    inserting.add_customer("2022", "Audit Office")
    company = inserting.created("2022")["id"]
    lines = [entry for entry in inserting.audit_trail(company) if "created" in entry["text"]]
    assert [entry["enteredBy"] for entry in lines] == [inserting.stage.tenant.member]


@pytest.mark.scenario(29)
def test_an_edit_in_connectwise_stays_until_the_next_change_in_eautomate(inserting: Deployment) -> None:
    customer = inserting.add_customer("2029", "Cider House", Phone1="555-0129")
    company = inserting.created("2029")["id"]
    inserting.outcome(customer, "applied", after=1)
    before = inserting.row_versions()
    seen = len(inserting.outcomes(f"connectwise/company/{company}"))
    inserting.edit_company(company, phoneNumber="999-9999")
    until(
        lambda: len(inserting.outcomes(f"connectwise/company/{company}")) > seen,
        "the edit is seen",
        every=0.3,
    )
    assert inserting.row_versions() == before
    assert inserting.company(company)["phoneNumber"] == "999-9999"
    inserting.people.save_customer("2029", City="Dayton")
    until(lambda: inserting.company(company)["phoneNumber"] == "555-0129", "e-automate is master")
    assert inserting.company(company)["city"] == "Dayton"


def _hold_code(company: dict[str, Any]) -> str:
    return next(
        str(field.get("value") or "") for field in company["customFields"] if field["caption"] == HOLD
    )


@pytest.mark.scenario(30)
def test_a_hold_shows_in_connectwise_and_goes_with_its_release(inserting: Deployment) -> None:
    inserting.add_customer("2300", "Acme Slow Payers")
    company = inserting.created("2300")["id"]
    inserting.people.put_on_hold("2300", "CH")
    until(lambda: _hold_code(inserting.company(company)) == "CH", "the hold is shown")
    inserting.people.release("2300", keep_code=True)
    until(lambda: _hold_code(inserting.company(company)) == "", "the hold is gone")


@pytest.mark.scenario(32)
def test_a_contact_added_in_eautomate_reaches_no_contact_in_connectwise(inserting: Deployment) -> None:
    customer = inserting.add_customer("2032", "Deli Corner")
    company = inserting.created("2032")["id"]
    inserting.people.foreign_sql(
        "INSERT INTO ARCustomerContacts (CustomerID, ContactID, ContactTypeID) VALUES (?, 1, 1)", customer
    )
    inserting.people.save_customer("2032", Attn="Pat Doe", Email="pat@deli.example", Phone1="555-0132")
    until(lambda: inserting.company(company).get("phoneNumber") == "555-0132", "the change is pushed")
    assert inserting.requests("POST,PATCH,PUT", "contact") == []
    assert not inserting.company(company).get("defaultContact")


def test_a_location_and_an_inactive_customer_become_no_company(inserting: Deployment) -> None:
    inserting.add_customer("2033", "Eatery Group")
    inserting.created("2033")
    location = inserting.people.add_location("2033", "2033-B", "Eatery Lakeside")
    resting = inserting.add_customer("2034", "Formerly Foods", Active=0)
    assert "locations" in inserting.outcome(location, "skipped").text
    assert "inactive" in inserting.outcome(resting, "skipped").text
    assert inserting.numbered("2033-B") == []
    assert inserting.numbered("2034") == []


def test_a_name_too_long_is_cut_with_a_warning(inserting: Deployment) -> None:
    name = "The Honourable Company of Very Long Names and Sons of Akron"
    customer = inserting.add_customer("2035", name)
    company = inserting.created("2035")
    assert company["name"] == name[:50].rstrip()
    assert (
        "warning: name cut at 50 of 59 characters"
        in inserting.outcomes(f"eautomate/customer/{customer}")[0].text
    )
    assert inserting.explain("2035")["text"] == "nothing to write"


def test_two_numbers_that_make_one_company_id_are_c5(inserting: Deployment) -> None:
    inserting.add_customer("AB-36", "First Thirty-Six")
    until(lambda: inserting.recid("AB-36"), "the first is created")
    customer = inserting.add_customer("AB3-6", "Second Thirty-Six")
    text = inserting.letter(customer, "C5").header("kafka_dlt-exception-message")
    assert f"Company ID AB36 belongs to company {inserting.recid('AB-36')} (First Thirty-Six) already" in text
    assert inserting.recid("AB3-6") == ""
    assert len(inserting.companies('name like "%Thirty-Six"')) == 1


def test_a_customer_without_an_address_is_c5_and_heals_when_it_has_one(
    inserting: Deployment,
) -> None:
    customer = inserting.add_customer("2037", "Hall Without Address", Address="", City="", State="", Zip="")
    text = inserting.letter(customer, "C5").header("kafka_dlt-exception-message")
    assert "no company can be created for customer 2037" in text
    assert "address" in text
    inserting.people.save_customer("2037", Address="5 Elm Street")
    assert inserting.created("2037")["addressLine1"] == "5 Elm Street"


def test_a_no_op_save_and_a_blank_value_write_nothing(inserting: Deployment) -> None:
    customer = inserting.add_customer("2038", "Ice House", Phone1="555-0138")
    company = inserting.created("2038")["id"]
    inserting.outcome(customer, "applied", after=1)
    path = f"company/companies/{company}$"
    assert inserting.requests("PATCH,POST", path) == []
    inserting.people.save_customer("2038")
    inserting.people.save_customer("2038", Phone1="")
    inserting.outcome(customer, "applied", after=2)
    assert inserting.company(company)["phoneNumber"] == "555-0138"
    assert inserting.requests("PATCH,POST", path) == []
