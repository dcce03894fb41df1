"""Which processes belong together; the table of these tests is one day's, the rules are the product's."""

from shared.checkup.finding import Level
from shared.processes import PROCESSES, Process, ProcessesSettings, check_processes
from shared.runtime import known_services

TABLE = (
    Process("mapping"),
    Process("customers", "P1"),
    Process("agreements", "P2", needs=("P1",)),
    Process("out", "P3", needs=("P1",), advised=(("P4", "finished ones do not come back"),)),
    Process("back", "P4", needs=("P1",)),
)


def told(*enabled: str) -> list[tuple[Level, str]]:
    findings = check_processes(ProcessesSettings(enabled=list(enabled)), TABLE)
    return [(finding.level, finding.text) for finding in findings]


def test_everything_is_enabled_unless_named() -> None:
    assert told() == []
    assert told("P1") == []


def test_a_process_without_what_it_needs_is_refused() -> None:
    assert told("P2") == [(Level.FAULT, "P2 (agreements) needs P1, which is not enabled")]
    assert told("agreements", "customers") == []


def test_a_process_without_its_companion_is_warned_about() -> None:
    assert told("p1", "P3") == [(Level.WARNING, "P4 is not enabled: finished ones do not come back")]


def test_an_unknown_process_is_named_with_the_nearest() -> None:
    [finding] = check_processes(ProcessesSettings(enabled=["P1", "agrements"]), TABLE)
    assert finding.text == "agrements is no process"
    assert finding.fix == "did you mean agreements?"


def test_what_only_serves_the_others_always_runs() -> None:
    settings = ProcessesSettings(enabled=["P1"])
    assert [
        service for service in ("mapping", "customers", "back", "unlisted") if settings.runs(service, TABLE)
    ] == [
        "mapping",
        "customers",
        "unlisted",
    ]


def test_of_several_services_one_that_runs_is_enough_and_an_unlisted_one_never_runs() -> None:
    settings = ProcessesSettings(enabled=["P1"])
    assert settings.any_runs(("back", "customers"), TABLE)
    assert not settings.any_runs(("back", "unlisted"), TABLE)


def test_every_process_of_the_table_is_a_service() -> None:
    assert {process.service for process in PROCESSES} <= set(known_services())
