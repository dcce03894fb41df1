"""The part of the port that reads contracts, items, the invoices made from contracts, and their ledger."""

from collections.abc import AsyncIterator, Iterable
from datetime import date

from shared.eautomate.contract_ledger import ContractLedger
from shared.eautomate.contract_rows import (
    BillingCycle,
    ContractPeriod,
    ContractWrite,
    CustomerBilling,
    Item,
)
from shared.eautomate.contracts import Contracts
from shared.eautomate.invoices import ContractInvoices
from shared.eautomate.items import Items
from shared.eautomate.reader import PAGE
from shared.eautomate.reads import Reads
from shared.eautomate.rows import Beside, Changes, Code, Keyset
from shared.eautomate.values import folded
from shared.events.contracts import Contract, ContractInvoice


class ContractReads(Reads):
    """Reads for the agreement sync. Lists in, dicts out; what is not there is absent."""

    def __init__(self) -> None:
        super().__init__()
        self._contract_reader: Contracts | None = None

    async def contracts_changed(
        self, low: bytes, high: bytes, after: Keyset | None = None, limit: int = PAGE
    ) -> Changes[Contract]:
        """A page of contracts whose own row changed, with all their lines, in rowversion order."""
        return await (await self._contracts()).changed(low, high, after, limit)

    async def contracts_all(self, after_id: int = 0, limit: int = PAGE) -> list[Contract]:
        """A page of all contracts by id; empty after the last."""
        return await (await self._contracts()).scan(after_id, limit)

    async def contracts_by_id(self, ids: Iterable[int]) -> dict[int, Contract]:
        """Contracts by ``ContractID``."""
        return await (await self._contracts()).by_id(ids)

    async def contracts_beside(self, page: int = 5000) -> AsyncIterator[list[Beside]]:
        """What may change on contracts without moving their rows (lines, meter groups, codes), of all, by id."""
        async for found in (await self._contracts()).beside(page):
            yield found

    async def contracts_by_numbers(self, numbers: Iterable[str]) -> dict[str, Contract]:
        """Contracts by full number with revision, trimmed and casefolded."""
        found = await (await self._contracts()).by_number(numbers)
        return {folded(contract.number): contract for contract in found}

    async def contract_templates(self, majors: Iterable[str]) -> dict[str, list[Contract]]:
        """Contracts by ``ContractMajor``, trimmed and casefolded; of any customer, several revisions by id."""
        return await (await self._contracts()).by_major(majors)

    async def contracts_starting(self, prefix: str) -> list[Contract]:
        """Contracts whose major begins with the text, whatever its case, by id."""
        return await (await self._contracts()).starting(prefix)

    async def contracts_holding(self, item_id: int, customer_ids: Iterable[int]) -> dict[int, list[Contract]]:
        """Active contracts that have the item on a line, by ``CustomerID``, by id.

        Whether a contract, and the line, hold on the day of a call is in the record.
        """
        return await (await self._contracts()).holding(item_id, customer_ids)

    async def contract_invoices_changed(
        self,
        low: bytes,
        high: bytes,
        after: Keyset | None = None,
        limit: int = PAGE,
        since: date | None = None,
    ) -> Changes[ContractInvoice]:
        """A page of contract invoices whose own row changed, in rowversion order.

        Args:
            since: leave out what is older and settled; an open invoice always counts.
        """
        return await (await self._invoices(since)).changed(low, high, after, limit)

    async def contract_invoices_all(
        self, after_id: int = 0, limit: int = PAGE, since: date | None = None
    ) -> list[ContractInvoice]:
        """A page of contract invoices by id; ``since`` as in ``contract_invoices_changed``."""
        return await (await self._invoices(since)).scan(after_id, limit)

    async def contract_invoices_by_id(self, ids: Iterable[int]) -> dict[int, ContractInvoice]:
        """Contract invoices by ``InvoiceID``, whatever their age."""
        return await (await self._invoices()).by_id(ids)

    async def contract_invoices_beside(
        self, page: int = 5000, since: date | None = None
    ) -> AsyncIterator[list[Beside]]:
        """What may change on contract invoices without moving their rows (billed periods, receipts).

        Args:
            since: as in ``contract_invoices_changed``; what has aged out is absent without being deleted.
        """
        async for found in (await self._invoices(since)).beside(page):
            yield found

    async def invoices_of_contracts(self, contract_ids: Iterable[int]) -> dict[int, list[ContractInvoice]]:
        """Every invoice made from each contract, void ones too, by id."""
        return await (await self._invoices()).of_contracts(contract_ids)

    async def invoice_numbers(self, numbers: Iterable[str]) -> dict[str, int]:
        """``InvoiceID`` by number, trimmed and casefolded, of invoices of any kind."""
        return await (await self._invoices()).numbers(numbers)

    async def items_by_numbers(self, numbers: Iterable[str]) -> dict[str, Item]:
        """Items by number, trimmed and casefolded; inactive ones too."""
        return await Items(self.engine, self.tables).by_number(numbers)

    async def items_starting(self, prefix: str) -> list[Item]:
        """Items whose number begins with the text, whatever its case, by id; inactive ones too."""
        return await Items(self.engine, self.tables).starting(prefix)

    async def billing_cycles(self) -> list[BillingCycle]:
        """Every billing cycle, inactive ones too, by id."""
        return await Items(self.engine, self.tables).cycles()

    async def units(self) -> list[Code]:
        """Every unit of measure, inactive ones too, by id."""
        return await self._codes.codes("unit")

    async def customer_billing(self, customer_ids: Iterable[int]) -> dict[int, CustomerBilling]:
        """What a new contract takes from its customer, by ``CustomerID``."""
        return await Items(self.engine, self.tables).customer_billing(customer_ids)

    async def contract_lines_of(self, contract_ids: Iterable[int]) -> dict[int, dict[str, int]]:
        """Ledger: ``ContractDetailID`` by line key, by contract."""
        return await ContractLedger(self.engine, self.tables).lines_of(contract_ids)

    async def contract_periods_of(self, contract_ids: Iterable[int]) -> dict[int, list[ContractPeriod]]:
        """Ledger: periods by contract, the earliest first."""
        return await ContractLedger(self.engine, self.tables).periods_of(contract_ids)

    async def contract_writes_of(self, contract_ids: Iterable[int]) -> dict[int, ContractWrite]:
        """Ledger: how the last write left each contract; absent where Tandem wrote nothing."""
        return await ContractLedger(self.engine, self.tables).writes_of(contract_ids)

    async def _contracts(self) -> Contracts:
        """Put together once: its statements are long."""
        if self._contract_reader is None:
            self._contract_reader = Contracts(self.engine, self.tables, await self._columns())
        return self._contract_reader

    async def _invoices(self, since: date | None = None) -> ContractInvoices:
        return ContractInvoices(self.engine, self.tables, await self._columns(), since)
