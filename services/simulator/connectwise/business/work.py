"""What the server does with work roles and types: where a role is legal, what an hour costs and counts."""

from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from services.simulator.connectwise.business.amounts import ZERO, amount, cents
from services.simulator.connectwise.business.vocabulary import VocabularyRules
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rules import Write
from services.simulator.connectwise.store import Row, Store

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer


class RoleRules(VocabularyRules):
    """Roles and locations name each other."""

    def __init__(self) -> None:
        """Names are unique."""
        super().__init__("workRole")

    def prepare(self, write: Write) -> None:
        """`addAllLocations` and `removeAllLocations` are asked for by a flag."""
        everywhere = write.record.pop("addAllLocations", None)
        nowhere = write.record.pop("removeAllLocations", None)
        if everywhere:
            write.record["locationIds"] = [row.id for row in write.store.table("location").after(0)]
        elif nowhere:
            write.record["locationIds"] = []

    def update(self, write: Write) -> None:
        """See `prepare`."""
        self.prepare(write)

    def written(self, write: Write, row: Row) -> None:
        """Carry the role's locations to the locations."""
        super().written(write, row)
        at = write.writer.clock.now()
        wanted = row.data.get("locationIds")
        for location in list(write.store.table("location").rows.values()):
            roles = list(location.data.get("workRoleIds") or ())
            if wanted is not None and (row.id in roles) != (location.id in wanted):
                roles = sorted({*roles} ^ {row.id})
            _place(write.store, location, roles, at)

    def removed(self, writer: "Writer", row: Row) -> None:
        """A role that is gone is legal nowhere."""
        at = writer.clock.now()
        for location in list(writer.store.table("location").rows.values()):
            roles = [one for one in location.data.get("workRoleIds") or () if one != row.id]
            _place(writer.store, location, roles, at)


def _place(store: Store, location: Row, roles: list[int], at: float) -> None:
    if roles != (location.data.get("workRoleIds") or []):
        store.put("location", location.id, {**location.data, "workRoleIds": roles}, at)
    pair_roles(store, store.table("location").rows[location.id], at)


def pair_roles(store: Store, location: Row, at: float) -> None:
    """Make the location's pairs those of its `workRoleIds`."""
    table = store.table("locationWorkRole")
    known = {table.rows[one].data["workRole"]: one for one in table.find("location", location.id)}
    wanted = location.data.get("workRoleIds") or ()
    for role, ident in known.items():
        if role not in wanted:
            store.remove("locationWorkRole", ident, at)
    for role in wanted:
        row = store.get("workRole", role)
        if row is not None:
            inactive = bool(row.data.get("inactiveFlag"))
            pair = {"location": location.id, "workRole": role, "workRoleInactiveFlag": inactive}
            store.put("locationWorkRole", known.get(role), pair, at)


def is_legal(store: Store, location: int | None, role: int | None) -> bool:
    """Whether a role may be used at a location; one that names no roles takes all (inferred)."""
    place = store.get("location", location)
    roles = place.data.get("workRoleIds") if place is not None else None
    return not roles or role is None or role in roles


def hours_billed(store: Store, entry: Record) -> Decimal:
    """The hours of an entry after its work type's rounding (up, inferred), minimum and maximum."""
    hours = amount(entry.get("actualHours"))
    kind = store.get("workType", entry.get("workType"))
    if kind is None:
        return hours
    step = amount(kind.data.get("roundBillHoursTo"))
    if step > 0:
        hours = (hours / step).to_integral_value(ROUND_CEILING) * step
    least, most = amount(kind.data.get("hoursMin")), amount(kind.data.get("hoursMax"))
    if hours > 0:
        hours = max(hours, least)
    return min(hours, most) if most > 0 else hours


def hourly_rate(store: Store, entry: Record) -> Decimal:
    """What an hour of an entry costs: an agreed rate, else the role's or the member's, by the work type."""
    agreed = _agreed(store, entry)
    if agreed is not None:
        return agreed
    role = store.get("workRole", entry.get("workRole"))
    member = store.get("member", entry.get("member"))
    base = amount(role.data.get("hourlyRate")) if role is not None else ZERO
    if base == 0 and member is not None:
        base = amount(member.data.get("hourlyRate"))
    kind = store.get("workType", entry.get("workType"))
    rate = kind.data.get("rate") if kind is not None else None
    if kind is None or rate is None:
        return base
    how = kind.data.get("rateType")
    if how == "Custom":
        return cents(rate)
    return cents(base + rate) if how == "AdjAmount" else cents(base * rate)


def _agreed(store: Store, entry: Record) -> Decimal | None:
    # OverrideRate: the ticket's, the phase's or the project's own hourly rate.
    for name, method, rate in (
        ("ticket", "billingMethod", "hourlyRate"),
        ("ticket", "subBillingMethod", "subBillingAmount"),
        ("phase", "billingMethod", "hourlyRate"),
        ("project", "billingMethod", "billingAmount"),
    ):
        target = "projectPhase" if name == "phase" else name
        row = store.get(target, entry.get(name))
        if row is not None and row.data.get(method) == "OverrideRate" and row.data.get(rate) is not None:
            return amount(row.data[rate])
    return None
