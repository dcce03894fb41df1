from fastapi.testclient import TestClient

from shared.http import make_http
from shared.runtime import Host
from tests.unit.shared.runtime.services import Fake


def test_probes_answer_503_with_the_reason_when_one_service_is_not_well() -> None:
    hosts = [Host("one", Fake), Host("two", lambda: Fake(healthy=False))]
    client = TestClient(make_http(hosts))
    for probe in ("/livez", "/readyz"):
        answer = client.get(probe)
        assert answer.status_code == 503
        assert answer.json()["one"] == {"ok": True, "reason": "as told"}
        assert answer.json()["two"]["ok"] is False
    assert TestClient(make_http(hosts[:1])).get("/readyz").status_code == 200


def test_metrics_tell_how_each_service_is() -> None:
    client = TestClient(make_http([Host("one", Fake), Host("two", lambda: Fake(healthy=False))]))
    lines = client.get("/metrics").text.splitlines()
    assert any('service="one"' in line and line.endswith(" 1.0") for line in lines)
    assert any('service="two"' in line and line.endswith(" 0.0") for line in lines)


def test_routes_of_a_service_that_was_built_anew_take_the_place_of_the_old_ones() -> None:
    host = Host("one", lambda: Fake(route="old"))
    client = TestClient(make_http([host]))
    assert client.get("/old").status_code == 200
    assert "/old" in client.get("/openapi.json").json()["paths"]
    host.service = Fake(route="new")
    host.on_rebuilt()
    assert client.get("/old").status_code == 404
    assert client.get("/new").json() == "new"
    assert "/new" in client.get("/openapi.json").json()["paths"]
    assert client.get("/livez").status_code == 200
