"""Lists: filter, order, page, project, count."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import quote_plus

from services.simulator.connectwise.conditions import parse
from services.simulator.connectwise.errors import ApiError, bad_condition
from services.simulator.connectwise.fields import Entity, Kind
from services.simulator.connectwise.predicates import (
    ChildScope,
    CustomFieldScope,
    RecordScope,
    Test,
    candidates,
    compile_test,
)
from services.simulator.connectwise.serialize import Projection, Serializer, projection
from services.simulator.connectwise.settings import Knobs
from services.simulator.connectwise.store import Row, Store, fold

_SELECTING = ("conditions", "childconditions", "customfieldconditions", "orderby")
DEFAULT_PAGE = 25
LARGEST_PAGE = 1000
Query = Mapping[str, str]
"""Query parameters by lower-case name: the real server matches parameter names without regard to case."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What to list: entity, the parent's restriction if it is nested, how old the view may be, what is seen.

    `drift` is by how many rows the list has moved since the page before.
    """

    entity: Entity
    query: Query
    generation: str
    parent: tuple[str, int] | None = None
    as_of: float | None = None
    visible: Test | None = None
    drift: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page as JSON text, and the relations of its `Link` header with the parameters that lead there."""

    body: str
    links: tuple[tuple[str, str], ...]


