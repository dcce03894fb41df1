"""Cases heal by themselves once their cause is repaired, through the running system."""

import json
import signal
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from services.simulator.stage import Stage
from shared.events import topics
from tests.deployment import Deployment, until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

MAPPING_ONLY = {"TANDEM_CUSTOMER_SYNC__SYNC_TYPE": "mapping only"}
HEAL_SECONDS = 25.0
REPORTING = "error_reporting"
OTHERS = ("mapping", "customer_sync", "eautomate_connector", "connectwise_connector")


class Cases:
    """What ``tandem cases`` tells of a deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._stage = deployment.stage

    def ls(self, *arguments: str) -> list[dict[str, Any]]:
        printed = self._stage.tandem("cases", "ls", "--json", *arguments)
        return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]

    def of(self, number: str, *arguments: str) -> dict[str, Any] | None:
        found = [case for case in self.ls(*arguments) if case["label"].startswith(f"customer {number} ")]
        return found[0] if found else None

    def opened(self, number: str, code: str) -> dict[str, Any]:
        def asked() -> dict[str, Any] | None:
            case = self.of(number)
            return case if case is not None and case["code"] == code else None

        case = until(asked, f"customer {number} is a case {code}", HEAL_SECONDS, every=0.3)
        assert case is not None
        return case

    def healed(self, number: str) -> None:
        until(
            lambda: self.of(number, "--state", "all") is None,
            f"the case of {number} is closed",
            HEAL_SECONDS,
            0.3,
        )

    def show(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._stage.tandem("cases", "show", name, "--json"))
        return found


@pytest.fixture(scope="module")
def mapping_only(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Nothing is inserted: a customer without a company waits for one. error_reporting is a process of its own."""
    with _stage(kafka, tmp_path_factory, "mapped", MAPPING_ONLY) as stage:
        deployment = Deployment(stage)
        stage.run(*OTHERS, name="others", wait=False)
        stage.run(REPORTING, wait=False)
        stage.wait_ready("others")
        stage.wait_ready(REPORTING)
        yield deployment


