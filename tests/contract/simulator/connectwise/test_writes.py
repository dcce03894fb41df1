from typing import Any

import httpx
import pytest

from tests.contract.simulator.connectwise.builders import company, create, custom_id, error, patch, replace


def test_post_answers_201_with_the_full_object_and_its_defaults(api: httpx.Client) -> None:
    made = create(api, "New1", id=0, nonsense=True, deletedFlag=True)
    assert made["id"] == 1001
    assert made["status"]["name"] == "Active"
    assert made["territory"]["name"] == "Central Office"
    assert made["currency"]["currencyCode"] == "USD"
    assert made["site"]["name"] == "Main"
    assert made["deletedFlag"] is False
    assert "nonsense" not in made
    assert made["_info"]["updatedBy"] == made["_info"]["enteredBy"] == "tandem"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"name": None}, ("MissingRequiredField", "name", "The name field is required.")),
        ({"name": "  "}, ("MissingRequiredField", "name", "The name field is required.")),
        (
            {"name": "x" * 51},
            ("InvalidField", "name", "The field name must be a string with a maximum length of 50."),
        ),
        (
            {"accountNumber": "1" * 42},
            (
                "InvalidField",
                "accountNumber",
                "The field accountNumber must be a string with a maximum length of 41.",
            ),
        ),
        ({"site": {}}, ("MissingRequiredField", "site/name", "Company Site name is required.")),
        ({"site": None}, ("MissingRequiredField", "site/name", "Company Site name is required.")),
        ({"city": ""}, ("MissingRequiredField", "addressLine1", "At least one address field is required.")),
        (
            {"identifier": "with blank"},
            ("InvalidField", "identifier", "The field identifier may contain letters and digits only."),
        ),
        ({"status": {"id": 99}}, ("NotFound", "status/id", "companyStatus 99 not found")),
        ({"country": {"name": "Utopia"}}, ("NotFound", "country/name", "country Utopia not found")),
        ({"parentCompany": {"id": 40405}}, ("NotFound", "parentCompany/id", "company 40405 not found")),
        ({"typeIds": [77]}, ("NotFound", "types/id", "companyType 77 not found")),
        (
            {"yearEstablished": 0},
            ("OutOfRange", "yearEstablished", "The field yearEstablished must be between 1900 and 9999."),
        ),
        (
            {"dateAcquired": "2025-01-01T00:00:00.000Z"},
            ("UnsupportedFormat", "dateAcquired", "Unsupported format applied to dateAcquired."),
        ),
    ],
)
def test_post_refuses(api: httpx.Client, change: dict[str, Any], line: tuple[str, str, str]) -> None:
    answer = api.post("/company/companies", json={**company("Refused"), **change})
    assert error(answer) == line
    assert answer.json()["message"] == "company object is invalid"
    assert answer.json()["errors"][0]["resource"] == "company"
    assert api.get("/company/companies/count").json() == {"count": 0}


def test_all_that_is_wrong_is_told_at_once(api: httpx.Client) -> None:
    answer = api.post("/company/companies", json={"status": {"id": 99}})
    fields = {line["field"] for line in answer.json()["errors"]}
    assert fields == {"status/id", "site/name", "addressLine1", "identifier", "name"}


@pytest.mark.parametrize(
    "moment", ["2025-01-01", "2025-01-01T00:00:00", "2025-01-01T00:00:00+00:00", "[2025-01-01T00:00:00Z]"]
)
def test_dates_in_bodies_have_one_form_only(api: httpx.Client, moment: str) -> None:
    ident = create(api, "Dates")["id"]
    assert error(patch(api, ident, replace("dateAcquired", moment)))[0] == "UnsupportedFormat"
    assert patch(api, ident, replace("dateAcquired", "2025-01-01T00:00:00Z")).status_code == 200


def test_wrong_json_types_surface_as_500(api: httpx.Client) -> None:
    ident = create(api, "Types")["id"]
    answer = patch(api, ident, replace("leadFlag", "maybe"))
    assert answer.status_code == 500
    assert answer.json()["message"] == "String was not recognized as a valid Boolean."
    assert patch(api, ident, replace("dateAcquired", "2025-02-30T00:00:00Z")).status_code == 500


def test_numeric_text_is_taken_for_numbers_and_enumerations_have_no_case(api: httpx.Client) -> None:
    made = create(api, "Coerced", numberOfEmployees="450", annualRevenue="12.5", leadFlag="TRUE")
    assert (made["numberOfEmployees"], made["annualRevenue"], made["leadFlag"]) == (450, 12.5, True)
    member = api.get("/system/members/176").json()
    answer = api.patch("/system/members/176", json=[replace("defaultEmail", "home")])
    assert (member["defaultEmail"], answer.json()["defaultEmail"]) == ("Office", "Home")


