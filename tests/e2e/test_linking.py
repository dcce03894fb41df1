"""Which company a customer is (spec/customers.md 5.5), through the running system."""

import pytest

from services.customer_sync.customers.matching import PROPERTY
from tests.deployment import Deployment, until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]


@pytest.mark.scenario(13)
def test_a_company_with_the_number_as_company_id_is_linked_and_its_recid_stored(
    inserting: Deployment,
) -> None:
    company = inserting.add_company("1001", "Acme Dental")
    customer = inserting.add_customer("1001", "Acme Dental")
    inserting.created("1001")
    assert inserting.recid("1001") == str(company)
    link = inserting.link_of(customer)
    assert link is not None
    assert (link.right, link.how) == (str(company), "company_id")
    assert inserting.explain("1001")["text"] == "nothing to write"


@pytest.mark.scenario(14)
def test_a_company_with_the_number_as_account_id_is_linked(inserting: Deployment) -> None:
    company = inserting.add_company("AcmeLegal", "Acme Legal", account="1002")
    customer = inserting.add_customer("1002", "Acme Legal")
    inserting.created("1002")
    assert inserting.recid("1002") == str(company)
    link = inserting.link_of(customer)
    assert link is not None
    assert link.how == "account_id"
    assert inserting.company(company)["identifier"] == "AcmeLegal"


@pytest.mark.scenario(15)
def test_a_match_that_cannot_be_stored_is_listed_and_heals_by_itself(inserting: Deployment) -> None:
    company = inserting.add_company("1003", "Acme Vets")
    customer = inserting.add_customer("1003", "Acme Vets", configured=False)
    letter = inserting.letter(customer, "C2")
    assert inserting.link_of(customer) is None
    assert inserting.recid("1003") == ""
    listed = inserting.stage.tandem("dlq", "ls", "--code", "C2", "--json")
    assert f"customer 1003 matches company {company}, but its RecID cannot be stored" in listed
    assert inserting.explain("1003")["verdict"] == "waits (C2)"
    shown = inserting.stage.tandem("dlq", "show", letter.place)
    assert "what to do" in shown
    inserting.people.assign_configuration("1003", "ConnectWise")
    inserting.created("1003")
    assert inserting.recid("1003") == str(company)
    assert inserting.outcome(customer, "applied").effects


def test_a_property_that_names_a_missing_company_is_c8_and_heals_when_it_is_corrected(
    inserting: Deployment,
) -> None:
    customer = inserting.add_with_properties("1004", "Acme Garage", {PROPERTY: "987654"})
    letter = inserting.letter(customer, "C8")
    assert "987654" in letter.header("kafka_dlt-exception-message")
    assert inserting.numbered("1004") == []
    assert inserting.recid("1004") == "987654"
    company = inserting.add_company("AcmeGarage", "Acme Garage")
    inserting.people.set_property("1004", PROPERTY, str(company))
    link = until(lambda: inserting.link_of(customer), "linked by property")
    assert link is not None
    assert (link.right, link.how) == (str(company), "property")


def test_two_candidates_are_c4_and_a_person_chooses(inserting: Deployment) -> None:
    first = inserting.add_company("AcmeToysA", "Acme Toys North", account="1005")
    second = inserting.add_company("AcmeToysB", "Acme Toys South", account="1005")
    inserting.seen_company(first)
    inserting.seen_company(second)
    customer = inserting.add_customer("1005", "Acme Toys", Phone1="555-0105")
    letter = inserting.letter(customer, "C4")
    text = letter.header("kafka_dlt-exception-message")
    assert f"{first} (Acme Toys North), {second} (Acme Toys South)" in text
    assert inserting.link_of(customer) is None
    inserting.stage.tandem(
        "links",
        "link",
        "customer-company",
        "1005",
        str(second),
        "--why",
        "the south one",
        "--by",
        "jo",
        "--yes",
    )
    until(lambda: inserting.recid("1005") == str(second), "the RecID is stored")
    until(lambda: inserting.company(second).get("phoneNumber") == "555-0105", "the fields are pushed")
    assert inserting.company(second)["name"] == "Acme Toys"
    assert inserting.company(first)["name"] == "Acme Toys North"
    link = inserting.link_of(customer)
    assert link is not None
    assert (link.how, link.by, link.why) == ("by_hand", "jo", "the south one")


def test_company_id_and_account_id_at_odds_are_c4_and_heal_after_clean_up_and_redrive(
    inserting: Deployment,
) -> None:
    right = inserting.add_company("1006", "Acme Books")
    wrong = inserting.add_company("Other1006", "Somebody Else", account="1006")
    inserting.seen_company(right)
    inserting.seen_company(wrong)
    customer = inserting.add_customer("1006", "Acme Books")
    letter = inserting.letter(customer, "C4")
    inserting.edit_company(wrong, accountNumber="")
    said = inserting.stage.tandem("dlq", "redrive", letter.place, "--by", "jo", "--why", "cleaned up")
    assert "1 sent again" in said
    until(lambda: inserting.recid("1006") == str(right), "linked to the right one")
    assert inserting.stage.tandem("dlq", "ls", "--json").count('"redriven": true') >= 1
    assert inserting.company(wrong)["name"] == "Somebody Else"


