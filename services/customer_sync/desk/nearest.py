"""A number or company nobody has, and the ones it may have been meant to be."""

import difflib

from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import COMPANIES
from shared.connectwise.conditions import UnquotableError, compare, some
from shared.connectwise.errors import RefusedError
from shared.eautomate.port import EAutomate

SHOWN = 3
BEGINNING = 4


async def near_misses(eautomate: EAutomate, number: str) -> str:
    """A sentence about a number that does not exist; it may be a name, or the beginning of one."""
    known: dict[str, str] = {}
    names: dict[str, str] = {}
    last = 0
    while page := await eautomate.customers_all(last):
        known |= {row.number.casefold(): f"{row.number} ({row.name})" for row in page if row.number}
        names |= {row.number.casefold(): row.name.casefold() for row in page if row.number}
        last = page[-1].customer_id
    wanted = number.strip().casefold()
    if not wanted:
        return "a blank is nobody's number"
    begin = sorted(other for other in known if other.startswith(wanted))
    named = sorted(
        (other for other in names if names[other].startswith(wanted)), key=lambda one: (len(names[one]), one)
    )
    alike = difflib.get_close_matches(wanted, known, n=SHOWN, cutoff=0.6)
    near = list(dict.fromkeys([*begin, *named, *alike]))[:SHOWN]
    hint = f"; did you mean {', '.join(known[other] for other in near)}?" if near else ""
    return f"e-automate has no customer {number}{hint}"


async def near_companies(client: ConnectWise, named: str) -> str:
    """A sentence about a company that does not exist; ConnectWise is asked by the beginning of what was given."""
    begin = named.strip()[:BEGINNING]
    near: list[str] = []
    try:
        alike = some(compare("identifier", "contains", begin), compare("name", "contains", begin))
        rows = await client.list(
            COMPANIES, conditions=alike, fields=("id", "identifier", "name"), page_size=SHOWN
        )
        near = [f"{row['id']} ({row['identifier']}, {row['name']})" for row in rows]
    except (UnquotableError, RefusedError):
        pass  # a hint is worth no trouble
    hint = f"; did you mean {', '.join(near)}?" if near and begin else ""
    return f"ConnectWise has no company {named}{hint}"
