"""Walking a list of any length.

``walk`` goes forward by id, 1,000 records a request, and stays whole while records are added. Where an
endpoint ignores the forward-only header it goes on by ``id > last``. ``offset_pages`` is for small sets.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from shared.connectwise.client import Answer, ConnectWise, list_params, rows
from shared.connectwise.conditions import compare, every
from shared.connectwise.errors import TransientError

PAGE_SIZE = 1000
FORWARD_ONLY = {"pagination-type": "forward-only"}


@dataclass(frozen=True, slots=True)
class Page:
    """Records of one request.

    Attributes:
        time: the server's ``Date``, UTC; of the first page, it is the start of the walk.
    """

    rows: list[dict[str, Any]]
    time: datetime | None


async def walk(
    client: ConnectWise,
    path: str,
    *,
    conditions: str = "",
    child_conditions: str = "",
    fields: Sequence[str] = (),
    page_size: int = PAGE_SIZE,
) -> AsyncIterator[Page]:
    """Every record that meets the conditions, by rising id, one page a request; the first page may be empty.

    Args:
        client: of the service.
        path: of the list.
        conditions: filter; carried along on every page.
        child_conditions: filter on array members.
        fields: names wanted, all when empty; ``id`` is added.
        page_size: 1 to 1,000, which is the server's limit.

    Raises:
        TransientError: no usable answer, or the pages do not move forward.
        As ``ConnectWise.get`` otherwise.
    """
    wanted = ("id", *fields) if fields and "id" not in fields else tuple(fields)
    base = list_params(conditions, wanted, "", child_conditions) | {"pageSize": page_size}
    cursor: int | None = None
    honoured = False
    while True:
        params = base if cursor is None else base | {"pageId": cursor}
        answer = await client.read(path, params, FORWARD_ONLY)
        page = rows(answer)
        if page or cursor is None:
            yield Page(page, answer.time)
        following = _next(answer, "pageId")
        # Some servers name a next page for as long as a page has rows, so a short page ends the walk as well.
        if len(page) < page_size or (following is None and honoured):
            return
        if following is None:
            break
        if cursor is not None and following <= cursor:
            raise TransientError(f"the pages of {path} do not move forward")
        cursor, honoured = following, True
    last = 0
    while page:
        highest = max(int(row["id"]) for row in page)
        if highest <= last:
            raise TransientError(f"the pages of {path} do not move forward")
        last = highest
        after = every(conditions, compare("id", ">", last))
        answer = await client.read(path, base | {"conditions": after, "orderBy": "id"})
        page = rows(answer)
        if page:
            yield Page(page, answer.time)
        if len(page) < page_size:
            return


async def offset_pages(
    client: ConnectWise,
    path: str,
    *,
    conditions: str = "",
    order_by: str = "",
    fields: Sequence[str] = (),
    page_size: int = PAGE_SIZE,
) -> AsyncIterator[Page]:
    """Pages by number, in any order. Records that move between requests may be missed or come twice.

    Raises:
        As ``ConnectWise.get``.
    """
    base = list_params(conditions, fields, order_by) | {"pageSize": page_size}
    number = 1
    while True:
        answer = await client.read(path, base | {"page": number})
        page = rows(answer)
        if page or number == 1:
            yield Page(page, answer.time)
        if len(page) < page_size or _next(answer, "page") is None:
            return
        number += 1


def _next(answer: Answer, parameter: str) -> int | None:
    """The number the server's ``next`` link carries; its address is not looked at."""
    for part in str(answer.headers.get("link", "")).split(","):
        target, _, attributes = part.partition(">")
        if 'rel="next"' not in attributes.replace(" ", "").replace("'", '"') and "rel=next" not in attributes:
            continue
        query = {
            name.lower(): values for name, values in parse_qs(urlsplit(target.strip(" <")).query).items()
        }
        for text in query.get(parameter.lower(), []):
            if text.isdigit():
                return int(text)
    return None
