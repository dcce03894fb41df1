"""What a dealer does before the first start: keys, connection, test mode, preview."""

import os
import pwd
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from services.simulator.stage import Stage
from tests.deployment import Deployment
from tests.e2e.commands import tandem, told

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

NO_KEYS = {
    f"TANDEM_CONNECTWISE__{name}": "" for name in ("COMPANY", "PUBLIC_KEY", "PRIVATE_KEY", "CLIENT_ID")
}
ME = pwd.getpwuid(os.geteuid()).pw_name


@pytest.fixture(scope="module")
def quiet(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Everything there, nothing of Tandem running but mapping."""
    folder = tmp_path_factory.mktemp("quiet")
    settings = {"TANDEM_KEYS__FILE": str(folder / "keys")}
    with Stage(
        folder, bootstrap_servers=kafka, prefix=f"q{uuid.uuid4().hex[:8]}", settings=settings
    ) as stage:
        Deployment(stage)
        stage.run("mapping")
        yield stage


@pytest.fixture
def sim(quiet: Stage) -> Iterator[Stage]:
    """The quiet stage; the API member is as good as new afterwards."""
    yield quiet
    control(quiet, "role", {"rights": {"*": "All"}, "level": "Corporate"})
    control(quiet, "knobs", {"mode": "cloud"})


def control(stage: Stage, path: str, body: dict[str, Any]) -> None:
    answer = stage.control.post(f"/{path}", json=body)
    assert answer.status_code < 400, answer.text


def findings(stage: Stage, **settings: str) -> dict[str, dict[str, Any]]:
    found = told(stage, "config", "check", "all", "--connect", **settings)
    return {finding["subject"]: finding for finding in found if finding["level"] != "ok"}


def test_a_good_set_up_has_nothing_to_say_and_is_only_read(sim: Stage) -> None:
    before = sim.writes()
    ended = tandem(sim, "config", "check", "--connect")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "nothing wrong" in ended.stdout
    assert "right Time & Expense / Time Entry" in ended.stdout
    assert sim.writes() == before


@pytest.mark.scenario(7)
def test_keys_of_a_member_at_location_level_fail_with_the_explanation(sim: Stage) -> None:
    control(sim, "role", {"level": "Location"})
    ended = tandem(sim, "config", "check", "--connect")
    assert ended.returncode == 78
    assert "tandem is at level Location" in ended.stdout
    assert "set the level to Corporate" in ended.stdout
    assert findings(sim)["level of the API member"]["code"] == "A2"


@pytest.mark.scenario(11)
def test_a_role_without_time_entries_is_told_which_right_is_missing(sim: Stage) -> None:
    control(sim, "role", {"rights": {"Time Entry": {"inquire": "None"}}})
    found = findings(sim)
    assert [name for name in found if name.startswith("right")] == ["right Time & Expense / Time Entry"]
    assert (
        "Time & Expense / Time Entry: Inquire is missing"
        in found["right Time & Expense / Time Entry"]["text"]
    )
    assert "Security Roles" in found["right Time & Expense / Time Entry"]["fix"]


def test_what_is_wrong_elsewhere_is_named_too(sim: Stage) -> None:
    found = findings(
        sim,
        TANDEM_CUSTOMER_SYNC__COMPANY_TYPE="Nobody",
        TANDEM_CUSTOMER_SYNC__BRANCHES="99",
        TANDEM_KAFKA__TOPIC_PREFIX="elsewhere",
        TANDEM_MAPPING__URL="http://127.0.0.1:1",
    )
    assert {"company type Nobody", "branch 99", "topics", "http://127.0.0.1:1"} <= set(found)
    assert found["topics"]["fix"] == "tandem topics apply"
    assert found["http://127.0.0.1:1"]["level"] == "warning"
    assert findings(sim, TANDEM_KAFKA__BOOTSTRAP_SERVERS="127.0.0.1:1")["127.0.0.1:1"]["code"] == "A4"


@pytest.mark.scenario(8)
def test_keys_that_were_entered_are_used_and_never_shown_again(sim: Stage) -> None:
    tenant = sim.tenant
    lines = (
        f"company={tenant.company}\npublic_key={tenant.public_key}\nprivate_key={tenant.private_key}\n"
        f"client_id={tenant.client_id}\n"
    )
    entered = tandem(sim, "keys", "set", lines=lines, **NO_KEYS)
    assert entered.returncode == 0, entered.stderr
    assert tandem(sim, "config", "check", "--connect", **NO_KEYS).returncode == 0
    shown = tandem(sim, "keys", "show", **NO_KEYS)
    assert ME in shown.stdout
    files = "".join(file.read_text() for file in sim.folder.glob("keys*"))
    for text in (entered.stdout, entered.stderr, shown.stdout, shown.stderr, files):
        assert tenant.private_key not in text
        assert tenant.public_key not in text
    sim.run("connectwise_connector", name=None, wait=True, **NO_KEYS)
    assert sim.end("connectwise_connector") == 0
    assert tenant.private_key not in (sim.folder / "connectwise_connector.log").read_text()


@pytest.mark.scenario(9)
def test_who_is_no_administrator_may_not_enter_keys(sim: Stage) -> None:
    files = {file: file.read_bytes() for file in sim.folder.glob("keys*")}
    ended = tandem(
        sim, "keys", "set", lines="public_key=a\nprivate_key=b\n", TANDEM_KEYS__ADMINS="somebody.else"
    )
    assert ended.returncode == 77
    assert "only an administrator" in ended.stderr
    assert {file: file.read_bytes() for file in sim.folder.glob("keys*")} == files


@pytest.mark.scenario(10)
def test_a_lost_private_key_is_made_anew(sim: Stage) -> None:
    ended = tandem(sim, "keys", "show", "--reveal")
    assert ended.returncode == 77
    assert "make a new pair" in ended.stderr
    assert sim.tenant.private_key not in ended.stdout + ended.stderr


@pytest.mark.scenario(136)
@pytest.mark.parametrize("service", ["customer_sync", "connectwise_connector", "all"])
def test_without_keys_no_process_starts_and_keys_are_asked_for(sim: Stage, service: str) -> None:
    ended = tandem(sim, "run", service, **NO_KEYS, TANDEM_KEYS__FILE=str(sim.folder / "none"))
    assert ended.returncode == 78
    assert "API keys are needed" in ended.stderr
    assert "TANDEM_CONNECTWISE__PRIVATE_KEY" in ended.stderr
    assert "tandem keys set" in ended.stderr


@pytest.mark.scenario(1)
@pytest.mark.parametrize(("mode", "kind"), [("cloud", ": cloud"), ("onprem", ": on-premise")])
def test_customers_are_linked_at_an_address_of_either_style(
    kafka: str, tmp_path_factory: pytest.TempPathFactory, mode: str, kind: str
) -> None:
    folder = tmp_path_factory.mktemp(mode)
    with Stage(folder, bootstrap_servers=kafka, prefix=f"{mode}{uuid.uuid4().hex[:8]}") as stage:
        control(stage, "knobs", {"mode": mode})
        deployment = Deployment(stage)
        found = told(stage, "config", "check", "--connect")
        assert {finding["level"] for finding in found} <= {"ok", "warning"}
        assert any(kind in finding["text"] for finding in found)
        stage.run()
        company = deployment.add_company("1001", "Acme Dental")
        deployment.add_customer("1001", "Acme Dental")
        deployment.created("1001")
        assert deployment.recid("1001") == str(company)


@pytest.fixture(scope="module")
def testing(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Test mode, with a sync type that would insert and update."""
    folder = tmp_path_factory.mktemp("testing")
    settings = {
        "TANDEM_CUSTOMER_SYNC__MODE": "test",
        "TANDEM_STORE__URL": f"sqlite+aiosqlite:///{folder}/test/{{service}}.db",
    }
    prefix = f"test-{uuid.uuid4().hex[:8]}"
    with Stage(folder, bootstrap_servers=kafka, prefix=prefix, settings=settings) as stage:
        deployment = Deployment(stage)
        stage.run()
        yield deployment


@pytest.mark.scenario(132)
def test_test_mode_reads_connectwise_writes_the_test_eautomate_and_nothing_else(testing: Deployment) -> None:
    company = testing.add_company("2001", "Trial Dental", phoneNumber="555-0000")
    testing.seen_company(company)
    linked = testing.add_customer("2001", "Trial Dental", Phone1="555-2001")
    alone = testing.add_customer("2002", "Trial Alone")
    testing.created("2001")
    testing.outcome(linked, "applied")
    letter = testing.letter(alone, "C1")
    assert "mode writes to ConnectWise: seen test, wanted production" in letter.header(
        "kafka_dlt-exception-message"
    )
    assert testing.company(company)["phoneNumber"] == "555-0000"
    assert testing.numbered("2002") == []
    assert testing.stage.writes() == 0
    refused = [check["name"] for check in testing.explain("2001")["checks"] if not check["passed"]]
    assert refused == ["mode writes to ConnectWise"]


@pytest.mark.scenario(132)
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TANDEM_KAFKA__TOPIC_PREFIX", "acme"),
        ("TANDEM_STORE__URL", "sqlite+aiosqlite:////opt/live/{service}.db"),
    ],
)
def test_test_mode_refuses_topics_or_a_store_that_may_be_productions(
    testing: Deployment, setting: str, value: str
) -> None:
    ended = tandem(testing.stage, "run", "customer_sync", **{setting: value})
    assert ended.returncode == 78
    assert f"{setting}: test mode needs" in ended.stderr
    checked = tandem(testing.stage, "config", "check", **{setting: value})
    assert checked.returncode == 78


def test_in_test_mode_a_preview_shows_what_production_would_do(testing: Deployment) -> None:
    [found] = told(testing.stage, "preview", "ID747", "--only", "2001,2002", "--set", "mode=production")
    by_number = {record["number"]: record for record in found["records"]}
    assert by_number["2001"]["steps"] == ["update fields"]
    assert by_number["2002"]["steps"] == ["create company", "store the RecID"]
    assert testing.stage.writes() == 0
    assert testing.numbered("2002") == []
