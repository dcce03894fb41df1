"""Databases that differ where nobody has seen them for sure; SQLite whatever the URL."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.simulator.eautomate import schema
from services.simulator.eautomate.database import create, transaction, url
from services.simulator.eautomate.schema.variant import Variant
from shared.config import EAutomateSettings
from shared.eautomate.errors import PermanentError, SchemaMismatch
from shared.eautomate.port import EAutomate
from tests.contract.eautomate.conftest import Make, file_of
from tests.contract.eautomate.hand import Hand
from tests.contract.eautomate.shop import MAY, Shop

OWN_COLUMNS = (
    "ALTER TABLE SCContracts ADD COLUMN \"Dealer Extra\" VARCHAR(20) NOT NULL DEFAULT ''",
    "ALTER TABLE SCContracts ADD COLUMN MiscChargeAmount MONEY NOT NULL DEFAULT 0",
    "ALTER TABLE SCContracts ADD COLUMN AccumCopies NUMERIC(18, 6)",
    "ALTER TABLE SCContracts ADD COLUMN FullName VARCHAR(80) AS (ContractNumber || ' ' || Contact) VIRTUAL",
)


async def test_columns_nobody_told_tandem_of_are_copied(make: Make) -> None:
    shop = await make(*OWN_COLUMNS)
    with transaction(file_of(shop)) as file:
        file.execute(
            'UPDATE SCContracts SET "Dealer Extra" = ?, MiscChargeAmount = 12.5, AccumCopies = 7', ("gold",)
        )

    key = await shop.cloned()

    with transaction(file_of(shop)) as file:
        row = file.execute("SELECT * FROM SCContracts WHERE ContractID = ?", (key,)).fetchone()
    assert (row["Dealer Extra"], row["MiscChargeAmount"], row["AccumCopies"]) == ("gold", 12.5, None)


async def test_a_new_line_fills_what_must_not_be_empty(make: Make) -> None:
    shop = await make(
        "DROP TABLE SCContractDetails",
        "CREATE TABLE SCContractDetails (ContractDetailID INTEGER PRIMARY KEY AUTOINCREMENT, ContractID INTEGER"
        " NOT NULL, ContractDetailTypeID INTEGER NOT NULL, EquipmentID INTEGER, ItemID INTEGER, Description"
        " VARCHAR(255) NOT NULL, Quantity NUMERIC(18, 6) NOT NULL, UnitBaseRate NUMERIC(18, 6) NOT NULL, BaseRate"
        " MONEY, BaseDistributionCodeID INTEGER, LocationID INTEGER NOT NULL, Address VARCHAR(64) NOT NULL, City"
        " VARCHAR(32) NOT NULL, State VARCHAR(16) NOT NULL, Zip VARCHAR(16) NOT NULL, Country VARCHAR(16) NOT NULL,"
        " StartDate DATETIME, EndDate DATETIME, BillStartDate DATETIME, BillEndDate DATETIME, BaseBilledThruDate"
        " DATETIME, TaxCodeID INTEGER, Taxable BOOLEAN NOT NULL, UseContractLease BOOLEAN NOT NULL,"
        " UnearnedInterestBalance MONEY NOT NULL, AssetNumber VARCHAR(32) NOT NULL, LeaseRate NUMERIC(18, 6)"
        " NOT NULL, Note VARCHAR(9))",
    )
    key = await shop.cloned()
    async with shop.writing() as work:
        line = await work.add_line(key, shop.seats())

    with transaction(file_of(shop)) as file:
        row = file.execute("SELECT * FROM SCContractDetails").fetchone()
    assert row["ContractDetailID"] == line
    assert (row["UseContractLease"], row["UnearnedInterestBalance"], row["LeaseRate"]) == (0, 0, 0)
    assert (row["AssetNumber"], row["Note"]) == ("", None)


async def test_a_line_column_nothing_is_known_to_fill_stops_the_line_by_name(make: Make) -> None:
    shop = await make(
        "ALTER TABLE SCContractDetails ADD COLUMN Since DATETIME NOT NULL DEFAULT '2020-01-01'",
    )
    key = await shop.cloned()
    async with shop.writing() as work:
        await work.add_line(key, shop.seats())
    with transaction(file_of(shop)) as file:
        file.execute("PRAGMA writable_schema = ON")
        file.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, ' DEFAULT ''2020-01-01''', '')"
            " WHERE name = 'SCContractDetails'"
        )
    other = EAutomate.open(shop.port.settings)
    again = Shop(other, shop.hand)
    again.item = shop.item
    with pytest.raises(SchemaMismatch, match=r"SCContractDetails\.Since must not be empty"):
        async with again.writing() as work:
            await work.add_line(key, again.seats())
    await other.close()


async def test_lines_without_stamps_are_written_and_their_changes_seen(make: Make) -> None:
    shop = await make(like=Variant(line_audit=False))
    key = await shop.cloned()
    mark = (await shop.port.window()).high
    async with shop.writing() as work:
        line = await work.add_line(key, shop.seats())
    window = await shop.port.window(mark)
    [seen] = (await shop.port.contracts_changed(window.low, window.high)).records
    assert len(seen.lines) == 1

    async def beside() -> str:
        rows = {row.key: row async for page in shop.port.contracts_beside() for row in page}
        return str(rows[key].fields["children_stamp"])

    stamps = [await beside()]
    assert stamps == [seen.children_stamp]
    with transaction(file_of(shop)) as file:
        file.execute("UPDATE SCContractDetails SET Quantity = 9 WHERE ContractDetailID = ?", (line,))
    stamps.append(await beside())
    assert len(set(stamps)) == 2
    assert (await shop.read(key)).children_stamp == stamps[-1]

    async with shop.writing() as work:
        assert await work.update_line(line, {"quantity": Decimal(3)})
        assert not await work.update_line(line, {"quantity": Decimal(3)})
        assert await work.remove_line(line)


async def test_without_the_acknowledgement_it_reads_as_unknown_and_is_not_written(make: Make) -> None:
    shop = await make(like=Variant(acknowledgement=False))
    key = await shop.cloned(acknowledge=True)

    before = await shop.read(key)
    assert before.acknowledge is None
    async with shop.writing() as work:
        assert not await work.update_contract(key, {"acknowledge": True}, before.row_version)


async def test_without_a_series_a_contract_takes_the_highest_id_as_its_number(make: Make) -> None:
    shop = await make("DROP TABLE ea_double_NumberSeries")
    await shop.contract(f"CW-{shop.template + 2}-01")

    first, second = await shop.cloned(), await shop.cloned(prefix="")

    assert first == shop.template + 2
    assert (await shop.read(first)).number == f"CW-{first + 1}-01"
    assert (await shop.read(second)).number == f"{second}-01"


async def test_a_series_that_is_behind_is_moved_on_or_said_so(make: Make) -> None:
    shop = await make(
        "UPDATE ea_double_NumberSeries SET NextNo = 5, Prefix = 'CN', Width = 4 WHERE Series = 'Contract'",
    )
    with transaction(file_of(shop)) as file:
        file.execute(
            "UPDATE ea_double_NumberSeries SET NextNo = ? WHERE Series = 'ContractID'", (shop.template,)
        )
    taken = await shop.contract("CN0005-01")

    made = await shop.read(await shop.cloned(prefix=""))

    assert (made.contract_id, made.number) == (taken + 1, "CN0006-01")
    assert (await shop.read(await shop.cloned(prefix=""))).number == "CN0007-01"


async def test_a_series_far_behind_asks_for_help(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = await make("UPDATE ea_double_NumberSeries SET NextNo = 5 WHERE Series = 'Contract'")
    monkeypatch.setattr("shared.eautomate.numbers.TRIES", 2)
    for number in (5, 6):
        await shop.contract(f"CW-{number}-01")

    with pytest.raises(PermanentError, match="2 contract numbers in a row up to CW-6 are taken"):
        await shop.cloned()


async def test_a_profile_names_series_columns_and_the_kind_of_a_line(make: Make) -> None:
    shop = await make(
        "ALTER TABLE ea_double_NumberSeries RENAME TO own_Numbers",
        "ALTER TABLE own_Numbers RENAME COLUMN NextNo TO Upcoming",
        "UPDATE own_Numbers SET Series = 'Vertrag', Upcoming = 41 WHERE Series = 'Contract'",
        profile=(
            "number_series: {owner: own, table: Numbers, next_no: Upcoming, contract: Vertrag}\n"
            "item_line_type: 9\n"
        ),
    )
    key = await shop.cloned()
    async with shop.writing() as work:
        line = await work.add_line(key, shop.seats())

    assert (await shop.read(key)).number == "CW-41-01"
    row = await shop.hand.row(schema.SCContractDetails, ContractDetailID=line)
    assert row["ContractDetailTypeID"] == 9


async def test_columns_of_other_names_are_read_copied_and_written(make: Make) -> None:
    shop = await make(
        "ALTER TABLE SCContracts RENAME COLUMN PONumber TO CustomerPO",
        "ALTER TABLE SCContracts RENAME COLUMN Remarks TO Notes",
        "ALTER TABLE SCContractDetails RENAME COLUMN UnitBaseRate TO Rate",
        "ALTER TABLE ICItems RENAME COLUMN Active TO InUse",
        "ALTER TABLE ARInvoices RENAME COLUMN InvoiceNumber TO Number",
        profile=(
            "tables:\n"
            "  SCContracts: {columns: {PONumber: CustomerPO, Remarks: Notes}}\n"
            "  SCContractDetails: {columns: {UnitBaseRate: Rate}}\n"
            "  ICItems: {columns: {Active: InUse}}\n"
            "  ARInvoices: {columns: {InvoiceNumber: Number}}\n"
        ),
    )
    with transaction(file_of(shop)) as file:
        file.execute("UPDATE SCContracts SET CustomerPO = 'theirs', Notes = 'kept'")
    key = await shop.cloned()
    async with shop.writing() as work:
        line = await work.add_line(key, shop.seats())
        assert await work.update_line(line, {"unit_base_rate": Decimal(9)})
        assert await work.update_contract(key, {"po_number": "1001"}, None)
        await work.create_item(await shop.read_item("SEAT"), "SEAT-PRO", "", shop.hours)

    contract = await shop.read(key)
    assert (contract.po_number, contract.remarks) == ("1001", "kept")
    assert contract.lines[0].base_rate == Decimal(27)
    assert (await shop.read_item("SEAT-PRO")).unit == "HR"
    assert await shop.port.invoice_numbers(["IN1"]) == {}
    assert await shop.port.contract_invoices_all() == []


async def test_invoices_without_a_rowversion_are_compared_in_full(make: Make) -> None:
    shop = await make(
        *(
            f'DROP TRIGGER "ARInvoices_{name}"'
            for name in ("insert", "update", "timestamp_insert", "timestamp_update")
        ),
        'DROP INDEX "standin_ARInvoices_timestamp"',
        'ALTER TABLE ARInvoices DROP COLUMN "timestamp"',
    )
    contract = await shop.contract("CN7001-01")
    with transaction(file_of(shop)) as file:
        file.execute(
            "INSERT INTO ARInvoices (InvoiceID, InvoiceNumber, CustomerID, BillToID, Total, Due, LastUpdate)"
            " VALUES (1, 'IN1', ?, ?, 10, 10, '2026-05-01 08:00:00.000000')",
            (shop.customer, shop.payer),
        )
        file.execute("INSERT INTO SCBilling (InvoiceID) VALUES (1)")
    await shop.billed(1, contract)

    async def beside() -> str:
        rows = [row async for page in shop.port.contract_invoices_beside() for row in page]
        return str(rows[0].fields["children_stamp"])

    window = await shop.port.window()
    assert (await shop.port.contract_invoices_changed(window.low, window.high)).records == []
    invoice = (await shop.port.contract_invoices_by_id([1]))[1]
    assert invoice.children_stamp == await beside()
    async with shop.writing() as work:
        assert await work.rename_invoice(1, "1001", invoice.row_version)
    after = (await shop.port.contract_invoices_by_id([1]))[1]
    assert after.row_version != invoice.row_version
    assert invoice.children_stamp != after.children_stamp == await beside()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("DROP TABLE SCBilling", "SCBilling: no such table"),
        ("ALTER TABLE SCContracts RENAME COLUMN PONumber TO PO", "SCContracts.PONumber: no such column"),
        ("ALTER TABLE ARCustomers RENAME COLUMN TermID TO Terms", "ARCustomers.TermID: no such column"),
        ("DROP TABLE tandem_contract_periods", "tandem_contract_periods: the ledger table is missing"),
        ("DROP TABLE tandem_contract_writes", "tandem_contract_writes: the ledger table is missing"),
    ],
)
async def test_a_contract_table_that_differs_stops_contracts_and_no_customer(
    make: Make, change: str, said: str
) -> None:
    shop = await make()
    with transaction(file_of(shop)) as file:
        file.execute(change)
    port = EAutomate.open(shop.port.settings)

    async with port.transaction("ID747", "customer/1", 1):
        pass
    with pytest.raises(SchemaMismatch, match=said.replace(".", r"\.")):
        async with port.transaction("ID964", "invoice/1", 1, area="contracts"):
            pass

    assert await port.differences("customers") == []
    [difference] = await port.differences()
    assert said in difference.text
    await port.close()


async def test_a_customer_table_that_differs_stops_no_contract(make: Make) -> None:
    shop = await make()
    with transaction(file_of(shop)) as file:
        file.execute("ALTER TABLE ShTerritories RENAME COLUMN Territory TO Area")
    port = EAutomate.open(shop.port.settings)

    async with port.transaction("ID964", "invoice/1", 1, area="contracts"):
        pass
    with pytest.raises(SchemaMismatch, match=r"ShTerritories\.Territory: no such column"):
        async with port.transaction("ID747", "customer/1", 1):
            pass
    await port.close()


async def test_days_stay_the_dealers_own_in_every_zone(tmp_path: Path) -> None:
    create(tmp_path / "ea.db")
    for zone in ("America/Chicago", "Pacific/Auckland"):
        port = EAutomate.open(EAutomateSettings(url=SecretStr(url(tmp_path / "ea.db")), time_zone=zone))
        await port.create_ledger()
        shop = Shop(port, Hand(port.engine))
        await shop.hand.codes()
        await shop.open()
        key = await shop.cloned(exp_date=date(2027, 4, 30))
        contract = await shop.read(key)
        assert (contract.start_date, contract.exp_date) == (MAY, date(2027, 4, 30))
        row = await shop.hand.row(schema.SCContracts, ContractID=key)
        assert (row["StartDate"].date(), row["StartDate"].hour) == (MAY, 0)
        await shop.hand.clean()
        await port.close()
