"""Security roles and what they allow."""

from services.simulator.connectwise.business.security import RoleRules
from services.simulator.connectwise.fields import Entity, Mount, flag, key, number, one_of, ref, text
from services.simulator.connectwise.rights import LEVELS

ROLE = Entity(
    key="securityRole",
    noun="SecurityRole",
    mounts=(Mount("system/securityRoles"),),
    href="securityRole",
    guard="Security Roles",
    light=True,
    methods=frozenset({"GET", "POST", "DELETE"}),
    rules=RoleRules(),
    fields=(key(), text("name", 30, required=True), flag("adminFlag"), flag("inactiveFlag")),
)

ROLE_SETTING = Entity(
    key="securityRoleSetting",
    noun="SecurityRoleSetting",
    mounts=(Mount("system/securityRoles/{}/settings", "role"),),
    guard="Security Roles",
    methods=frozenset({"GET", "PUT", "PATCH"}),
    fields=(
        key(),
        one_of("addLevel", *LEVELS, required=True),
        one_of("editLevel", *LEVELS, required=True),
        one_of("deleteLevel", *LEVELS, required=True),
        one_of("inquireLevel", *LEVELS, required=True),
        text("moduleFunctionName", read_only=True),
        text("moduleFunctionDescription", read_only=True),
        flag("myAllFlag", read_only=True),
        text("moduleFunctionIdentifier", read_only=True),
        flag("reportFlag", read_only=True),
        flag("restrictFlag", read_only=True),
        flag("customFlag", read_only=True),
        text("moduleDescription", read_only=True),
        text("moduleIdentifier", read_only=True),
        text("moduleName", read_only=True),
        number("sortOrder", read_only=True),
        ref("role", "securityRole", read_only=True, indexed=True, hidden=True),
    ),
)

ENTITIES = (ROLE, ROLE_SETTING)
