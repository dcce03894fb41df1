"""Records to a JSON file and back, so that a restarted stand-in remembers.

Faults, clock and log are not kept.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.simulator.connectwise.fields import Entity, Kind, Record
from services.simulator.connectwise.store import Row, Store


def save(store: Store, file: Path) -> None:
    """Write all records; the file is replaced in one step."""
    tables = ",".join(
        f'"{name}":{{"next":{table.next_id},"rows":[{",".join(map(_kept, table.rows.values()))}]}}'
        for name, table in store.tables.items()
    )
    audits = json.dumps([[kind, ident, rows] for (kind, ident), rows in store.audits.items()])
    beside = file.with_name(file.name + ".new")
    beside.write_text(f'{{"tables":{{{tables}}},"audits":{audits}}}', encoding="utf-8")
    beside.replace(file)


def load(store: Store, file: Path) -> bool:
    """Replace all records by those of the file; False without a file. Raises ValueError for a broken one."""
    if not file.exists():
        return False
    kept = json.loads(file.read_text(encoding="utf-8"))
    for name, part in kept["tables"].items():
        table = store.tables.get(name)
        if table is None:
            continue  # an entity of another version
        for ident in list(table.ids):
            table.remove(ident)
        for given in part["rows"]:
            record = _typed(table.entity, given)
            table.put(Row(int(record["id"]), record))
        table.next_id = int(part["next"])
    store.audits = {(kind, ident): rows for kind, ident, rows in kept["audits"]}
    store.epoch += 1
    return True


def _kept(row: Row) -> str:
    # Rows never change, so each is written out once.
    if row.kept is None:
        row.kept = json.dumps(_plain(row.data))
    return row.kept


def _plain(record: Record) -> Record:
    return {name: _plain_value(value) for name, value in record.items() if value is not None}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        # Custom field values by id; a decimal among them is marked, as its field does not tell.
        return {
            str(ident): {"decimal": str(one)} if isinstance(one, Decimal) else one
            for ident, one in value.items()
        }
    return value


def _typed(entity: Entity, given: Record) -> Record:
    record = dict(given)
    for field in entity.fields:
        value = record.get(field.name)
        if value is None:
            continue
        if field.kind is Kind.DECIMAL:
            record[field.name] = Decimal(value)
        elif field.kind is Kind.CUSTOM:
            record[field.name] = {
                int(ident): Decimal(one["decimal"]) if isinstance(one, dict) else one
                for ident, one in value.items()
            }
    return record
