"""Looks up, in lists, what the rules need for a batch of customers."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from services.customer_sync.customers import dealer_fields, fields
from services.customer_sync.customers.dealer_fields import Setup
from services.customer_sync.customers.gathered import AppliedState, Gathered, Intent
from services.customer_sync.customers.matching import PROPERTY
from services.customer_sync.customers.store import CustomerStore
from services.customer_sync.settings import CustomerSyncSettings
from shared.connectwise.companies import Companies
from shared.eautomate.port import EAutomate
from shared.events.change import Change
from shared.events.records import Company, Customer, Reference
from shared.links.client import MappingClient
from shared.links.kinds import LinkKind
from shared.links.models import FoundLeft, Link
from shared.sync.commands import COMMAND
from shared.text import fold

KIND = LinkKind.CUSTOMER_COMPANY
PROCESS = "ID747"


class Gatherer:
    """Reads from all sides; never writes."""

    def __init__(
        self,
        store: CustomerStore,
        eautomate: EAutomate,
        companies: Companies,
        mapping: MappingClient,
        settings: CustomerSyncSettings,
        territory_filter: Sequence[str] = (),
    ) -> None:
        """Wire the sources.

        Args:
            territory_filter: ConnectWise territories that take part, empty: all.
        """
        self._territory_filter = tuple(territory_filter)
        self._store = store
        self._eautomate = eautomate
        self._companies = companies
        self._mapping = mapping
        self._settings = settings

    async def gather(self, changes: Sequence[Change[Customer]]) -> dict[str, Gathered]:
        """By subject; a change that was applied before costs one look into our own table and no request."""
        applied = await self._store.applied([change.envelope.subject for change in changes])
        fresh = [change for change in changes if is_fresh(change, applied.get(change.envelope.subject))]
        result = {
            change.envelope.subject: Gathered(fresh=False, applied=applied.get(change.envelope.subject))
            for change in changes
        }
        if fresh:
            result.update(await self._fresh(fresh, applied))
        return result

    async def _fresh(
        self, changes: Sequence[Change[Customer]], applied: Mapping[str, AppliedState]
    ) -> dict[str, Gathered]:
        subjects = [change.envelope.subject for change in changes]
        # The view of links is behind by design; what is decided here may create, so mapping itself is asked.
        found, sites, live = await asyncio.gather(
            self._mapping.find(KIND, lefts=subjects),
            self._mapping.find(LinkKind.LOCATION_SITE, lefts=subjects),
            self._eautomate.customers_by_id([int(subject) for subject in subjects]),
        )
        intents = await self._store.intents({left: known.generation for left, known in found.lefts.items()})
        ledger = await redone(self._eautomate, changes, applied, "customer")
        searched = [
            change
            for change in changes
            if _is_searched(live.get(int(change.envelope.subject)), found.lefts, intents)
        ]
        by_identifier, by_account = await self._known(searched, live)
        ids = _named_ids(live, found.lefts, intents) | {
            right for rights in by_identifier.values() for right in rights
        }
        ids |= {right for rights in by_account.values() for right in rights}
        companies, links = await asyncio.gather(self._live_companies(ids), self._links_of(ids))
        owners: dict[str, Company] = {}
        numbers = _numbers(searched, live)
        if numbers:
            # Also of those the index has a company for: it may not have the second one yet.
            for listed in await self._ask(list(numbers.values())):
                # One that was read by itself just now is not taken from a list, which may be behind.
                company = companies.get(listed.id) if listed.id in ids else listed
                if company is None:
                    continue
                companies[company.id] = company
                owners[fold(company.identifier)] = company
                by_identifier.setdefault(fold(company.identifier), set()).add(company.id)
                by_account.setdefault(fold(company.accountNumber or ""), set()).add(company.id)
            links |= await self._links_of(companies.keys() - ids)
        setup = await self._setup(changes, companies)
        unmatched = {
            key
            for key in numbers
            if not {
                *_matching(by_identifier.get(key, ()), companies, key, "identifier"),
                *_matching(by_account.get(key, ()), companies, key, "accountNumber"),
            }
            - links.keys()
        }
        creating = [
            change.record
            for change in searched
            if fold(live[int(change.envelope.subject)].number) in unmatched
        ]
        type_id, territory_ids = await self._for_inserts(creating)
        result = {}
        for change in changes:
            subject = change.envelope.subject
            known = found.lefts[subject]
            row = live.get(int(subject), change.record)
            number = fold(row.number)
            result[subject] = Gathered(
                fresh=True,
                applied=applied.get(subject),
                live=live.get(int(subject)),
                link=known.link,
                generation=known.generation,
                ever_linked=known.ever,
                separated=frozenset(int(right) for right in known.separated),
                intent=intents.get(subject),
                companies=companies,
                by_identifier=_matching(by_identifier.get(number, ()), companies, number, "identifier"),
                by_account=_matching(by_account.get(number, ()), companies, number, "accountNumber"),
                taken={right: link for right, link in links.items() if link.left != subject},
                identifier_owner=owners.get(fold(fields.identifier(row.number))),
                type_id=type_id,
                territory_ids=territory_ids,
                territory_filter=self._territory_filter,
                setup=setup,
                site_link=sites.lefts[subject].link,
                sequence=ledger.get(subject, 0) if change.redo == COMMAND else change.envelope.sequence,
            )
        return result

    async def _known(
        self, changes: Sequence[Change[Customer]], live: Mapping[int, Customer]
    ) -> tuple[dict[str, set[int]], dict[str, set[int]]]:
        """Candidates by Company ID and by Account ID, as the index has them."""
        by_identifier: dict[str, set[int]] = {}
        by_account: dict[str, set[int]] = {}
        for seen in await self._store.candidates(list(_numbers(changes, live))):
            by_identifier.setdefault(seen.identifier_key, set()).add(seen.id)
            by_account.setdefault(seen.account_key, set()).add(seen.id)
        return by_identifier, by_account

    async def _ask(self, numbers: Sequence[str]) -> list[Company]:
        """Companies that ConnectWise itself finds by the numbers, or that own a Company ID an insert would use.

        Asked before anything is linked, created or left waiting: the index may be behind.
        """
        identifiers = {*numbers, *(fields.identifier(number) for number in numbers)}
        named, accounts = await asyncio.gather(
            self._companies.companies_by_identifiers([text for text in identifiers if text]),
            self._companies.companies_by_account_numbers(numbers),
        )
        return [*named, *accounts]

    async def _live_companies(self, ids: set[int]) -> dict[int, Company]:
        if not ids:
            return {}
        found = {company.id: company for company in await self._companies.companies_by_ids(sorted(ids))}
        seen = await self._store.last_seen(sorted(ids))
        # Lists may be behind: who is missing in one, or older there than seen before, is asked for by itself.
        doubtful = sorted(
            ident
            for ident in ids
            if ident not in found or (ident in seen and _behind(found[ident], seen[ident]))
        )
        for ident, company in zip(
            doubtful, await asyncio.gather(*map(self._companies.company_by_id, doubtful)), strict=True
        ):
            found.pop(ident, None)
            if company is not None:
                found[ident] = company
        return found

    async def _links_of(self, ids: set[int]) -> dict[int, Link]:
        if not ids:
            return {}
        found = await self._mapping.find(KIND, rights=[str(right) for right in sorted(ids)])
        return {int(right): link for right, link in found.rights.items()}

    async def _setup(self, changes: Sequence[Change[Customer]], companies: Mapping[int, Company]) -> Setup:
        """What the fields that dealers name need; asked for only where a value has to go somewhere."""
        settings = self._settings
        if not settings.sync_type.updates:
            return Setup()
        known = {
            fold(entry.caption): entry.id for company in companies.values() for entry in company.customFields
        }
        wanted = {
            caption
            for change in changes
            for caption, value in dealer_fields.wanted(change.record, settings).items()
            if value
        }
        for caption in wanted - {name for name in wanted if fold(name) in known}:
            ident = await self._companies.custom_field_id(caption, companies.values())
            if ident is not None:
                known[fold(caption)] = ident
        as_status = dealer_fields.hold_is_status(settings)
        if not as_status and not (settings.insert_status and settings.sync_type.inserts):
            return Setup(known)
        statuses = await self._companies.company_statuses()
        names = _by_name(statuses)
        usual = [status.name or "" for status in statuses if (status.model_extra or {}).get("defaultFlag")]
        held = await self._eautomate.codes("on_hold_code") if as_status else []
        holds = [dealer_fields.on_hold_code(change.record) for change in changes] if as_status else []
        self._expect({settings.insert_status, *holds}, names)
        codes = frozenset({fold(code.code) for code in held} | {dealer_fields.HELD_WITHOUT_CODE})
        return Setup(known, names, usual[0] if usual else "", codes if as_status else frozenset())

    async def _for_inserts(self, creating: Sequence[Customer]) -> tuple[int | None, dict[str, int]]:
        settings = self._settings
        if not creating or not settings.sync_type.inserts:
            return None, {}
        types = _by_name(await self._companies.company_types())
        self._expect({settings.company_type}, types)
        territories: dict[str, int] = {}
        if settings.territory_on_insert:
            territories = _by_name(await self._companies.territories())
            self._expect({dealer_fields.territory(customer, settings) for customer in creating}, territories)
        return types.get(fold(settings.company_type)), territories

    def _expect(self, names: Collection[str], known: Collection[str]) -> None:
        """Where a name is missing somebody may just be adding it: the next record asks again."""
        if {fold(name) for name in names if name.strip()} - set(known):
            self._companies.forget_lookups()


def _by_name(known: Sequence[Reference]) -> dict[str, int]:
    return {fold(one.name or ""): one.id for one in known}


def _numbers(changes: Sequence[Change[Customer]], live: Mapping[int, Customer]) -> dict[str, str]:
    """The customers' numbers as they are now, by what they are compared by."""
    numbers = (live[int(change.envelope.subject)].number.strip() for change in changes)
    return {fold(number): number for number in numbers if number}


