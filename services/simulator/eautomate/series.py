"""How the stand-in hands out numbers and keys; the product's own way is not public (reference eautomate.md 9)."""

import sqlite3

_TAKEN_IN = {
    "Call": ("SCCalls", "CallNumber"),
    "Contract": ("SCContracts", "ContractMajor"),
    "ContractID": ("SCContracts", "ContractID"),
    "Invoice": ("ARInvoices", "InvoiceNumber"),
    "Receipt": ("ARReceipts", "ReceiptNumber"),
}


def next_number(file: sqlite3.Connection, series: str) -> str:
    """The next number of a series that nobody typed by hand before it came up.

    Args:
        series: ``Call``, ``Contract`` (a number without its revision), ``ContractID``, ``Invoice`` or ``Receipt``.
    """
    table, column = _TAKEN_IN[series]
    while True:
        prefix, number, width = file.execute(
            "UPDATE ea_double_NumberSeries SET NextNo = NextNo + 1 WHERE Series = ?"
            " RETURNING Prefix, NextNo - 1, Width",
            (series,),
        ).fetchone()
        made = f"{prefix}{number:0{width}d}"
        taken = f"SELECT 1 FROM {table} WHERE {column} = ?"  # noqa: S608 - names are ours
        if file.execute(taken, (made,)).fetchone() is None:
            return made


def next_key(file: sqlite3.Connection) -> int:
    """The next ``ContractID``, above every one there is."""
    file.execute(
        "UPDATE ea_double_NumberSeries SET NextNo = max(NextNo, (SELECT coalesce(max(ContractID), 0) + 1"
        " FROM SCContracts)) WHERE Series = 'ContractID'"
    )
    return int(next_number(file, "ContractID"))