def test_line_breaks_in_a_one_line_field_become_blanks(api: httpx.Client) -> None:
    assert create(api, "Breaks", addressLine1="14 Harbour\nStreet")["addressLine1"] == "14 Harbour Street"


def test_put_nulls_what_is_left_out(api: httpx.Client) -> None:
    made = create(api, "Put1", accountNumber="C-1", phoneNumber="555", leadFlag=True, typeIds=[1])
    body = {key: made[key] for key in ("identifier", "name", "types", "site", "city")}
    answer = api.put(f"/company/companies/{made['id']}", json=body)
    assert answer.status_code == 200
    changed = answer.json()
    assert not {"accountNumber", "phoneNumber", "status"} & set(changed)
    assert changed["leadFlag"] is False
    assert changed["types"][0]["id"] == 1
    assert changed["_info"]["dateEntered"] == made["_info"]["dateEntered"]
    assert error(api.put(f"/company/companies/{made['id']}", json={"identifier": "Put1"}))[1] == "name"


def test_patch_takes_an_array_only(api: httpx.Client) -> None:
    ident = create(api, "Array1")["id"]
    answer = api.patch(f"/company/companies/{ident}", json=replace("city", "Bruges"))
    assert answer.status_code == 400
    assert "JSON array" in answer.json()["message"]
    assert patch(api, ident, {"op": "test", "path": "city", "value": "x"}).status_code == 400


def test_patch_paths_may_begin_with_a_slash_and_are_case_sensitive(api: httpx.Client) -> None:
    ident = create(api, "Paths")["id"]
    assert patch(api, ident, replace("/city", "Bruges")).json()["city"] == "Bruges"
    wrong = patch(api, ident, replace("City", "Leuven"), replace("nonsense", 1))
    assert (wrong.status_code, wrong.json()["city"]) == (200, "Bruges")


def test_patch_clears_by_null_by_remove_and_by_empty_text(api: httpx.Client) -> None:
    ident = create(api, "Clear", phoneNumber="1", faxNumber="2", website="3")["id"]
    answer = patch(
        api,
        ident,
        replace("phoneNumber", None),
        {"op": "remove", "path": "/faxNumber"},
        replace("website", ""),
    ).json()
    assert not {"phoneNumber", "faxNumber"} & set(answer)
    assert answer["website"] == ""
    assert patch(api, ident, {"op": "remove", "path": "faxNumber"}).status_code == 200
    assert error(patch(api, ident, replace("name", None)))[0] == "MissingRequiredField"


@pytest.mark.parametrize("value", [{"id": 2}, {"name": "inactive"}, {"id": 2, "name": "Active"}])
def test_references_are_replaced_by_any_sufficient_key(api: httpx.Client, value: dict[str, Any]) -> None:
    ident = create(api, "Refs")["id"]
    assert patch(api, ident, replace("status", value)).json()["status"]["name"] == "Inactive"


def test_a_path_into_a_reference_is_200_without_effect(api: httpx.Client, sim: httpx.Client) -> None:
    ident = create(api, "SubPath")["id"]
    answer = patch(api, ident, replace("status/id", 2))
    assert (answer.status_code, answer.json()["status"]["id"]) == (200, 1)
    sim.post("/knobs", json={"reference_subpath_patch": True})
    assert patch(api, ident, replace("/status/id", 2)).json()["status"]["id"] == 2


def test_array_members_are_patched_by_index(api: httpx.Client) -> None:
    ident = create(api, "Indexes", integratorTags=["a", "b"])["id"]
    added = patch(api, ident, {"op": "add", "path": "integratorTags/1", "value": "x"}).json()
    assert added["integratorTags"] == ["a", "x", "b"]
    changed = patch(api, ident, replace("/integratorTags/0", "A")).json()
    assert changed["integratorTags"] == ["A", "x", "b"]
    assert patch(api, ident, {"op": "remove", "path": "integratorTags/1"}).json()["integratorTags"] == [
        "A",
        "b",
    ]


def test_custom_fields_merge_by_id_and_clear_by_null_only(api: httpx.Client) -> None:
    hold, rep = custom_id(api, "ZCJ_OnHoldCode"), custom_id(api, "ZCJ_SalesRep")
    ident = create(api, "Custom", customFields=[{"id": hold, "value": "CH"}])["id"]

    def values(answer: httpx.Response) -> dict[int, Any]:
        return {one["id"]: one["value"] for one in answer.json()["customFields"]}

    assert values(patch(api, ident, replace("customFields", [{"id": rep, "value": "Ann"}]))) == {
        hold: "CH",
        rep: "Ann",
    }
    assert values(patch(api, ident, replace("customFields", []))) == {hold: "CH", rep: "Ann"}
    by_caption = [{"caption": "ZCJ_SalesRep", "value": "Bob"}]
    assert values(patch(api, ident, replace("customFields", by_caption))) == {hold: "CH", rep: "Ann"}
    assert values(patch(api, ident, replace("customFields", [{"id": hold, "value": None}]))) == {
        hold: None,
        rep: "Ann",
    }
    assert values(patch(api, ident, replace("customFields/1/value", "Eve"))) == {hold: None, rep: "Eve"}


