"""The part of the port that reads contracts, items, the invoices made from contracts, and their ledger."""

from collections.abc import AsyncIterator, Iterable
from datetime import date

from shared.eautomate.contract_rows import BillingCycle, ContractPeriod, CustomerBilling, Item
from shared.eautomate.reader import PAGE
from shared.eautomate.rows import Beside, Changes, Code, Keyset
from shared.events.contracts import Contract, ContractInvoice


class ContractReads:
    """Reads for the agreement sync. Lists in, dicts out; what is not there is absent."""

    async def contracts_changed(
        self, low: bytes, high: bytes, after: Keyset | None = None, limit: int = PAGE
    ) -> Changes[Contract]:
        """A page of contracts whose own row changed, with all their lines, in rowversion order."""
        raise NotImplementedError

    async def contracts_all(self, after_id: int = 0, limit: int = PAGE) -> list[Contract]:
        """A page of all contracts by id; empty after the last."""
        raise NotImplementedError

    async def contracts_by_id(self, ids: Iterable[int]) -> dict[int, Contract]:
        """Contracts by ``ContractID``."""
        raise NotImplementedError

    def contracts_beside(self, page: int = 5000) -> AsyncIterator[list[Beside]]:
        """What may change on contracts without moving their rows (lines, meter groups, codes), of all, by id."""
        raise NotImplementedError

    async def contracts_by_numbers(self, numbers: Iterable[str]) -> dict[str, Contract]:
        """Contracts by full number with revision, trimmed and casefolded."""
        raise NotImplementedError

    async def contract_templates(self, majors: Iterable[str]) -> dict[str, list[Contract]]:
        """Contracts by ``ContractMajor``, trimmed and casefolded; of any customer, several revisions by id."""
        raise NotImplementedError

    async def contracts_starting(self, prefix: str) -> list[Contract]:
        """Contracts whose major begins with the text, whatever its case, by id."""
        raise NotImplementedError

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
        raise NotImplementedError

    async def contract_invoices_all(
        self, after_id: int = 0, limit: int = PAGE, since: date | None = None
    ) -> list[ContractInvoice]:
        """A page of contract invoices by id; ``since`` as in ``contract_invoices_changed``."""
        raise NotImplementedError

    async def contract_invoices_by_id(self, ids: Iterable[int]) -> dict[int, ContractInvoice]:
        """Contract invoices by ``InvoiceID``, whatever their age."""
        raise NotImplementedError

    def contract_invoices_beside(
        self, page: int = 5000, since: date | None = None
    ) -> AsyncIterator[list[Beside]]:
        """What may change on contract invoices without moving their rows (billed periods, receipts).

        Args:
            since: as in ``contract_invoices_changed``; what has aged out is absent without being deleted.
        """
        raise NotImplementedError

    async def invoices_of_contracts(self, contract_ids: Iterable[int]) -> dict[int, list[ContractInvoice]]:
        """Every invoice made from each contract, void ones too, by id."""
        raise NotImplementedError

    async def invoice_numbers(self, numbers: Iterable[str]) -> dict[str, int]:
        """``InvoiceID`` by number, trimmed and casefolded, of invoices of any kind."""
        raise NotImplementedError

    async def items_by_numbers(self, numbers: Iterable[str]) -> dict[str, Item]:
        """Items by number, trimmed and casefolded; inactive ones too."""
        raise NotImplementedError

    async def items_starting(self, prefix: str) -> list[Item]:
        """Items whose number begins with the text, whatever its case, by id; inactive ones too."""
        raise NotImplementedError

    async def billing_cycles(self) -> list[BillingCycle]:
        """Every billing cycle, inactive ones too, by id."""
        raise NotImplementedError

    async def units(self) -> list[Code]:
        """Every unit of measure, inactive ones too, by id."""
        raise NotImplementedError

    async def customer_billing(self, customer_ids: Iterable[int]) -> dict[int, CustomerBilling]:
        """What a new contract takes from its customer, by ``CustomerID``."""
        raise NotImplementedError

    async def contract_lines_of(self, contract_ids: Iterable[int]) -> dict[int, dict[str, int]]:
        """Ledger: ``ContractDetailID`` by line key, by contract."""
        raise NotImplementedError

    async def contract_periods_of(self, contract_ids: Iterable[int]) -> dict[int, list[ContractPeriod]]:
        """Ledger: periods by contract, the earliest first."""
        raise NotImplementedError
