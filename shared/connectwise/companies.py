"""Companies, their sites and the lookups they need, typed.

Lists include deleted companies (``deletedFlag``): their identifiers stay taken.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from shared.connectwise.client import ConnectWise
from shared.connectwise.conditions import UnquotableError, in_lists
from shared.connectwise.errors import ConnectWiseError, NotFoundError, RefusedError
from shared.connectwise.paging import walk
from shared.connectwise.patch import CustomFieldIds, confirm
from shared.events.records import Company, Record, Reference, Site

M = TypeVar("M", bound=BaseModel)
R = TypeVar("R", bound=Record)

COMPANIES = "/company/companies"
STAMP = "_info/lastUpdated"
COMPANY_FIELDS = (
    "id", "identifier", "name", "addressLine1", "addressLine2", "city", "state", "zip", "phoneNumber",
    "faxNumber", "website", "accountNumber", "status/id", "status/name", "territory/id", "territory/name",
    "types", "site/id", "site/name", "deletedFlag", "customFields", STAMP,
)  # fmt: skip
SITE_FIELDS = (
    "id", "name", "company/id", "company/identifier", "addressLine1", "addressLine2", "city",
    "stateReference/id", "stateReference/name", "stateReference/identifier", "zip", "phoneNumber",
    "faxNumber", "primaryAddressFlag", "inactiveFlag", STAMP,
)  # fmt: skip


LOOKUP_SECONDS = 300.0
"""How long types, statuses, territories and states are remembered; people rename and replace them."""


class MalformedRecordError(ConnectWiseError):
    """An answer lacks what every record of its kind has; the text names the record and the fields."""


class Companies:
    """What a process needs to know and do about companies."""

    def __init__(self, client: ConnectWise, clock: Callable[[], float] = time.monotonic) -> None:
        """Lookups are remembered for ``LOOKUP_SECONDS`` of the clock."""
        self._client = client
        self._clock = clock
        self._fields = CustomFieldIds(client)
        self._lookups: dict[str, tuple[float, tuple[Reference, ...]]] = {}

    async def companies_by_ids(self, ids: Iterable[int]) -> list[Company]:
        """Companies with these RecIDs, deleted ones included; unknown ids are left out.

        Raises:
            TransientError, UnauthorizedError: as ``ConnectWise.get``.
            MalformedRecordError: a company is not one.
        """
        return await self._companies(in_lists("id", ids))

    async def company_by_id(self, company_id: int) -> Company | None:
        """One company, asked for by itself: lists may be behind, a record is not.

        Returns:
            The company, deleted or not; None when there is none with this RecID.

        Raises:
            As ``companies_by_ids``.
        """
        try:
            return company(await self._client.get(f"{COMPANIES}/{company_id}"))
        except NotFoundError:
            return None

    async def companies_by_identifiers(self, identifiers: Iterable[str]) -> list[Company]:
        """Companies whose Company ID is one of these, deleted ones included.

        The server ignores letter case and so may this list; texts that cannot be quoted are left out (no
        identifier holds a quote).

        Raises:
            As ``companies_by_ids``.
        """
        return await self._companies(in_lists("identifier", _askable(identifiers)))

    async def companies_by_account_numbers(self, numbers: Iterable[str]) -> list[Company]:
        """Companies whose Account ID is one of these, deleted ones included; several may carry the same.

        Raises:
            As ``companies_by_ids``.
        """
        return await self._companies(in_lists("accountNumber", _askable(numbers)))

    async def create_company(self, body: Mapping[str, Any]) -> Company:
        """Create a company; ``identifier``, ``name`` and ``site: {name}`` are the least.

        Returns:
            The company as the server made it.

        Raises:
            UnknownOutcomeError: look it up by its identifier before sending again.
            RefusedError: the answer's lines say which field.
        """
        return company(await self._client.post(COMPANIES, dict(body)))

    async def patch_company(self, company_id: int, ops: Sequence[Mapping[str, Any]]) -> Company:
        """Change a company.

        Args:
            company_id: RecID.
            ops: from ``patch.operations``; none sends nothing and reads.

        Returns:
            The company as it is now.

        Raises:
            IgnoredPatchError: the server said 200 and did not change a field.
            RefusedError: also for old data the server no longer accepts (the whole record is validated).
        """
        path = f"{COMPANIES}/{company_id}"
        row = await (self._client.patch(path, ops) if ops else self._client.get(path))
        confirm(row, ops)
        return company(row)

    async def add_type(self, company_id: int, type_id: int) -> None:
        """Give a company one more type, which a PATCH cannot; having it already is fine.

        Raises:
            RefusedError: for any other reason.
        """
        body = {"type": {"id": type_id}, "company": {"id": company_id}}
        try:
            await self._client.post(f"{COMPANIES}/{company_id}/typeAssociations", body)
        except RefusedError as error:
            if not error.has("ObjectExists"):
                raise

    async def sites_of_company(self, company_id: int) -> list[Site]:
        """All sites of a company, inactive ones included; one request, there is no list over companies.

        Raises:
            NotFoundError: no such company.
        """
        pages = walk(self._client, f"{COMPANIES}/{company_id}/sites", fields=SITE_FIELDS)
        return [site(row, company_id) async for page in pages for row in page.rows]

    async def site_by_id(self, company_id: int, site_id: int) -> Site | None:
        """One site of a company, asked for by itself: lists may be behind, a record is not.

        Returns:
            None when the company has no such site.

        Raises:
            TransientError, UnauthorizedError, MalformedRecordError: as ``companies_by_ids``.
        """
        try:
            return await self.patch_site(company_id, site_id, ())
        except NotFoundError:
            return None

    async def create_site(self, company_id: int, body: Mapping[str, Any]) -> Site:
        """Create a site; ``name`` is unique within the company.

        Raises:
            UnknownOutcomeError: look it up by its name before sending again.
            RefusedError: the answer's lines say which field.
        """
        return site(await self._client.post(f"{COMPANIES}/{company_id}/sites", dict(body)), company_id)

    async def patch_site(self, company_id: int, site_id: int, ops: Sequence[Mapping[str, Any]]) -> Site:
        """Change a site.

        Raises:
            As ``patch_company``.
        """
        path = f"{COMPANIES}/{company_id}/sites/{site_id}"
        row = await (self._client.patch(path, ops) if ops else self._client.get(path))
        confirm(row, ops)
        return site(row, company_id)

    async def company_types(self) -> tuple[Reference, ...]:
        """All company types."""
        return await self._lookup("/company/companies/types")

    async def company_statuses(self) -> tuple[Reference, ...]:
        """All company statuses; ``defaultFlag`` passes through on the one that companies get by themselves."""
        return await self._lookup("/company/companies/statuses", ("id", "name", "defaultFlag"))

    async def territories(self) -> tuple[Reference, ...]:
        """All locations; a territory is one of them."""
        return await self._lookup("/system/locations")

    async def states(self) -> tuple[Reference, ...]:
        """All states; a site refers to one by id or identifier, a company has free text."""
        return await self._lookup("/company/states", ("id", "name", "identifier"))

    async def custom_field_id(self, caption: str, companies: Iterable[Company] = ()) -> int | None:
        """Id of the company custom field with this caption, None when there is none.

        Args:
            companies: companies at hand, whose fields are looked at first.
        """
        for known in companies:
            self._fields.learn(field.model_dump() for field in known.customFields)
        return await self._fields.id_of(caption)

    def forget_lookups(self) -> None:
        """Ask again at the next lookup."""
        self._lookups.clear()

    async def _lookup(self, path: str, fields: Sequence[str] = ("id", "name")) -> tuple[Reference, ...]:
        now = self._clock()
        at, known = self._lookups.get(path, (-LOOKUP_SECONDS, ()))
        if now - at >= LOOKUP_SECONDS:
            pages = walk(self._client, path, fields=fields)
            known = tuple([Reference.model_validate(row) async for page in pages for row in page.rows])
            self._lookups[path] = now, known
        return known

    async def _companies(self, conditions: Iterable[str]) -> list[Company]:
        found: dict[int, Company] = {}
        for condition in conditions:
            async for page in walk(self._client, COMPANIES, conditions=condition, fields=COMPANY_FIELDS):
                for row in page.rows:
                    record = company(row)
                    found[record.id] = record
        return list(found.values())


def company(row: Any) -> Company:
    """A company from its JSON.

    Raises:
        MalformedRecordError: a field is missing or of another type.
    """
    return made(Company, without_links(row))


def site(row: Any, company_id: int) -> Site:
    """A site from its JSON; some releases leave out the company, which the path names.

    Raises:
        MalformedRecordError: a field is missing or of another type.
    """
    plain = without_links(row)
    if isinstance(plain, dict) and not plain.get("company"):
        plain["company"] = {"id": company_id}
    return made(Site, plain)


def without_links(row: Any) -> Any:
    """The record without hrefs: they name the release and change with every upgrade."""
    if not isinstance(row, dict):
        return row
    plain: dict[str, Any] = {}
    for name, value in row.items():
        if name == "_info":
            plain[name] = (
                {key: held for key, held in value.items() if not key.endswith("_href")} if value else {}
            )
        elif isinstance(value, dict):
            plain[name] = {key: held for key, held in value.items() if key != "_info"}
        elif isinstance(value, list):
            plain[name] = [_unlinked(entry) for entry in value]
        else:
            plain[name] = value
    return plain


def _unlinked(entry: Any) -> Any:
    return {key: held for key, held in entry.items() if key != "_info"} if isinstance(entry, dict) else entry


def made(model: type[R], row: Any) -> R:
    """A record from its JSON.

    Raises:
        MalformedRecordError: a field is missing or of another type.
    """
    return shaped(model, row, model.ENTITY)


def shaped(model: type[M], row: Any, name: str) -> M:
    """A record, or a part of one, from its JSON.

    Args:
        model: its shape.
        row: as sent.
        name: what people call it.

    Raises:
        MalformedRecordError: a field is missing or of another type; the text names record and fields.
    """
    try:
        return model.model_validate(_present(row))
    except ValidationError as error:
        faults = ", ".join(
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_input=False)[:3]
        )
        key = row.get("id") if isinstance(row, dict) else None
        raise MalformedRecordError(f"{name} {key} as ConnectWise sent it: {faults}") from error


def _present(value: Any) -> Any:
    """The value without nulls: older releases send them where newer ones leave a field out (reference 2.6)."""
    if isinstance(value, dict):
        return {key: _present(held) for key, held in value.items() if held is not None}
    return [_present(entry) for entry in value] if isinstance(value, list) else value


def _askable(texts: Iterable[str]) -> list[str]:
    result = []
    for text in dict.fromkeys(text.strip() for text in texts):
        try:
            list(in_lists("id", [text]))
        except UnquotableError:
            continue
        if text:
            result.append(text)
    return result
