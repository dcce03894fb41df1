"""A dealer with templates, items and a contract, made by somebody else's hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, time
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import Table, update

from services.simulator.eautomate import schema
from shared.eautomate.contract_rows import ContractFields, Item, LineFields
from shared.eautomate.engine import WRITES
from shared.eautomate.port import EAutomate
from shared.eautomate.transaction import Transaction
from shared.events.contracts import Contract
from tests.contract.eautomate.hand import Hand

MAY = date(2026, 5, 1)
_SEQUENCES = count(1)


class Shop:
    """What the tests about contracts begin with."""

    def __init__(self, port: EAutomate, hand: Hand) -> None:
        self.port = port
        self.hand = hand

    async def open(self) -> "Shop":
        """Codes, three customers, a contract template and an item template."""
        hand = self.hand
        self.bill_code = await hand.keyed(schema.SCBillCodes, BillCode="ALL")
        self.status = await hand.keyed(schema.SCContractStatuses, ContractStatus="Active")
        self.distribution = await hand.keyed(schema.SCDistributionCodes, DistributionCode="MIT-REV")
        self.monthly = await hand.keyed(schema.SCBillingCycles, BillingCycle="Monthly", Months=1)
        self.unit = await hand.keyed(schema.ICUnits, UM="EA", Description="Each")
        self.hours = await hand.keyed(schema.ICUnits, UM="HR", Description="Hour")
        self.expense = await hand.keyed(schema.ShExpenseCodes, ExpenseCode="MSP")
        self.sales = await hand.keyed(schema.ShSalesCodes, SalesCode="RECUR")
        self.dealer = await hand.customer("DEAL", CompanyCustomer=True)
        self.customer = await hand.customer(
            "AB00",
            Address="1 Elm St",
            City="Tulsa",
            State="OK",
            Zip="74101",
            Attn="Ann",
            TermID=7,
            Taxable=True,
        )
        self.payer = await hand.customer("PAY0", Address="9 Oak Ave", City="Enid", State="OK", Zip="73701")
        self.item = await self.add_item("SEAT", Description="A seat")
        self.template = await self.contract(
            "**CW Managed-01",
            customer=self.dealer,
            Bill=False,
            Contact="Ms Template",
            Phone="555",
            OneTimeRemark="kept",
            RemarksInternal="made by hand",
            BillToAddress="the dealer's",
        )
        return self

    async def contract(self, number: str, customer: int | None = None, **fields: Any) -> int:
        """A contract's id; number with its revision."""
        major, _, minor = number.rpartition("-")
        row = {
            "ContractNumber": number,
            "ContractMajor": major,
            "ContractMinor": minor,
            "BillCodeID": self.bill_code,
            "ContractStatusID": self.status,
            "BaseDistributionCodeID": self.distribution,
            "SumIndividualBaseRates": True,
        }
        owner = customer if customer is not None else self.customer
        return await self.hand.contract(owner, "MIT", **(row | fields))

    async def add_item(self, number: str, **fields: Any) -> int:
        """An expense item's id."""
        row = {
            "Item": number,
            "ServiceableAsItem": 1,
            "ExpenseCodeID": self.expense,
            "SalesCodeID": self.sales,
            "UMID": self.unit,
            "BaseDistributionCodeID": self.distribution,
        }
        return await self.hand.insert(schema.ICItems, **(row | fields))

    async def line(self, contract_id: int, quantity: str = "2", unit: str = "5", **fields: Any) -> int:
        """A line's id, put there by hand."""
        row = {
            "ContractID": contract_id,
            "ItemID": self.item,
            "Quantity": Decimal(quantity),
            "UnitBaseRate": Decimal(unit),
            "BaseRate": Decimal(quantity) * Decimal(unit),
            "LocationID": self.customer,
            "StartDate": midnight(MAY),
        }
        return await self.hand.insert(schema.SCContractDetails, **(row | fields))

    async def invoice(
        self,
        number: str,
        *contracts: int,
        day: date = MAY,
        total: str = "10",
        void: bool = False,
        **fields: Any,
    ) -> int:
        """An invoice that billed May of contracts."""
        row = {
            "InvoiceNumber": number,
            "CustomerID": self.customer,
            "BillToID": self.payer,
            "Date": midnight(day),
            "Total": Decimal(total),
            "Due": Decimal(0 if void else total),
            "Void": void,
        }
        key = await self.hand.insert(schema.ARInvoices, **(row | fields))
        if contracts:
            await self.hand.insert(schema.SCBilling, InvoiceID=key)
        for contract in contracts:
            await self.billed(key, contract, void=void)
        return key

    async def billed(
        self, invoice: int, contract: int, line: int | None = None, void: bool = False, amount: str = "10"
    ) -> int:
        """What an invoice billed of a contract."""
        return await self.hand.insert(
            schema.SCBillingContracts,
            InvoiceID=invoice,
            ContractID=contract,
            ContractDetailID=line,
            BaseFromDate=midnight(MAY),
            BaseToDate=midnight(date(2026, 5, 31)),
            BaseAmount=Decimal(amount),
            Amount=Decimal(amount),
            VoidFlag=int(void),
        )

    async def receipt(self, invoice: int, amount: str, number: str = "RC1") -> int:
        """A receipt that pays of an invoice."""
        key = await self.hand.insert(
            schema.ARReceipts, ReceiptNumber=number, CustomerID=self.payer, Date=midnight(MAY)
        )
        return await self.hand.insert(
            schema.ARReceiptDetails, ReceiptID=key, InvoiceID=invoice, Amount=Decimal(amount)
        )

    async def edit(self, table: Table, key: int, **fields: Any) -> None:
        """Somebody's SQL on one row."""
        [column] = table.primary_key.columns
        writer = self.hand.engine.execution_options(**{WRITES: True})
        async with writer.connect() as connection:
            await connection.execute(update(table).where(column == key).values(fields))
            await connection.commit()

    @asynccontextmanager
    async def writing(self, record: str = "invoice/1", generation: int = 0) -> AsyncIterator[Transaction]:
        """A transaction of the agreement sync, each later than the one before."""
        sequence = next(_SEQUENCES)
        async with self.port.transaction("ID964", record, sequence, generation, area="contracts") as work:
            yield work

    async def read(self, contract_id: int) -> Contract:
        """The contract as it is now."""
        return (await self.port.contracts_by_id([contract_id]))[contract_id]

    async def read_item(self, number: str) -> Item:
        """The item as it is now."""
        return (await self.port.items_by_numbers([number]))[number.casefold()]

    async def cloned(self, prefix: str = "CW-", **fields: Any) -> int:
        """A contract made from the template."""
        template = await self.read(self.template)
        async with self.writing() as work:
            key, _ = await work.clone_contract(template, self.header(**fields), prefix)
        return key

    def header(self, **fields: Any) -> ContractFields:
        """The least a new contract is given."""
        least: ContractFields = {"customer_id": self.customer, "bill_to_id": self.payer, "start_date": MAY}
        return least | fields  # type: ignore[return-value]

    def seats(self, quantity: str = "3", unit: str = "8.333333", **fields: Any) -> LineFields:
        """The least a new line is given."""
        least: LineFields = {
            "item_id": self.item,
            "quantity": Decimal(quantity),
            "unit_base_rate": Decimal(unit),
        }
        return least | fields  # type: ignore[return-value]


def midnight(day: date) -> datetime:
    """As a column holds a day."""
    return datetime.combine(day, time())
