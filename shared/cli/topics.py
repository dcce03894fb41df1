"""``tandem topics``: what topics there should be, and bringing the broker there."""

import asyncio

import typer
from aiokafka.errors import KafkaError
from rich.table import Table

from shared.bus.topics import apply_topics
from shared.cli.output import console, fail
from shared.config import KafkaSettings, load
from shared.events.topics import all_topics

app = typer.Typer(help="The Kafka topics.", no_args_is_help=True)


@app.command()
def apply() -> None:
    """Create what is missing and bring configuration in line; nothing is ever removed."""
    settings = load("kafka", KafkaSettings)
    try:
        done = asyncio.run(apply_topics(settings))
    except KafkaError as error:
        fail(f"the broker at {settings.bootstrap_servers} refuses or does not answer: {error}", 69)
    table = Table("topic", "partitions", "done")
    for applied in done:
        table.add_row(applied.topic.name, str(applied.topic.partitions), applied.action)
    console.print(table)


@app.command()
def ls() -> None:
    """Every topic there should be, with its configuration; the broker is not asked."""
    settings = load("kafka", KafkaSettings)
    table = Table("topic", "partitions", "configuration")
    for topic in all_topics(settings.topic_prefix, settings.partitions):
        table.add_row(
            topic.name, str(topic.partitions), ", ".join(f"{k}={v}" for k, v in topic.config.items())
        )
    console.print(table)
