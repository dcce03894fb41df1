"""What everybody does at a desk: open a row, change it, press OK; each action is one short transaction."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Column, DateTime, Integer

from services.simulator.eautomate import database
from services.simulator.eautomate.schema import METADATA
from shared.eautomate.types import Money, Rate, to_ticks


class Desk:
    """One person's way to the file."""

    def __init__(self, path: Path, user: str = "JSMITH", zone: tzinfo = UTC) -> None:
        """Open the desk.

        Args:
            path: the stand-in's file.
            user: e-automate login, stamped on what is saved.
            zone: zone of the server's clock.
        """
        self.path = path
        self.user = user
        self._zone = zone

    @contextmanager
    def _file(self) -> Iterator[sqlite3.Connection]:
        with database.transaction(self.path) as file:
            yield file

    def _now(self) -> str:
        return _stored(datetime.now(self._zone).replace(tzinfo=None))

    def _today(self) -> date:
        return datetime.now(self._zone).date()

    def _save(
        self,
        file: sqlite3.Connection,
        table: str,
        key: int,
        fields: Mapping[str, Any],
        user: str | None = None,
    ) -> None:
        """Press OK: stamps, user and rowversion move even when nothing was altered."""
        stamps = {"UpdatorID": user or self.user, "LastUpdate": self._now()}
        stamped = {**fields, **_carried(file, table, stamps)}
        if not stamped:
            return
        sets = ", ".join(f'"{name}" = ?' for name in _known(table, stamped))
        file.execute(
            f"UPDATE {table} SET {sets} WHERE {_key(table)} = ?",  # noqa: S608 - names are checked
            (*_values(table, stamped), key),
        )

    def _insert(self, file: sqlite3.Connection, table: str, fields: Mapping[str, Any]) -> int:
        """A row; its key."""
        now = self._now()
        who = {"CreatorID": self.user, "UpdatorID": self.user, "CreateDate": now, "LastUpdate": now}
        row = _carried(file, table, who) | dict(fields)
        names = ", ".join(f'"{name}"' for name in _known(table, row))
        marks = ", ".join("?" * len(row))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names are checked
        return file.execute(statement, _values(table, row)).lastrowid or 0

    def _assign_configuration(
        self, file: sqlite3.Connection, table: str, key: int, configuration: str | None, rows: bool
    ) -> None:
        """Choose a configuration; with ``rows``, empty property rows appear at once."""
        chosen = None if configuration is None else find(file, "ShTrackingConfigs", configuration)
        self._save(file, table, key, {"ShTrackingConfigID": chosen})
        if rows and chosen is not None:
            properties = PROPERTIES[table]
            file.execute(
                f"INSERT OR IGNORE INTO {properties} ({_key(table)}, ShAttributeID, Required, CreatorID,"  # noqa: S608
                " CreateDate) SELECT ?, ShAttributeID, Required, ?, ? FROM ShTrackingConfigAttributes"
                " WHERE ShTrackingConfigID = ?",
                (key, self.user, self._now(), chosen),
            )

    def _type_property(
        self, file: sqlite3.Connection, table: str, row: sqlite3.Row, name: str, value: str | None
    ) -> None:
        """Type a value into a property the configuration shows, press OK."""
        if not _held(file, row["ShTrackingConfigID"], name):
            column, spoken = _NUMBERS[table]
            raise LookupError(f"the configuration of {spoken} {row[column]} does not show {name}")
        write_property(file, table, row[_key(table)], name, value)
        self._save(file, table, row[_key(table)], {})


PROPERTIES = {"ARCustomers": "ARCustomerCustomProperties", "ShAgents": "ShAgentCustomProperties"}
"""Where the property values of a table's rows are."""

