"""A database as it is defined, and with columns of its own."""

from shared.eautomate.schema_reader import Found, Shape
from shared.eautomate.tables import Tables


def _found(name: str, generated: bool = False) -> Found:
    return Found(name, "varchar", None, None, True, False, generated)


def defined(tables: Tables) -> Shape:
    """Every product table has two columns more: one of the dealer's, one the server computes."""
    return Shape(
        tables,
        {
            (table.schema or "", table.name.casefold()): {
                column.name.casefold(): _found(
                    column.name, column.name == "timestamp" or column.autoincrement is True
                )
                for column in table.columns
            }
            | {"dealer extra": _found("Dealer Extra"), "fullname": _found("FullName", generated=True)}
            for table in tables.product.tables.values()
        },
    )
