"""A contract or its invoice changed in e-automate: the ConnectWise invoices it concerns are looked at again.

ConnectWise is master of what is billed, so nothing is decided here (spec/agreements.md 6.1, 6.9, 6.10).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.agreement_sync.asking import LOOK, command
from services.agreement_sync.rules.echo import Known, is_echo
from services.agreement_sync.store import InvoiceStore, SeenInvoice
from shared.bus.delivery import Delivery
from shared.eautomate.port import EAutomate
from shared.eautomate.values import folded
from shared.events.change import Change
from shared.events.contracts import Contract, ContractInvoice
from shared.links.client import MappingClient
from shared.links.kinds import LinkKind
from shared.links.models import Link
from shared.sync.agent import Applied, decode_record
from shared.sync.commands import number_of
from shared.sync.decision import Apply, Checks, Decision, Skip

NO_AGREEMENT = "no agreement is linked to the contract"
OWN_WRITE = "written by Tandem itself: all of it is as Tandem left it"
NO_INVOICE = "no ConnectWise invoice is known that it concerns"
_TOKEN = re.compile(r"CW Invoice:\s*(\S+)")


@dataclass(frozen=True, slots=True)
class Concerned:
    """A ConnectWise invoice that is to be looked at."""

    invoice_id: int
    key: str
    why: str
    number: str = ""

    @property
    def name(self) -> str:
        """For people."""
        return self.number or f"with id {self.invoice_id}"


@dataclass(frozen=True, slots=True)
class Linked:
    """A contract an agreement is linked to, and the invoice to look at."""

    newest: Concerned
    known: Known


def contract_record(contract_id: int) -> str:
    """A contract in the words of ``blocked_on``."""
    return f"record:{Contract.SOURCE}:{Contract.ENTITY}:{contract_id}"


class Finder:
    """Finds the ConnectWise invoices that e-automate's records concern."""

    def __init__(self, store: InvoiceStore, eautomate: EAutomate, mapping: MappingClient) -> None:
        """Wire the sources."""
        self._store = store
        self._eautomate = eautomate
        self._mapping = mapping

    async def of_contracts(self, ids: Sequence[int]) -> dict[int, Linked]:
        """The newest invoice of the agreement that is linked to each contract, and how Tandem left the contract."""
        links = await self._agreements(ids)
        newest = await self._newest(sorted({int(link.left) for link in links.values()}))
        left = await self._eautomate.contract_writes_of(links)

        def linked(contract: int, link: Link, seen: SeenInvoice) -> Linked:
            return Linked(
                _concerned(seen, link.left, "its contract changed"),
                Known(left.get(contract), link.generation, seen.invoice_id, seen.seen, seen.done),
            )

        return {
            contract: linked(contract, link, newest[int(link.left)])
            for contract, link in links.items()
            if int(link.left) in newest
        }

    async def of_agreements(self, ids: Sequence[int]) -> dict[int, Concerned]:
        """The newest invoice of each agreement that ConnectWise still has."""
        return {
            agreement: _concerned(seen, str(agreement), "its agreement's link changed")
            for agreement, seen in (await self._newest(ids)).items()
        }

    async def of_invoices(self, invoices: Sequence[ContractInvoice]) -> dict[str, list[Concerned]]:
        """What each contract invoice concerns.

        It is found by its pair, by the period it bills, or by the number it carries; else it is the newest invoice.
        """
        contracts = sorted({period.contract_id for invoice in invoices for period in invoice.periods})
        rights = [invoice.subject for invoice in invoices]
        pairs = (await self._mapping.find(LinkKind.INVOICE_INVOICE, rights=rights)).rights
        links = await self._agreements(contracts)
        newest = await self._newest(sorted({int(link.left) for link in links.values()}))
        periods = await self._eautomate.contract_periods_of(contracts) if contracts else {}
        numbered = await self._store.by_numbers([name for invoice in invoices for name in _names(invoice)])
        result = {}
        for invoice in invoices:
            found: dict[int, Concerned] = {}
            pair = pairs.get(invoice.subject)
            if pair is not None:
                _add(
                    found,
                    Concerned(
                        int(pair.left),
                        pair.order_key or f"invoice-{pair.left}",
                        "the invoice it is paired with changed",
                    ),
                )
            for billed in invoice.periods:
                link = links.get(billed.contract_id)
                for period in periods.get(billed.contract_id, ()):
                    if link is not None and period.period_from == billed.from_date:
                        why = "an invoice of its contract's period changed"
                        _add(found, Concerned(period.invoice_id, link.left, why, period.invoice_number))
            for name in _names(invoice):
                if name in numbered:
                    seen = numbered[name]
                    _add(found, _concerned(seen, _key(seen), "an invoice that carries its number changed"))
            for billed in [] if found else invoice.periods:
                link = links.get(billed.contract_id)
                if link is not None and int(link.left) in newest:
                    _add(
                        found,
                        _concerned(newest[int(link.left)], link.left, "an invoice of its contract changed"),
                    )
            result[invoice.subject] = list(found.values())
        return result

    async def _agreements(self, contracts: Sequence[int]) -> dict[int, Link]:
        """Links of agreements by ``ContractID``."""
        if not contracts:
            return {}
        rights = [str(contract) for contract in contracts]
        found = await self._mapping.find(LinkKind.AGREEMENT_CONTRACT, rights=rights)
        return {int(right): link for right, link in found.rights.items()}

    async def _newest(self, agreements: Sequence[int]) -> dict[int, SeenInvoice]:
        seen = await self._store.of_agreements(agreements)
        there = {agreement: [one for one in found if not one.deleted] for agreement, found in seen.items()}
        return {agreement: found[0] for agreement, found in there.items() if found}


