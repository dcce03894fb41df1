"""An API client written by others, pointed at the stand-in."""

from typing import Any

import httpx
import pytest
from pyconnectwise.exceptions import (
    ConflictException,
    MalformedRequestException,
    MethodNotAllowedException,
    NotFoundException,
    ObjectExistsError,
    PermissionsFailedException,
)

from tests.contract.simulator.connectwise.builders import company, create


def test_pyconnectwise_reads_models_and_pages(manage: Any, api: httpx.Client) -> None:
    for number in range(5):
        create(api, f"Client{number}", typeIds=[1], annualRevenue=1.5)
    pages = manage.company.companies.paginated(1, 2, params={"orderBy": "id desc", "conditions": "id > 0"})
    assert [one.identifier for one in pages.all()] == ["Client4", "Client3", "Client2", "Client1", "Client0"]
    one = manage.company.companies.id(1001).get()
    assert (one.name, one.status.name, one.types[0].name) == ("Client0 Inc", "Active", "Client")
    assert one.info["updatedBy"] == "tandem"
    assert manage.company.companies.count.get().count == 5
    assert manage.company.companies.id(1001).sites.get()[0].primary_address_flag is True
    assert manage.system.members.get(params={"conditions": "identifier='mkova'"})[0].hire_date.year == 2019
    assert manage.system.info.get().is_cloud is True


def test_pyconnectwise_writes(manage: Any) -> None:
    made = manage.company.companies.post(data=company("Posted"))
    changed = manage.company.companies.id(made.id).patch(
        [{"op": "replace", "path": "city", "value": "Bruges"}]
    )
    assert (made.city, changed.city) == ("Ghent", "Bruges")
    with pytest.raises(MalformedRequestException):
        manage.company.companies.id(made.id).patch([{"op": "replace", "path": "name", "value": "x" * 51}])
    with pytest.raises(ObjectExistsError):
        manage.company.companies.post(data=company("Posted"))
    manage.company.companies.statuses.id(3).delete()
    with pytest.raises(NotFoundException):
        manage.company.companies.statuses.id(3).get()


def test_pyconnectwise_retries_the_timeout_it_knows(manage: Any, sim: httpx.Client) -> None:
    sim.post("/faults", json=[{"kind": "500", "times": 1}])
    assert manage.system.info.get().version == "v2025.1"


def test_pyconnectwise_works_with_sites(manage: Any, api: httpx.Client) -> None:
    ident = create(api, "Sites")["id"]
    sites = manage.company.companies.id(ident).sites
    made = sites.post(data={"name": "Depot", "stateReference": {"identifier": "OR"}, "country": {"id": 1}})
    assert (made.state_reference.identifier, made.primary_address_flag, made.company.id) == (
        "OR",
        False,
        ident,
    )
    changed = sites.id(made.id).patch([{"op": "replace", "path": "inactiveFlag", "value": True}])
    assert changed.inactive_flag is True
    whole = {"name": "Depot", "city": "Ghent", "primaryAddressFlag": True}
    assert sites.id(made.id).put(data=whole).state_reference is None
    assert manage.company.companies.id(ident).get().city == "Ghent"
    with pytest.raises(ObjectExistsError):
        sites.post(data={"name": "Main"})
    assert sites.count.get().count == 2


def test_pyconnectwise_works_with_contacts(manage: Any, api: httpx.Client) -> None:
    company = create(api, "Contacts")["id"]
    body = {
        "firstName": "Priya",
        "lastName": "Raman",
        "company": {"id": company},
        "communicationItems": [{"type": {"name": "Email"}, "value": "p@x.example"}],
    }
    made = manage.company.contacts.post(data=body)
    assert (made.company.identifier, made.site.name, made.communication_items[0].domain) == (
        "Contacts",
        "Main",
        "@x.example",
    )
    phone = {"type": {"id": 2}, "value": "555"}
    assert manage.company.contacts.id(made.id).communications.post(data=phone).communication_type == "Phone"
    assert manage.company.contacts.id(made.id).get().default_phone_nbr == "555"
    assert manage.company.communication_types.get()[0].email_flag is True
    manage.company.contacts.id(made.id).delete()
    assert manage.company.contacts.count.get().count == 0


def test_pyconnectwise_works_with_members_and_roles(manage: Any, sim: httpx.Client) -> None:
    sim.post("/role", json={"rights": {"Time Entry": "None"}, "level": "Location"}).raise_for_status()
    me = manage.system.members.get(params={"conditions": 'licenseClass="A"'})[0]
    assert (me.structure_level.name, me.security_location.name) == ("Location", "Central Office")
    assert manage.system.security_roles.id(me.security_role.id).get().name == "tandem only"
    mine = manage.system.my_security.get(params={"pageSize": 1000})
    assert [one.module_function_name for one in mine if one.inquire_level == "None"] == ["Time Entry"]
    with pytest.raises(PermissionsFailedException):
        manage.time.entries.get()
    assert manage.finance.agreements.get() == manage.service.tickets.get() == []
    assert manage.procurement.catalog.count.get().count == 14
    assert manage.system.info.locations.get()[0].name == "Central Office"
    assert manage.system.departments.get()[0].identifier == "Services"


def test_pyconnectwise_works_with_callbacks_and_merges(
    manage: Any, api: httpx.Client, sim: httpx.Client
) -> None:
    entry = {"url": "https://hook.example/cw?recordId=", "objectId": 1, "type": "company", "level": "owner"}
    sim.post("/knobs", json={"callbacks_held": True})
    made = manage.system.callbacks.post(data=entry)
    assert (made.payload_version, made.member_id) == ("3.0.0", 182)
    with pytest.raises(ObjectExistsError):
        manage.system.callbacks.post(data=entry)
    manage.system.callbacks.id(made.id).delete()
    source, target = create(api, "Source")["id"], create(api, "Target")["id"]
    assert manage.company.companies.id(source).merge.post(data={"toCompanyId": target}).success is True
    assert manage.company.companies.id(source).get().deleted_flag is True
    sim.post("/knobs", json={"in_use_status": 409})
    with pytest.raises(ConflictException):
        manage.company.companies.statuses.id(1).delete()
    with pytest.raises(MethodNotAllowedException):
        manage.system.security_roles.id(63)._make_request("PUT", data={"name": "x"})
    trail = manage.system.audittrail.get(params={"type": "Company", "id": target})
    assert trail[0].audit_type == "Company"
