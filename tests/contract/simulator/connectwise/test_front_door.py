import httpx
import pytest

from services.simulator.connectwise.server import ConnectWiseServer
from services.simulator.connectwise.settings import Settings
from tests.contract.simulator.connectwise.conftest import client, running


def test_companyinfo_needs_no_credentials_and_says_null_for_a_stranger(server: ConnectWiseServer) -> None:
    known = httpx.get(f"{server.url}/login/companyinfo/northgate").json()
    assert known["Codebase"] == "v2025_1/"
    assert known["CompanyID"] == "northgate"
    stranger = httpx.get(f"{server.url}/login/companyinfo/nobody")
    assert (stranger.status_code, stranger.json()) == (200, None)


@pytest.mark.parametrize(
    "path",
    [
        "/v4_6_release/apis/3.0/system/info",
        "/v2025_1/apis/3.0/system/info",
        "/v4_6_release//apis/3.0//system//info",
        "/V4_6_Release/APIs/3.0/System/Info",
    ],
)
def test_alias_and_current_codebase_answer_whatever_slashes_and_case(api: httpx.Client, path: str) -> None:
    answer = api.get(str(api.base_url.copy_with(path=path)))
    assert answer.json()["isCloud"] is True
    assert answer.headers["api-current-version"] == "2025.1"


def test_a_codebase_of_before_the_upgrade_is_404(api: httpx.Client, sim: httpx.Client) -> None:
    assert api.get(str(api.base_url.copy_with(path="/v2024_2/apis/3.0/system/info"))).status_code == 404
    sim.post("/knobs", json={"codebase": "v2025_2/"})
    try:
        assert api.get(str(api.base_url.copy_with(path="/v2025_1/apis/3.0/system/info"))).status_code == 404
        assert api.get("/system/info").status_code == 200
    finally:
        sim.post("/knobs", json={"codebase": "v2025_1/"})


def test_an_unknown_path_says_the_endpoint_does_not_exist(api: httpx.Client) -> None:
    answer = api.get("/company/nonsense")
    assert answer.status_code == 404
    assert answer.json() == {"code": "ConnectWiseApi", "message": "The endpoint does not exist."}


def test_cloud_answers_bad_credentials_with_404(server: ConnectWiseServer) -> None:
    with client(server, settings=Settings(private_key="wrong")) as stranger:
        assert stranger.get("/system/info").status_code == 404
    with client(server, settings=Settings(company="other")) as stranger:
        assert stranger.get("/system/info").status_code == 404


def test_a_missing_or_wrong_client_id_is_refused(server: ConnectWiseServer, api: httpx.Client) -> None:
    del api.headers["clientId"]
    answer = api.get("/system/info")
    assert (answer.status_code, answer.json()["message"]) == (403, "UserNotAuthenticated")
    assert api.get("/system/info", headers={"clientId": "other"}).status_code == 403


def test_an_unprefixed_cloud_host_wants_ssl(api: httpx.Client) -> None:
    answer = api.get("/system/info", headers={"Host": "na.myconnectwise.net"})
    assert answer.text == '{"code":"Security","message":"SSL is required.","errors":null}'


def test_a_deactivated_member_is_shut_out(api: httpx.Client) -> None:
    assert api.post("/system/members/182/deactivate", json={}).json()["success"] is True
    answer = api.get("/system/info")
    assert (answer.status_code, answer.json()["code"]) == (403, "Security")
    assert answer.json()["message"] == "UserNotAuthenticated"


def test_companyinfo_says_is_cloud_as_text_on_some_releases(api: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/knobs", json={"is_cloud_as_text": True})
    known = api.get(str(api.base_url.copy_with(path="/login/companyinfo/northgate"))).json()
    assert known["IsCloud"] == "True"


def test_on_premises_says_401_and_uses_its_own_name_in_hrefs() -> None:
    with running(ConnectWiseServer(Settings(mode="onprem"), seed_companies=3)) as server:
        with client(server, settings=Settings(private_key="wrong")) as stranger:
            answer = stranger.get("/system/info")
            assert (answer.status_code, answer.json()["code"]) == (401, "Unauthorized")
        with client(server) as api:
            row = api.get("/company/companies").json()[0]
            assert row["status"]["_info"]["status_href"].startswith(
                f"{server.url}/v4_6_release/apis/3.0//company"
            )
            info = api.get(f"{server.url}/login/companyinfo/NORTHGATE").json()
            assert (info["Codebase"], info["IsCloud"]) == ("v4_6_release/", False)


def test_the_media_type_pins_the_model(api: httpx.Client) -> None:
    long = {"identifier": "A" * 30, "name": "Long", "site": {"name": "Main"}, "city": "Ghent"}
    old = "application/vnd.connectwise.com+json; version=2022.1"
    answer = api.post("/company/companies", json=long, headers={"Accept": old})
    assert "maximum length of 25" in answer.json()["errors"][0]["message"]
    made = api.post("/company/companies", json=long)
    assert made.status_code == 201
    path = f"/company/companies/{made.json()['id']}"
    assert "value" not in api.get(path, headers={"Accept": old}).json()["customFields"][0]
    unknown = "application/vnd.connectwise.com+json; version=2099.9"
    newest = api.get(path, headers={"Accept": unknown})
    assert newest.json()["customFields"][0]["value"] is None
    assert newest.headers["content-type"].startswith("application/vnd.connectwise.com+json; version=2025.1")


def test_an_old_tenant_has_the_old_model() -> None:
    with running(ConnectWiseServer(Settings(generation="2022.1"))) as server, client(server) as api:
        body = {"identifier": "Old1", "name": "Old", "site": {"name": "Main"}, "city": "Ghent"}
        made = api.post("/company/companies", json=body).json()
        assert "value" not in made["customFields"][0]
        assert "podId" not in made["customFields"][0]
        assert "customFields" not in api.get(f"/company/companies/{made['id']}/sites").json()[0]
        refused = api.get("/company/companies", params={"conditions": "phoneNumberExt=1"})
        assert refused.json()["code"] == "ApiFindCondition"


def test_an_impersonated_member_signs_the_records(server: ConnectWiseServer, api: httpx.Client) -> None:
    headers = {"x-cw-usertype": "member"}
    keys = api.post(
        "/system/members/mkova/tokens", json={"memberIdentifier": "mkova"}, headers=headers
    ).json()
    human = Settings(public_key=keys["publicKey"], private_key=keys["privateKey"])
    with client(server, settings=human) as session:
        body = {"identifier": "ByHand", "name": "By hand", "site": {"name": "Main"}, "city": "Ghent"}
        assert session.post("/company/companies", json=body).json()["_info"]["updatedBy"] == "mkova"
