"""Which invoices, agreements and contracts people mean who type a number, a RecID or a name."""

import contextlib
from collections.abc import Sequence

from shared.cli.output import fail
from shared.connectwise.agreements import AGREEMENTS, AgreementInvoices
from shared.connectwise.client import ConnectWise
from shared.connectwise.conditions import UnquotableError, equals
from shared.connectwise.paging import walk
from shared.events.agreements import Invoice

RECID_MOST = 10


def as_recid(text: str) -> int | None:
    """The RecID a text may be."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < RECID_MOST else None


async def invoice_meant(invoices: AgreementInvoices, text: str) -> Invoice | None:
    """The invoice with this number, whatever its type; digits nobody has as a number are a RecID."""
    found = await invoices.by_number(text)
    recid = as_recid(text)
    if found is None and recid is not None:
        return next(iter(await invoices.by_ids([recid])), None)
    return found


async def invoices_meant(invoices: AgreementInvoices, texts: Sequence[str]) -> list[Invoice]:
    """The invoices, each once, in the order given.

    Raises:
        SystemExit: a number is nobody's, or not of an agreement; it is named.
    """
    found: dict[int, Invoice] = {}
    for text in dict.fromkeys(texts):
        invoice = await invoice_meant(invoices, text)
        if invoice is None:
            fail(f"ConnectWise has no invoice {text}; nothing was asked")
        if invoice.agreement_id is None:
            fail(f"invoice {text} is of type {invoice.type} and bills no agreement; nothing was asked")
        found.setdefault(invoice.id, invoice)
    return list(found.values())


async def agreement_meant(client: ConnectWise, text: str) -> int | None:
    """RecID of the agreement with this RecID or exact name; None when there is none.

    Raises:
        SystemExit: several are called so; they are listed.
    """
    recid = as_recid(text)
    conditions = [equals("id", recid)] if recid is not None else []
    with contextlib.suppress(UnquotableError):
        conditions.append(equals("name", text.strip()))
    for condition in conditions:
        pages = walk(
            client, AGREEMENTS, conditions=condition, fields=("id", "name", "company/id", "company/name")
        )
        rows = [row async for page in pages for row in page.rows]
        if len(rows) > 1:
            listed = "; ".join(
                f"{row['id']} of {(row.get('company') or {}).get('name', '?')}" for row in rows
            )
            fail(f"several agreements are called {text}: {listed}; take one by its RecID")
        if rows:
            return int(rows[0]["id"])
    return None
