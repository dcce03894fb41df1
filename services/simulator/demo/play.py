"""A dealer's morning through real Kafka, told by the outcomes."""

import sys
import time
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.rule import Rule

from services.simulator.demo.agreement import compare
from services.simulator.demo.dealer import head_offices, seed_connectwise, seed_eautomate
from services.simulator.demo.feed import Feed
from services.simulator.demo.story import Story
from services.simulator.stage import Stage
from shared.sync.outcome import Outcome

PATIENCE_SECONDS = 60.0
REFUSED = "ZZ99"


async def play(stage: Stage, console: Console) -> int:
    """Play the morning; returns 0 only if both sides agree at the end."""
    began = time.monotonic()
    story = Story(console)
    people = stage.people
    seed_eautomate(stage.eautomate_file)
    # The one trap of the morning: a customer that cannot hold a RecID.
    people.add_customer(
        REFUSED, "Zanzibar Zithers Inc.", Address="9 Harbor Road", City="Toledo", Phone1="419-555-0199"
    )
    seed_connectwise(stage.control, stage.eautomate_file)
    feed = await Feed(stage.bootstrap_servers, stage.prefix).start()
    try:
        console.print(Rule("Tandem is started for the first time", align="left"))
        stage.run()
        everybody = _records(row.customer_id for row in head_offices(stage.eautomate_file))
        done = await feed.until(
            lambda: everybody <= set(story.latest), story.tell, PATIENCE_SECONDS, quiet=1.0
        )
        story.left_alone()
        story.begin()
        console.print(
            Rule("The office manager corrects a name and a phone number in e-automate", align="left")
        )
        edited = next(row for row in head_offices(stage.eautomate_file) if not row.special and row.recid)
        people.save_customer(edited.number, CustomerName=f"{edited.name[:40]} & Sons", Phone1="330-555-0142")
        done &= await feed.until(lambda: _wrote(story, edited.customer_id), story.tell, PATIENCE_SECONDS)
        story.begin()
        console.print(Rule("She adds a new customer", align="left"))
        new = people.add_customer(
            "NEW01",
            "Newport Optics LLC",
            Address="1 Lens Way\nSuite 5",
            City="Akron",
            State="OH",
            Phone1="330-555-0177",
        )
        people.assign_configuration("NEW01", "ConnectWise")
        done &= await feed.until(lambda: _wrote(story, new), story.tell, PATIENCE_SECONDS)
        story.begin()
        console.print(Rule(f"She gives customer {REFUSED} the configuration it lacked", align="left"))
        people.assign_configuration(REFUSED, "ConnectWise")
        refused = int(people.customer(REFUSED)["CustomerID"])
        done &= await feed.until(lambda: _wrote(story, refused), story.tell, PATIENCE_SECONDS, quiet=1.0)
        table, wrong = compare(head_offices(stage.eautomate_file), stage.companies(), console.width)
    finally:
        await feed.stop()
    console.print()
    console.print(table)
    seconds = time.monotonic() - began
    if wrong or not done:
        late = "" if done else "; not every outcome came in time"
        console.print(f"[red]The two sides do not agree: {wrong} rows{late}.[/red]")
        return 1
    console.print(f"[green]Both sides agree.[/green] {len(everybody) + 1} customers in {seconds:.0f} s.")
    return 0


def _records(ids: Iterable[int]) -> set[str]:
    return {f"eautomate/customer/{customer_id}" for customer_id in ids}


def _wrote(story: Story, customer_id: int) -> bool:
    """Whether the newest outcome of a customer is that it was applied."""
    latest: Outcome | None = story.latest.get(f"eautomate/customer/{customer_id}")
    return latest is not None and latest.result == "applied" and story.wrote(latest.record)


def leave_running(stage: Stage, console: Console, folder: Path) -> None:
    """Say where everything is, for people who want to play on."""
    environment = stage.environment()
    names = sorted(name for name in environment if name.startswith("TANDEM_"))
    path = folder / "tandem.env"
    lines = [f"export {name}='{environment[name]}'\n" for name in names]
    # The command lies beside the interpreter that runs this.
    path.write_text("".join(lines) + f"export PATH='{Path(sys.executable).parent}':\"$PATH\"\n")
    path.chmod(0o600)
    console.print(Rule("It keeps running; Ctrl-C ends it", align="left"))
    console.print(f" in another shell:    [bold]. {path}[/bold]")
    console.print(" then, for example:   tandem links ls | tandem dlq ls | tandem explain customer NEW01")
    console.print(
        f" e-automate, a person: tandem simulate eautomate --file {stage.eautomate_file} edit NEW01 --phone 330-555-0188"
    )
    console.print(f" health and metrics:  {stage.url}/readyz  {stage.url}/metrics  {stage.url}/docs")
    console.print(f" ConnectWise:         {stage.connectwise_url}   logs: {stage.folder}")
