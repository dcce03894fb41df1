"""A dealer's morning: customers become companies, and what was refused heals."""

from rich.console import Console
from rich.rule import Rule

from services.simulator.demo.agreement import compare
from services.simulator.demo.dealer import customers, seed_connectwise, seed_eautomate
from services.simulator.demo.feed import Feed
from services.simulator.demo.playing import Playing, verdict
from services.simulator.demo.scenes import expected, scenes
from services.simulator.demo.story import Story
from services.simulator.demo.traps import BARE, BARE_SITE, BY_HAND, STRAY, TWINS, set_traps
from services.simulator.stage import Stage


async def morning(stage: Stage, console: Console) -> int:
    """Play it; how many rows do not agree at the end, or did not come in time."""
    story = Story(console, ("eautomate/customer/",))
    seed_eautomate(stage.eautomate_file)
    seed_connectwise(stage.control, stage.eautomate_file)
    traps = set_traps(stage.people, stage.control)
    feed = await Feed(stage.bootstrap_servers, stage.prefix).start()
    playing = Playing(stage, console, story, feed, lambda number: record(stage, number))
    late: list[str] = []
    try:
        rows = customers(stage.eautomate_file)
        console.print(
            Rule(f"Tandem is started for the first time: {len(rows)} customers and locations", align="left")
        )
        story.begin(crowded=True, always=[record(stage, number) for number in (STRAY, BY_HAND)])
        stage.run()
        everybody = expected(rows)
        trapped = {record(stage, number) for number in (BARE, BARE_SITE, TWINS)}

        def settled() -> bool:
            open_now = {record for record in everybody if story.refused(record)}
            return everybody <= set(story.latest) and trapped <= open_now

        if not await playing.settled(settled):
            late.append("the first sync")
        story.rest()
        playing.command("cases", "ls")
        late += [scene.heading for scene in scenes(stage, traps) if not await playing.scene(scene)]
        table, wrong = compare(
            customers(stage.eautomate_file), stage.companies(), stage.sites(), console.width
        )
    finally:
        await feed.stop()
    console.print()
    playing.command("cases", "ls")
    console.print(table)
    total = len(customers(stage.eautomate_file))
    return verdict(console, wrong, late, "rows", f"{total} customers and locations")


def record(stage: Stage, number: str) -> str:
    """A customer or location as outcomes name it."""
    return f"eautomate/customer/{stage.people.customer(number)['CustomerID']}"
