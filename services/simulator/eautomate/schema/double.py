"""What only the stand-in has: how the product hands out numbers, and what its bill codes charge, is not public.

``ea_double.NumberSeries`` on a SQL Server, ``ea_double_NumberSeries`` in the file; the others likewise.
"""

from sqlalchemy import MetaData, PrimaryKeyConstraint, Table

from services.simulator.eautomate.columns import flag, key, money, number, rate, table, words

DOUBLE = MetaData(schema="ea_double")
FILE = MetaData()


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
FileNumberSeries = number_series(FILE, "ea_double_NumberSeries")

SERIES = {
    "Call": ("", 1001, 0),
    "Contract": ("CN", 7001, 0),
    "ContractID": ("", 1, 0),
    "Invoice": ("IN", 810001, 0),
    "Receipt": ("RC", 50001, 0),
}
"""By series: prefix, first number, width. A person may have typed a number the series is going to give."""


def labor_rates(metadata: MetaData, name: str = "LaborRates") -> Table:
    """What a bill code charges for an hour of an activity; ``ActivityCodeID`` 0 is every activity not listed."""
    return table(
        metadata,
        name,
        key("BillCodeID"),
        key("ActivityCodeID"),
        money("Rate"),
        money("OvertimeRate"),
        money("TravelRate"),
        rate("MinimumHours"),
        rate("IncrementHours"),
    )


LaborRates = labor_rates(DOUBLE)
FileLaborRates = labor_rates(FILE, "ea_double_LaborRates")


def options(metadata: MetaData, name: str = "Options") -> Table:
    """What a dealer has switched on under Tools, Options."""
    return table(metadata, name, words("Name", 30), flag("Value"), PrimaryKeyConstraint("Name"))


Options = options(DOUBLE)
FileOptions = options(FILE, "ea_double_Options")

OK_NEEDS_LABOR = "OkToBillNeedsLabor"
OPTIONS = {OK_NEEDS_LABOR: True}
"""By name, what a new database begins with."""
