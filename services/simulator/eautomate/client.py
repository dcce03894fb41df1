"""What people do in the thick client, and what others do behind its back by SQL.

Every action is one short transaction. Columns go by their names: ``save_customer("AB00", Phone1="...")``.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from services.simulator.eautomate import database
from services.simulator.eautomate.schema import METADATA
from shared.eautomate.types import to_ticks


class Client:
    """The client at one person's desk."""

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

    def customer(self, number: str) -> dict[str, Any]:
        """The customer's row as stored.

        Raises:
            LookupError: there is no such customer.
        """
        with self._file() as file:
            return dict(_customer(file, number))

    def save_customer(self, number: str, user: str | None = None, **fields: Any) -> None:
        """Press OK: stamps, user and rowversion move even when nothing was altered."""
        with self._file() as file:
            row = _customer(file, number)
            self._save(file, row["CustomerID"], fields, user)

    def add_customer(self, number: str, name: str, **fields: Any) -> int:
        """A head office; its ``CustomerID``."""
        return self._insert("ARCustomers", {"CustomerNumber": number, "CustomerName": name, **fields})

    def add_location(self, parent: str, number: str, name: str, **fields: Any) -> int:
        """A location of a customer, invoiced to it; its ``CustomerID``."""
        owner = self.customer(parent)["CustomerID"]
        return self.add_customer(number, name, **{"LocationID": owner, "BillToID": owner, **fields})

    def assign_configuration(self, number: str, configuration: str | None, rows: bool = True) -> None:
        """Choose a custom-property configuration: the values of the one before are gone.

        Args:
            rows: whether empty property rows appear at once.
        """
        with self._file() as file:
            customer = _customer(file, number)["CustomerID"]
            chosen = None if configuration is None else _configuration(file, configuration)
            self._save(file, customer, {"ShTrackingConfigID": chosen}, None)
            if rows and chosen is not None:
                file.execute(
                    "INSERT OR IGNORE INTO ARCustomerCustomProperties"
                    " (CustomerID, ShAttributeID, Required, CreatorID, CreateDate)"
                    " SELECT ?, ShAttributeID, Required, ?, ? FROM ShTrackingConfigAttributes"
                    " WHERE ShTrackingConfigID = ?",
                    (customer, self.user, self._now(), chosen),
                )

    def set_property(self, number: str, name: str, value: str | None) -> None:
        """Type a property value and press OK.

        Raises:
            LookupError: no such customer or attribute, or the configuration does not show it.
        """
        with self._file() as file:
            row = _customer(file, number)
            if not _held(file, row["ShTrackingConfigID"], name):
                raise LookupError(f"the configuration of customer {number} does not show {name}")
            _set_property(file, row["CustomerID"], name, value)
            self._save(file, row["CustomerID"], {}, None)

    def properties(self, number: str) -> dict[str, str | None]:
        """Property values as stored, by name."""
        with self._file() as file:
            rows = file.execute(
                "SELECT a.AttributeName, p.TextVal FROM ARCustomerCustomProperties AS p"
                " JOIN ShAttributes AS a ON a.ShAttributeID = p.ShAttributeID WHERE p.CustomerID = ?",
                (_customer(file, number)["CustomerID"],),
            )
            return dict(rows.fetchall())

    def put_on_hold(self, number: str, code: str = "CH") -> None:
        """Put a customer on hold with a code."""
        with self._file() as file:
            row = file.execute(
                "SELECT OnHoldCodeID FROM ShOnHoldCodes WHERE OnHoldCode = ?", (code,)
            ).fetchone()
            if row is None:
                raise LookupError(f"no on-hold code {code}")
            fields = {"Hold": 1, "OnHoldCodeID": row[0]}
            self._save(file, _customer(file, number)["CustomerID"], fields, None)

    def release(self, number: str, keep_code: bool = True) -> None:
        """Release a customer; the code may stay on the row, the ``Hold`` bit is what counts."""
        self.save_customer(number, **({"Hold": 0} if keep_code else {"Hold": 0, "OnHoldCodeID": None}))

    def inactivate(self, number: str) -> None:
        """Take a customer out of use."""
        self.save_customer(number, Active=0)

    def reactivate(self, number: str) -> None:
        """Take a customer into use again."""
        self.save_customer(number, Active=1)

    def renumber(self, number: str, new: str) -> None:
        """Give a customer another number; its id stays."""
        self.save_customer(number, CustomerNumber=new)

    def merge(self, loser: str, winner: str) -> None:
        """Merge two customers: the loser's locations go to the winner, its row is gone."""
        with self._file() as file:
            lost, kept = _customer(file, loser)["CustomerID"], _customer(file, winner)["CustomerID"]
            for column in ("LocationID", "BillToID", "MailToID"):
                # Column names are ours.
                file.execute(
                    f"UPDATE ARCustomers SET {column} = ? WHERE {column} = ? AND CustomerID <> ?",  # noqa: S608
                    (kept, lost, lost),
                )
            file.execute("DELETE FROM ARCustomerCustomProperties WHERE CustomerID = ?", (lost,))
            file.execute("DELETE FROM ARCustomerContacts WHERE CustomerID = ?", (lost,))
            file.execute("DELETE FROM ARCustomers WHERE CustomerID = ?", (lost,))
            self._save(file, kept, {}, None)

    def foreign_property(self, number: str, name: str, value: str | None) -> None:
        """Somebody else's SQL sets ``TextVal``: no stamp, no rowversion moves."""
        with self._file() as file:
            _set_property(file, _customer(file, number)["CustomerID"], name, value)

    def foreign_sql(self, statement: str, *values: Any) -> int:
        """Somebody else's SQL; how many rows it touched."""
        with self._file() as file:
            return file.execute(statement, values).rowcount

    def backup(self, to: Path) -> None:
        """Back the database up."""
        database.backup(self.path, to)

    def restore(self, backed_up: Path) -> None:
        """Restore a backup: the rowversion jumps back, the database has another identity."""
        database.restore(self.path, backed_up)

    @contextmanager
    def _file(self) -> Iterator[sqlite3.Connection]:
        with database.transaction(self.path) as file:
            yield file

    def _now(self) -> str:
        now = to_ticks(datetime.now(self._zone).replace(tzinfo=None))
        return now.isoformat(sep=" ", timespec="microseconds")

    def _save(
        self, file: sqlite3.Connection, customer: int, fields: Mapping[str, Any], user: str | None
    ) -> None:
        stamped = {**fields, "UpdatorID": user or self.user, "LastUpdate": self._now()}
        sets = ", ".join(f'"{name}" = ?' for name in _known("ARCustomers", stamped))
        file.execute(
            f"UPDATE ARCustomers SET {sets} WHERE CustomerID = ?",  # noqa: S608 - names are checked
            (*stamped.values(), customer),
        )

    def _insert(self, table: str, fields: Mapping[str, Any]) -> int:
        now = self._now()
        who = {"CreatorID": self.user, "UpdatorID": self.user, "CreateDate": now, "LastUpdate": now}
        row = who | dict(fields)
        names = ", ".join(f'"{name}"' for name in _known(table, row))
        marks = ", ".join("?" * len(row))
        with self._file() as file:
            statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names are checked
            return file.execute(statement, tuple(row.values())).lastrowid or 0


