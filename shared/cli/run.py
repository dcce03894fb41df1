"""``tandem run <service> ... | all``."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import structlog
import typer

from shared.checkup.finding import Level, faults
from shared.checkup.settings import check_settings
from shared.cli.failures import EXIT_CONFIG
from shared.cli.output import fail
from shared.config import HttpSettings, load
from shared.processes import ENABLED, ProcessesSettings
from shared.runtime import known_services
from shared.runtime import run as run_services
from shared.telemetry import configure_logging

ALL = "all"

log = structlog.get_logger(__name__)


def run(
    services: Annotated[list[str], typer.Argument(help="Names of services, or `all`.")],
    log_level: Annotated[str, typer.Option(envvar="TANDEM_LOG_LEVEL")] = "INFO",
    log_json: Annotated[bool, typer.Option(envvar="TANDEM_LOG_JSON", help="One JSON object a line.")] = False,
) -> None:
    """Run services in one process until SIGTERM or Ctrl-C."""
    known = known_services()
    unknown = [name for name in services if name not in known and name != ALL]
    if unknown:
        fail(f"unknown service {', '.join(unknown)}; known: {', '.join(sorted(known))}, all", 64)
    names = sorted(known) if ALL in services else list(dict.fromkeys(services))
    configure_logging(log_level, log_json)
    names = _enabled(names, refuse=ALL not in services)
    check(names)
    code = run_services(names, load("http", HttpSettings))
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads of a broken connection must not keep a finished process alive.
    os._exit(code)


def check(names: Sequence[str]) -> None:
    """Tell everything that is wrong with the settings before anything starts.

    Raises:
        SystemExit: there is a fault.
    """
    findings = check_settings(names, unknown=Level.WARNING)
    wrong = faults(findings)
    for finding in findings:
        if finding not in wrong:
            log.warning("settings", told=finding.line())
    if wrong:
        fail("\n".join(finding.line() for finding in wrong), EXIT_CONFIG)


def _enabled(names: Sequence[str], *, refuse: bool) -> list[str]:
    """The services among these that the dealer has subscribed to; one asked for by name must be."""
    settings = load("processes", ProcessesSettings)
    off = [name for name in names if not settings.runs(name)]
    if off and refuse:
        fail(f"{', '.join(off)} is not enabled ({ENABLED})", EXIT_CONFIG)
    return [name for name in names if name not in off]
