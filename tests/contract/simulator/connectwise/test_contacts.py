from typing import Any

import httpx

from tests.contract.simulator.connectwise.builders import create, error, replace

MAIL = {"communicationType": "Email", "value": "priya@northgatedental.example"}
PHONE = {"type": {"id": 2}, "value": "3292250111"}


def contact(api: httpx.Client, first: str = "Priya", **more: Any) -> dict[str, Any]:
    answer = api.post("/company/contacts", json={"firstName": first, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def change(api: httpx.Client, ident: int, *entries: dict[str, Any]) -> httpx.Response:
    return api.patch(f"/company/contacts/{ident}", json=list(entries))


def items(api: httpx.Client, ident: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"/company/contacts/{ident}").json()["communicationItems"]
    return found


def test_a_tenant_begins_without_contacts_and_companies_bring_none(api: httpx.Client) -> None:
    create(api, "Alone")
    assert api.get("/company/contacts").json() == []
    assert api.get("/company/contacts/count").json() == {"count": 0}


def test_a_contact_takes_the_site_of_its_company_and_shows_its_communications(api: httpx.Client) -> None:
    company = create(api, "Employer")
    made = contact(
        api, lastName="Raman", company={"id": company["id"]}, communicationItems=[MAIL, PHONE], typeIds=[5]
    )
    assert made["site"]["id"] == company["site"]["id"]
    assert made["types"][0]["name"] == "Approver"
    mail, phone = made["communicationItems"]
    assert (mail["type"]["name"], mail["domain"], mail["defaultFlag"]) == (
        "Email",
        "@northgatedental.example",
        True,
    )
    assert mail["type"]["_info"]["type_href"].endswith("//company/communicationTypes/1")
    assert phone["communicationType"] == "Phone"
    assert (made["defaultPhoneType"], made["defaultPhoneNbr"]) == ("Direct", "3292250111")
    assert made["_info"]["communications_href"].endswith(f"/company/contacts/{made['id']}/communications")


def test_lists_leave_communications_out_unless_asked(api: httpx.Client) -> None:
    contact(api, communicationItems=[MAIL])
    assert "communicationItems" not in api.get("/company/contacts").json()[0]
    asked = api.get("/company/contacts", params={"fields": "id,communicationItems/value"}).json()[0]
    assert asked["communicationItems"] == [{"value": MAIL["value"]}]


def test_the_first_name_is_required_and_lengths_are_checked(api: httpx.Client) -> None:
    assert error(api.post("/company/contacts", json={})) == (
        "MissingRequiredField",
        "firstName",
        "The firstName field is required.",
    )
    long = {"firstName": "A", "communicationItems": [{**PHONE, "extension": "1" * 16}]}
    assert error(api.post("/company/contacts", json=long))[1] == "communicationItems/extension"


def test_a_twin_by_name_or_mail_is_refused_unless_duplicates_are_allowed(api: httpx.Client) -> None:
    contact(api, lastName="Raman", communicationItems=[MAIL])
    twin = {"firstName": "PRIYA", "lastName": "raman"}
    same = {"firstName": "Other", "communicationItems": [MAIL]}
    assert error(api.post("/company/contacts", json=twin))[0] == "ContactApi"
    assert error(api.post("/company/contacts", json=same))[0] == "ContactApi"
    assert api.post("/company/contacts", json={**twin, "ignoreDuplicates": True}).status_code == 201


def test_communications_are_filtered_as_children(api: httpx.Client) -> None:
    ident = contact(api, communicationItems=[MAIL, PHONE])["id"]
    contact(api, "Other", communicationItems=[PHONE])
    found = {
        "childConditions": 'communicationItems/value like "priya@*" and communicationItems/communicationType = "Email"'
    }
    assert [row["id"] for row in api.get("/company/contacts", params=found).json()] == [ident]
    crossed = {"childConditions": 'communicationItems/value like "32*" and communicationItems/type/id = 1'}
    assert api.get("/company/contacts", params=crossed).json() == []


def test_communications_are_patched_by_index(api: httpx.Client) -> None:
    ident = contact(api, communicationItems=[MAIL, PHONE])["id"]
    added = {"op": "add", "path": "/communicationItems/2", "value": {"type": {"id": 3}, "value": "99"}}
    assert (
        change(api, ident, replace("/communicationItems/0/value", "p@new.example"), added).status_code == 200
    )
    mail, phone, fax = items(api, ident)
    assert (mail["value"], mail["domain"], fax["communicationType"]) == (
        "p@new.example",
        "@new.example",
        "Fax",
    )
    assert change(api, ident, {"op": "remove", "path": "/communicationItems/0"}).status_code == 200
    assert [one["id"] for one in items(api, ident)] == [phone["id"], fax["id"]]


def test_communications_have_an_endpoint_of_their_own(api: httpx.Client) -> None:
    ident = contact(api, communicationItems=[PHONE])["id"]
    path = f"/company/contacts/{ident}/communications"
    cell = api.post(path, json={"type": {"name": "Cell"}, "value": "555", "defaultFlag": True}).json()
    assert (cell["contactId"], cell["communicationType"]) == (ident, "Phone")
    assert [one.get("defaultFlag") for one in items(api, ident)] == [False, True]
    assert api.get(f"/company/contacts/{ident}").json()["defaultPhoneNbr"] == "555"
    assert api.delete(f"{path}/{cell['id']}").status_code == 204
    assert "defaultPhoneNbr" not in api.get(f"/company/contacts/{ident}").json()
    assert api.get(f"{path}/count").json() == {"count": 1}


def test_a_put_destroys_the_communications_it_leaves_out(api: httpx.Client) -> None:
    ident = contact(api, communicationItems=[MAIL])["id"]
    assert api.put(f"/company/contacts/{ident}", json={"firstName": "Priya"}).status_code == 200
    assert items(api, ident) == []


def test_a_company_has_one_default_contact(api: httpx.Client) -> None:
    company = create(api, "Employer2")["id"]
    first = contact(api, "First", company={"id": company}, defaultFlag=True)
    contact(api, "Second", company={"id": company}, defaultFlag=True)
    assert api.get(f"/company/contacts/{first['id']}").json()["defaultFlag"] is False
    assert api.get(f"/company/companies/{company}").json()["defaultContact"]["name"] == "Second"


def test_contact_types_are_given_on_create_and_by_association_later(api: httpx.Client) -> None:
    ident = contact(api, typeIds=[5])["id"]
    assert error(change(api, ident, replace("typeIds", [6])))[1] == "typeIds"
    path = f"/company/contacts/{ident}/typeAssociations"
    assert api.post(path, json={"type": {"id": 6}}).status_code == 201
    assert error(api.post(path, json={"type": {"id": 6}}))[0] == "ObjectExists"
    assert [kind["id"] for kind in api.get(f"/company/contacts/{ident}").json()["types"]] == [5, 6]


def test_notes_hang_on_contacts_and_go_with_them(api: httpx.Client) -> None:
    ident = contact(api)["id"]
    path = f"/company/contacts/{ident}/notes"
    assert api.post(path, json={"text": "Two\nlines"}).json()["text"] == "Two\nlines"
    assert api.delete(f"/company/contacts/{ident}").status_code == 204
    assert api.get(path).json() == {"code": "NotFound", "message": f"Contact {ident} not found"}
    trail = api.get("/system/audittrail", params={"type": "Contact", "id": ident}).json()
    assert trail[0]["auditSubType"] == "Record"


def test_a_contact_without_a_telephone_shows_its_sites(api: httpx.Client) -> None:
    company = create(api, "Phones", phoneNumber="4842618200")["id"]
    made = contact(api, company={"id": company}, communicationItems=[MAIL])
    assert (made["defaultPhoneType"], made["defaultPhoneNbr"]) == ("Site", "4842618200")
    added = {"op": "add", "path": "/communicationItems/1", "value": PHONE}
    assert change(api, made["id"], added).json()["defaultPhoneType"] == "Direct"
