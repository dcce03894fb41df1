"""Registering callbacks: which levels fit which types, and what the server adds."""

import secrets
import uuid
from urllib.parse import urlsplit

from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.store import fold

LEVELS: dict[str, tuple[str, ...]] = {
    "activity": ("owner", "status", "type", "company", "activity"),
    "agreement": ("owner", "type", "company", "agreement"),
    "company": ("owner", "status", "type", "territory", "company", "integratorTag"),
    "configuration": ("owner", "type", "status", "configuration"),
    "contact": ("owner", "type", "territory", "company", "contact"),
    "expense": ("owner", "chargeToType", "type", "class", "company", "expense"),
    "invoice": ("owner", "status", "company", "invoice"),
    "member": ("owner", "location", "securityRole", "member"),
    "opportunity": ("owner", "statusId", "company", "opportunity"),
    "productcatalog": ("owner",),
    "project": ("owner", "status", "board", "project"),
    "purchaseorder": ("owner", "status", "vendor", "company", "purchaseOrder"),
    "schedule": ("owner", "status", "type", "location", "member", "schedule"),
    "site": ("owner", "company", "site"),
    "ticket": ("owner", "board", "project", "phase", "status", "ticket", "integratorTag"),
    "time": ("owner", "company", "time"),
}
"""Types in their form on the wire, and their documented levels; those of sites are inferred."""


class CallbackRules(Rules):
    """URL, type and level; the same registration only once."""

    def prepare(self, write: Write) -> None:
        """Note whose it is, and make its signing key."""
        member = write.store.table("member").find("identifier", write.writer.author.member)
        write.record.update(
            memberId=min(member, default=None),
            connectWiseID=str(uuid.uuid4()),
            base=write.writer.author.origin,
            keyId=str(uuid.uuid4()),
            signingKey=secrets.token_urlsafe(32),
        )

    def update(self, write: Write) -> None:
        """A callback switched on again has not failed yet."""
        if not write.record.get("inactiveFlag"):
            write.record["failingSince"] = None

    def check(self, write: Write) -> None:
        """The recorded refusals: `Invalid URL`, a level that does not fit, a registration that exists."""
        record = write.record
        kind, level = str(record.get("type") or "").lower(), str(record.get("level") or "")
        if record.get("url") and not _is_url(
            str(record["url"]), https=write.writer.knobs.callbacks_need_https
        ):
            write.items.append(Item("InvalidField", "Invalid URL", "callbackEntry", "url"))
        known = next((one for one in LEVELS.get(kind, ()) if one.lower() == level.lower()), None)
        if kind and level and known is None:
            message = "Unrecognized level for type, see documentation for supported levels for each type"
            write.items.append(Item("InvalidObject", message, "callbackEntry", "level"))
            return
        record.update(type=kind, level=known or level)
        if known == "owner" and record.get("objectId") == 0:
            record["objectId"] = 1
        names = ("type", "level", "objectId", "url", "memberId")
        for row in write.store.table("callbackEntry").rows.values():
            if row.id != write.own_id and all(fold(row.data.get(n)) == fold(record.get(n)) for n in names):
                message = "A matching callback entry already exists"
                write.items.append(Item("ObjectExists", message, "callbackEntry", "objectId"))
                return


def _is_url(text: str, *, https: bool) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    schemes = ("https",) if https else ("http", "https")
    return parts.scheme in schemes and bool(parts.hostname) and port != 0 and " " not in text
