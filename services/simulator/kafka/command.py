"""``tandem simulate kafka``: one Apache Kafka node until Ctrl-C."""

import signal
from pathlib import Path
from typing import Annotated

import typer

from services.simulator.kafka.artefacts import KafkaUnavailable
from services.simulator.kafka.broker import Broker


def kafka(
    folder: Annotated[Path | None, typer.Option(help="Keep the data here between runs.")] = None,
) -> None:
    """Start one Apache Kafka node on a free loopback port."""
    try:
        with Broker(folder) as broker:
            typer.echo(f"Apache Kafka: {broker.bootstrap_servers}")
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
    except KafkaUnavailable as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(69) from error
