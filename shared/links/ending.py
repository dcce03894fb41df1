"""``tandem links unlink``: end a link, say what was made through it, take back what was overwritten."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from aiokafka.errors import KafkaError
from rich import box
from rich.table import Table

from shared.bus.producer import PublishError
from shared.cli.outcomes import read_outcomes
from shared.cli.output import console, fail
from shared.config import KafkaSettings, load
from shared.connectwise.errors import ConnectWiseError, IgnoredPatchError, RefusedError
from shared.links.kinds import LinkKind, facts
from shared.links.meant import UnclearError, left_known
from shared.links.models import How, Link
from shared.links.records import Ours, Theirs
from shared.links.restore import Back, FieldBack, Restorer, images
from shared.links.sides import Sides
from shared.links.talk import (
    AsId,
    By,
    Json,
    Kind,
    Left,
    Url,
    Why,
    Yes,
    confirm,
    made_by_hand,
    note,
    person,
    plain,
    reason,
    run,
)

SKEW = timedelta(minutes=5)
"""What the clocks of mapping, broker and agents may differ by."""

RESTORABLE = frozenset({LinkKind.CUSTOMER_COMPANY, LinkKind.LOCATION_SITE})
"""Kinds through which the sync overwrites fields of a record that exists in ConnectWise."""

Restore = Annotated[
    bool, typer.Option("--restore", help="Also put back the fields that the sync overwrote in ConnectWise.")
]


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of it."""

    link: Link
    told: str
    changed: bool
    made: tuple[str, ...]
    fields: tuple[FieldBack, ...]
    restored: bool


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("unlink")(end_link)


def end_link(
    *,
    kind: Kind,
    left: Left,
    why: Why,
    restore: Restore = False,
    as_id: AsId = False,
    by: By = None,
    yes: Yes = False,
    as_json: Json = False,
    url: Url = None,
) -> None:
    """End the link of a record; the pair will not be matched again by itself.

    With --restore, also of a link that has ended: its fields are put back. The field of an agreement that names
    the contract is blanked.
    """
    who, text = person(by), reason(why)
    words = facts(kind)
    made_by_hand(kind)
    if restore and kind not in RESTORABLE:
        fail(f"--restore is for {' and '.join(sorted(RESTORABLE))}: only their fields are overwritten", 64)

    async def ask(sides: Sides) -> Ended:
        meant = await left_known(sides, kind, left, as_id)
        note(meant.note)
        history = await sides.mapping.show(kind, meant.key)
        link = history.link
        if link is None and restore and history.ended:
            link = history.ended[0]
        if link is None:
            told = meant.record.told if meant.record is not None else f"(id {meant.key})"
            raise UnclearError(f"{words.ours} {told} is not linked")
        return await _end(sides, link, meant.record, restore=restore, by=who, why=text, yes=yes)

    ended = run(url, ask, writes=True)
    if as_json:
        typer.echo(json.dumps(_facts(ended)))
        return
    link = ended.link
    state = "unlinked" if ended.changed else "was unlinked before"
    typer.echo(f"{state}: {ended.told} (generation {link.generation})")


async def _end(
    sides: Sides, link: Link, ours: Ours | None, *, restore: bool, by: str, why: str, yes: bool
) -> Ended:
    words = facts(link.kind)
    theirs: Theirs | None = None
    try:
        ((_, _, theirs),) = await sides.pairs([link])
    except ConnectWiseError as error:
        # A wrong link must come apart also while ConnectWise is away.
        note(f"without names: {error}")
    left = ours.told if ours is not None else f"(id {link.left})"
    right = theirs.told if theirs is not None else link.right
    made = await _made(sides, link, ours, right)
    restorer = None
    if theirs is not None and link.kind in RESTORABLE:
        restorer = Restorer(sides.theirs.client, link.kind, theirs)
    fields = await _overwritten(link, restorer)
    for line in made:
        note(f"made through it: {line}")
    changed = False
    if link.active:
        how = f"{link.how}, by {link.by}"
        confirm(f"End the link of {words.ours} {left} to {words.theirs} {right} ({how})?", yes)
        answer = await sides.mapping.unlink(link.kind, link.left, by=by, why=why, revision=link.revision)
        link, changed = answer.link, answer.changed
    restored = False
    if any(one.what is Back.RESTORE for one in fields) and restorer is not None:
        fields, restored = await _restore(sides, link, fields, restorer, restore, yes)
    elif fields:
        _show(fields)
    elif restore:
        note(
            f"nothing is known to be overwritten in {words.theirs} {right} since {link.made_at:%Y-%m-%d %H:%M}"
        )
    told = f"{words.ours} {left} - {words.theirs} {right}"
    return Ended(link, told, changed, tuple(made), tuple(fields), restored)


