"""Reads what links of agreements and their invoices connect: ConnectWise on the left, e-automate on the right."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from shared.config import load
from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import without_links
from shared.connectwise.conditions import UnquotableError, equals, in_lists
from shared.connectwise.paging import walk
from shared.eautomate.port import EAutomate
from shared.eautomate.values import folded
from shared.events.contracts import Contract, ContractInvoice
from shared.links.kinds import LinkKind
from shared.links.records import Ours, Theirs
from shared.text import fold

AGREEMENTS, INVOICES = "/finance/agreements", "/finance/invoices"
AGREEMENT_FIELDS = (
    "id", "name", "type/id", "type/name", "company/id", "company/name", "cancelledFlag", "agreementStatus",
    "customFields",
)  # fmt: skip
INVOICE_FIELDS = (
    "id",
    "invoiceNumber",
    "company/id",
    "company/name",
    "agreement/id",
    "applyToType",
    "applyToId",
)
INVOICE_NUMBER_MOST = 15
IN_USE = frozenset({"", "active"})
TEMPLATE_PREFIX = "**"
"""How numbers of template contracts begin (spec/agreements.md 6.4)."""
PO, REMARKS = "PO number", "Remarks"
_TOKEN = re.compile(r"CW Invoice:\s*(\S+)", re.IGNORECASE)
"""How Remarks name the ConnectWise invoice (spec/agreements.md 6.5)."""


class _Section(BaseModel):
    """What links need of the section ``agreement_sync``."""

    contract_number_field: str = "ZCJ_ContractNumber"


class AgreementsSide:
    """Agreements and their invoices, in ConnectWise."""

    def __init__(self, client: ConnectWise) -> None:
        """Read through a client."""
        self._client = client

    async def all(self, kind: LinkKind) -> list[Ours]:
        """Every agreement, ended ones too; of invoices only those that bill an agreement."""
        if kind is LinkKind.INVOICE_INVOICE:
            return await self._invoices(equals("type", "Agreement"))
        return await self._agreements("")

    async def by_keys(self, kind: LinkKind, keys: Iterable[str]) -> dict[str, Ours]:
        """Records by RecID; who is gone is absent."""
        wanted = sorted({int(key) for key in keys if key.isdigit()})
        read = self._invoices if kind is LinkKind.INVOICE_INVOICE else self._agreements
        found: dict[str, Ours] = {}
        for condition in in_lists("id", wanted):
            found |= {one.key: one for one in await read(condition)}
        return found

    async def by_number(self, kind: LinkKind, text: str) -> list[Ours]:
        """Invoices by number; agreements by RecID, else by their exact name, which several may have."""
        try:
            if kind is LinkKind.INVOICE_INVOICE:
                return await self._invoices(equals("invoiceNumber", text))
            named = await self.by_keys(kind, [text])
            return list(named.values()) or await self._agreements(equals("name", text))
        except UnquotableError:
            return []

    async def agreements_of_invoices(self, numbers: Iterable[str]) -> dict[str, str]:
        """RecID of the agreement an invoice bills, by invoice number, casefolded; what cannot be one is left out."""
        found: dict[str, str] = {}
        askable = {number for number in numbers if len(number) <= INVOICE_NUMBER_MOST and number.isascii()}
        for condition in in_lists(
            "invoiceNumber", sorted(one for one in askable if not {'"', "'"} & set(one))
        ):
            async for page in walk(self._client, INVOICES, conditions=condition, fields=INVOICE_FIELDS):
                for row in page.rows:
                    agreement = _agreement_of(row)
                    if agreement:
                        found[folded(str(row.get("invoiceNumber") or ""))] = agreement
        return found

    async def _agreements(self, condition: str) -> list[Ours]:
        caption = load("agreement_sync", _Section).contract_number_field
        pages = walk(self._client, AGREEMENTS, conditions=condition, fields=AGREEMENT_FIELDS)
        return [of_agreement(without_links(row), caption) async for page in pages for row in page.rows]

    async def _invoices(self, condition: str) -> list[Ours]:
        pages = walk(self._client, INVOICES, conditions=condition, fields=INVOICE_FIELDS)
        return [of_invoice(without_links(row)) async for page in pages for row in page.rows]


class ContractsSide:
    """Contracts and the invoices made from them, in e-automate."""

    def __init__(self, port: EAutomate) -> None:
        """Read through a port."""
        self._port = port

    async def all(self, kind: LinkKind, companies: Iterable[str] = ()) -> list[Theirs]:  # noqa: ARG002
        """Every contract, terminated ones too; invoices are looked at by key alone."""
        if kind is LinkKind.INVOICE_INVOICE:
            return []
        found: list[Contract] = []
        while page := await self._port.contracts_all(found[-1].contract_id if found else 0):
            found += page
        return [of_contract(one) for one in found]

    async def by_keys(
        self,
        kind: LinkKind,
        keys: Iterable[str],
        companies: Iterable[str] = (),  # noqa: ARG002
    ) -> dict[str, Theirs]:
        """Records by ``ContractID`` or ``InvoiceID``; who is gone is absent."""
        wanted = sorted({int(key) for key in keys if key.isdigit() and len(key) < 10})
        if kind is LinkKind.INVOICE_INVOICE:
            invoices = await self._port.contract_invoices_by_id(wanted)
            return {one.subject: of_contract_invoice(one) for one in invoices.values()}
        contracts = await self._port.contracts_by_id(wanted)
        return {one.subject: of_contract(one) for one in contracts.values()}

    async def by_codes(self, kind: LinkKind, codes: Iterable[str]) -> list[Theirs]:
        """Records by number, a contract's with its revision; letter case does not matter."""
        wanted = [code for code in dict.fromkeys(codes) if code]
        if kind is LinkKind.INVOICE_INVOICE:
            found = await self._port.invoice_numbers(wanted)
            return list((await self.by_keys(kind, map(str, found.values()))).values())
        return [of_contract(one) for one in (await self._port.contracts_by_numbers(wanted)).values()]


