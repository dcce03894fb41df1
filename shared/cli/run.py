"""``tandem run <service> ... | all``."""

import os
import sys
from importlib.metadata import entry_points
from typing import Annotated

import structlog
import typer

from shared.cli.names import unknown_names
from shared.cli.output import fail
from shared.config import ConnectWiseSettings, HttpSettings, load
from shared.connectwise.limiter import share
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
    for mistake in unknown_names():
        log.warning("unknown setting", setting=mistake)
    check_budget()
    code = run_services(names, load("http", HttpSettings))
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads of a broken connection must not keep a finished process alive.
    os._exit(code)


def check_budget() -> None:
    """Compare the services' shares of the request budget with the whole; every process does, whatever it runs.

    Raises:
        ValueError: together they are more than the budget; the text names them.
    """
    shares = {point.name: point.load()() for point in entry_points(group="tandem.budgets")}
    share(load("connectwise", ConnectWiseSettings), shares)