async def _restore(
    sides: Sides, link: Link, fields: list[FieldBack], restorer: Restorer, restore: bool, yes: bool
) -> tuple[list[FieldBack], bool]:
    words = facts(link.kind)
    _show(fields)
    holder = await sides.mapping.find_right(link.kind, link.right)
    if holder is not None:
        note(
            f"not restored: {words.theirs} {link.right} is linked to the {words.ours} with id {holder.left} now, "
            "whose values it gets"
        )
        return fields, False
    if not restore and yes:
        note("not restored; the same command with --restore puts these fields back")
        return fields, False
    count = sum(one.what is Back.RESTORE for one in fields)
    question = f"Put {count} field(s) of {words.theirs} {link.right} back to what stood there before?"
    if not yes and not typer.confirm(question, err=True):
        note("not restored; the same command with --restore asks again")
        return fields, False
    try:
        done = await restorer.put_back(fields)
    except (RefusedError, IgnoredPatchError) as error:
        raise UnclearError(f"the link has ended, but the fields could not be put back: {error}") from error
    left_out = [one.name for one in done if one.what is Back.UNKNOWN]
    if left_out:
        note(f"not restored, ConnectWise has no such value any more: {', '.join(left_out)}")
    put = [one.name for one in done if one.what is Back.RESTORE]
    note(f"restored: {', '.join(put) or 'nothing'}")
    return done, bool(put)


async def _made(sides: Sides, link: Link, ours: Ours | None, right: str) -> list[str]:
    """What this release makes through a link; orders come with their process."""
    words = facts(link.kind)
    made = []
    if link.how is How.CREATED:
        made.append(f"{words.theirs} {right} itself; it stays in {words.right_system}")
    if link.kind is LinkKind.AGREEMENT_CONTRACT:
        if ours is not None and ours.held:
            made.append(
                f"contract number {ours.held} in the agreement's field; it is blanked where it names that contract"
            )
        made.append(
            "lines and billing dates of the contract; they stay. The next invoice makes a new contract"
        )
    elif link.kind is LinkKind.TICKET_CALL:
        made.append("labour and notes of the call; they stay. `tandem tickets return` makes another call")
    elif ours is not None and ours.held == link.right:
        made.append(f"RecID {ours.held} in the property of {words.ours} {ours.number}; it is cleared")
    if link.kind is LinkKind.CUSTOMER_COMPANY:
        below = await sides.locations_of(link.left)
        if below:
            made.append(
                f"links of its locations to sites of that company: {', '.join(below)}; they stay: are they wrong too?"
            )
    return made


async def _overwritten(link: Link, restorer: Restorer | None) -> list[FieldBack]:
    """What the sync wrote over since the link was made, as far as outcomes tell."""
    if restorer is None or link.how is How.CREATED:
        return []
    entity = facts(link.kind).theirs
    until = link.ending.at + SKEW if link.ending is not None else datetime.now(UTC) + SKEW
    try:
        since = link.made_at - SKEW
        outcomes = await read_outcomes(load("kafka", KafkaSettings), since, f"eautomate/customer/{link.left}")
        overwritten = images(outcomes, f"connectwise/{entity}/{link.right}", since, until)
        return await restorer.planned(overwritten)
    except (KafkaError, PublishError, OSError, ConnectWiseError) as error:
        note(f"what was overwritten cannot be told now: {error}")
        return []


def _show(fields: Sequence[FieldBack]) -> None:
    table = Table("overwritten field", "before", "written", "now", "", box=box.SIMPLE_HEAD)
    for one in fields:
        table.add_row(*plain(one.name, one.before, one.written, one.now, one.what.value))
    err = type(console)(stderr=True, highlight=False)
    err.print(table)


def _facts(ended: Ended) -> dict[str, Any]:
    fields = [
        {
            "name": one.name,
            "before": one.before,
            "written": one.written,
            "now": one.now,
            "what": one.what.value,
        }
        for one in ended.fields
    ]
    extra = {"made": list(ended.made), "overwritten": fields, "restored": ended.restored}
    return ended.link.model_dump(mode="json") | extra
