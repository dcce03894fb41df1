"""Looks up, in lists, what the rules need for a batch of agreement invoices; never writes."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.agreement_sync.asking import PROCESS
from services.agreement_sync.books import ContractBook, billed_before, contract_books
from services.agreement_sync.ledger import CONTRACT, ledger_agreement, ledger_invoice, read_reference
from services.agreement_sync.named import Named, named_by
from services.agreement_sync.parties import Parties, parties_of
from services.agreement_sync.rules import wanted
from services.agreement_sync.rules.gathered import Gathered, OtherInvoice, PushedPayment
from services.agreement_sync.rules.periods import month
from services.agreement_sync.settings import AgreementSyncSettings
from services.agreement_sync.store import InvoiceStore, SeenInvoice
from shared.connectwise.invoice_writes import AgreementWrites
from shared.eautomate.port import EAutomate
from shared.eautomate.values import folded
from shared.events.agreements import Invoice
from shared.events.change import Change
from shared.events.contracts import ContractInvoice
from shared.links.client import MappingClient
from shared.links.kinds import LinkKind
from shared.links.models import FoundLeft, Link
from shared.sync.commands import COMMAND
from shared.sync.intents import Intent


@dataclass(frozen=True, slots=True)
class _Held:
    """What both systems and Tandem hold about the invoices of a batch.

    Attributes:
        agreements, pairs: what is known of their links, by RecID of agreement or invoice.
        created: contract made for an agreement in its generation.
        chosen: the contract an invoice is about, as far as links, ledger and custom field tell.
        former: contracts an agreement was unlinked from, by RecID of the agreement.
        taken: links of those contracts.
        holders: e-automate invoice by number.
        ledger: sequence applied in e-automate, by what the ledger calls the invoice.
    """

    agreements: Mapping[str, FoundLeft]
    pairs: Mapping[str, FoundLeft]
    named: Named
    parties: Parties
    created: Mapping[int, int]
    chosen: Mapping[int, int]
    books: Mapping[int, ContractBook]
    former: Mapping[int, frozenset[int]]
    taken: Mapping[str, Link]
    others: Mapping[int, Sequence[SeenInvoice]]
    gone: frozenset[int]
    holders: Mapping[str, int]
    paired: Mapping[int, ContractInvoice]
    payments: Mapping[str, Intent]
    ledger: Mapping[str, int]


class Gatherer:
    """Reads from all sides.

    Args:
        heads: asks ConnectWise whether an invoice is still there.
        territory_filter: ConnectWise territories that take part, empty: all.
        clock: tells the time of a zone.
    """

    def __init__(
        self,
        store: InvoiceStore,
        eautomate: EAutomate,
        heads: AgreementWrites,
        mapping: MappingClient,
        settings: AgreementSyncSettings,
        territory_filter: Sequence[str] = (),
        clock: Callable[[ZoneInfo], datetime] = datetime.now,
    ) -> None:
        self._store = store
        self._eautomate = eautomate
        self._heads = heads
        self._mapping = mapping
        self._settings = settings
        self._territory_filter = tuple(territory_filter)
        self._clock = clock

    async def gather(
        self, changes: Sequence[Change[Invoice]], released_by: Mapping[str, str] | None = None
    ) -> dict[str, Gathered]:
        """By subject; a change that was applied before costs one look into our own table and no request.

        Args:
            released_by: who asks, by this very command, to bill a red contract; by subject.
        """
        seen = await self._store.by_ids([change.record.id for change in changes])
        today = self._clock(ZoneInfo(self._eautomate.settings.time_zone)).date()
        result = {
            change.envelope.subject: Gathered(
                fresh=False, today=today, applied=_done(seen.get(change.record.id))
            )
            for change in changes
        }
        fresh = [change for change in changes if _is_fresh(change, seen.get(change.record.id))]
        if fresh:
            held = await self._held([change.record for change in fresh])
            for change in fresh:
                subject = change.envelope.subject
                by = (released_by or {}).get(subject, "")
                result[subject] = self._gathered(change, held, seen.get(change.record.id), today, by)
        return result

    def _gathered(
        self,
        change: Change[Invoice],
        held: _Held,
        seen: SeenInvoice | None,
        today: date,
        released_by: str,
    ) -> Gathered:
        invoice, named = change.record, held.named
        agreement = invoice.agreement_id or 0
        known, pair = held.agreements.get(str(agreement)), held.pairs[invoice.subject].link
        book = held.books.get(held.chosen.get(invoice.id, 0))
        payment = held.payments.get(invoice.subject)
        site = invoice.agreement.site if invoice.agreement is not None else None
        return Gathered(
            fresh=True,
            today=today,
            sequence=_sequence(change, seen, held.ledger.get(ledger_invoice(invoice.id), 0)),
            generation=known.generation if known is not None else 0,
            applied=_done(seen),
            link=known.link if known is not None else None,
            created=held.created.get(agreement),
            separated=frozenset(int(right) for right in known.separated)
            if known is not None
            else frozenset(),
            taken={
                int(right): int(link.left)
                for right, link in held.taken.items()
                if link.left != str(agreement)
            },
            contracts={ident: one.contract for ident, one in held.books.items()},
            numbered=named.numbered,
            parties=held.parties.of_companies(wanted.companies(invoice)),
            location=held.parties.of_site(site.id) if site is not None else None,
            templates=named.templates,
            template_majors=named.template_majors,
            items=named.items,
            item_numbers=named.item_numbers,
            cycles=named.cycles,
            units=named.units,
            lines=book.lines if book is not None else {},
            periods=book.periods if book is not None else (),
            bills=book.bills if book is not None else (),
            others=tuple(
                _other(one) for one in held.others.get(agreement, ()) if one.invoice_id != invoice.id
            ),
            gone=held.gone - {invoice.id},
            number_holder=held.holders.get(folded(invoice.invoiceNumber)),
            pair=pair,
            paired=held.paired.get(int(pair.right)) if pair is not None else None,
            billed_before=billed_before(invoice.id, held.former.get(agreement, ()), held.books),
            released_by=released_by,
            payment=_payment(payment) if payment is not None else None,
            territory_filter=self._territory_filter,
        )

    async def _held(self, invoices: Sequence[Invoice]) -> _Held:
        agreements = sorted(
            {invoice.agreement_id for invoice in invoices if invoice.agreement_id is not None}
        )
        # The view of links is behind by design; what is decided here may create, so mapping itself is asked.
        links, pairs, parties, named = await asyncio.gather(
            self._mapping.find(LinkKind.AGREEMENT_CONTRACT, lefts=[str(one) for one in agreements]),
            self._mapping.find(LinkKind.INVOICE_INVOICE, lefts=[invoice.subject for invoice in invoices]),
            parties_of(invoices, self._eautomate, self._mapping),
            named_by(invoices, self._eautomate, self._settings),
        )
        created = await self._created(agreements, links.lefts)
        chosen = {
            invoice.id: contract
            for invoice in invoices
            if (contract := self._contract_of(invoice, links.lefts, created, named)) is not None
        }
        ids = {*chosen.values(), *created.values()}
        former = {
            agreement: frozenset(int(right) for right in links.lefts[str(agreement)].separated)
            for agreement in agreements
        }
        books = await contract_books(self._eautomate, ids.union(*former.values()))
        taken, others, gone = await asyncio.gather(
            self._mapping.find(LinkKind.AGREEMENT_CONTRACT, rights=[str(one) for one in sorted(ids)]),
            self._store.of_agreements(agreements),
            self._gone(invoices, chosen, books),
        )
        rights = [int(known.link.right) for known in pairs.lefts.values() if known.link is not None]
        numbers = {invoice.invoiceNumber for invoice in invoices if invoice.invoiceNumber}
        applied = await self._eautomate.applied_rows(PROCESS, [ledger_invoice(one.id) for one in invoices])
        return _Held(
            agreements=links.lefts,
            pairs=pairs.lefts,
            named=named,
            parties=parties,
            created=created,
            chosen=chosen,
            books=books,
            former=former,
            taken=taken.rights,
            others=others,
            gone=gone,
            holders=await self._eautomate.invoice_numbers(numbers),
            paired=await self._eautomate.contract_invoices_by_id(rights),
            payments=await self._store.payments.intents(
                {left: known.generation for left, known in pairs.lefts.items()}
            ),
            ledger={record: row.sequence for record, row in applied.items()},
        )

    async def _created(self, agreements: Sequence[int], links: Mapping[str, FoundLeft]) -> dict[int, int]:
        """Contracts made for agreements in the generation their links have now."""
        rows = await self._eautomate.created_rows(PROCESS, [ledger_agreement(one) for one in agreements])
        return {
            agreement: int(row.target_id)
            for agreement in agreements
            for row in rows.get(ledger_agreement(agreement), ())
            if row.target_kind == CONTRACT and row.generation == links[str(agreement)].generation
        }

    def _contract_of(
        self,
        invoice: Invoice,
        links: Mapping[str, FoundLeft],
        created: Mapping[int, int],
        named: Named,
    ) -> int | None:
        """The linked contract, else the created one, else the one the custom field names."""
        agreement = invoice.agreement_id
        if agreement is None:
            return None
        link = links[str(agreement)].link
        if link is not None:
            return int(link.right)
        if agreement in created:
            return created[agreement]
        contract = named.numbered.get(folded(wanted.contract_number(invoice, self._settings)))
        return contract.contract_id if contract is not None else None

    async def _gone(
        self, invoices: Sequence[Invoice], chosen: Mapping[int, int], books: Mapping[int, ContractBook]
    ) -> frozenset[int]:
        """Other invoices of the same period that ConnectWise has no more; each is asked for by itself."""
        doubtful: set[int] = set()
        for invoice in invoices:
            own, book = month(invoice), books.get(chosen.get(invoice.id, 0))
            if own is None or book is None:
                continue
            doubtful |= {
                period.invoice_id
                for period in book.periods
                if period.invoice_id != invoice.id
                and period.period_from <= own.last
                and period.period_to >= own.first
            }
        asked = sorted(doubtful)
        heads = await asyncio.gather(*map(self._heads.head, asked))
        return frozenset(ident for ident, head in zip(asked, heads, strict=True) if head is None)


def _is_fresh(change: Change[Invoice], seen: SeenInvoice | None) -> bool:
    """Newer than what was applied; asked for again, the same is fresh too, but an older one never.

    Older than what was seen, it is an old letter that is sent again: newer content was decided on meanwhile.
    """
    if seen is None or change.redo == COMMAND:
        return True
    sequence = change.envelope.sequence
    if sequence < seen.seen:
        return False
    return seen.done < sequence or (change.redo is not None and seen.done == sequence)


def _sequence(change: Change[Invoice], seen: SeenInvoice | None, ledger: int) -> int:
    """For a command, which has no sequence of the source: the highest that anybody has."""
    if change.redo != COMMAND:
        return change.envelope.sequence
    return max(ledger, *((seen.seen, seen.claimed) if seen is not None else (0,)))


def _done(seen: SeenInvoice | None) -> int | None:
    return seen.done or None if seen is not None else None


def _other(seen: SeenInvoice) -> OtherInvoice:
    return OtherInvoice(
        seen.invoice_id, seen.number, seen.day, seen.status, seen.deleted, seen.by_hand, seen.done > 0
    )


def _payment(intent: Intent) -> PushedPayment:
    amount, day, _ = read_reference(intent.reference)
    return PushedPayment(amount, day, intent.target is not None)
