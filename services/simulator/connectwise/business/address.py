"""One address in two shapes: a company's, with a free state, and its primary site's, with a listed one."""

from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.store import Store

PARTS = ("addressLine1", "addressLine2", "city", "zip", "country", "phoneNumber", "faxNumber")
"""What both shapes call the same."""


def site_address(store: Store, company: Record) -> Record:
    """The address of a company in the fields of its primary site."""
    address = {name: company.get(name) for name in PARTS}
    address["stateReference"] = listed_state(store, company.get("state"))
    return address


def company_address(store: Store, site: Record, company: Record) -> Record:
    """The address of a primary site in the fields of its company; a free state of the company's stays."""
    address = {name: site.get(name) for name in PARTS}
    state = store.get("state", site.get("stateReference"))
    if state is not None:
        address["state"] = state.data["identifier"]
    elif listed_state(store, company.get("state")) is not None:
        address["state"] = None  # it named a state of the list, which the site no longer has
    return address


def listed_state(store: Store, text: str | None) -> int | None:
    """The id of the state with this identifier or name; None for no text and for a state of no list."""
    if not text:
        return None
    table = store.table("state")
    return min(table.find("identifier", text) or table.find("name", text), default=None)
