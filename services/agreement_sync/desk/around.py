"""An agreement with its contract and invoices: read from all sides, and told. Nothing is written."""

import json
from dataclasses import dataclass

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from services.agreement_sync.asking import AGENT
from services.agreement_sync.desk.history import History, histories
from services.agreement_sync.desk.looking import Looking
from services.agreement_sync.desk.pages import money
from services.agreement_sync.desk.told import Explained, coded, explained, of_programs, show
from services.agreement_sync.rules.wanted import agreement_type, field_of
from services.agreement_sync.settings import AgreementSyncSettings
from services.agreement_sync.store import SeenInvoice
from shared.cli.output import console
from shared.config import load
from shared.eautomate.contract_rows import ContractPeriod
from shared.events.agreements import Agreement
from shared.events.contracts import Contract, ContractInvoice
from shared.links.kinds import LinkKind
from shared.links.models import Link

KIND = LinkKind.AGREEMENT_CONTRACT
SHOWN = 12
"""Invoices of an agreement or contract that are listed."""


@dataclass(frozen=True, slots=True)
class Around:
    """An agreement with its contract and invoices; what there is none of is None or empty.

    Attributes:
        invoices: newest first, each with its history.
        newest: the newest invoice, explained.
    """

    agreement: Agreement | None
    link: Link | None
    generation: int
    contract: Contract | None
    periods: tuple[ContractPeriod, ...]
    bills: tuple[ContractInvoice, ...]
    invoices: tuple[tuple[SeenInvoice, History], ...]
    newest: Explained | None


async def without_agreement(look: Looking, contract: Contract) -> Around:
    """A contract that no agreement is linked to."""
    ident = contract.contract_id
    periods = (await look.eautomate.contract_periods_of([ident])).get(ident, ())
    bills = (await look.eautomate.invoices_of_contracts([ident])).get(ident, ())
    return Around(None, None, 0, contract, tuple(periods), tuple(bills), (), None)


async def around_agreement(look: Looking, ident: int, days: int) -> Around:
    """Everything around an agreement.

    Args:
        ident: RecID.
        days: how far back outcomes are looked for.
    """
    known = await look.mapping.find_left(KIND, str(ident))
    agreement = await look.invoices.agreement(ident)
    newest = await look.invoices.newest_of_agreement(ident)
    told = await explained(look, newest, days) if newest is not None else None
    contract = told.answers.contract if told is not None else None
    if contract is None and known.link is not None:
        right = int(known.link.right)
        contract = (await look.eautomate.contracts_by_id([right])).get(right)
    held = await without_agreement(look, contract) if contract is not None else None
    seen = (await look.store.of_agreements([ident])).get(ident, [])[:SHOWN]
    past = await histories([one.invoice_id for one in seen], days)
    return Around(
        agreement=agreement,
        link=known.link,
        generation=known.generation,
        contract=contract,
        periods=held.periods if held is not None else (),
        bills=held.bills if held is not None else (),
        invoices=tuple((one, past[one.invoice_id]) for one in seen),
        newest=told,
    )


def tell(around: Around, as_json: bool) -> None:
    """Print it, for people or as JSON."""
    if as_json:
        typer.echo(json.dumps(_facts(around)))
        return
    for line in _head(around):
        console.print(escape(line))
    if around.periods:
        console.print(_periods(around.periods))
    if around.bills:
        console.print(_bills(around.bills))
    if around.invoices:
        console.print(_invoices(around.invoices))
    if around.newest is not None:
        console.print("[bold]the newest invoice[/bold]")
        show(around.newest)
    elif around.agreement is not None:
        console.print("next: raise an agreement invoice in ConnectWise; the contract follows invoices alone")


def _head(around: Around) -> list[str]:
    agreement, contract, link = around.agreement, around.contract, around.link
    lines = []
    if agreement is not None:
        company = (agreement.company.name if agreement.company is not None else None) or "no company"
        kind = agreement_type(agreement) or "no type"
        status = f", {agreement.agreementStatus}" if agreement.agreementStatus else ""
        lines.append(f"agreement {agreement.id} {agreement.name} ({kind}) of {company}{status}")
        caption = load(AGENT, AgreementSyncSettings).contract_number_field
        named = field_of(agreement.customFields, caption)
        held = named.value if named is not None else "no such field"
        lines.append(f"{caption}: {held or 'blank'}")
    elif link is not None:
        lines.append(f"agreement {link.left}, which ConnectWise has no more")
    if contract is not None:
        lines.append(_contract_line(contract))
    if link is not None:
        how = link.how.value.replace("_", " ")
        lines.append(
            f"link: agreement {link.left} - contract {link.right}, by {how}, made by {link.by} on "
            f"{link.made_at:%Y-%m-%d %H:%M} UTC ({link.why})"
        )
    elif agreement is None:
        lines.append("no agreement is linked to it: Tandem leaves it alone")
    else:
        lines.append("link: none; the next invoice finds the contract by its number, or makes one")
    return lines


def _contract_line(contract: Contract) -> str:
    if contract.terminated is not None:
        state = f"terminated {contract.terminated}"
    else:
        state = "active" if contract.active else "inactive"
    queue = "in the billing queue" if contract.in_billing_queue else "not in the billing queue"
    return (
        f"contract {contract.number} (id {contract.contract_id}) of customer {contract.customer_number}, "
        f"{contract.contract_type or 'no type'}, {state}, {queue}; next billing date "
        f"{contract.base_next_billing_date or 'none'}, billed through {contract.base_billed_thru_date or 'never'}"
    )


def _periods(periods: tuple[ContractPeriod, ...]) -> Table:
    table = Table("period", "ConnectWise invoice", "amount", "", box=box.SIMPLE_HEAD)
    for one in periods[-SHOWN:]:
        red = f"released by {one.released_by}" if one.released_by else "red, held"
        table.add_row(
            f"{one.period_from} to {one.period_to}",
            escape(one.invoice_number),
            money(one.amount),
            escape(red if one.red or one.released_by else ""),
        )
    return table


def _bills(bills: tuple[ContractInvoice, ...]) -> Table:
    table = Table("e-automate invoice", "day", "total", "due", "", box=box.SIMPLE_HEAD)
    for one in bills[-SHOWN:]:
        table.add_row(
            escape(one.number),
            str(one.day or ""),
            money(one.total),
            money(one.due),
            "void" if one.void else "",
        )
    return table


def _invoices(invoices: tuple[tuple[SeenInvoice, History], ...]) -> Table:
    table = Table("invoice", "day", "status", "last outcome", box=box.SIMPLE_HEAD)
    for seen, history in invoices:
        last = history.last
        told = f"{coded(last)}: {last.text}" if last is not None else history.trouble or "none known"
        table.add_row(escape(seen.number), str(seen.day or ""), escape(seen.status), escape(told))
    return table


def _facts(around: Around) -> dict[str, object]:
    return {
        "agreement": around.agreement.model_dump(mode="json") if around.agreement is not None else None,
        "link": around.link.model_dump(mode="json") if around.link is not None else None,
        "generation": around.generation,
        "contract": around.contract.model_dump(mode="json") if around.contract is not None else None,
        "periods": [
            {
                "from": str(one.period_from),
                "to": str(one.period_to),
                "invoice": one.invoice_number,
                "amount": str(one.amount),
                "red": one.red,
                "released_by": one.released_by,
            }
            for one in around.periods
        ],
        "bills": [one.model_dump(mode="json") for one in around.bills],
        "invoices": [seen.number for seen, _ in around.invoices],
        "newest": of_programs(around.newest) if around.newest is not None else None,
    }
