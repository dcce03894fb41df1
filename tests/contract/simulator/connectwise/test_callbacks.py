import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from services.simulator.connectwise.server import ConnectWiseServer
from tests.contract.simulator.connectwise.builders import create, error, patch, replace
from tests.contract.simulator.connectwise.hook import Hook, listening


@pytest.fixture
def hook(api: httpx.Client, sim: httpx.Client) -> Iterator[Hook]:
    sim.post("/knobs", json={"callback_retry_seconds": [0, 0], "href_host": "self"}).raise_for_status()
    with listening() as started:
        yield started
    sim.post("/knobs", json={"href_host": ""}).raise_for_status()


def register(api: httpx.Client, hook: Hook, kind: str = "company", **more: Any) -> dict[str, Any]:
    body = {"url": hook.url, "objectId": 1, "type": kind, "level": "owner", **more}
    answer = api.post("/system/callbacks", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def settled(sim: httpx.Client, count: int) -> list[dict[str, Any]]:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        told = sim.get("/callbacks").json()
        if len(told["done"]) >= count and not told["waiting"]:
            done: list[dict[str, Any]] = told["done"]
            return done
        time.sleep(0.01)
    raise AssertionError(sim.get("/callbacks").json())


def actions(hook: Hook) -> list[str]:
    return [path.split("action=")[1] for path, _, _ in hook.got]


def test_a_registration_is_completed_by_the_server(api: httpx.Client, hook: Hook) -> None:
    made = register(api, hook, "Company", objectId=0, description="Tandem")
    assert (made["type"], made["level"], made["objectId"], made["payloadVersion"]) == (
        "company",
        "owner",
        1,
        "3.0.0",
    )
    assert made["memberId"] == 182
    assert (made["inactiveFlag"], made["isSoapCallbackFlag"], made["isSelfSuppressedFlag"]) == (
        False,
        False,
        False,
    )
    assert "connectWiseID" in made
    assert not {"signingKey", "keyId", "base"} & set(made)
    path = f"/system/callbacks/{made['id']}"
    assert api.get("/system/callbacks/count").json() == {"count": 1}
    assert api.patch(path, json=[replace("inactiveFlag", True)]).json()["inactiveFlag"] is True
    old = "application/vnd.connectwise.com+json; version=2022.1"
    assert "connectWiseID" not in api.get(path, headers={"Accept": old}).json()
    assert api.delete(path).status_code == 204


def test_refusals_of_a_registration_are_the_recorded_ones(api: httpx.Client, hook: Hook) -> None:
    wrong = {"url": "here", "objectId": 1, "type": "company", "level": "board"}
    answer = api.post("/system/callbacks", json=wrong).json()
    assert answer["message"] == "callbackEntry object is invalid"
    assert [(line["code"], line["field"], line["message"]) for line in answer["errors"]] == [
        ("InvalidField", "url", "Invalid URL"),
        (
            "InvalidObject",
            "level",
            "Unrecognized level for type, see documentation for supported levels for each type",
        ),
    ]
    register(api, hook)
    again = {"url": hook.url, "objectId": 0, "type": "company", "level": "owner"}
    assert error(api.post("/system/callbacks", json=again)) == (
        "ObjectExists",
        "objectId",
        "A matching callback entry already exists",
    )
    assert len(api.post("/system/callbacks", json={}).json()["errors"]) == 4
    assert error(api.post("/system/callbacks", json={**again, "type": "nonsense"}))[1] == "level"


def test_cloud_hosts_that_want_https_refuse_others(api: httpx.Client, sim: httpx.Client, hook: Hook) -> None:
    sim.post("/knobs", json={"callbacks_need_https": True})
    body = {"url": hook.url, "objectId": 1, "type": "company", "level": "owner"}
    assert error(api.post("/system/callbacks", json=body))[2] == "Invalid URL"
    assert (
        api.post("/system/callbacks", json={**body, "url": "https://hook.example/cw?recordId="}).status_code
        == 201
    )


def test_a_message_is_enveloped_signed_and_addressed_as_recorded(
    api: httpx.Client, sim: httpx.Client, hook: Hook
) -> None:
    callback = register(api, hook)
    made = create(api, "Told", customFields=[{"id": 37, "value": "CH"}])
    settled(sim, 1)
    path, headers, body = hook.got[0]
    assert path == f"/cw?recordId={made['id']}&action=added"
    told = json.loads(body)
    assert list(told) == [
        *("MessageId", "FromUrl", "CompanyId", "MemberId", "Action", "Type", "ID", "ProductInstanceId"),
        *("PartnerId", "Entity", "Metadata", "CallbackObjectRecId"),
    ]
    assert (told["Action"], told["Type"], told["ID"]) == ("added", "company", made["id"])
    assert (told["CompanyId"], told["MemberId"], told["CallbackObjectRecId"]) == (
        "northgate",
        "tandem",
        callback["id"],
    )
    entity = json.loads(told["Entity"])
    assert (entity["identifier"], "customFields" in entity) == ("Told", False)
    assert "/v2025_1//apis/3.0/company/" in entity["_info"]["sites_href"]
    key_url = told["Metadata"]["key_url"]
    assert "/v2025_1//system/callbackkey/index.rails?companyName=northgate&id=" in key_url
    assert httpx.get(key_url).status_code == 404
    key = api.get(key_url).json()["signing_key"]
    digest = hmac.new(hashlib.sha256(key.encode()).digest(), body, hashlib.sha256).digest()
    assert headers["x-content-signature"] == base64.b64encode(digest).decode()
    assert api.get(key_url + "0").status_code == 404


def test_every_kind_of_write_is_told_once(api: httpx.Client, sim: httpx.Client, hook: Hook) -> None:
    register(api, hook)
    ident = create(api, "Written")["id"]
    patch(api, ident, replace("city", "Bruges"))
    sim.post(f"/human/company/{ident}", json={"changes": {"city": "Ghent"}})
    api.delete(f"/company/companies/{ident}")
    settled(sim, 4)
    assert actions(hook) == ["added", "updated", "updated", "deleted"]
    bodies = [json.loads(body) for _, _, body in hook.got]
    assert [one["MemberId"] for one in bodies] == ["tandem", "tandem", "mkova", "tandem"]
    assert bodies[-1]["Entity"] is None


def test_sites_contacts_and_members_are_told_too(api: httpx.Client, sim: httpx.Client, hook: Hook) -> None:
    company = create(api, "Wide")
    for kind in ("site", "contact", "member"):
        register(api, hook, kind)
    api.post(f"/company/companies/{company['id']}/sites", json={"name": "Depot"})
    contact = api.post(
        "/company/contacts",
        json={
            "firstName": "Ann",
            "company": {"id": company["id"]},
            "communicationItems": [{"value": "a@b.example"}],
        },
    ).json()
    api.patch("/system/members/176", json=[replace("title", "Lead")])
    api.delete(f"/company/contacts/{contact['id']}")
    settled(sim, 4)
    told = [json.loads(body) for _, _, body in hook.got]
    assert [(one["Type"], one["Action"]) for one in told] == [
        ("site", "added"),
        ("contact", "added"),
        ("member", "updated"),
        ("contact", "deleted"),
    ]
    assert "communicationItems" not in json.loads(told[1]["Entity"])


@pytest.mark.parametrize(
    ("level", "wanted", "other"),
    [("status", 1, 2), ("type", 1, 2), ("territory", 11, 38), ("company", 1001, 7)],
)
def test_a_level_narrows_what_is_told(
    api: httpx.Client, sim: httpx.Client, hook: Hook, level: str, wanted: int, other: int
) -> None:
    register(api, hook, level=level, objectId=wanted)
    register(api, hook, level=level, objectId=other, description="never")
    create(api, "Level", typeIds=[1])
    assert len(settled(sim, 1)) == 1


def test_own_changes_can_be_suppressed(api: httpx.Client, sim: httpx.Client, hook: Hook) -> None:
    register(api, hook, isSelfSuppressedFlag=True)
    ident = create(api, "Own")["id"]
    sim.post(f"/human/company/{ident}", json={"changes": {"city": "Bruges"}})
    settled(sim, 1)
    assert [json.loads(body)["MemberId"] for _, _, body in hook.got] == ["mkova"]


@pytest.mark.parametrize(
    ("answer", "attempts"), [(404, 3), (409, 3), (419, 3), (429, 3), (500, 1), (401, 1), (302, 1)]
)
def test_only_some_answers_are_tried_again(
    api: httpx.Client, sim: httpx.Client, hook: Hook, answer: int, attempts: int
) -> None:
    hook.always = answer
    register(api, hook)
    create(api, "Again")
    assert settled(sim, 1)[0]["statuses"] == [answer] * attempts
    assert len(hook.got) == attempts


def test_a_second_attempt_may_succeed_and_a_slow_receiver_is_given_up(
    api: httpx.Client, sim: httpx.Client, hook: Hook
) -> None:
    hook.answers = [429]
    register(api, hook)
    create(api, "Second")
    assert settled(sim, 1)[0]["statuses"] == [429, 200]
    sim.post("/knobs", json={"callback_timeout": 0.0})
    create(api, "Slow")
    assert settled(sim, 2)[1]["statuses"] == ["TimeoutError"]


def test_three_days_of_failures_switch_a_callback_off(
    api: httpx.Client, sim: httpx.Client, hook: Hook
) -> None:
    hook.always = 500
    ident = register(api, hook)["id"]
    company = create(api, "Failing")["id"]
    settled(sim, 1)
    sim.post("/clock", json={"advance": 3 * 24 * 3600 - 60})
    patch(api, company, replace("city", "Bruges"))
    settled(sim, 2)
    assert api.get(f"/system/callbacks/{ident}").json()["inactiveFlag"] is False
    sim.post("/clock", json={"advance": 61})
    patch(api, company, replace("city", "Ghent"))
    settled(sim, 3)
    assert api.get(f"/system/callbacks/{ident}").json()["inactiveFlag"] is True
    patch(api, company, replace("city", "Leuven"))
    assert len(settled(sim, 3)) == 3
    hook.always = 200
    api.patch(f"/system/callbacks/{ident}", json=[replace("inactiveFlag", False)])
    patch(api, company, replace("city", "Namur"))
    assert settled(sim, 4)[3]["statuses"] == [200]


def test_messages_can_be_dropped_doubled_held_and_mixed(
    api: httpx.Client, sim: httpx.Client, hook: Hook
) -> None:
    register(api, hook)
    sim.post("/knobs", json={"callback_drop": 1.0})
    ident = create(api, "Lossy")["id"]
    assert settled(sim, 1)[0]["statuses"] == ["dropped"]
    sim.post("/knobs", json={"callback_drop": 0.0, "callback_duplicate": 1.0})
    patch(api, ident, replace("city", "Bruges"))
    settled(sim, 3)
    assert actions(hook) == ["updated", "updated"]
    sim.post("/knobs", json={"callback_duplicate": 0.0, "callback_reorder": 1.0, "callbacks_held": True})
    for place in range(6):
        create(api, f"Mixed{place}")
    assert len(hook.got) == 2
    sim.post("/knobs", json={"callbacks_held": False})
    settled(sim, 9)
    ids = [json.loads(body)["ID"] for _, _, body in hook.got[2:]]
    assert len(set(ids)) == 6
    assert ids != sorted(ids)
    assert sim.delete("/callbacks").status_code == 204


def test_a_message_can_come_late(api: httpx.Client, sim: httpx.Client, hook: Hook) -> None:
    register(api, hook)
    sim.post("/knobs", json={"callback_delay": 0.2})
    began = time.monotonic()
    create(api, "Late")
    settled(sim, 1)
    assert time.monotonic() - began >= 0.2


def test_mass_maintenance_says_nothing(api: httpx.Client, sim: httpx.Client, hook: Hook) -> None:
    register(api, hook)
    for name in ("BulkA", "BulkB"):
        create(api, name)
    settled(sim, 2)
    body = {"entity": "company", "conditions": "identifier like 'Bulk*'", "changes": {"city": "Bruges"}}
    assert sim.post("/bulk", json=body).json() == {"ids": [1001, 1002]}
    assert {row["city"] for row in api.get("/company/companies").json()} == {"Bruges"}
    sim.post("/human/company/1001", json={"changes": {"city": "Ghent"}, "callbacks": False})
    assert len(settled(sim, 2)) == 2
    sim.post("/bulk", json={**body, "callbacks": True})
    settled(sim, 4)


def test_an_unreachable_receiver_is_no_fault_of_the_server(
    api: httpx.Client, sim: httpx.Client, hook: Hook
) -> None:
    register(api, hook, url="http://127.0.0.1:1/cw?recordId=")
    create(api, "Nobody")
    assert settled(sim, 1)[0]["statuses"] == ["ConnectError"]


def test_registrations_survive_in_the_tenant(
    server: ConnectWiseServer, api: httpx.Client, hook: Hook
) -> None:
    register(api, hook)
    assert server.state.store.table("callbackEntry").ids == [3301]
