"""A contract with what the ledger and the dealer's billing say about it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

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
