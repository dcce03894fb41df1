"""``tandem simulate``: stand-ins for the two systems, and a broker."""

import typer

from services.simulator.connectwise.command import connectwise
from services.simulator.eautomate.command import app as eautomate
from services.simulator.kafka.command import kafka

app = typer.Typer(
    help="Start a stand-in of ConnectWise or e-automate, or an Apache Kafka.", no_args_is_help=True
)
app.command()(connectwise)
app.add_typer(eautomate, name="eautomate")
app.command()(kafka)