def test_an_unlinked_customer_loses_its_recid_and_is_not_linked_again_by_itself(
    inserting: Deployment,
) -> None:
    company = inserting.add_company("1007", "Acme Foods")
    customer = inserting.add_customer("1007", "Acme Foods")
    inserting.created("1007")
    inserting.stage.tandem(
        "links", "unlink", "customer-company", "1007", "--yes", "--why", "wrong one", "--by", "jo"
    )
    until(lambda: inserting.recid("1007") == "", "the property is cleared")
    inserting.people.save_customer("1007", Phone1="555-0107")
    letter = inserting.letter(customer, "C3")
    assert "separated" in letter.header("kafka_dlt-exception-message")
    assert inserting.link_of(customer) is None
    assert inserting.recid("1007") == ""
    assert [found["id"] for found in inserting.numbered("1007")] == [company]
    assert not inserting.company(company).get("phoneNumber")
    inserting.stage.tandem(
        "links",
        "link",
        "customer-company",
        "1007",
        "--company-id",
        "1007",
        "--yes",
        "--why",
        "was right",
        "--by",
        "jo",
    )
    until(lambda: inserting.recid("1007") == str(company), "the RecID is stored again")
    until(lambda: inserting.company(company).get("phoneNumber") == "555-0107", "the fields are pushed")
    shown = inserting.stage.tandem("links", "show", "customer-company", "1007")
    assert "generation 1" in shown


def test_a_property_blanked_by_hand_is_c9_and_heals_when_it_is_written_back(inserting: Deployment) -> None:
    customer = inserting.add_customer("1008", "Acme Travel")
    company = inserting.created("1008")["id"]
    # The RecID's own way through e-automate must be over: what is undone between two passes nobody sees.
    inserting.outcome(customer, "applied", after=1)
    inserting.people.set_property("1008", PROPERTY, None)
    inserting.letter(customer, "C9")
    assert inserting.recid("1008") == ""
    inserting.people.set_property("1008", PROPERTY, str(company))
    inserting.people.save_customer("1008", Phone1="555-0108")
    until(lambda: inserting.company(company).get("phoneNumber") == "555-0108", "healed by itself")


def test_a_deleted_company_is_c8_and_no_second_one_is_created(inserting: Deployment) -> None:
    customer = inserting.add_customer("1009", "Acme Pools")
    company = inserting.created("1009")["id"]
    inserting.delete_company(company)
    inserting.people.save_customer("1009", Phone1="555-0109")
    inserting.letter(customer, "C8")
    assert inserting.numbered("1009") == []


def test_a_customer_merged_away_leaves_its_company_alone_until_a_person_ends_the_link(
    inserting: Deployment,
) -> None:
    loser = inserting.add_customer("1010", "Acme Loser")
    company = inserting.created("1010")["id"]
    inserting.add_customer("1011", "Acme Winner")
    inserting.created("1011")
    inserting.people.merge("1010", "1011")
    text = inserting.letter(loser, "C11").header("kafka_dlt-exception-message")
    assert f"`tandem links unlink customer-company {loser} --id" in text
    link = inserting.link_of(loser)
    assert link is not None
    assert link.right == str(company)
    inserting.stage.tandem(
        "links", "unlink", "customer-company", str(loser), "--id", "--yes", "--why", "merged", "--by", "jo"
    )
    told = f"eautomate/customer/{loser}"
    until(
        lambda: any("let go of company" in outcome.text for outcome in inserting.outcomes(told)),
        "the link is let go of",
        every=0.3,
    )
    assert inserting.link_of(loser) is None
    assert inserting.company(company)["name"] == "Acme Loser"


def test_a_deleted_company_is_told_at_once_and_heals_when_it_is_restored(inserting: Deployment) -> None:
    customer = inserting.add_customer("1012", "Acme Gone")
    company = inserting.created("1012")["id"]
    inserting.delete_company(company)
    assert f"company {company}" in inserting.letter(customer, "C8").header("kafka_dlt-exception-message")
    inserting.restore_company(company)
    # Looked at twice, the newest may be that there was nothing left to do.
    told = f"eautomate/customer/{customer}"
    until(lambda: not inserting.outcomes(told)[-1].code, "the customer heals", seconds=60, every=0.3)
    until(lambda: "Acme Gone" not in inserting.stage.tandem("cases", "ls"), "its case is closed", every=0.5)
