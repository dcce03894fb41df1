"""JSON-Patch operations: only what differs, references whole, custom fields by id."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.connectwise.client import ConnectWise
from shared.connectwise.errors import IgnoredPatchError, NotFoundError, UnauthorizedError
from shared.connectwise.paging import walk
from shared.text import fold

Operation = dict[str, Any]


def operations(
    differing: Mapping[str, Any], custom_fields: Mapping[int, Any] | None = None
) -> list[Operation]:
    """A PATCH that sets fields.

    Args:
        differing: new values by field name as on the wire; a reference is an object with ``id``, None clears.
        custom_fields: new values by custom field id; others keep theirs (the server merges), None clears.

    Raises:
        ValueError: a path leads into a reference, which the server may ignore.
    """
    nested = [name for name in differing if "/" in name]
    if nested:
        raise ValueError(f"a reference is replaced as a whole, not by {nested[0]!r}")
    result = [replace(name, value) for name, value in differing.items()]
    if custom_fields:
        result.append(
            replace("customFields", [{"id": id_, "value": value} for id_, value in custom_fields.items()])
        )
    return result


def replace(name: str, value: Any) -> Operation:
    """One operation that sets a field."""
    return {"op": "replace", "path": name, "value": value}


def confirm(record: Mapping[str, Any], asked: Iterable[Mapping[str, Any]]) -> None:
    """Compare a record read back with what a PATCH asked for; blanks and absent empties do not count.

    Raises:
        IgnoredPatchError: a field does not hold what was sent; the text names the fields.
    """
    ignored = [str(operation["path"]).lstrip("/") for operation in asked if not _holds(record, operation)]
    if ignored:
        raise IgnoredPatchError(
            f"ConnectWise answered 200 and did not change {', '.join(ignored)}", status=200
        )


class CustomFieldIds:
    """Ids of custom fields by caption, remembered; they differ between tenants and screens."""

    def __init__(self, client: ConnectWise, path: str = "/company/companies") -> None:
        """Nothing is asked before the first caption.

        Args:
            client: of the service.
            path: of a list of records that carry the fields.
        """
        self._client = client
        self._path = path
        self._ids: dict[str, int] = {}

    def learn(self, custom_fields: Iterable[Mapping[str, Any]]) -> None:
        """Take the ids from the custom fields a record carries; empty ones are listed there too."""
        for entry in custom_fields:
            if "id" in entry:
                self._ids.setdefault(fold(str(entry.get("caption", ""))), int(entry["id"]))

    async def id_of(self, caption: str) -> int | None:
        """Id of the field with this caption as ``fold`` compares, or None.

        None is not remembered: the field may be made while we run.

        Raises:
            TransientError, RefusedError: as ``ConnectWise.get``.
        """
        wanted = fold(caption)
        if wanted not in self._ids:
            for row in await self._client.list(self._path, fields=("id", "customFields"), page_size=1):
                self.learn(row.get("customFields") or ())
        if wanted not in self._ids:
            self.learn(await self._defined(wanted))
        return self._ids.get(wanted)

    async def _defined(self, wanted: str) -> list[dict[str, Any]]:
        # The definitions of all screens: only a caption that occurs once says which field is meant.
        try:
            pages = [
                page
                async for page in walk(self._client, "/system/userDefinedFields", fields=("id", "caption"))
            ]
        except (NotFoundError, UnauthorizedError):
            return []
        found = [row for page in pages for row in page.rows if fold(str(row.get("caption", ""))) == wanted]
        return found if len(found) == 1 else []


def _holds(record: Mapping[str, Any], operation: Mapping[str, Any]) -> bool:
    name, wanted = str(operation["path"]).lstrip("/"), operation.get("value")
    if name == "customFields":
        held = {int(entry["id"]): entry.get("value") for entry in record.get(name) or [] if "id" in entry}
        return all(_same(held.get(int(entry["id"])), entry.get("value")) for entry in wanted or [])
    return _same(record.get(name), wanted)


def _same(held: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        if not isinstance(held, Mapping):
            return False
        key = next((name for name in ("id", "identifier", "name") if name in wanted), None)
        return key is not None and fold(str(held.get(key))) == fold(str(wanted[key]))
    if held in (None, "") and wanted in (None, ""):
        return True
    if isinstance(wanted, str):
        # The server may turn line breaks into blanks.
        return " ".join(str(held).split()) == " ".join(wanted.split())
    return bool(held == wanted)