def _known(table: str, fields: Mapping[str, Any]) -> list[str]:
    unknown = set(fields) - {column.name for column in METADATA.tables[f"dbo.{table}"].columns}
    if unknown:
        raise ValueError(f"{table} has no columns {sorted(unknown)}")
    return list(fields)


def _customer(file: sqlite3.Connection, number: str) -> sqlite3.Row:
    row: sqlite3.Row | None = file.execute(
        "SELECT * FROM ARCustomers WHERE CustomerNumber = ?", (number,)
    ).fetchone()
    if row is None:
        raise LookupError(f"no customer {number}")
    return row


def _configuration(file: sqlite3.Connection, name: str) -> int:
    row = file.execute(
        "SELECT ShTrackingConfigID FROM ShTrackingConfigs WHERE TrackingConfig = ?", (name,)
    ).fetchone()
    if row is None:
        raise LookupError(f"no configuration {name}")
    return int(row[0])


def _held(file: sqlite3.Connection, configuration: int | None, name: str) -> bool:
    found = file.execute(
        "SELECT 1 FROM ShTrackingConfigAttributes AS c JOIN ShAttributes AS a"
        " ON a.ShAttributeID = c.ShAttributeID WHERE c.ShTrackingConfigID = ? AND a.AttributeName = ?",
        (configuration, name),
    )
    return found.fetchone() is not None


def _set_property(file: sqlite3.Connection, customer: int, name: str, value: str | None) -> None:
    attribute = file.execute(
        "SELECT ShAttributeID FROM ShAttributes WHERE AttributeName = ?", (name,)
    ).fetchone()
    if attribute is None:
        raise LookupError(f"no attribute {name}")
    entry = file.execute(
        "SELECT ListValueID FROM ShAttributeListValues WHERE ShAttributeID = ? AND Value = ?",
        (attribute[0], value),
    ).fetchone()
    file.execute(
        "INSERT INTO ARCustomerCustomProperties (CustomerID, ShAttributeID, TextVal, IDVal)"
        " VALUES (?, ?, ?, ?)"
        " ON CONFLICT (CustomerID, ShAttributeID) DO UPDATE"
        " SET TextVal = excluded.TextVal, IDVal = excluded.IDVal",
        (customer, attribute[0], value, entry[0] if entry else None),
    )
