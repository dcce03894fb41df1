"""Links a spreadsheet asks for, line by line, and the columns they stand in. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shared.links.kinds import LinkKind, facts
from shared.links.models import Link
from shared.links.records import Ours, Theirs
from shared.links.sheet import Row, Sheet, SheetError
from shared.text import fold

WHY_MOST = 500
_RECID = re.compile(r"[1-9][0-9]{0,17}")
_EXCEL = re.compile(r"[0-9.,]+e\+?[0-9]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a line asks for; empty texts were not given."""

    line: int
    kind: LinkKind | None
    number: str = ""
    key: str = ""
    recid: str = ""
    code: str = ""
    why: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Headings under which a file may name the two sides, the one we write first; empty: there is no such thing.

    Attributes:
        number, key: of the left record.
        recid, code: of the right record.
        names: of both, for people; they are not read.
    """

    number: tuple[str, ...]
    key: tuple[str, ...]
    recid: tuple[str, ...]
    code: tuple[str, ...]
    names: tuple[str, str]


_COLUMNS = {
    LinkKind.CUSTOMER_COMPANY: Columns(
        ("customer number", "number"),
        ("customer id",),
        ("company recid", "recid"),
        ("company id", "companyid"),
        ("customer name", "company name"),
    ),
    LinkKind.LOCATION_SITE: Columns(
        ("location number", "customer number", "number"),
        ("location id", "customer id"),
        ("site recid", "recid"),
        (),
        ("location name", "site name"),
    ),
    LinkKind.AGENT_MEMBER: Columns(
        ("employee number", "number"),
        ("employee id", "agent id"),
        ("member recid", "recid"),
        ("member id", "member"),
        ("employee name", "member name"),
    ),
    LinkKind.AGREEMENT_CONTRACT: Columns(
        ("agreement recid", "agreement id", "agreement"),
        (),
        ("contract id",),
        ("contract number", "contract"),
        ("agreement name", "contract customer"),
    ),
    LinkKind.INVOICE_INVOICE: Columns(
        ("invoice number",),
        ("invoice recid",),
        ("e-automate invoice id",),
        ("e-automate invoice number",),
        ("company name", "e-automate customer"),
    ),
}
WHY = ("why", "reason")


def columns_of(kind: LinkKind) -> Columns:
    """Where a file names the two sides."""
    return _COLUMNS[kind]


def headings(kind: LinkKind) -> tuple[str, ...]:
    """The columns that name the two sides, as they are written: number, name, id, code, name, RecID."""
    own = _COLUMNS[kind]
    left, right = own.names
    return ("kind", *own.number[:1], left, *own.key[:1], *own.code[:1], right, *own.recid[:1])


def cells(kind: LinkKind, ours: Ours | None, theirs: Theirs | None, link: Link | None = None) -> list[str]:
    """The values of ``headings`` for a pair; of a record that is gone only the key is known."""
    own = _COLUMNS[kind]
    left = ours.key if ours is not None else (link.left if link is not None else "")
    number = ours.number if ours is not None else ("" if own.key else left)
    return [
        kind.value,
        number,
        ours.name or ours.of if ours is not None else "",
        *([left] if own.key else []),
        *([theirs.code if theirs is not None else ""] if own.code else []),
        theirs.name if theirs is not None else "",
        theirs.key if theirs is not None else (link.right if link is not None else ""),
    ]


def wishes(sheet: Sheet, kind: LinkKind | None) -> list[Wish]:
    """The lines of a spreadsheet.

    Args:
        kind: for files without a column ``kind``; None: told by the headings.

    Raises:
        SheetError: columns are missing; the text names them.
    """
    told = kind or _told(sheet.headings)
    if told is None and "kind" not in sheet.headings:
        raise SheetError(
            "the headings do not say what is to be linked; wanted e.g. `customer number` and `company recid` "
            f"(found: {', '.join(filter(None, sheet.headings)) or 'none'}), or give --kind"
        )
    if told is not None:
        if facts(told).not_by_hand:
            raise SheetError(f"{told} links are not imported: {facts(told).not_by_hand}")
        columns = _COLUMNS[told]
        for what, names in (
            (facts(told).ours, (*columns.number, *columns.key)),
            (facts(told).theirs, (*columns.recid, *columns.code)),
        ):
            if not set(names) & set(sheet.headings):
                wanted = " or ".join(f"`{name}`" for name in names)
                raise SheetError(f"no column names the {what}; wanted {wanted}")
    return [_wish(row, told) for row in sheet.rows]


def _told(names: Sequence[str]) -> LinkKind | None:
    has = set(names)
    for kind, words in (
        (LinkKind.LOCATION_SITE, {"location number", "location id", "site recid"}),
        (LinkKind.AGENT_MEMBER, {"employee number", "employee id", "agent id", "member recid", "member id"}),
        (LinkKind.AGREEMENT_CONTRACT, {"agreement recid", "agreement id", "contract number", "contract id"}),
        (LinkKind.CUSTOMER_COMPANY, {"customer number", "customer id", "company recid", "company id"}),
    ):
        if has & words:
            return kind
    return None


def _wish(row: Row, told: LinkKind | None) -> Wish:
    named = row.cells.get("kind", "")
    kind = told
    if named:
        try:
            kind = LinkKind(fold(named))
        except ValueError:
            known = ", ".join(LinkKind)
            return Wish(row.line, told, fault=f"column kind: {named[:40]!r} is none of {known}")
    if kind is None:
        return Wish(row.line, None, fault="column kind: empty; write e.g. customer-company")
    if facts(kind).not_by_hand:
        return Wish(
            row.line, kind, fault=f"column kind: {kind} links are not imported: {facts(kind).not_by_hand}"
        )
    columns = _COLUMNS[kind]
    wish = Wish(
        row.line,
        kind,
        number=_cell(row, columns.number),
        key=_cell(row, columns.key),
        recid=_cell(row, columns.recid),
        code=_cell(row, columns.code),
        why=one_line(_cell(row, WHY)),
    )
    return replace(wish, fault=_fault(wish, columns))


def _fault(wish: Wish, columns: Columns) -> str:
    for names, text in ((columns.key, wish.key), (columns.recid, wish.recid)):
        if text and _RECID.fullmatch(text) is None:
            hint = "; format the column as text and enter it again" if excel_made(text) else ""
            return f"column {names[0]}: {text[:40]!r} is no whole number{hint}"
    if not wish.number and not wish.key:
        return f"column {columns.number[0]}: empty"
    if not wish.recid and not wish.code:
        return f"column {columns.recid[0]}: empty" + (f", {columns.code[0]} too" if columns.code else "")
    return ""


def _cell(row: Row, names: Iterable[str]) -> str:
    return next((row.cells[name] for name in names if row.cells.get(name)), "")


def one_line(text: str) -> str:
    """A reason as mapping takes it: one line, at most 500 characters."""
    return "".join(each if each.isprintable() else " " for each in text).strip()[:WHY_MOST].strip()


def excel_made(text: str) -> bool:
    """Whether this is a long number as Excel shows and saves it: ``1E+05``."""
    return _EXCEL.fullmatch(text) is not None
