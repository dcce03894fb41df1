"""What SQL Server and the product do by themselves, as triggers in the file: every client meets it.

* one rowversion counter for the whole database, moved by every insert and update, no-op saves too;
* user ids and kinds padded to their width;
* a new head office carries its own id in LocationID and BillToID;
* another configuration on a customer, an employee, a contract, an item or equipment wipes its property values.
"""

from collections.abc import Iterator

from sqlalchemy import CHAR, MetaData, Table

from shared.eautomate.types import RowVersion

_DIGIT = 'substr(digits, (("rowversion" + {plus}) >> {shift} & 255) + 1, 1)'


def _bytes(plus: int) -> str:
    digits = " || ".join(_DIGIT.format(plus=plus, shift=shift) for shift in range(56, -8, -8))
    return f"CAST({digits} AS BLOB)"


DATABASE = f"""
CREATE TABLE standin_database (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    database_guid VARCHAR(36) NOT NULL,
    create_date VARCHAR(32) NOT NULL,
    "rowversion" INTEGER NOT NULL,
    digits BLOB NOT NULL,
    current_rowversion BLOB GENERATED ALWAYS AS ({_bytes(0)}) VIRTUAL,
    min_active_rowversion BLOB GENERATED ALWAYS AS ({_bytes(1)}) VIRTUAL
)
"""
"""Identity and counter; ``digits`` holds the 256 bytes. The counter shows as 8 bytes, big-endian."""

_CURRENT = "(SELECT current_rowversion FROM standin_database)"


def triggers(metadata: MetaData) -> Iterator[str]:
    """Statements that make the behaviour, in the order they are run."""
    for table in metadata.sorted_tables:
        if _row_version(table):
            yield from _counted(table)
        elif _padded(table):
            yield from _padding(table)
    yield from (_wipe(*wiped) for wiped in _CONFIGURED)
    yield from _indexes(metadata)


# Names come from the schema module; nothing in these statements is anybody's input.
# ruff: noqa: S608

_CONFIGURED = (
    ("ARCustomers", "ARCustomerCustomProperties", "CustomerID"),
    ("ShAgents", "ShAgentCustomProperties", "AgentID"),
    ("SCContracts", "SCContractCustomProperties", "ContractID"),
    ("ICItems", "ICItemCustomProperties", "ItemID"),
    ("SCEquipments", "SCEquipmentCustomProperties", "EquipmentID"),
)

_INDEXED = (
    ("ARCustomers", "timestamp"),
    ("SCContracts", "timestamp"),
    ("SCContracts", "CustomerID"),
    ("SCContracts", "BillToID"),
    ("SCContracts", "ContractMajor"),
    ("SCContracts", "BaseNextBillingDate"),
    ("SCContractDetails", "timestamp"),
    ("SCContractDetails", "ContractID"),
    ("SCContractDetails", "ItemID"),
    ("SCContractMeterGroups", "timestamp"),
    ("SCContractMeterGroups", "ContractID"),
    ("ICItems", "timestamp"),
    ("SCEquipments", "CustomerID"),
    ("ARInvoices", "timestamp"),
    ("ARInvoices", "CustomerID"),
    ("SCBilling", "timestamp"),
    ("SCBillingContracts", "InvoiceID"),
    ("SCBillingContracts", "ContractID"),
    ("ARReceipts", "timestamp"),
    ("ARReceiptDetails", "ReceiptID"),
    ("ARReceiptDetails", "InvoiceID"),
    ("SCCalls", "timestamp"),
    ("SCCalls", "CustomerID"),
    ("SCCalls", "ContractID"),
    ("SCCalls", "Status"),
    ("SCCalls", "InvoiceID"),
    ("SCCallLabors", "timestamp"),
    ("SCCallLabors", "CallID"),
    ("SCCallMaterials", "timestamp"),
    ("SCCallMaterials", "CallID"),
)
"""What is looked up or read in order."""


def _indexes(metadata: MetaData) -> Iterator[str]:
    for table, column in _INDEXED:
        if column in metadata.tables[f"dbo.{table}"].columns:
            yield f'CREATE INDEX "standin_{table}_{column}" ON "{table}" ("{column}")'


def _wipe(table: str, properties: str, key: str) -> str:
    return f"""
CREATE TRIGGER "{table}_configuration" AFTER UPDATE OF "ShTrackingConfigID" ON "{table}"
WHEN NEW."ShTrackingConfigID" IS NOT OLD."ShTrackingConfigID"
BEGIN
    DELETE FROM "{properties}" WHERE "{key}" = NEW."{key}";
END
"""


_HEAD_OFFICE = [
    '"LocationID" = coalesce("LocationID", "CustomerID")',
    '"BillToID" = coalesce("BillToID", "LocationID", "CustomerID")',
]


def _counted(table: Table) -> Iterator[str]:
    name, where = table.name, _where(table)
    count = 'UPDATE standin_database SET "rowversion" = "rowversion" + 1'
    sets = [f'"timestamp" = {_CURRENT}', *_padded(table)]
    first = ", ".join(sets + (_HEAD_OFFICE if name == "ARCustomers" else []))
    yield (
        f'CREATE TRIGGER "{name}_insert" AFTER INSERT ON "{name}"'
        f' BEGIN {count}; UPDATE "{name}" SET {first} WHERE {where}; END'
    )
    yield (
        f'CREATE TRIGGER "{name}_update" AFTER UPDATE ON "{name}" WHEN NEW."timestamp" IS OLD."timestamp"'
        f' BEGIN {count}; UPDATE "{name}" SET {", ".join(sets)} WHERE {where}; END'
    )
    yield (
        f'CREATE TRIGGER "{name}_timestamp_insert" BEFORE INSERT ON "{name}"'
        ' WHEN NEW."timestamp" IS NOT NULL'
        " BEGIN SELECT RAISE(ABORT, 'Cannot insert an explicit value into a timestamp column.'); END"
    )
    yield (
        f'CREATE TRIGGER "{name}_timestamp_update" BEFORE UPDATE OF "timestamp" ON "{name}"'
        f' WHEN NEW."timestamp" IS NOT {_CURRENT}'
        " BEGIN SELECT RAISE(ABORT, 'Cannot update a timestamp column.'); END"
    )


def _padding(table: Table) -> Iterator[str]:
    name, sets = table.name, ", ".join(_padded(table))
    for event in ("INSERT", "UPDATE"):
        yield (
            f'CREATE TRIGGER "{name}_padding_{event.lower()}" AFTER {event} ON "{name}"'
            f' BEGIN UPDATE "{name}" SET {sets} WHERE {_where(table)}; END'
        )


def _padded(table: Table) -> list[str]:
    widths = {
        column.name: column.type.length or 1 for column in table.columns if isinstance(column.type, CHAR)
    }
    return [f'"{name}" = substr("{name}" || \'{"":<{width}}\', 1, {width})' for name, width in widths.items()]


def _row_version(table: Table) -> bool:
    return any(isinstance(column.type, RowVersion) for column in table.columns)


def _where(table: Table) -> str:
    return " AND ".join(f'"{column.name}" = NEW."{column.name}"' for column in table.primary_key)