async def redone(
    eautomate: EAutomate, changes: Sequence[Change[Any]], own: Mapping[str, AppliedState], entity: str
) -> dict[str, int]:
    """For a command, which has no sequence of the source: the highest that e-automate's ledger or ours has.

    Args:
        own: what was applied, by subject.
        entity: what the ledger calls such a record.
    """
    records = {
        change.envelope.subject: f"{entity}/{change.envelope.subject}"
        for change in changes
        if change.redo == COMMAND
    }
    if not records:
        return {}
    rows = await eautomate.applied_rows(PROCESS, list(records.values()))
    return {
        subject: max(
            rows[record].sequence if record in rows else 0, own[subject].claimed if subject in own else 0
        )
        for subject, record in records.items()
    }


def is_fresh(change: Change[Any], applied: AppliedState | None) -> bool:
    """Newer than what was applied; asked for again, the same is fresh too, but an older one never."""
    if applied is None or change.redo == COMMAND:
        return True
    sequence = change.envelope.sequence
    return applied.sequence < sequence or (change.redo is not None and applied.sequence == sequence)


def _behind(listed: Company, seen: Company) -> bool:
    """Whether a list shows a company as it was; within the same second only a difference tells."""
    if _stamp(listed) != _stamp(seen):
        return _stamp(listed) < _stamp(seen)
    if any(getattr(listed, rule.wire) != getattr(seen, rule.wire) for rule in fields.FIELDS):
        return True
    return (listed.status, listed.customFields) != (seen.status, seen.customFields)