def of_agreement(row: Mapping[str, Any], caption: str) -> Ours:
    """An agreement; the caption of the field with its contract's number is a setting."""
    key = str(row["id"])
    company = row.get("company") or {}
    status = str(row.get("agreementStatus") or "").casefold()
    return Ours(
        key=key,
        number=key,
        name=str(row.get("name") or ""),
        held=_custom(row.get("customFields") or (), caption),
        in_use=not row.get("cancelledFlag") and status in IN_USE,
        of=str(company.get("name") or ""),
        owner=str(company.get("id") or ""),
    )


def of_invoice(row: Mapping[str, Any]) -> Ours:
    """An invoice of ConnectWise."""
    company = row.get("company") or {}
    return Ours(
        key=str(row["id"]),
        number=str(row.get("invoiceNumber") or ""),
        name="",
        of=str(company.get("name") or ""),
        owner=str(company.get("id") or ""),
    )


def of_contract(contract: Contract) -> Theirs:
    """A contract; a terminated, template or copier contract is nothing to link an agreement to."""
    unusable, state = "", "" if contract.active else ", inactive"
    if contract.number.startswith(TEMPLATE_PREFIX):
        unusable = "is a template, which is copied and never billed"
    elif contract.terminated is not None:
        unusable = f"was terminated on {contract.terminated}"
        state = f", terminated {contract.terminated}"
    elif contract.equipment_lines or contract.meter_groups:
        unusable = (
            "has equipment lines or meter groups, which would be ended (G23): link another contract, or let the "
            "sync make one"
        )
    period = contract.base_next_billing_date
    return Theirs(
        key=contract.subject,
        code=contract.number,
        name=contract.customer_number,
        numbers=(("contract number", contract.number), *_invoices_named(contract)),
        owner=str(contract.customer_id),
        unusable=unusable,
        label=f"{contract.number} of customer {contract.customer_number} (id {contract.contract_id}{state})",
        note=""
        if period is None or period.day == 1
        else f"the period of contract {contract.number} begins on {period}, not on the first of a month: renew it, or "
        "its invoices are refused (G18)",
    )


def _invoices_named(contract: Contract) -> list[tuple[str, str]]:
    """Numbers in PO and Remarks that may be those of ConnectWise invoices."""
    named = [(PO, contract.po_number.strip())] if contract.po_number.strip() else []
    return named + [(REMARKS, number.rstrip(".,;")) for number in _TOKEN.findall(contract.remarks)]


def of_contract_invoice(invoice: ContractInvoice) -> Theirs:
    """An invoice of e-automate."""
    state = ", void" if invoice.void else ""
    return Theirs(
        key=invoice.subject,
        code=invoice.number,
        name="",
        owner=str(invoice.customer_id),
        label=f"{invoice.number} (id {invoice.invoice_id}{state})",
    )


def _custom(fields: Sequence[Mapping[str, Any]], caption: str) -> str:
    wanted = fold(caption)
    held = next((one.get("value") for one in fields if fold(str(one.get("caption", ""))) == wanted), None)
    return "" if held is None else str(held).strip()


def _agreement_of(row: Mapping[str, Any]) -> str:
    named = (row.get("agreement") or {}).get("id")
    if named is None and row.get("applyToType") == "Agreement":
        named = row.get("applyToId")
    return "" if named is None else str(named)
