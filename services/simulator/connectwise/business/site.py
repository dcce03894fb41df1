"""What the server does with a company's sites beyond their table of fields."""

import uuid
from typing import TYPE_CHECKING

from services.simulator.connectwise.business.address import company_address
from services.simulator.connectwise.business.company import PURPOSES
from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.store import Row, fold

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer


class SiteRules(Rules):
    """Names unique within the company, exactly one primary site, the company's address follows it."""

    def prepare(self, write: Write) -> None:
        """The first site of a company is its primary one."""
        write.record["mobileGuid"] = str(uuid.uuid4())
        if not write.store.table("site").find("company", write.record.get("company")):
            write.record["primaryAddressFlag"] = True

    def update(self, write: Write) -> None:
        """The primary flag moves by setting it elsewhere; taking it away has no effect."""
        if write.before is not None and write.before.data.get("primaryAddressFlag"):
            write.record["primaryAddressFlag"] = True

    def check(self, write: Write) -> None:
        """No two sites of a company share a name, inactive ones included."""
        name = fold(write.record.get("name"))
        table = write.store.table("site")
        others = table.find("company", write.record.get("company")) - {write.own_id}
        if name and any(fold(table.rows[ident].data.get("name")) == name for ident in others):
            message = "Site name must be unique within the company."
            write.items.append(Item("ObjectExists", message, "companySite", "name"))

    def written(self, write: Write, row: Row) -> None:
        """Move the flags that one site has at a time, and carry a primary site's address to the company."""
        for name in PURPOSES:
            if row.data.get(name):
                self._take_from_others(write.writer, row, name)
        company = write.store.get("company", row.data.get("company"))
        if not row.data.get("primaryAddressFlag") or company is None:
            return
        address = company_address(write.store, row.data, company.data)
        changed = {**company.data, **address, "site": row.id}
        if changed != company.data:
            write.writer.store_again(write.writer.kind("company"), company, changed)

    @staticmethod
    def _take_from_others(writer: "Writer", row: Row, name: str) -> None:
        table = writer.store.table("site")
        for ident in sorted(table.find("company", row.data.get("company"))):
            other = table.rows[ident]
            if ident != row.id and other.data.get(name):
                writer.store_again(writer.kind("site"), other, {**other.data, name: False})

    def removing(self, _writer: "Writer", row: Row) -> Item | None:
        """The primary site stays."""
        if not row.data.get("primaryAddressFlag"):
            return None
        message = f"Site {row.id} cannot be deleted because it is the primary site."
        return Item("InUse", message, "companySite", "id")
