"""What happens around ID747 rather than in it: ConnectWise away, a setting that is wrong, two replicas."""

import signal
import uuid
from collections.abc import Iterator
from functools import partial

import pytest

from services.simulator.stage import Stage
from shared.events import topics
from tests.deployment import AGENT, Deployment, until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

SETTINGS = {
    "TANDEM_CUSTOMER_SYNC__COMPANY_TYPE": "Managed Client",
    "TANDEM_EAUTOMATE_CONNECTOR__LEASE_SECONDS": "2",
    "TANDEM_CONNECTWISE_CONNECTOR__RETRY_SECONDS": "1",
}


@pytest.fixture(scope="module")
def split(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The e-automate connector twice, the rest in one process; a company type that does not exist yet."""
    folder = tmp_path_factory.mktemp("split")
    with Stage(
        folder, bootstrap_servers=kafka, prefix=f"split{uuid.uuid4().hex[:8]}", settings=SETTINGS
    ) as stage:
        deployment = Deployment(stage)
        stage.run("mapping", "customer_sync", "connectwise_connector", name="core", wait=False)
        stage.run("eautomate_connector", name="first", wait=False)
        for name in ("core", "first"):
            stage.wait_ready(name)
        stage.run("eautomate_connector", name="second")
        yield deployment


def _paused(split: Deployment) -> bool:
    body = split.health("core", "readyz")[1].get(AGENT, {})
    return not body.get("ok", True) and "paused" in body["reason"]


def test_a_company_type_connectwise_does_not_have_is_c5_and_a_redrive_heals_it(split: Deployment) -> None:
    customer = split.add_customer("5001", "Early Bird")
    letter = split.letter(customer, "C5")
    assert "no company type 'Managed Client' (customer_sync.company_type)" in letter.header(
        "kafka_dlt-exception-message"
    )
    assert split.numbered("5001") == []
    answer = split.stage.control.post("/human/companyType", json={"record": {"name": "Managed Client"}})
    assert answer.status_code == 201, answer.text
    split.stage.tandem("dlq", "redrive", "--all", "--code", "C5")
    assert [kind["name"] for kind in split.created("5001")["types"]] == ["Managed Client"]


@pytest.mark.scenario(135)
def test_of_two_replicas_one_polls_and_the_other_takes_over(split: Deployment) -> None:
    bodies = {name: split.health(name, "readyz")[1]["eautomate_connector"] for name in ("first", "second")}
    assert {name: body["ok"] for name, body in bodies.items()} == {"first": True, "second": True}
    assert "standing by: another replica polls" in bodies["second"]["reason"]
    customer = split.add_customer("5002", "Only Once")
    split.outcome(customer, "applied", seconds=60, after=1)
    changes = topics.change(split.kafka.topic_prefix, "eautomate", "customer")
    ids = [dict(message.headers)["ce_id"] for message in split.messages(changes)]
    assert len(ids) == len(set(ids))
    # Once as it was added, once with its RecID; a second poller would have doubled them.
    assert sum(f":{customer}:".encode() in ident for ident in ids) == 2
    split.stage.end("first", signal.SIGKILL)
    split.add_customer("5003", "After the Fall")
    split.created("5003")
    assert "polling" in split.health("second", "readyz")[1]["eautomate_connector"]["reason"]


@pytest.mark.scenario(130)
def test_while_connectwise_is_down_nothing_fails_and_afterwards_each_change_is_applied_once(
    split: Deployment,
) -> None:
    numbers = [f"510{place}" for place in range(3)]
    companies = {}
    for number in numbers:
        customer = split.add_customer(number, f"Patient {number}")
        companies[number] = split.created(number)["id"]
        split.outcome(customer, "applied", after=1)
    until(lambda: split.behind() == 0, "everything is acknowledged", every=0.5)
    acknowledged = [done for done, _ in split.progress().values()]
    letters = len(split.letters())
    split.stage.end("connectwise")
    for number in numbers:
        split.people.save_customer(number, Phone1=f"555-{number}")
    created = split.add_customer("5109", "Born In The Dark")
    until(lambda: _paused(split), "a declared pause", seconds=60)
    assert split.health("core", "readyz")[0] == 503
    status, live = split.health("core", "livez")
    assert status == 200, live
    assert [done for done, _ in split.progress().values()] == acknowledged
    assert len(split.letters()) == letters
    split.stage.start_connectwise()
    for number in numbers:
        until(partial(split.holds, companies[number], "phoneNumber", f"555-{number}"), number, 60)
    split.created("5109", seconds=60)
    split.outcome(created, "applied", after=1)
    until(lambda: split.health("core", "readyz")[0] == 200, "ready again", seconds=60)
    for number in numbers:
        assert len(split.requests("PATCH", f"company/companies/{companies[number]}$")) == 1
    assert len(split.requests("POST", "company/companies$")) == 1
    assert len(split.letters()) == letters
