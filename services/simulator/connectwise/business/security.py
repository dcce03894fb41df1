"""Security roles: every role has a setting for each module function."""

from typing import TYPE_CHECKING

from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rights import MODULES
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.store import Row

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer


class RoleRules(Rules):
    """A new role may do nothing until its settings are changed."""

    def written(self, write: Write, row: Row) -> None:
        """Give a new role its settings."""
        if write.before is not None:
            return
        for record in role_settings(row.id, "None"):
            write.writer.insert(write.writer.kind("securityRoleSetting"), record)

    def removed(self, writer: "Writer", row: Row) -> None:
        """The settings go with their role."""
        for ident in sorted(writer.store.table("securityRoleSetting").find("role", row.id)):
            writer.store.remove("securityRoleSetting", ident, writer.clock.now())


def role_settings(role: int, level: str) -> list[Record]:
    """The settings of a role that has the same level everywhere."""
    return [
        {
            "role": role,
            **dict.fromkeys(("addLevel", "editLevel", "deleteLevel", "inquireLevel"), level),
            "moduleFunctionName": function,
            "moduleFunctionDescription": function,
            "moduleFunctionIdentifier": function.replace(" ", ""),
            "moduleName": module,
            "moduleDescription": module,
            "moduleIdentifier": module.replace(" ", "").replace("&", "And"),
            "myAllFlag": True,
            "reportFlag": False,
            "restrictFlag": False,
            "customFlag": False,
            "sortOrder": place,
        }
        for place, (module, function) in enumerate(
            ((module, function) for module, functions in MODULES.items() for function in functions), start=1
        )
    ]
