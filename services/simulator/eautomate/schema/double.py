"""What only the stand-in has: the product's own way to hand out numbers and keys is not public.

``ea_double.NumberSeries`` on a SQL Server, ``ea_double_NumberSeries`` in the file.
"""

from sqlalchemy import MetaData, PrimaryKeyConstraint, Table

from services.simulator.eautomate.columns import number, table, words

DOUBLE = MetaData(schema="ea_double")


def number_series(metadata: MetaData, name: str = "NumberSeries") -> Table:
    """The table of series: the next number of each, what stands before it and how wide it is."""
    return table(
        metadata,
        name,
        words("Series", 30),
        words("Prefix", 10),
        number("NextNo", 1),
        number("Width"),
        PrimaryKeyConstraint("Series"),
    )


NumberSeries = number_series(DOUBLE)

FILE = MetaData()
FileNumberSeries = number_series(FILE, "ea_double_NumberSeries")

SERIES = {
    "Contract": ("CN", 7001, 0),
    "ContractID": ("", 1, 0),
    "Invoice": ("IN", 810001, 0),
    "Receipt": ("RC", 50001, 0),
}
"""By series: prefix, first number, width. A person may have typed a number the series is going to give."""