class Lister:
    """Answers list requests from the store."""

    def __init__(self, store: Store, knobs: Knobs) -> None:
        self._store = store
        self._knobs = knobs
        self._walked: tuple[object, list[Row]] | None = None

    def count(self, listing: Listing) -> int:
        """How many records the filters leave. Raises `ApiFindCondition` errors."""
        return sum(1 for _ in self._matches(listing, 0))

    def matches(self, listing: Listing) -> Iterator[Row]:
        """The records that the filters leave, by id. Raises `ApiFindCondition` errors."""
        return self._matches(listing, 0)

    def page(self, listing: Listing, serializer: Serializer, *, forward: bool) -> Page:
        """One page. Raises `ApiFindCondition` errors for filters and orders that cannot be read."""
        size = page_size(listing.query)
        if forward:
            return self._forward(listing, serializer, size)
        rows = self._rows(listing)
        number = positive(listing.query, "page", 1)
        start = (number - 1) * size + (listing.drift if number > 1 else 0)
        last = max(1, -(-len(rows) // size))
        links = []
        if number > 1:
            links.append(("first", f"pageSize={size}&page=1"))
            links.append(("prev", f"pageSize={size}&page={min(number - 1, last)}"))
        if number < last:
            links.append(("next", f"pageSize={size}&page={number + 1}"))
            links.append(("last", f"pageSize={size}&page={last}"))
        return Page(self._render(listing, serializer, rows[start : start + size]), tuple(links))

    def _forward(self, listing: Listing, serializer: Serializer, size: int) -> Page:
        order = listing.query.get("orderby", "").strip().lower()
        if order not in ("", "id", "id asc"):
            raise ApiError(400, "InvalidObject", "orderBy is not supported with forward-only pagination.")
        after = positive(listing.query, "pageid", 0, least=0)
        rows = list(islice(self._matches(listing, after), size))
        # Reported: the next relation is there for as long as a page has rows, also on a short one.
        links = (("next", f"pageSize={size}&pageId={rows[-1].id}"),) if rows else ()
        return Page(self._render(listing, serializer, rows), links)

    def _render(self, listing: Listing, serializer: Serializer, rows: Iterable[Row]) -> str:
        return (
            "["
            + ",".join(render(listing.entity, serializer, listing.query, row, listed=True) for row in rows)
            + "]"
        )

    def _matches(self, listing: Listing, after: int) -> Iterator[Row]:
        test, ids = self._filters(listing)
        for row in self._scan(listing, after, ids):
            if test is None or test(row.data):
                yield row

    def _scan(self, listing: Listing, after: int, ids: set[int] | None) -> Iterator[Row]:
        # In id order. A stale view replaces what was written lately by what was there before.
        table = self._store.table(listing.entity.key)
        older = {} if listing.as_of is None else self._store.before(listing.entity.key, listing.as_of)
        if older:
            for ident in sorted({*table.ids, *older}):
                row = older[ident] if ident in older else table.rows[ident]
                if ident > after and row is not None:
                    yield row
        elif ids is None:
            yield from table.after(after)
        else:
            for ident in sorted(ids):
                row = table.rows.get(ident)
                if ident > after and row is not None:
                    yield row

    def _filters(self, listing: Listing) -> tuple[Test | None, set[int] | None]:
        tests: list[Test] = []
        ids: set[int] | None = None
        entity, query = listing.entity, listing.query
        if entity.listed is not None:
            tests.append(entity.listed)
        if listing.visible is not None:
            tests.append(listing.visible)
        if listing.parent is not None:
            name, value = listing.parent
            tests.append(lambda record: record.get(name) == value)
            if self._store.table(entity.key).indexed(name):
                ids = set(self._store.table(entity.key).find(name, value))
        if query.get("conditions", "").strip():
            node = parse(query["conditions"])
            scope = RecordScope(self._store, entity, listing.generation)
            tests.append(compile_test(node, scope, percent_ignored=self._knobs.like_percent_ignored))
            found = candidates(node, scope, self._store, entity)
            if found is not None:
                ids = found if ids is None else ids & found
        if query.get("childconditions", "").strip():
            tests.append(self._children(listing))
        if query.get("customfieldconditions", "").strip():
            tests.append(self._custom(listing))
        if not tests:
            return None, ids
        return (tests[0] if len(tests) == 1 else lambda record: all(test(record) for test in tests)), ids

    def _children(self, listing: Listing) -> Test:
        scope = ChildScope(self._store, listing.entity, listing.generation)
        test = compile_test(parse(listing.query["childconditions"]), scope)
        name = scope.array.name if scope.array is not None else ""
        return lambda record: any(test(child) for child in record.get(name) or ())

    def _custom(self, listing: Listing) -> Test:
        # All parts must hold for the same custom field; several fields in one query are not known to work.
        if listing.entity.custom_pod is None:
            raise bad_condition(f"customFieldConditions cannot be used for {listing.entity.singular}.")
        test = compile_test(parse(listing.query["customfieldconditions"]), CustomFieldScope())
        pod = listing.entity.custom_pod[0]
        definitions = [
            {"id": row.id, "caption": row.data.get("caption"), "type": row.data.get("fieldTypeIdentifier")}
            for row in self._store.table("userDefinedField").rows.values()
            if row.data.get("podId") == pod
        ]

        def matches(record: dict[str, Any]) -> bool:
            values = record.get("customFields") or {}
            return any(test({**one, "value": values.get(one["id"])}) for one in definitions)

        return matches

    def _rows(self, listing: Listing) -> list[Row]:
        # Who walks the pages of a long list asks the same again and again: the last answer is kept.
        if listing.visible is not None or listing.as_of is not None:
            return self._ordered(listing)
        filters = tuple(listing.query.get(name, "") for name in _SELECTING)
        how = (listing.generation, self._knobs.like_percent_ignored, self._store.writes)
        key = (listing.entity.key, listing.parent, filters, how)
        if self._walked is None or self._walked[0] != key:
            self._walked = (key, self._ordered(listing))
        return self._walked[1]

    def _ordered(self, listing: Listing) -> list[Row]:
        rows = list(self._matches(listing, 0))
        scope = RecordScope(self._store, listing.entity, listing.generation)
        parts = [part.split() for part in listing.query.get("orderby", "").split(",") if part.strip()]
        for words in reversed(parts):
            if len(words) > 2 or (len(words) == 2 and words[1].lower() not in ("asc", "desc")):
                raise bad_condition(f"{' '.join(words)} is not a valid order.")
            name = scope.resolve(words[0])
            if name.kind is Kind.REF:
                raise bad_condition(f"{words[0]} is not a recognized name.")
            get = name.get
            rows.sort(
                key=lambda row: (
                    (value is not None, fold(value)) if (value := get(row.data)) is not None else (False,)
                ),
                reverse=len(words) == 2 and words[1].lower() == "desc",
            )
        return rows


def render(entity: Entity, serializer: Serializer, query: Query, row: Row, *, listed: bool = False) -> str:
    """One record, whole or as `fields` asks. `fields=*` gives only ids (since 2018.4, reported)."""
    fields = query.get("fields", "").strip()
    if not fields:
        return serializer.whole(entity, row, listed=listed)
    if fields == "*":
        return f'{{"id":{row.id}}}'
    return serializer.projected(entity, row, _projection(fields))


_PROJECTIONS: dict[str, Projection] = {}


def _projection(fields: str) -> Projection:
    found = _PROJECTIONS.get(fields)
    if found is None:
        if len(_PROJECTIONS) > 256:
            _PROJECTIONS.clear()
        found = _PROJECTIONS[fields] = projection(fields)
    return found


def page_size(query: Query) -> int:
    """The page size: 25 unless asked for, silently capped at 1000 (documented)."""
    return min(positive(query, "pagesize", DEFAULT_PAGE), LARGEST_PAGE)


def positive(query: Query, name: str, default: int, *, least: int = 1) -> int:
    """A whole number of the query. Raises 400 for what is none; smaller ones count as the least."""
    text = query.get(name, "").strip()
    if not text:
        return default
    try:
        value = int(text)
    except ValueError:
        raise ApiError(400, "InvalidObject", f"{text} is not a valid value for {name}.") from None
    return max(value, least)


def link_header(address: str, query: Query, links: tuple[tuple[str, str], ...]) -> str:
    """The `Link` header as recorded: a slash before the query, whose page comes last."""
    kept = "".join(
        f"{_SPELLED.get(name, name)}={quote_plus(value)}&"
        for name, value in query.items()
        if name not in ("page", "pagesize", "pageid")
    )
    return ", ".join(f'<{address}/?{kept}{where}>; rel="{relation}"' for relation, where in links)


_SPELLED = {
    "childconditions": "childConditions",
    "customfieldconditions": "customFieldConditions",
    "orderby": "orderBy",
}
