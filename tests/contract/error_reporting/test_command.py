"""What ``tandem cases`` says; what people do goes to the broker first, so without one nothing happens."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import delete
from typer.testing import CliRunner, Result

from services.error_reporting import command
from services.error_reporting.app import MIGRATIONS, NAME
from services.error_reporting.facts import Fact
from services.error_reporting.queries import closed_letters
from services.error_reporting.store import CaseStore
from services.error_reporting.tables import LEASE, WAKER
from shared.bus.deadletter import Raw, dead_letter
from shared.bus.delivery import Fault
from shared.bus.producer import PublishError
from shared.cli.letters import Letter
from shared.config import StoreSettings, load
from shared.events.envelope import Envelope
from shared.store.engine import open_store
from shared.store.lease import Lease
from tests.stores import migrated
from tests.unit.services.error_reporting.told import AGENT, at, deed, letter, outcome

BLOCKED = ("number:1001", "record:eautomate:customer:7")


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TANDEM_STORE__URL", f"sqlite+aiosqlite:///{tmp_path}/{{service}}.db")
    monkeypatch.setenv("TANDEM_KAFKA__BOOTSTRAP_SERVERS", "127.0.0.1:1")
    # Nothing is parked because of the day the tests run.
    monkeypatch.setenv("TANDEM_ERROR_REPORTING__AUTO_RETRY_DAYS", "36500")
    monkeypatch.setenv("COLUMNS", "200")


def told(*facts: Fact) -> None:
    async def tell() -> None:
        engine = await migrated(load("store", StoreSettings), NAME, MIGRATIONS)
        await CaseStore(engine).take(facts, {}, at(60))
        await engine.dispose()

    asyncio.run(tell())


def lease(holder: str, seconds: float) -> None:
    async def hold() -> None:
        engine = open_store(load("store", StoreSettings), NAME)
        async with engine.begin() as connection:
            await connection.execute(delete(LEASE))
        await Lease(engine, LEASE, WAKER, holder, seconds).acquire()
        await engine.dispose()

    asyncio.run(hold())


def forgotten() -> None:
    async def forget() -> None:
        engine = open_store(load("store", StoreSettings), NAME)
        await CaseStore(engine).clear()
        await engine.dispose()

    asyncio.run(forget())


def tandem(*words: str) -> Result:
    return CliRunner().invoke(command.app, words)


def test_cases_are_listed_with_what_happened() -> None:
    other = "eautomate/customer/8"
    told(outcome("waiting", 1, code="C1", blocked_on=BLOCKED), letter(1))
    told(outcome("rejected", 2, record=other, code="C5"), deed("ignored", 3, "C5", other, saw=2))
    listed = tandem("ls", "--state", "all")
    assert listed.exit_code == 0
    for words in ("customer 1001 Acme Dental", "C1 at 1", "C5", "(ignored)"):
        assert words in listed.output
    (line,) = tandem("ls", "--json", "--code", "c5", "--state", "ignored").stdout.splitlines()
    assert json.loads(line)["record"] == other


def test_a_list_nobody_keeps_is_not_an_all_clear() -> None:
    told()
    assert "error_reporting has not folded anything yet; no broker answers" in tandem("ls").stderr
    lease("now", seconds=60)
    assert "it cannot be known whether everything has been taken in" in tandem("ls").stderr
    lease("later", seconds=-90)
    assert "error_reporting has not been heard of since" in tandem("ls", "--json").stderr
    lease("forgotten", seconds=60)
    forgotten()
    listed = tandem("ls")
    assert "does not run, or has not caught up yet" in listed.stderr
    assert "no open cases" in listed.stdout


def test_a_kind_of_record_is_no_name_of_its_own() -> None:
    told(outcome("waiting", 1, blocked_on=BLOCKED), letter(1))
    ended = tandem("ignore", "customer", "NEW01", "--why", "x")
    assert ended.exit_code == 1
    assert "customer NEW01 has no open case" in ended.stderr


def test_a_case_is_ignored_for_a_reason() -> None:
    told(outcome("waiting", 1, blocked_on=BLOCKED), letter(1))
    ended = tandem("ignore", "customer", "1001", "--why", " ")
    assert ended.exit_code == 1
    assert "--why: " in ended.stderr


def test_what_failed_again_when_it_was_asked_for_is_shown_once() -> None:
    told(
        outcome("waiting", 1, code="C1"),
        outcome("waiting", 2, code="C1", command=True).model_copy(update={"text": "C1 at 1"}),
    )
    assert tandem("show", "customer", "1001").stdout.count("C1 at 1") == 1


def test_without_cases_it_says_so() -> None:
    told()
    assert "no open cases" in tandem("ls").output
    assert "no cases" in tandem("ls", "--state", "all").output


@pytest.mark.parametrize("words", [("ls",), ("show", "customer 1001"), ("ignore", "x", "--why", "y")])
def test_before_the_tables_are_made_it_says_how(words: Sequence[str]) -> None:
    ended = tandem(*words)
    assert ended.exit_code == 69
    assert "tandem db upgrade" in ended.output


def test_a_case_is_shown_with_everything_a_person_needs() -> None:
    told(outcome("waiting", 1, blocked_on=BLOCKED), letter(1), deed("ignored", 5, saw=1))
    shown = tandem("show", "customer", "1001").output
    for words in (
        "Customer not mapped", "what to do", "Company ID", "sync type inserts: seen mapping only, wanted insert",
        "number 1001", "ignored by jo: because", "tandem cases unignore", "failed first",
    ):  # fmt: skip
        assert words in shown
    facts = json.loads(tandem("show", "eautomate/customer/7", "--json").output)
    assert facts["blocked_on"] == ["number:1001"]
    assert facts["what_to_do"].startswith("ConnectWise: put the customer number")


def test_a_record_that_is_well_is_shown_as_closed() -> None:
    told(outcome("rejected", 1), outcome("applied", 2))
    shown = tandem("show", "customer 1001").output
    assert "closed" in shown
    assert "applied last" in shown


def test_nobody_knows_the_record() -> None:
    told()
    ended = tandem("show", "customer", "9999")
    assert ended.exit_code == 1
    assert "customer 9999 has no open case" in ended.output


@pytest.mark.parametrize("words", [("ls", "--code", "Z9"), ("retry",), ("ls", "--agent", "printer")])
def test_what_it_does_not_understand_is_said(words: Sequence[str]) -> None:
    told()
    assert tandem(*words).exit_code == 64


def test_what_cannot_be_sent_again_is_told_before_anything_is_asked_for() -> None:
    told(letter(1, code="E1", record="t.eautomate.customer:1:3", sendable=False))
    ended = tandem("retry", "t.eautomate.customer:1:3")
    assert ended.exit_code == 1
    assert "cannot be sent again" in ended.output


@pytest.mark.parametrize(
    "words", [("retry", "customer 1001"), ("retry", "--all"), ("ignore", "customer", "1001", "--why", "x")]
)
def test_without_a_broker_nothing_is_done(words: Sequence[str]) -> None:
    told(outcome("rejected", 1), letter(1))
    assert isinstance(tandem(*words).exception, PublishError)


def mail(sequence: int, seconds: int) -> Letter:
    headers = Envelope("eautomate", "customer", "7", sequence, at(0)).headers()
    raw = Raw("t.eautomate.customer", 0, 1, 0, b"7", b"{}", headers)
    made = dead_letter("t.customer_sync.dlq", "g", raw, Fault("C1", "why", at=at(seconds)), 1, "trace")
    return Letter(AGENT, f"0:{sequence}", at(seconds), made.key, made.value, made.headers)


def test_letters_whose_record_has_succeeded_since_are_closed() -> None:
    told(outcome("applied", 10, 5), letter(11, 6))
    assert asyncio.run(closed_letters([mail(4, 1), mail(5, 9), mail(6, 11)])) == {
        (AGENT, "0:4"),
        (AGENT, "0:5"),
    }


def test_without_tables_nobody_knows_which_letters_are_closed() -> None:
    assert asyncio.run(closed_letters([mail(4, 1)])) is None
