"""The connection test of ConnectWise: address, keys, the member's level, every right, what the settings name.

Only reads. What cannot be asked because something before it failed is left out.
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.checkup.finding import Finding, Level
from shared.checkup.lists import names_of
from shared.checkup.rights import RIGHTS, Right
from shared.checkup.wanted import CONNECTWISE, Kind, Wanted, compared
from shared.config import ConnectWiseSettings
from shared.connectwise.client import ConnectWise
from shared.connectwise.errors import (
    ConnectWiseError,
    NotFoundError,
    UnauthorizedError,
    UnknownCompanyError,
)
from shared.connectwise.paging import walk
from shared.errors import CATALOGUE
from shared.text import fold

AREA = "ConnectWise"
CORPORATE = 1
MEMBER_FIELDS = ("id", "identifier", "licenseClass", "inactiveFlag", "structureLevel")
NAMED = {"inquireLevel": "Inquire", "addLevel": "Add", "editLevel": "Edit"}
GRANT = "ConnectWise: System > Security Roles, the API member's role, set it to All"

Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Connection:
    """What the test is about.

    Attributes:
        enabled: numbers of the processes that run.
        writing: those of them that write to ConnectWise.
        wanted: what the settings name.
        note: told what is being asked, for people who wait.
    """

    settings: ConnectWiseSettings
    enabled: Collection[str]
    writing: Collection[str]
    wanted: Sequence[Wanted]
    note: Note


async def check_connectwise(client: ConnectWise, test: Connection) -> AsyncIterator[Finding]:
    """Every finding, as it comes."""
    test.note("ConnectWise: address and keys")
    first = await _front_door(client, test.settings)
    yield first
    if first.level is Level.FAULT:
        return
    try:
        test.note("ConnectWise: the API member")
        members = [
            row async for page in walk(client, "/system/members", fields=MEMBER_FIELDS) for row in page.rows
        ]
        yield _level(members, test.settings.member)
    except ConnectWiseError as error:
        yield _trouble("level of the API member", error, "the level cannot be seen")
    test.note("ConnectWise: the API member's security role")
    granted = await _granted(client)
    for right in RIGHTS:
        test.note(f"ConnectWise: {right.name}")
        yield await _right(client, right, granted.get(right.function.casefold()), test)
    for kind in Kind:
        if kind in CONNECTWISE and any(one.kind is kind for one in test.wanted):
            test.note(f"ConnectWise: {kind.value}")
            try:
                names = await names_of(client, kind)
            except ConnectWiseError as error:
                yield _trouble(kind.value, error, "it cannot be seen whether it exists")
                continue
            for finding in compared(AREA, test.wanted, kind, names):
                yield finding


async def _front_door(client: ConnectWise, settings: ConnectWiseSettings) -> Finding:
    try:
        info = await client.get("/system/info")
    except UnknownCompanyError:
        text = f"{settings.url} knows no company {settings.company!r}"
        return Finding(AREA, "address and keys", Level.FAULT, text, "correct connectwise.company", "A3")
    except UnauthorizedError as error:
        fix = "check connectwise.url and .company, and enter the API member's keys anew: tandem keys set"
        return Finding(
            AREA, "address and keys", Level.FAULT, f"ConnectWise refuses the keys: {error}", fix, "A3"
        )
    except ConnectWiseError as error:
        fix = "check connectwise.url; if it is right, try again later"
        return Finding(AREA, "address and keys", Level.FAULT, str(error), fix, "A4")
    told = info if isinstance(info, dict) else {}
    kind = "cloud" if told.get("isCloud") else "on-premise"
    text = f"company {settings.company} at {settings.url}: {kind}, {told.get('version', 'version unknown')}"
    return Finding(AREA, "address and keys", Level.OK, text)


def _level(members: Sequence[Mapping[str, Any]], named: str) -> Finding:
    """Whether the API member's level shows everything (scenario 7)."""
    subject = "level of the API member"
    entry = CATALOGUE["A2"]
    api = [row for row in members if row.get("licenseClass") == "A" and not row.get("inactiveFlag")]
    mine = [row for row in members if _same(row.get("identifier"), named)] if named else api
    if not mine:
        text = f"there is no member {named}" if named else "no API member can be seen"
        level = Level.FAULT if named else Level.WARNING
        return Finding(AREA, subject, level, text, "name the one Tandem uses in connectwise.member")
    short = [row for row in mine if not _corporate(row)]
    listed = ", ".join(f"{row.get('identifier')} is at level {_level_of(row)}" for row in short or mine)
    if not short:
        return Finding(AREA, subject, Level.OK, f"{listed}: sees everything")
    if len(mine) == 1:
        return Finding(AREA, subject, Level.FAULT, f"{listed}. {entry.meaning}", entry.mend, "A2")
    text = f"of several API members not all see everything: {listed}. {entry.meaning}"
    return Finding(AREA, subject, Level.WARNING, text, "name the one Tandem uses in connectwise.member", "A2")


async def _granted(client: ConnectWise) -> dict[str, Mapping[str, Any]]:
    """What the role says by function, empty where it cannot be read: a read alone cannot tell "My" from "All"."""
    try:
        rows = [row async for page in walk(client, "/system/mysecurity") for row in page.rows]
    except ConnectWiseError:
        return {}
    return {str(row.get("moduleFunctionName", "")).casefold(): row for row in rows}


async def _right(
    client: ConnectWise, right: Right, granted: Mapping[str, Any] | None, test: Connection
) -> Finding:
    subject = f"right {right.name}"
    needed = [number for number in right.processes if number in test.enabled]
    level = Level.FAULT if needed else Level.WARNING
    whose = f"needed by {', '.join(needed)}" if needed else f"{', '.join(right.processes)} will need it"
    try:
        await client.list(right.path, fields=("id",), page_size=1)
    except UnauthorizedError as error:
        text = f"the right {right.name}: Inquire is missing; {whose} ({error})"
        return Finding(AREA, subject, level, text, GRANT, "A3")
    except NotFoundError:
        text = f"this release of ConnectWise does not offer {right.path}; {whose}"
        return Finding(AREA, subject, level, text)
    except ConnectWiseError as error:
        return Finding(AREA, subject, level, f"cannot be tried: {error}", "try again later", "A4")
    verbs = {"inquireLevel"}
    for number, add, edit in right.writers:
        if number in test.writing:
            verbs |= ({"addLevel"} if add else set()) | ({"editLevel"} if edit else set())
    short = [
        f"{NAMED[verb]} is {granted[verb]}"
        for verb in NAMED
        if granted is not None and verb in verbs and granted.get(verb) not in {None, "All"}
    ]
    if short:
        text = f"the right {right.name}: {', '.join(short)}, All is wanted; {whose}"
        return Finding(AREA, subject, level, text, GRANT, "A3")
    return Finding(AREA, subject, Level.OK, "granted" if granted is not None else "can be read")


def _trouble(subject: str, error: ConnectWiseError, so: str) -> Finding:
    return Finding(AREA, subject, Level.WARNING, f"{so}: {error}", "", error.catalogue)


def _corporate(row: Mapping[str, Any]) -> bool:
    level = row.get("structureLevel")
    return isinstance(level, dict) and (level.get("id") == CORPORATE or _same(level.get("name"), "Corporate"))


def _level_of(row: Mapping[str, Any]) -> str:
    level = row.get("structureLevel")
    return str(level.get("name") or level.get("id")) if isinstance(level, dict) else "none"


def _same(one: object, other: str) -> bool:
    return fold(str(one or "")) == fold(other)
