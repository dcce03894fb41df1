"""Acceptance scenarios by number: which tests show them, and what came of it.

With ``--scenarios`` a table is printed at the end of a run and ``build/scenarios.json`` is written. A
scenario is passed when every test of the run that names it has passed.
"""

import json
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

OPTION = "--scenarios"
REPORT = Path("build", "scenarios.json")
PASSED, FAILED = "passed", "failed"
PROPERTY = "scenario"


@dataclass(slots=True, eq=False)
class Scenarios:
    """The scenarios of one run."""

    tests: dict[int, set[str]] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)

    def note(self, report: pytest.TestReport) -> None:
        """Take one phase of a test into account; a test that was skipped shows nothing."""
        numbers = [int(str(value)) for name, value in report.user_properties if name == PROPERTY]
        for number in numbers:
            self.tests.setdefault(number, set()).add(report.nodeid)
        if not numbers:
            return
        if report.passed and report.when == "call":
            self.passed.add(report.nodeid)
        elif not report.passed:
            self.failed.add(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called where the run is told, whichever process ran the test."""
        self.note(report)

    def results(self) -> list[dict[str, Any]]:
        """One entry a scenario, by number."""
        return [
            {"scenario": number, "result": self._result(tests), "tests": sorted(tests)}
            for number, tests in sorted(self.tests.items())
        ]

    def _result(self, tests: set[str]) -> str:
        return PASSED if tests <= self.passed and not tests & self.failed else FAILED


SCENARIOS = pytest.StashKey[Scenarios]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        OPTION, action="store_true", help="acceptance scenarios: print a table, write build/scenarios.json"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[SCENARIOS] = Scenarios()
    config.pluginmanager.register(config.stash[SCENARIOS], "acceptance-scenarios")


def numbers_of(item: pytest.Item) -> list[int]:
    """The scenarios a test names."""
    return sorted({int(number) for marker in item.iter_markers("scenario") for number in marker.args})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    report.user_properties.extend((PROPERTY, number) for number in numbers_of(item))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.getoption(OPTION):
        return
    results = config.stash[SCENARIOS].results()
    path = config.rootpath / REPORT
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=2) + "\n")
    terminalreporter.section("acceptance scenarios")
    for entry in results:
        good = entry["result"] == PASSED
        terminalreporter.write_line(
            f"{entry['scenario']:>8}  {entry['result']}  ({len(entry['tests'])} tests)",
            green=good,
            red=not good,
        )
    count = sum(entry["result"] == PASSED for entry in results)
    terminalreporter.write_line(f"{count} of {len(results)} scenarios passed; {REPORT}")