def test_a_custom_field_made_required_blocks_every_patch_until_filled(
    api: httpx.Client, sim: httpx.Client
) -> None:
    rep = custom_id(api, "ZCJ_SalesRep")
    ident = create(api, "Blocked")["id"]
    sim.post(f"/human/userDefinedField/{rep}", json={"member": "zAdmin", "changes": {"requiredFlag": True}})
    assert error(patch(api, ident, replace("city", "Bruges")))[1] == "customFields"
    filled = patch(
        api, ident, replace("city", "Bruges"), replace("customFields", [{"id": rep, "value": "Ann"}])
    )
    assert filled.status_code == 200


def test_old_bad_data_blocks_an_unrelated_patch(api: httpx.Client, sim: httpx.Client) -> None:
    bad = {"identifier": "Old Bad!", "name": "Old", "yearEstablished": 0, "city": "Ghent"}
    ident = sim.post("/seed", json={"company": [bad]}).json()["company"][0]
    assert error(patch(api, ident, replace("city", "Bruges")))[:2] == ("OutOfRange", "yearEstablished")
    repaired = patch(api, ident, replace("city", "Bruges"), replace("yearEstablished", None))
    assert repaired.status_code == 200


def test_a_broken_stored_date_makes_every_patch_a_500(api: httpx.Client, sim: httpx.Client) -> None:
    bad = {"identifier": "BadDate", "name": "Old", "dateAcquired": "0000-00-00", "city": "Ghent"}
    ident = sim.post("/seed", json={"company": [bad]}).json()["company"][0]
    answer = patch(api, ident, replace("city", "Bruges"))
    assert (answer.status_code, answer.json()["message"]) == (
        500,
        "String was not recognized as a valid DateTime.",
    )


def test_a_patch_without_a_change_still_moves_the_stamp(api: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/clock", json={"set": "2025-03-01T10:00:00Z", "freeze": True})
    made = create(api, "Noop")
    sim.post("/clock", json={"advance": 5})
    bumped = patch(api, made["id"], replace("city", "Ghent")).json()
    assert bumped["_info"]["lastUpdated"] == "2025-03-01T10:00:05Z"
    assert bumped["_info"]["dateEntered"] == "2025-03-01T10:00:00Z"
    sim.post("/knobs", json={"noop_patch_bumps": False})
    sim.post("/clock", json={"advance": 5})
    assert patch(api, made["id"], replace("city", "Ghent")).json()["_info"] == bumped["_info"]


def test_delete_answers_204_and_the_record_is_gone(api: httpx.Client) -> None:
    made = api.post("/company/companies/statuses", json={"name": "Spare"}).json()
    answer = api.delete(f"/company/companies/statuses/{made['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    gone = api.get(f"/company/companies/statuses/{made['id']}")
    assert gone.json() == {"code": "NotFound", "message": f"CompanyStatus {made['id']} not found"}


def test_what_is_in_use_cannot_be_deleted(api: httpx.Client) -> None:
    ident = create(api, "User1")["id"]
    assert error(api.delete("/company/companies/statuses/1"))[0] == "InUse"
    assert [one["id"] for one in api.get("/company/companies/statuses/1/usages").json()] == [ident]


def test_an_unreadable_body_is_refused(api: httpx.Client) -> None:
    assert api.post("/company/companies", content=b"{").status_code == 400


def test_verbs_a_path_does_not_offer_are_405(api: httpx.Client) -> None:
    ident = create(api, "Verbs")["id"]
    assert api.post(f"/company/companies/{ident}", json=[replace("city", "Bruges")]).status_code == 405
    assert api.delete("/company/companies").status_code == 405
    assert api.patch("/system/info", json=[]).status_code == 405
    assert api.get(f"/company/companies/{ident}").json()["city"] == "Ghent"


@pytest.mark.parametrize(
    "change",
    [
        {"types": 5},
        {"types": [5]},
        {"typeIds": "1"},
        {"site": "x"},
        {"status": 5},
        {"status": {}},
        {"customFields": {"a": 1}},
        {"name": {"a": 1}},
        {"integratorTags": "x"},
    ],
)
def test_bodies_of_the_wrong_shape_are_refused_and_store_nothing(
    api: httpx.Client, change: dict[str, Any]
) -> None:
    answer = api.post("/company/companies", json={**company("Shape"), **change})
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidObject")
    assert api.get("/company/companies/count").json() == {"count": 0}