_NUMBERS = {
    "ARCustomers": ("CustomerNumber", "customer"),
    "ShAgents": ("AgentNumber", "employee"),
    "SCContracts": ("ContractNumber", "contract"),
    "SCEquipments": ("EquipmentNumber", "equipment"),
    "ICItems": ("Item", "item"),
    "ARInvoices": ("InvoiceNumber", "invoice"),
    "ARReceipts": ("ReceiptNumber", "receipt"),
    "SCCalls": ("CallNumber", "call"),
}
_CODES = {
    "ARCustomerTypes": ("CustomerType", "customer type"),
    "GLBranches": ("BranchNumber", "branch"),
    "ICCategories": ("Category", "category"),
    "ICInventoryCodes": ("InventoryCode", "inventory code"),
    "ICModels": ("Model", "model"),
    "ICUnits": ("UM", "unit"),
    "SCActivityCodes": ("ActivityCode", "activity code"),
    "SCBillCodes": ("BillCode", "bill code"),
    "SCBillGroups": ("BillGroup", "bill group"),
    "SCBillingCycles": ("BillingCycle", "billing cycle"),
    "SCCallTypes": ("CallType", "call type"),
    "SCCancelCodes": ("CancelCode", "cancel code"),
    "SCContractCodes": ("ContractCode", "contract code"),
    "SCContractStatuses": ("ContractStatus", "contract status"),
    "SCDistributionCodes": ("DistributionCode", "distribution code"),
    "SCIncompleteCodes": ("IncompleteCode", "incomplete code"),
    "SCPriorities": ("Priority", "priority"),
    "SCProblemCodes": ("ProblemCode", "problem code"),
    "SCRepairCodes": ("RepairCode", "repair code"),
    "SCTerminationCodes": ("TerminationCode", "termination code"),
    "ShExpenseCodes": ("ExpenseCode", "expense code"),
    "ShOnHoldCodes": ("OnHoldCode", "on-hold code"),
    "ShSalesCodes": ("SalesCode", "sales code"),
    "ShServiceCodes": ("ServiceCode", "service code"),
    "ShTaxCodes": ("TaxCode", "tax code"),
    "ShTerms": ("Term", "terms"),
    "ShTerritories": ("Territory", "territory"),
    "ShTrackingConfigs": ("TrackingConfig", "configuration"),
}
"""Column and spoken name, by table."""


def opened(file: sqlite3.Connection, table: str, number: str) -> sqlite3.Row:
    """The row with this number.

    Raises:
        LookupError: there is none.
    """
    column, spoken = _NUMBERS[table]
    row: sqlite3.Row | None = file.execute(
        f"SELECT * FROM {table} WHERE {column} = ?",  # noqa: S608 - names are ours
        (number,),
    ).fetchone()
    if row is None:
        raise LookupError(f"no {spoken} {number}")
    return row


def find(file: sqlite3.Connection, table: str, code: str) -> int:
    """The key of a code.

    Raises:
        LookupError: there is no such code.
    """
    column, spoken = _CODES[table]
    row = file.execute(
        f"SELECT {_key(table)} FROM {table} WHERE {column} = ?",  # noqa: S608 - names are ours
        (code,),
    ).fetchone()
    if row is None:
        raise LookupError(f"no {spoken} {code}")
    return int(row[0])


def code_column(table: str) -> str:
    """The column that holds a code table's codes.

    Raises:
        LookupError: it is no code table.
    """
    if table not in _CODES:
        raise LookupError(f"{table} is no code table; there are {', '.join(sorted(_CODES))}")
    return _CODES[table][0]


