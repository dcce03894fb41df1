"""A contract with what the ledger and the dealer's billing say about it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from services.agreement_sync.rules.periods import Period
from services.agreement_sync.rules.standing import bill_of
from shared.eautomate.contract_rows import ContractPeriod
from shared.eautomate.port import EAutomate
from shared.events.contracts import Contract, ContractInvoice


@dataclass(frozen=True, slots=True)
class ContractBook:
    """One contract.

    Attributes:
        lines: ledger: ``ContractDetailID`` by line key.
        periods: ledger: periods, the earliest first.
        bills: e-automate invoices made from it, void ones too, by id.
    """

    contract: Contract
    lines: Mapping[str, int] = field(default_factory=dict)
    periods: tuple[ContractPeriod, ...] = ()
    bills: tuple[ContractInvoice, ...] = ()


async def contract_books(eautomate: EAutomate, ids: Collection[int]) -> dict[int, ContractBook]:
    """By ``ContractID``; a contract that is gone is absent."""
    if not ids:
        return {}
    contracts = await eautomate.contracts_by_id(ids)
    lines = await eautomate.contract_lines_of(contracts)
    periods = await eautomate.contract_periods_of(contracts)
    bills = await eautomate.invoices_of_contracts(contracts)
    return {
        ident: ContractBook(
            contract, lines.get(ident, {}), tuple(periods.get(ident, ())), tuple(bills.get(ident, ()))
        )
        for ident, contract in contracts.items()
    }


def billed_before(invoice_id: int, former: Iterable[int], books: Mapping[int, ContractBook]) -> str:
    """Number of the e-automate invoice in force that billed an invoice from a former contract, empty when none did."""
    bills = (
        bill_of(book.bills, book.contract.contract_id, Period(row.period_from, row.period_to))
        for contract in sorted(former)
        if (book := books.get(contract)) is not None
        for row in book.periods
        if row.invoice_id == invoice_id
    )
    return next((bill.number for bill in bills if bill is not None), "")
