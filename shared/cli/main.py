"""The ``tandem`` command. Services add commands of their own through the entry points ``tandem.commands``."""

import sys
from importlib.metadata import entry_points

import typer
from aiokafka.errors import KafkaError
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, DBAPIError

from shared.bus.producer import PublishError
from shared.cli import db, dlq, run, topics
from shared.cli.output import fail
from shared.connectwise.errors import ConnectWiseError
from shared.eautomate.errors import EAutomateError
from shared.links.errors import MappingUnavailable

EXIT_CONFIG = 78
EXIT_UNAVAILABLE = 69


def make_app() -> typer.Typer:
    """Every command."""
    app = typer.Typer(
        help="Tandem keeps e-automate and ConnectWise PSA in step.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.command("run")(run.run)
    app.add_typer(topics.app, name="topics")
    app.add_typer(db.app, name="db")
    app.add_typer(dlq.app, name="dlq")
    for point in sorted(entry_points(group="tandem.commands"), key=lambda point: point.name):
        app.add_typer(point.load(), name=point.name)
    return app


def main() -> None:
    """Entry point; settings and connection errors are told in words, with an exit code of their own."""
    try:
        make_app()()
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            name = "TANDEM_" + "__".join(str(part) for part in fault["loc"]).upper()
            sys.stderr.write(f"{name}: {fault['msg']}\n")
        sys.exit(EXIT_CONFIG)
    except (ValueError, FileNotFoundError) as error:
        fail(str(error), EXIT_CONFIG)
    except ArgumentError as error:
        fail(
            f"the URL of a database (TANDEM_STORE__URL, TANDEM_EAUTOMATE__URL) is wrong: {error}", EXIT_CONFIG
        )
    except DBAPIError as error:
        fail(f"a database refuses or does not answer: {error.orig}", EXIT_UNAVAILABLE)
    except (PublishError, KafkaError, MappingUnavailable, ConnectWiseError, EAutomateError, OSError) as error:
        fail(str(error), EXIT_UNAVAILABLE)
