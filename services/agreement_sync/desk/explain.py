"""``tandem explain invoice|agreement|contract``: why an invoice did, or did not, reach its contract; nothing is written."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer

from services.agreement_sync.asking import AGENT
from services.agreement_sync.desk.around import KIND, Around, around_agreement, tell, without_agreement
from services.agreement_sync.desk.history import History, histories, remembered, seen_invoice
from services.agreement_sync.desk.looking import Looking, looking
from services.agreement_sync.desk.meant import agreement_meant, as_recid, invoice_meant
from services.agreement_sync.desk.told import Explained, explained, known_last, of_programs, show
from services.agreement_sync.settings import AgreementSyncSettings
from shared.cli.output import fail
from shared.config import load
from shared.connectwise.errors import ConnectWiseError
from shared.eautomate.errors import EAutomateError
from shared.eautomate.values import folded
from shared.events.contracts import Contract
from shared.links.errors import MappingUnavailable
from shared.sync.comparison import Comparison

AWAY = (ConnectWiseError, EAutomateError, MappingUnavailable)
"""What is raised when a system cannot be asked; then people are told what Tandem last knew."""

AsJson = Annotated[bool, typer.Option("--json")]
Days = Annotated[
    int, typer.Option("--days", min=0, help="How far back outcomes are looked for; 0: not at all.")
]


def explain_invoice(
    number: Annotated[str, typer.Argument(help="Invoice number in ConnectWise, or RecID.")],
    days: Days = 30,
    as_json: AsJson = False,
) -> None:
    """Why an invoice did, or did not, update its contract: every question answered, both sides, what to do next."""
    try:
        found = asyncio.run(_invoice(number, days))
    except AWAY as error:
        _last_known(number, days, f"not asked: {error}", as_json)
        return
    if found is None:
        _nobody(number, days, as_json)
    elif as_json:
        typer.echo(json.dumps(of_programs(found)))
    else:
        show(found)


def explain_agreement(
    agreement: Annotated[str, typer.Argument(help="RecID or exact name of the agreement in ConnectWise.")],
    days: Days = 30,
    as_json: AsJson = False,
) -> None:
    """Which contract an agreement has, its invoices, and why the newest did, or did not, update the contract."""
    try:
        around = asyncio.run(_agreement(agreement, days))
    except AWAY as error:
        _recalled(f"agreement {agreement}", error, days, lambda held: _is_of(held, agreement), as_json)
        return
    if around is None:
        fail(f"ConnectWise has no agreement with the RecID or exact name {agreement}")
    tell(around, as_json)


def explain_contract(
    number: Annotated[str, typer.Argument(help="Contract number with its revision, e.g. CW-40757-01.")],
    days: Days = 30,
    as_json: AsJson = False,
) -> None:
    """Which agreement drives a contract, what was billed from it, and where its newest invoice stands."""
    try:
        around = asyncio.run(_contract(number, days))
    except AWAY as error:
        same = folded(number)
        _recalled(f"contract {number}", error, days, lambda held: folded(held.contract) == same, as_json)
        return
    tell(around, as_json)


async def _invoice(number: str, days: int) -> Explained | None:
    async with looking(load(AGENT, AgreementSyncSettings), "explain") as look:
        listed = await invoice_meant(look.invoices, number)
        if listed is None:
            return None
        # A list may be behind; what decides is the record as it is.
        invoice = await look.invoices.fresh(listed.id)
        return await explained(look, invoice or listed, days)


async def _agreement(text: str, days: int) -> Around | None:
    async with looking(load(AGENT, AgreementSyncSettings), "explain") as look:
        ident = await agreement_meant(look.client, text)
        return None if ident is None else await around_agreement(look, ident, days)


async def _contract(number: str, days: int) -> Around:
    async with looking(load(AGENT, AgreementSyncSettings), "explain") as look:
        contract = await _numbered(look, number)
        link = await look.mapping.find_right(KIND, contract.subject)
        if link is None:
            return await without_agreement(look, contract)
        return await around_agreement(look, int(link.left), days)


async def _numbered(look: Looking, number: str) -> Contract:
    """The contract of this number, or id.

    Raises:
        SystemExit: there is none; those whose number begins alike are named.
    """
    found = (await look.eautomate.contracts_by_numbers([number])).get(folded(number))
    ident = as_recid(number)
    if found is None and ident is not None:
        found = (await look.eautomate.contracts_by_id([ident])).get(ident)
    if found is not None:
        return found
    major = number.rpartition("-")[0] or number
    near = [one.number for one in await look.eautomate.contracts_starting(major.strip())][:3]
    hint = f"; did you mean {', '.join(near)}?" if near else "; numbers have a revision, e.g. CW-40757-01"
    return fail(f"e-automate has no contract {number}{hint}")


def _last_known(number: str, days: int, why: str, as_json: bool) -> None:
    seen = asyncio.run(seen_invoice(number))
    if seen is None:
        fail(f"{why}\nTandem never saw an invoice {number}", 69)
    history = asyncio.run(histories([seen.invoice_id], days))[seen.invoice_id]
    known_last(seen.number or number, history, why, as_json)


def _recalled(
    what: str, error: Exception, days: int, matching: Callable[[Comparison], bool], as_json: bool
) -> None:
    """The newest invoice that outcomes tell of an agreement or contract."""
    found = asyncio.run(remembered(days, matching))
    newest = max((one for one in found.values() if one.last is not None), key=_age, default=None)
    if newest is None or newest.last is None or newest.last.comparison is None:
        fail(f"not asked: {error}\nno outcome of the last {days} days is about {what}", 69)
    number = newest.last.comparison.invoice
    known_last(number, newest, f"not asked: {error}; the newest invoice that is known of {what}", as_json)


def _age(history: History) -> datetime:
    return max(one.at for one in history.outcomes)


def _is_of(comparison: Comparison, agreement: str) -> bool:
    """Whether it is of the agreement with this RecID or name."""
    return str(comparison.agreement_id) == agreement.strip() or folded(comparison.agreement) == folded(
        agreement
    )


def _nobody(number: str, days: int, as_json: bool) -> None:
    seen = asyncio.run(seen_invoice(number))
    if seen is None:
        fail(
            f"ConnectWise has no invoice {number}, neither by number nor by RecID, and Tandem never saw one. "
            "Is it posted? A recurring invoice exists from the moment it is made in Invoicing."
        )
    history = asyncio.run(histories([seen.invoice_id], days))[seen.invoice_id]
    known_last(seen.number or number, history, f"ConnectWise has no invoice {number} any more (G21)", as_json)
