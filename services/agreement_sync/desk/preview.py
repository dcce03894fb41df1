"""What ID964 would do with agreement invoices, under the settings as they are or as they might be."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import ClassVar

from pydantic import BaseModel

from services.agreement_sync.asking import AGENT, PROCESS
from services.agreement_sync.desk.looking import Looked, Looking, looking
from services.agreement_sync.desk.meant import as_recid
from services.agreement_sync.desk.verdict import names_of, told
from services.agreement_sync.settings import AgreementSyncSettings
from shared.connectwise.agreements import dated_from
from shared.connectwise.conditions import UnquotableError, equals, every, in_lists
from shared.connectwise.invoices import AGREEMENT, INVOICES, Row, agreement_of
from shared.connectwise.paging import walk
from shared.eautomate.values import folded
from shared.events.agreements import Invoice
from shared.preview import Asked, Planned, UnknownRecordsError

BATCH = 100
BUDGET_PART = 0.2
RETRY_SECONDS = 60.0
HEADS = ("id", "invoiceNumber", "date", "agreement/id", "applyToType", "applyToId")


class AgreementPreview:
    """See ``shared.preview.Preview``."""

    number: ClassVar[str] = PROCESS
    section: ClassVar[str] = AGENT
    model: ClassVar[type[BaseModel]] = AgreementSyncSettings

    async def plan(self, settings: BaseModel, asked: Asked) -> AsyncIterator[Planned]:
        """The newest invoice of each agreement, or those that are asked for, by RecID; only reads.

        Each is decided on by itself: what an invoice does to the contract is not there for the next one.

        Raises:
            TypeError: these are another process's settings.
            UnknownRecordsError: numbers are asked for that no invoice has.
        """
        if not isinstance(settings, AgreementSyncSettings):
            raise TypeError("settings of agreement_sync are wanted")
        async with looking(settings, "preview", BUDGET_PART, RETRY_SECONDS) as look:
            ids = await (_named(look, asked.numbers) if asked.numbers else _newest(look, settings))
            if asked.limit is not None:
                ids = ids[: asked.limit]
            asked.progress(0, len(ids))
            done = 0
            for batch in _batches(ids):
                invoices = await look.invoices.by_ids(batch)
                for looked in await look.decided(sorted(invoices, key=lambda one: one.id)):
                    yield planned(looked)
                done += len(batch)
                asked.progress(done, len(ids))


async def _newest(look: Looking, settings: AgreementSyncSettings) -> list[int]:
    """RecIDs: of each agreement the newest invoice that is read, and every one that bills no agreement we can name."""
    newest: dict[int, Row] = {}
    others: list[int] = []
    since = max(look.since, settings.start_date) if settings.start_date is not None else look.since
    condition = every(equals("type", AGREEMENT), dated_from("date", since))
    async for page in walk(look.client, INVOICES, conditions=condition, fields=HEADS):
        for row in page.rows:
            agreement = agreement_of(row)
            if agreement is None:
                others.append(int(row["id"]))
            elif agreement not in newest or _age(row) > _age(newest[agreement]):
                newest[agreement] = row
    return sorted([*(int(row["id"]) for row in newest.values()), *others])


async def _named(look: Looking, numbers: Sequence[str]) -> list[int]:
    """RecIDs of the invoices with these numbers, or RecIDs.

    Raises:
        UnknownRecordsError: nobody has one of them.
    """
    found: dict[str, int] = {}
    try:
        conditions = [*in_lists("invoiceNumber", sorted(set(numbers)))]
    except UnquotableError as error:
        raise UnknownRecordsError(f"{error}: no invoice has such a number") from error
    for condition in conditions:
        async for page in walk(look.client, INVOICES, conditions=condition, fields=HEADS):
            found |= {folded(str(row.get("invoiceNumber") or "")): int(row["id"]) for row in page.rows}
    missing = [number for number in numbers if folded(number) not in found]
    recids = {number: recid for number in missing if (recid := as_recid(number)) is not None}
    for condition in in_lists("id", sorted(set(recids.values()))):
        async for page in walk(look.client, INVOICES, conditions=every(condition), fields=HEADS):
            there = {int(row["id"]) for row in page.rows}
            found |= {folded(number): recid for number, recid in recids.items() if recid in there}
    unknown = [number for number in numbers if folded(number) not in found]
    if unknown:
        raise UnknownRecordsError(f"ConnectWise has no invoice {', '.join(unknown)}")
    return sorted({found[folded(number)] for number in numbers})


def planned(looked: Looked) -> Planned:
    """What would become of one invoice."""
    invoice, verdict = looked.invoice, told(looked.decision, names_of(looked.gathered))
    return Planned(
        kind="invoice",
        number=invoice.invoiceNumber or str(invoice.id),
        name=_name(invoice),
        verdict=verdict.verdict,
        steps=verdict.steps,
        target=f"contract {verdict.target}" if verdict.target else "",
        changes=verdict.changes,
        code=verdict.code,
        reason=verdict.reason,
        text=verdict.text,
        warnings=verdict.warnings,
    )


def _name(invoice: Invoice) -> str:
    company = (invoice.company.name if invoice.company is not None else None) or ""
    agreement = invoice.agreement.name if invoice.agreement is not None else ""
    return ", ".join(part for part in (company, agreement) if part)


def _age(row: Row) -> tuple[str, int]:
    return str(row.get("date") or ""), int(row["id"])


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


PREVIEW = AgreementPreview()
