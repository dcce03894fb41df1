"""The territory of a company, which tickets and invoices are told apart by."""

from collections.abc import Collection, Mapping

from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import COMPANIES
from shared.connectwise.conditions import in_lists
from shared.connectwise.paging import walk

FIELDS = ("id", "territory/id", "territory/name")


async def territories(client: ConnectWise, company_ids: Collection[int]) -> dict[int, str]:
    """Names of territories by company, asked by list; a company without one is absent.

    Args:
        client: of the service.
        company_ids: RecIDs.

    Raises:
        As ``ConnectWise.get``.
    """
    found: dict[int, str] = {}
    for condition in in_lists("id", sorted(company_ids)):
        async for page in walk(client, COMPANIES, conditions=condition, fields=FIELDS):
            for row in page.rows:
                territory = row.get("territory")
                if isinstance(territory, Mapping) and territory.get("name"):
                    found[int(row["id"])] = str(territory["name"])
    return found
