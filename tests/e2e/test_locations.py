"""Locations become sites of their head office's company (spec/customers.md 5.5, 5.6), through the running system."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from services.customer_sync.locations.matching import SITE_PROPERTY
from services.simulator.eautomate.codes import CONFIGURATION
from services.simulator.stage import Stage
from shared.links.kinds import LinkKind
from tests.deployment import Deployment, until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

SETTINGS = {"TANDEM_CUSTOMER_SYNC__SYNC_TYPE": "insert/update customers and locations"}
HEAL_SECONDS = 40.0


class Sites:
    """What people see of locations and sites."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment

    def office(self, number: str, name: str) -> int:
        """A head office with its company; the company's RecID."""
        self.deployment.add_customer(number, name)
        return int(self.deployment.created(number)["id"])

    def location(self, office: str, number: str, name: str, **fields: Any) -> int:
        """A location, saved once with everything it has; its ``CustomerID``."""
        given = {"City": "Akron", "State": "OH", "ShTrackingConfigID": CONFIGURATION, **fields}
        return self.deployment.people.add_location(office, number, name, **given)

    def recid(self, number: str) -> str:
        """The site's RecID in the location's property, empty when there is none."""
        return self.deployment.people.properties(number).get(SITE_PROPERTY) or ""

    def stored(self, number: str) -> str:
        return until(lambda: self.recid(number), f"location {number} holds a RecID", HEAL_SECONDS)

    def of(self, company: int) -> list[dict[str, Any]]:
        """The company's sites beside its main one."""
        with self.deployment.stage.api() as api:
            found: list[dict[str, Any]] = (
                api.get(f"/company/companies/{company}/sites").raise_for_status().json()
            )
        return [site for site in found if not site["primaryAddressFlag"]]

    def make(self, company: int, name: str, **fields: Any) -> int:
        """Somebody enters a site in ConnectWise; its RecID."""
        with self.deployment.stage.api() as api:
            body = {"name": name, **fields}
            made = api.post(f"/company/companies/{company}/sites", json=body).raise_for_status().json()
        return int(made["id"])

    def unlink(self, number: str, why: str) -> None:
        self.deployment.stage.tandem("links", "unlink", "location-site", number, "--why", why, "--yes")


@pytest.fixture(scope="module")
def sites(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """Customers and locations are inserted and updated."""
    folder = tmp_path_factory.mktemp("located")
    prefix = f"located{uuid.uuid4().hex[:8]}"
    with Stage(folder, bootstrap_servers=kafka, prefix=prefix, settings=SETTINGS) as stage:
        deployment = Deployment(stage)
        stage.run()
        yield Sites(deployment)


@pytest.mark.scenario(26)
def test_a_location_of_a_mapped_customer_becomes_a_site_and_holds_its_recid(sites: Sites) -> None:
    company = sites.office("2601", "Harbour Clinic")
    location = sites.location(
        "2601", "2601-02", "Harbour Clinic East", Address="2 Quay\r\nDoor 5", Phone1="555-2601"
    )
    recid = sites.stored("2601-02")
    [site] = sites.of(company)
    assert str(site["id"]) == recid
    assert (site["name"], site["addressLine1"], site["addressLine2"]) == (
        "Harbour Clinic East", "2 Quay", "Door 5",
    )  # fmt: skip
    assert (site["city"], site["stateReference"]["identifier"]) == ("Akron", "OH")
    assert site["phoneNumber"] == "555-2601"
    [created] = [one for one in sites.deployment.outcomes(f"eautomate/customer/{location}") if one.effects]
    assert created.label == "location 2601-02 Harbour Clinic East"
    assert [(effect.system, effect.action) for effect in created.effects] == [
        ("ConnectWise", "created"), ("Tandem", "linked"), ("e-automate", "stored"),
    ]  # fmt: skip


@pytest.mark.scenario(26)
def test_a_site_that_is_there_is_linked_and_updated(sites: Sites) -> None:
    company = sites.office("2602", "Mill Bakery")
    there = sites.make(company, "2602-02", city="Elsewhere")
    sites.location("2602", "2602-02", "Mill Bakery South")
    assert sites.stored("2602-02") == str(there)
    until(lambda: sites.of(company)[0]["name"] == "Mill Bakery South", "the name is pushed")
    sites.deployment.people.save_customer("2602-02", Phone1="555-2602")
    until(lambda: sites.of(company)[0].get("phoneNumber") == "555-2602", "the phone is pushed")
    [site] = sites.of(company)
    assert (site["id"], site["city"]) == (there, "Akron")


def test_a_location_waits_for_its_head_office_and_heals_by_itself(sites: Sites) -> None:
    deployment = sites.deployment
    deployment.add_customer("2603", "Late Office", configured=False)
    location = sites.location("2603", "2603-02", "Late Office North")
    letter = deployment.letter(location, "C6")
    assert "belongs to customer 2603 (Late Office), which has no company yet" in letter.header(
        "kafka_dlt-exception-message"
    )
    deployment.people.assign_configuration("2603", "ConnectWise")
    company = int(deployment.created("2603")["id"])
    recid = sites.stored("2603-02")
    assert [str(site["id"]) for site in sites.of(company)] == [recid]


def test_a_wrong_link_is_ended_by_number_and_the_right_site_chosen(sites: Sites) -> None:
    deployment = sites.deployment
    company = sites.office("2604", "Old Theatre")
    wrong = sites.make(company, "Old Theatre Bar")
    sites.location("2604", "2604-02", "Old Theatre Bar")
    assert sites.stored("2604-02") == str(wrong)
    sites.unlink("2604-02", "the bar is somebody else's")
    until(lambda: not sites.recid("2604-02"), "the RecID is cleared")
    right = sites.make(company, "Stage door")
    deployment.stage.tandem(
        "links", "link", "location-site", "2604-02", str(right), "--why", "the door", "--by", "jo", "--yes"
    )
    until(lambda: sites.recid("2604-02") == str(right), "the RecID is stored")
    until(lambda: len({site["name"] for site in sites.of(company)}) == 2, "nothing is there twice")
    assert {site["id"] for site in sites.of(company)} == {wrong, right}
    listed = deployment.stage.tandem("links", "ls", "--kind", LinkKind.LOCATION_SITE.value, "--json")
    assert '"by_hand"' in listed


def test_a_head_office_that_is_switched_off_takes_its_locations_along_and_brings_them_back(
    sites: Sites,
) -> None:
    people = sites.deployment.people
    company = sites.office("2605", "Quiet House")
    location = sites.location("2605", "2605-02", "Quiet House Annex")
    sites.stored("2605-02")
    people.set_property("2605", "ZCJ_SyncToCW", "No")
    seen = len(sites.deployment.outcomes(f"eautomate/customer/{location}"))
    people.save_customer("2605-02", Phone1="555-2605")
    told = sites.deployment.outcome(location, "applied", after=seen)
    assert [check.name for check in told.checks if not check.passed] == [
        "ZCJ_SyncToCW of its head office allows it"
    ]
    assert not sites.of(company)[0].get("phoneNumber")
    people.set_property("2605", "ZCJ_SyncToCW", "Yes")
    until(lambda: sites.of(company)[0].get("phoneNumber") == "555-2605", "switched on again")
