"""What the server does with members, places and custom field definitions beyond their tables of fields."""

import uuid
from typing import TYPE_CHECKING

from services.simulator.connectwise.business.work import pair_roles
from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.store import Row, Store

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer


class MemberRules(Rules):
    """Member identifiers are unique; an inactive member has a date."""

    def check(self, write: Write) -> None:
        """Refuse an identifier that another member has."""
        identifier = write.record.get("identifier")
        if identifier and write.store.table("member").find("identifier", identifier) - {write.own_id}:
            message = "Member identifier must be unique."
            write.items.append(Item("ObjectExists", message, "member", "identifier"))


def deactivated(record: Record, stamp: str) -> Record:
    """A member after `POST /{id}/deactivate`."""
    return {**record, "inactiveFlag": True, "inactiveDate": stamp}


class DefinitionRules(Rules):
    """Custom field definitions carry a GUID and a date of the server's."""

    def prepare(self, write: Write) -> None:
        """Give them to a new definition."""
        write.record["connectWiseID"] = str(uuid.uuid4())
        write.record["dateCreated"] = write.writer.clock.stamp()


class LocationRules(Rules):
    """The departments and work roles of a location, one pair a row."""

    def written(self, write: Write, row: Row) -> None:
        """Keep the pairs."""
        pair_departments(write.store, row, write.writer.clock.now())
        pair_roles(write.store, row, write.writer.clock.now())

    def removed(self, writer: "Writer", row: Row) -> None:
        """The pairs go with the location."""
        for name in ("departmentLocation", "locationWorkRole"):
            for ident in sorted(writer.store.table(name).find("location", row.id)):
                writer.store.remove(name, ident, writer.clock.now())


def pair_departments(store: Store, location: Row, at: float) -> None:
    """Make the location's pairs those of its `departmentIds`."""
    table = store.table("departmentLocation")
    wanted = set(location.data.get("departmentIds") or ())
    for ident in sorted(table.find("location", location.id)):
        department = table.rows[ident].data["department"]
        if department in wanted:
            wanted.discard(department)
        else:
            store.remove("departmentLocation", ident, at)
    for department in sorted(wanted):
        store.put("departmentLocation", None, {"location": location.id, "department": department}, at)