@pytest.fixture(scope="module")
def untyped(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The company type for inserts does not exist in ConnectWise: every new customer is refused."""
    with _stage(kafka, tmp_path_factory, "untyped", {}) as stage:
        deployment = Deployment(stage)
        stage.run(TANDEM_CUSTOMER_SYNC__COMPANY_TYPE="Custommer")
        yield deployment


def _stage(kafka: str, factory: pytest.TempPathFactory, name: str, settings: dict[str, str]) -> Stage:
    prefix = f"{name}{uuid.uuid4().hex[:8]}"
    return Stage(factory.mktemp(name), bootstrap_servers=kafka, prefix=prefix, settings=settings)


def test_c2_is_a_case_until_the_configuration_is_assigned(inserting: Deployment) -> None:
    cases = Cases(inserting)
    inserting.add_customer("7001", "Acme Vets", configured=False)
    case = cases.opened("7001", "C2")
    shown = inserting.stage.tandem("cases", "show", case["case"])
    for words in ("what to do", "Custom Properties", "check failed", "what wakes it"):
        assert words in shown
    inserting.people.assign_configuration("7001", "ConnectWise")
    inserting.created("7001")
    cases.healed("7001")
    assert "closed" in inserting.stage.tandem("cases", "show", "customer", "7001")


def test_c1_heals_when_a_company_with_the_number_appears(mapping_only: Deployment) -> None:
    cases = Cases(mapping_only)
    customer = mapping_only.add_customer("7101", "Acme Roofs")
    cases.opened("7101", "C1")
    company = mapping_only.add_company("AcmeRoofs", "Acme Roofs", account="7101")
    until(lambda: mapping_only.recid("7101") == str(company), "the company is linked", HEAL_SECONDS)
    cases.healed("7101")
    assert "wake" in [outcome.redo for outcome in mapping_only.outcomes(f"eautomate/customer/{customer}")]


def test_c4_heals_when_one_of_the_companies_is_corrected(mapping_only: Deployment) -> None:
    cases = Cases(mapping_only)
    first = mapping_only.add_company("AcmeA", "Acme North", account="7102")
    second = mapping_only.add_company("AcmeB", "Acme South", account="7102")
    mapping_only.seen_company(first)
    mapping_only.seen_company(second)
    mapping_only.add_customer("7102", "Acme")
    cases.opened("7102", "C4")
    mapping_only.edit_company(first, accountNumber="")
    until(lambda: mapping_only.recid("7102") == str(second), "the other one is linked", HEAL_SECONDS)
    cases.healed("7102")


def test_people_retry_ignore_and_take_it_back(mapping_only: Deployment) -> None:
    cases = Cases(mapping_only)
    customer = mapping_only.add_customer("7103", "Acme Signs")
    case = cases.opened("7103", "C1")
    record = f"eautomate/customer/{customer}"
    before = len(mapping_only.outcomes(record))
    mapping_only.stage.tandem("cases", "retry", case["case"], "--by", "jo", "--why", "just in case")
    until(lambda: mapping_only.more_outcomes(record, before), "it was tried", HEAL_SECONDS, every=0.3)
    until(lambda: cases.opened("7103", "C1")["tries"] == 2, "the try is counted", HEAL_SECONDS, every=0.3)
    mapping_only.stage.tandem("cases", "ignore", "customer", "7103", "--why", "a test customer", "--by", "jo")
    until(lambda: cases.of("7103") is None, "it is quiet", HEAL_SECONDS, every=0.3)
    ignored = cases.of("7103", "--state", "ignored")
    assert ignored is not None
    history = "\n".join(entry["what"] for entry in cases.show(record)["history"])
    assert "ignored by jo: a test customer" in history
    assert "asked to try again by jo: just in case" in history
    events = mapping_only.messages(topics.case_events(mapping_only.kafka.topic_prefix))
    assert any(b"a test customer" in message.value for message in events)
    mapping_only.stage.tandem("cases", "unignore", record, "--why", "not a test")
    cases.opened("7103", "C1")


def test_closed_letters_are_told(mapping_only: Deployment) -> None:
    customer = mapping_only.add_customer("7104", "Acme Tiles")
    place = mapping_only.letter(customer, "C1").place
    mapping_only.add_company("7104", "Acme Tiles")
    Cases(mapping_only).healed("7104")

    def closed() -> dict[str, bool]:
        listed = mapping_only.stage.tandem("dlq", "ls", "--json").splitlines()
        letters = [json.loads(line) for line in listed if line.startswith("{")]
        return {letter["letter"]: letter["closed"] for letter in letters}

    until(lambda: closed()[place], "the letter is closed", HEAL_SECONDS, every=0.5)


def test_a_rebuild_folds_the_topics_to_the_same_cases(mapping_only: Deployment) -> None:
    stage, cases = mapping_only.stage, Cases(mapping_only)
    mapping_only.add_customer("7105", "Acme Floors")
    cases.opened("7105", "C1")
    stage.tandem("cases", "ignore", "customer", "7105", "--why", "quiet")
    until(lambda: cases.of("7105", "--state", "ignored"), "it is ignored", HEAL_SECONDS, every=0.3)
    told = cases.ls("--state", "all")
    assert "stop error_reporting" in stage.tandem("cases", "rebuild", check=False)
    stage.end(REPORTING)
    assert "forgotten" in stage.tandem("cases", "rebuild")
    stage.run(REPORTING, wait=False)
    until(lambda: cases.ls("--state", "all") == told, "the same cases", HEAL_SECONDS, every=0.5)


def test_a_killed_error_reporting_loses_nothing(mapping_only: Deployment) -> None:
    stage, cases = mapping_only.stage, Cases(mapping_only)
    mapping_only.add_customer("7201", "Before")
    cases.opened("7201", "C1")
    stage.end(REPORTING, signal.SIGKILL)
    customer = mapping_only.add_customer("7202", "Meanwhile")
    mapping_only.letter(customer, "C1")
    company = mapping_only.add_company("7202", "Meanwhile")
    mapping_only.seen_company(company)
    stage.run(REPORTING, wait=False)
    until(lambda: mapping_only.recid("7202") == str(company), "it was woken", HEAL_SECONDS)
    cases.opened("7201", "C1")
    cases.healed("7202")


def test_day_one_every_customer_is_refused_and_all_heal_once_the_setting_is_right(
    untyped: Deployment,
) -> None:
    numbers = [f"8{n:03d}" for n in range(200)]
    for number in numbers:
        untyped.add_customer(number, f"Customer {number}")
    cases = Cases(untyped)
    until(lambda: len(cases.ls("--code", "C5")) == 200, "all are cases", 60, every=0.5)
    assert untyped.health("all", "readyz")[0] == 200
    assert "setting:customer_sync.company_type" in cases.opened("8000", "C5")["blocked_on"]
    untyped.stage.end("all")
    untyped.stage.run()
    until(lambda: cases.ls("--state", "all") == [], "all are healed", 60, every=0.5)
    untyped.in_step(numbers)
