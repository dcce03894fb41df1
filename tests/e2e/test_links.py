"""What people do about links, through the running system: see them, push, take back (spec/customers.md 5.4 to 5.8)."""

import json
from typing import Any

import pytest
from sqlalchemy import create_engine

from services.customer_sync.customers.matching import PROPERTY
from services.simulator.eautomate.codes import CONFIGURATION
from shared.config import EAutomateSettings
from shared.eautomate.mapped import mapped_customers
from shared.eautomate.port import EAutomate
from tests.deployment import Deployment, until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

SITE = "ZCJ_CW_SiteAddressRecID"
FIRST = {"name": "Stranger Limited", "addressLine1": "9 Elm Street", "city": "Dayton"}


def mapped(deployment: Deployment) -> dict[str, dict[str, Any]]:
    """The view's rows by customer number."""
    lines = deployment.stage.tandem("links", "customers", "--json").splitlines()
    return {row["number"]: row for row in map(json.loads, lines)}


def e_view(deployment: Deployment) -> dict[str, Any]:
    """The same as an e-view inside e-automate would show it."""
    url = f"sqlite+aiosqlite:///{deployment.stage.eautomate_file}"
    port = EAutomate.open(EAutomateSettings.model_validate({"url": url}))
    engine = create_engine(
        f"sqlite:///{deployment.stage.eautomate_file}",
        execution_options={"schema_translate_map": {"dbo": None}},
    )
    with engine.connect() as connection:
        rows = connection.execute(mapped_customers(port.tables)).all()
    engine.dispose()
    return {row.CustomerNumber: row for row in rows}


@pytest.mark.scenario(23)
def test_three_parents_and_two_locations_appear_as_mapped_with_the_right_id_kind(
    inserting: Deployment,
) -> None:
    companies = {}
    for number in ("4001", "4002", "4003"):
        inserting.add_customer(number, f"Mapped {number}")
        companies[number] = str(inserting.created(number)["id"])
    with inserting.stage.api() as api:
        for name in ("Lakeside", "Hill"):
            parent = inserting.stage.people.add_location(
                "4001", f"4001-{name[0]}", f"Mapped {name}", ShTrackingConfigID=CONFIGURATION, Active=0
            )
            site = api.post(f"/company/companies/{companies['4001']}/sites", json={"name": name})
            inserting.people.set_property(f"4001-{name[0]}", SITE, str(site.raise_for_status().json()["id"]))
            assert parent
    inserting.add_customer("4004", "Not In Use", Active=0)
    rows = mapped(inserting)
    for number, company in companies.items():
        assert (rows[number]["mapped"], rows[number]["company_id"]) == (True, company)
        assert (rows[number]["id_kind"], rows[number]["linked_how"]) == ("company RecID", "inserted")
        assert rows[number]["last_push"] is not None
    for number in ("4001-L", "4001-H"):
        assert (rows[number]["mapped"], rows[number]["parent_number"]) == (True, "4001")
        assert (rows[number]["id_kind"], rows[number]["company_id"]) == ("site RecID", "")
        assert rows[number]["site_id"] == inserting.people.properties(number)[SITE]
    assert rows["4004"]["mapped"] is False
    assert "4004" in inserting.stage.tandem("links", "customers", "--unmapped")
    seen = e_view(inserting)
    for number, row in rows.items():
        assert (seen[number].Mapped == "Y", seen[number].IdKind) == (row["mapped"], row["id_kind"])
        assert (seen[number].CompanyID or "", seen[number].SiteAddressRecID or "") == (
            row["company_id"],
            row["site_id"],
        )
    assert inserting.stage.tandem("links", "customers", "--sql").startswith("-- CW Mapped Customers")


def test_a_push_brings_one_customer_in_step_even_if_nothing_changed_and_filters_still_hold(
    inserting: Deployment,
) -> None:
    customer = inserting.add_customer("4011", "Push Me", Phone1="555-4011")
    company = inserting.created("4011")["id"]
    inserting.outcome(customer, "applied", after=1)
    inserting.edit_company(company, phoneNumber="999-9999")
    said = inserting.stage.tandem("push", "customer", "4011", "--by", "jo", "--why", "asked")
    assert "phoneNumber: '999-9999' -> '555-4011'" in " ".join(said.split())
    assert inserting.company(company)["phoneNumber"] == "555-4011"
    writes = inserting.stage.writes()
    again = json.loads(inserting.stage.tandem("push", "customer", "4011", "--json"))
    assert (again["result"], "nothing to write" in again["text"]) == ("applied", True)
    assert inserting.stage.writes() == writes
    inserting.add_with_properties("4012", "Keep Out", {"ZCJ_SyncToCW": "No"})
    kept = json.loads(inserting.stage.tandem("push", "customer", "4012", "--json"))
    assert kept["result"] == "skipped"
    assert inserting.numbered("4012") == []
    assert "e-automate has no customer 4999; nothing was pushed" in inserting.stage.tandem(
        "push", "customer", "4011", "4999", check=False
    )


def test_what_was_written_into_the_wrong_company_is_taken_back_once(inserting: Deployment) -> None:
    company = inserting.add_company("4021", FIRST["name"], **{k: v for k, v in FIRST.items() if k != "name"})
    customer = inserting.add_customer("4021", "Right Name", Phone1="555-4021")
    until(lambda: inserting.recid("4021") == str(company), "linked by Company ID")
    until(lambda: inserting.company(company)["name"] == "Right Name", "the fields are pushed")
    inserting.people.save_customer("4021", CustomerName="Righter Name")
    until(lambda: inserting.company(company)["name"] == "Righter Name", "pushed again")
    until(lambda: "Righter Name" in inserting.outcome(customer, "applied").text, "its outcome is told")
    asked = ("links", "unlink", "customer-company", "4021", "--why", "wrong company", "--yes", "--restore")
    said = inserting.stage.tandem(*asked)
    assert f"RecID {company} in the property of customer 4021; it is cleared" in said
    row = inserting.company(company)
    assert {name: row[name] for name in FIRST} == FIRST
    assert not row.get("phoneNumber")
    until(lambda: inserting.recid("4021") == "", "the property is cleared")
    writes = inserting.stage.writes()
    assert "was unlinked before" in inserting.stage.tandem(*asked)
    assert inserting.stage.writes() == writes
    assert inserting.people.properties("4021").get(PROPERTY) in {None, ""}


def test_a_spreadsheet_of_links_is_imported_into_the_running_system(inserting: Deployment) -> None:
    company = inserting.add_company("AcmeImported", "Imported Somewhere")
    inserting.add_customer("4031", "Imported", Active=0)
    file = inserting.stage.folder / "links.csv"
    file.write_text("Customer Number;Company ID;Why\n4031;AcmeImported;from the old list\n")
    said = inserting.stage.tandem("links", "import", str(file), "--yes", "--by", "jo")
    assert "linked 1, existed already 0, refused 0" in said
    inserting.people.reactivate("4031")
    until(lambda: inserting.recid("4031") == str(company), "the RecID is stored")
    assert "linked 0, existed already 1" in inserting.stage.tandem("links", "import", str(file), "--yes")