def write_property(file: sqlite3.Connection, table: str, key: int, name: str, value: str | None) -> None:
    """Set a property value; no stamp of the record moves.

    Raises:
        LookupError: there is no such property.
    """
    attribute = file.execute(
        "SELECT ShAttributeID FROM ShAttributes WHERE AttributeName = ?", (name,)
    ).fetchone()
    if attribute is None:
        raise LookupError(f"no attribute {name}")
    entry = file.execute(
        "SELECT ListValueID FROM ShAttributeListValues WHERE ShAttributeID = ? AND Value = ?",
        (attribute[0], value),
    ).fetchone()
    owner = _key(table)
    file.execute(
        f"INSERT INTO {PROPERTIES[table]} ({owner}, ShAttributeID, TextVal, IDVal) VALUES (?, ?, ?, ?)"  # noqa: S608
        f" ON CONFLICT ({owner}, ShAttributeID) DO UPDATE"
        " SET TextVal = excluded.TextVal, IDVal = excluded.IDVal",
        (key, attribute[0], value, entry[0] if entry else None),
    )


def read_properties(file: sqlite3.Connection, table: str, key: int) -> dict[str, str | None]:
    """Property values as stored, by name."""
    rows = file.execute(
        f"SELECT a.AttributeName, p.TextVal FROM {PROPERTIES[table]} AS p"  # noqa: S608 - names are ours
        f" JOIN ShAttributes AS a ON a.ShAttributeID = p.ShAttributeID WHERE p.{_key(table)} = ?",
        (key,),
    )
    return dict(rows.fetchall())


def _held(file: sqlite3.Connection, configuration: int | None, name: str) -> bool:
    found = file.execute(
        "SELECT 1 FROM ShTrackingConfigAttributes AS c JOIN ShAttributes AS a"
        " ON a.ShAttributeID = c.ShAttributeID WHERE c.ShTrackingConfigID = ? AND a.AttributeName = ?",
        (configuration, name),
    )
    return found.fetchone() is not None


def _carried(file: sqlite3.Connection, table: str, stamps: Mapping[str, Any]) -> dict[str, Any]:
    """Stamps the table has in this file: not every table has them."""
    there = {row["name"] for row in file.execute(f"PRAGMA table_info({table})")}
    return {name: value for name, value in stamps.items() if name in there}


def _known(table: str, fields: Mapping[str, Any]) -> list[str]:
    unknown = set(fields) - {column.name for column in METADATA.tables[f"dbo.{table}"].columns}
    if unknown:
        raise ValueError(f"{table} has no columns {sorted(unknown)}")
    return list(fields)


def _key(table: str) -> str:
    return METADATA.tables[f"dbo.{table}"].primary_key.columns[0].name


def _values(table: str, fields: Mapping[str, Any]) -> tuple[Any, ...]:
    columns = METADATA.tables[f"dbo.{table}"].columns
    return tuple(_value(columns[name], value) for name, value in fields.items())


def _value(column: Column[Any], value: Any) -> Any:
    if isinstance(value, str):
        return _typed(column, value)
    if isinstance(value, Decimal):
        return str(column.type.rounded(value) if isinstance(column.type, Money | Rate) else value)
    if isinstance(value, datetime):
        return _stored(value)
    return f"{value.isoformat()} 00:00:00.000000" if isinstance(value, date) else value


def _typed(column: Column[Any], text: str) -> Any:
    """What a person typed, as the column takes it: SQLite would keep any text, the product's server does not."""
    if not isinstance(column.type, Integer | Money | Rate | DateTime):
        return text
    if not text.strip():
        return None
    if isinstance(column.type, Integer):
        if re.fullmatch(r"-?\d{1,10}", text.strip(), re.ASCII) is None:
            raise ValueError(f"{column.name} is a whole number, not {text!r}")
        return int(text)
    if isinstance(column.type, DateTime):
        try:
            return _stored(datetime.fromisoformat(text.strip()))
        except ValueError:
            raise ValueError(f"{column.name} is a day such as 2026-01-31, not {text!r}") from None
    if re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", text.strip(), re.ASCII) is None:
        raise ValueError(f"{column.name} is a number, not {text!r}")
    return _value(column, Decimal(text.strip()))


def _stored(moment: datetime) -> str:
    return to_ticks(moment).isoformat(sep=" ", timespec="microseconds")