class ContractHandler:
    """An e-automate contract changed."""

    def __init__(self, finder: Finder, redo_topic: str) -> None:
        """Wire who tells which invoice a contract concerns."""
        self._finder = finder
        self._redo_topic = redo_topic

    def read(self, delivery: Delivery) -> Contract:
        """The contract's snapshot; of a deleted one all that is known is which it was."""
        if delivery.envelope.action == "deleted":
            return Contract(contract_id=number_of(delivery), number="", customer_id=0)
        contract: Contract = decode_record(Contract, delivery)
        return contract

    async def gather(self, changes: Sequence[Change[Contract]]) -> Mapping[str, Linked | None]:
        """The invoice each concerns."""
        found = await self._finder.of_contracts([int(change.envelope.subject) for change in changes])
        return {change.envelope.subject: found.get(int(change.envelope.subject)) for change in changes}

    def decide(self, change: Change[Contract], gathered: Linked | None) -> Decision[Concerned]:
        """Have the invoice looked at, unless Tandem wrote it; who waits for the contract is woken either way."""
        checks = Checks()
        checks.note("contract", change.record.number or "deleted")
        if (
            not checks.ask("an invoice of its agreement is known", gathered is not None, "none", "an invoice")
            or gathered is None
        ):
            return Skip(NO_AGREEMENT, checks.made)
        # Sent again, it is asked for.
        if change.redo is None and is_echo(change.record, gathered.known, checks):
            return Skip(OWN_WRITE, checks.made)
        return Apply(gathered.newest, checks.made)

    async def apply(self, change: Change[Contract], plan: Concerned) -> Applied:  # noqa: ARG002
        """Send the command."""
        return looked_at([plan], self._redo_topic)

    def label(self, change: Change[Contract]) -> str:
        """``contract CW-1001-01``."""
        return f"contract {change.record.number or f'with id {change.envelope.subject}'}"


class ContractInvoiceHandler:
    """An invoice made from contracts changed: billed, voided, sent or paid."""

    def __init__(self, finder: Finder, redo_topic: str) -> None:
        """Wire who tells which invoice it concerns."""
        self._finder = finder
        self._redo_topic = redo_topic

    def read(self, delivery: Delivery) -> ContractInvoice:
        """The invoice's snapshot; of a deleted one all that is known is which it was."""
        if delivery.envelope.action == "deleted":
            return ContractInvoice(invoice_id=number_of(delivery), number="", customer_id=0)
        invoice: ContractInvoice = decode_record(ContractInvoice, delivery)
        return invoice

    async def gather(self, changes: Sequence[Change[ContractInvoice]]) -> Mapping[str, list[Concerned]]:
        """The invoices each concerns."""
        return await self._finder.of_invoices([change.record for change in changes])

    def decide(self, change: Change[ContractInvoice], gathered: list[Concerned]) -> Decision[list[Concerned]]:
        """Have them looked at; who waits for the contracts is woken either way."""
        checks = Checks()
        invoice = change.record
        wakes = sorted({contract_record(period.contract_id) for period in invoice.periods})
        checks.note("e-automate invoice", invoice.number or "deleted")
        if not checks.ask("concerns a ConnectWise invoice", bool(gathered), "none", "an invoice"):
            return Skip(NO_INVOICE, checks.made, wakes=wakes)
        return Apply(gathered, checks.made, wakes)

    async def apply(self, change: Change[ContractInvoice], plan: list[Concerned]) -> Applied:  # noqa: ARG002
        """Send the commands."""
        return looked_at(plan, self._redo_topic)

    def label(self, change: Change[ContractInvoice]) -> str:
        """``e-automate invoice 30012``."""
        return f"e-automate invoice {change.record.number or f'with id {change.envelope.subject}'}"


def looked_at(concerned: Sequence[Concerned], redo_topic: str) -> Applied:
    """Commands to look at invoices; nothing else is done here."""
    messages = tuple(
        command(redo_topic, one.invoice_id, LOOK, key=one.key, why=one.why, number=one.number)
        for one in concerned
    )
    told = ", ".join(one.name for one in concerned)
    return Applied(f"ConnectWise invoice {told} is looked at again", result="skipped", messages=messages)


def _names(invoice: ContractInvoice) -> list[str]:
    """Numbers of ConnectWise invoices that it may carry, as compared."""
    names = [invoice.number, invoice.po_number, *_TOKEN.findall(invoice.remarks)]
    return [folded(name) for name in names if name.strip()]


def _add(found: dict[int, Concerned], one: Concerned) -> None:
    found.setdefault(one.invoice_id, one)


def _concerned(seen: SeenInvoice, key: str, why: str) -> Concerned:
    return Concerned(seen.invoice_id, key, why, seen.number)


def _key(seen: SeenInvoice) -> str:
    return f"invoice-{seen.invoice_id}" if seen.agreement_id is None else str(seen.agreement_id)
