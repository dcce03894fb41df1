import pytest

from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import LOOKUP_SECONDS, Companies
from shared.connectwise.errors import IgnoredPatchError, RefusedError
from shared.connectwise.patch import CustomFieldIds, operations, replace
from shared.events.records import Company
from tests.contract.connectwise.conftest import Control


def body(identifier: str, **more: object) -> dict[str, object]:
    return {
        "identifier": identifier,
        "name": f"Company {identifier}",
        "site": {"name": "Main"},
        "city": "Ghent",
        "status": {"id": 1},
        "types": [{"id": 1}],
        **more,
    }


@pytest.fixture
def companies(client: ConnectWise) -> Companies:
    return Companies(client)


async def made(companies: Companies, identifier: str, **more: object) -> Company:
    return await companies.create_company(body(identifier, **more))


async def test_companies_are_found_by_id_identifier_and_account_number(companies: Companies) -> None:
    one = await made(companies, "AB00TBS", accountNumber="AB00-TBS")
    two = await made(companies, "Other", accountNumber="AB00-TBS")
    assert [found.id for found in await companies.companies_by_ids([one.id, 999999])] == [one.id]
    assert [found.id for found in await companies.companies_by_identifiers(["ab00tbs", "none"])] == [one.id]
    found = await companies.companies_by_account_numbers(["AB00-TBS", 'it\'s "quoted"'])
    assert {company.id for company in found} == {one.id, two.id}


async def test_a_company_has_what_the_model_wants(companies: Companies) -> None:
    one = await made(companies, "Acme", territory={"id": 38}, website="acme.example")
    [read] = await companies.companies_by_ids([one.id])
    assert read.content_hash() == one.content_hash()
    assert read.types
    assert read.types[0].id == 1
    assert "_href" not in read.value().decode()


async def test_many_numbers_are_asked_with_short_addresses_and_few_requests(
    companies: Companies, control: Control
) -> None:
    rows = [{"identifier": f"Cust{n:05}", "name": f"N {n}", "status": {"id": 1}} for n in range(600)]
    await control.post("seed", {"company": rows})
    await control.forget()
    wanted = [f"Cust{n:05}" for n in range(600)]
    assert len(await companies.companies_by_identifiers(wanted)) == 600
    asked = await control.requests("company/companies")
    assert len(asked) <= 12
    assert max(len(entry["path"]) + len(entry["query"]) for entry in asked) < 1950


async def test_deleted_companies_are_shown_as_deleted(companies: Companies, control: Control) -> None:
    one = await made(companies, "Gone")
    await control.post(f"human/company/{one.id}/delete", {})
    [found] = await companies.companies_by_identifiers(["Gone"])
    assert found.deletedFlag


async def test_a_taken_identifier_is_refused(companies: Companies) -> None:
    await made(companies, "Acme")
    with pytest.raises(RefusedError):
        await made(companies, "ACME")


async def test_a_patch_gives_the_company_back(companies: Companies) -> None:
    one = await made(companies, "Acme")
    changed = await companies.patch_company(one.id, operations({"name": "New name", "status": {"id": 2}}))
    assert changed.name == "New name"
    assert changed.status is not None
    assert changed.status.id == 2


async def test_no_operations_send_no_patch(companies: Companies, control: Control) -> None:
    one = await made(companies, "Acme")
    await companies.patch_company(one.id, [])
    assert await control.requests("company/companies", "PATCH") == []


async def test_a_patch_that_is_ignored_is_noticed(companies: Companies) -> None:
    one = await made(companies, "Acme")
    with pytest.raises((IgnoredPatchError, RefusedError)):
        await companies.patch_company(one.id, [replace("NAME", "x")])


async def test_a_custom_field_is_set_by_caption(
    companies: Companies, client: ConnectWise, control: Control
) -> None:
    one = await made(companies, "Acme")
    captions = [field.caption for field in one.customFields]
    assert captions, "the stand-in's companies carry custom fields"
    ids = CustomFieldIds(client)
    await control.forget()
    found = await ids.id_of(f" {captions[0].upper()} ")
    assert found is not None
    assert await ids.id_of(captions[0]) == found
    assert len(await control.requests()) == 1
    changed = await companies.patch_company(one.id, operations({}, {found: "HELD"}))
    assert [field.value for field in changed.customFields if field.id == found] == ["HELD"]
    assert await ids.id_of("no such caption") is None


async def test_a_type_is_added_once_and_twice(companies: Companies) -> None:
    one = await made(companies, "Acme")
    await companies.add_type(one.id, 2)
    await companies.add_type(one.id, 2)
    [read] = await companies.companies_by_ids([one.id])
    assert {kind.id for kind in read.types} == {1, 2}


async def test_sites_are_made_listed_and_changed(companies: Companies) -> None:
    one = await made(companies, "Acme")
    branch = await companies.create_site(one.id, {"name": "Branch", "city": "Bruges"})
    assert branch.company.id == one.id
    assert {site.name for site in await companies.sites_of_company(one.id)} == {"Main", "Branch"}
    changed = await companies.patch_site(one.id, branch.id, operations({"city": "Ghent"}))
    assert changed.city == "Ghent"


async def test_lookups_are_asked_once_in_a_while(client: ConnectWise, control: Control) -> None:
    now = 0.0
    companies = Companies(client, lambda: now)
    for _ in range(2):
        assert {entry.name for entry in await companies.company_statuses()}
        assert {entry.name for entry in await companies.company_types()}
        assert {entry.name for entry in await companies.territories()}
    assert len(await control.requests()) == 4
    await control.post("seed", {"companyStatus": [{"name": "Held", "defaultFlag": False}]})
    now = LOOKUP_SECONDS - 1
    assert "Held" not in {entry.name for entry in await companies.company_statuses()}
    now = LOOKUP_SECONDS
    assert "Held" in {entry.name for entry in await companies.company_statuses()}
