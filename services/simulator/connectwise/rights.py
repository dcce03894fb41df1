"""Who may do what, and who sees which records: security roles and levels of members.

A role is a list of settings, one a module function, with a level for each of add, edit, delete and inquire.
`None` is a 403, `My` narrows lists to the member's own records without a word, `All` is all (inferred).
A member's structure level hides what lies outside its location, also without a word.
"""

from collections.abc import Callable
from typing import Any

from services.simulator.connectwise.errors import ApiError
from services.simulator.connectwise.fields import Entity, Record
from services.simulator.connectwise.settings import Knobs
from services.simulator.connectwise.store import Row, Store, fold

Test = Callable[[Any], bool]

MODULES: dict[str, tuple[str, ...]] = {
    "Companies": ("Company Maintenance", "Contacts"),
    "Finance": ("Accounting Interface", "Agreements", "Invoicing"),
    "Procurement": ("Product Catalog", "Products", "Purchase Orders"),
    "Project": ("Close Project Tickets", "Project Headers", "Project Phase", "Project Tickets"),
    "Sales": ("Opportunities", "Sales Orders"),
    "Service Desk": ("Close Service Tickets", "Service Tickets"),
    "System": (
        *("API Reports", "Callbacks", "Member Maintenance", "My Company", "Security Roles", "Table Setup"),
    ),
    "Time & Expense": ("Expense Entry", "Time Entry"),
}
"""Modules of the product and their functions, as far as the stand-in guards something by them."""

VERBS = {"GET": "inquire", "POST": "add", "PUT": "edit", "PATCH": "edit", "DELETE": "delete"}
LEVELS = ("None", "My", "All")
CORPORATE, LOCATION, SALES = 1, 2, 3
"""Structure levels. What the third one hides is inferred: companies of other territory managers."""


def module_of(function: str) -> str:
    """The module a function belongs to. Raises KeyError for an unknown function."""
    for module, functions in MODULES.items():
        if function in functions:
            return module
    raise KeyError(function)


def settings_of(store: Store, role: int | None) -> list[Row]:
    """The settings of a role, by id."""
    table = store.table("securityRoleSetting")
    return [table.rows[ident] for ident in sorted(table.find("role", role))]


class Caller:
    """The member on whose behalf a call is made."""

    def __init__(self, store: Store, knobs: Knobs, identifier: str) -> None:
        self._store = store
        self._knobs = knobs
        self.identifier = identifier
        self.row = next((store.get("member", ident) for ident in _members(store, identifier)), None)

    def level(self, function: str, verb: str) -> str:
        """None, My or All for a function; All where the role says nothing about it."""
        if not function or self.row is None:
            return "All"
        for setting in settings_of(self._store, self.row.data.get("securityRole")):
            if setting.data["moduleFunctionName"] == function:
                return str(setting.data[f"{verb}Level"])
        return "All"

    def demand(self, function: str, verb: str, row: Row | None = None, entity: Entity | None = None) -> None:
        """Raise the 403 of a missing right; `My` wants the record itself to be the member's."""
        level = self.level(function, verb)
        foreign = (
            level == "My" and row is not None and entity is not None and not self._mine(entity, row.data)
        )
        if level == "None" or foreign:
            raise denied(function, verb, names=self._knobs.refusals_name_the_right)

    def view(self, entity: Entity) -> Test | None:
        """What the member sees of an entity; None when nothing is hidden."""
        tests: list[Test] = []
        level = self.level(entity.guard, "inquire")
        if level == "None":
            tests.append(lambda _record: False)
        elif level == "My":
            tests.append(lambda record: self._mine(entity, record))
        place = self._place(entity)
        if place is not None:
            tests.append(place)
        if not tests:
            return None
        return tests[0] if len(tests) == 1 else lambda record: all(test(record) for test in tests)

    def _mine(self, entity: Entity, record: Record) -> bool:
        own = self.row.id if self.row is not None else None
        return fold(record.get("_enteredBy")) == fold(self.identifier) or (
            bool(entity.mine) and record.get(entity.mine) == own
        )

    def _place(self, entity: Entity) -> Test | None:
        if self.row is None or not entity.located_by:
            return None
        level = self.row.data.get("structureLevel")
        if level not in (LOCATION, SALES):
            return None
        inside = self._locations()
        return lambda record: self._inside(entity, record, inside, sales=level == SALES)

    def _inside(self, entity: Entity, record: Record, locations: set[int], *, sales: bool) -> bool:
        value = record.get(entity.located_by)
        target = self._store.entities[entity.by_name[entity.located_by].target]
        if target.key == "location":
            own = self.row.id if self.row is not None else None
            return value in locations and not (sales and entity.mine and record.get(entity.mine) != own)
        above = self._store.get(target.key, value)
        return above is None or self._inside(target, above.data, locations, sales=sales)

    def _locations(self) -> set[int]:
        # The member's location and all that report to it.
        found = {self.row.data.get("securityLocation")} if self.row is not None else set()
        rows = self._store.table("location").rows.values()
        while True:
            more = {row.id for row in rows if row.data.get("reportsTo") in found} - found
            if not more:
                return {one for one in found if one is not None}
            found |= more


def _members(store: Store, identifier: str) -> list[int]:
    return sorted(store.table("member").find("identifier", identifier))


def denied(function: str, verb: str, *, names: bool) -> ApiError:
    """403 of the security role: the recorded sentence, and by default which right is missing."""
    text = "You do not have security permission to perform this action."
    if names:
        text += f" {module_of(function)} / {function}: {verb.capitalize()}."
    return ApiError(403, "Security", text)