def _stamp(company: Company) -> str:
    info = (company.model_extra or {}).get("_info") or {}
    return str(info.get("lastUpdated", ""))


def _is_searched(
    live: Customer | None, links: Mapping[str, FoundLeft], intents: Mapping[str, Intent]
) -> bool:
    """Only who is neither linked, nor names a company, nor had one created, is searched for."""
    if live is None or live.is_location or not live.active or live.properties.get(PROPERTY, "").strip():
        return False
    intent = intents.get(live.subject)
    return links[live.subject].link is None and (intent is None or intent.target is None)


def _named_ids(
    live: Mapping[int, Customer], links: Mapping[str, FoundLeft], intents: Mapping[str, Intent]
) -> set[int]:
    ids = {int(known.link.right) for known in links.values() if known.link is not None}
    ids |= {int(intent.target) for intent in intents.values() if intent.target is not None}
    held = (customer.properties.get(PROPERTY, "").strip() for customer in live.values())
    return ids | {int(text) for text in held if text.isascii() and text.isdigit() and len(text) < 10}


def _matching(
    ids: set[int] | tuple[int, ...], companies: Mapping[int, Company], number: str, name: str
) -> tuple[int, ...]:
    """Those that still carry the number now and are not deleted: the index may be behind."""
    return tuple(
        sorted(
            right
            for right in ids
            if number
            and right in companies
            and not companies[right].deletedFlag
            and fold(getattr(companies[right], name) or "") == number
        )
    )
