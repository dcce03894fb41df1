"""What people ask an agent to do about records: sent to its redo topic, and what came of it within a while."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rich import box
from rich.table import Table
from rich.text import Text

from shared.bus.producer import Message, Producer
from shared.cli.outcomes import read_outcomes
from shared.cli.output import COLOURS, console, fail
from shared.config import KafkaSettings
from shared.events.envelope import Envelope
from shared.sync.outcome import Outcome

LOOK_EVERY_SECONDS = 0.5
REFUSED = {"rejected": "refused", "waiting": "waits"}
SKEW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A record with the command that was sent about it.

    Attributes:
        record: as outcomes name it, ``<source>/<entity>/<key>``.
        label: for people, e.g. ``1001 Acme Dental``.
        hint: what tells more while nothing came back.
    """

    record: str
    label: str
    message: Message
    hint: str = ""

    def answered_by(self, outcome: Outcome) -> bool:
        """Whether an outcome is that of this command, or of the same command given later."""
        envelope = Envelope.from_headers(self.message.headers)
        same = outcome.record == self.record and outcome.redo == envelope.action
        return same and outcome.sequence >= envelope.sequence


async def send_and_wait(
    kafka: KafkaSettings, client: str, asked: Sequence[Asked], wait: float
) -> dict[str, Outcome]:
    """Send the commands in order; what came of them within ``wait`` seconds, by record.

    Args:
        client: who the broker is told is sending, e.g. ``tandem-push``.
        wait: 0 does not wait.

    Raises:
        KafkaError, PublishError: the broker does not answer.
    """
    producer = await Producer(kafka, client).start()
    begun = datetime.now(UTC) - SKEW
    try:
        for one in asked:
            await producer.send([one.message])
    finally:
        await producer.stop()
    told: dict[str, Outcome] = {}
    end = time.monotonic() + wait
    while wait and len(told) < len(asked) and time.monotonic() < end:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        told = answers(asked, await read_outcomes(kafka, begun))
    return told


def answers(asked: Sequence[Asked], outcomes: Iterable[Outcome]) -> dict[str, Outcome]:
    """What came of each command, by record, as far as these outcomes tell; the newest counts."""
    by_record = {one.record: one for one in asked}
    found = {}
    for outcome in outcomes:
        one = by_record.get(outcome.record)
        if one is not None and one.answered_by(outcome):
            found[one.record] = outcome
    return found


def refusals(asked: Sequence[Asked], told: Mapping[str, Outcome]) -> str:
    """Which came to nothing, by the names people know: ``refused (C8): 1001 Acme Dental``."""
    by_code: dict[str, list[str]] = {}
    for one in asked:
        outcome = told.get(one.record)
        if outcome is not None and outcome.result in REFUSED:
            by_code.setdefault(f"{REFUSED[outcome.result]} ({outcome.code})", []).append(one.label)
    return "; ".join(f"{what}: {', '.join(who)}" for what, who in by_code.items())


def show(heading: str, asked: Sequence[Asked], told: Mapping[str, Outcome]) -> None:
    """A table of what was asked and what came of it."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(heading, overflow="fold")
    table.add_column("result", no_wrap=True)
    table.add_column("what came of it", overflow="fold")
    for one in asked:
        outcome = told.get(one.record)
        if outcome is None:
            table.add_row(Text(one.label), "asked", Text(one.hint))
        else:
            result = Text(outcome.result, COLOURS.get(outcome.result, ""))
            table.add_row(Text(one.label), result, Text(f"{outcome.code} {outcome.text}".strip()))
    console.print(table)


def end(what: str, service: str, asked: Sequence[Asked], told: Mapping[str, Outcome], wait: float) -> None:
    """End as the answers say: quietly when all went well.

    Args:
        what: what was asked for, e.g. ``the push``.
        service: who answers.

    Raises:
        SystemExit: something was refused, or did not come back while waiting.
    """
    missing = [one.label for one in asked if one.record not in told]
    if wait and missing:
        fail(
            f"nothing came back yet within {wait:.0f} s for {', '.join(missing)}; {what} stays asked for: does "
            f"`tandem run {service}` run?"
        )
    refused = refusals(asked, told)
    if refused:
        fail(refused)
