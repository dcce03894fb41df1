"""Employees, and which of them are technicians or sales reps."""

from services.simulator.eautomate.columns import (
    audit,
    flag,
    identity,
    key,
    number,
    reference,
    table,
    user,
    words,
)
from services.simulator.eautomate.schema.metadata import METADATA

ShAgents = table(
    METADATA,
    "ShAgents",
    identity("AgentID"),
    words("AgentNumber", 15),
    words("LastName", 20),
    words("FirstName", 15),
    words("MiddleName", 15),
    words("PrefName", 15),
    words("PrefFullName", 50),
    words("Email", 255),
    words("HomePhone", 30),
    words("WorkPhone", 30),
    number("BranchID", 1),
    flag("IsManager"),
    reference("ManagerID"),
    user("UserID", nullable=True),
    flag("ShowInAllBranches"),
    words("Remarks", 1024),
    flag("Active", True),
    number("Locks"),
    reference("ShTrackingConfigID"),
    *audit(),
)

SCTechnicians = table(
    METADATA,
    "SCTechnicians",
    key("TechnicianID"),
    number("WarehouseID", 1),
    reference("BinID"),
    reference("TerritoryID"),
    words("Remarks", 255),
    flag("Active", True),
    number("Locks"),
    *audit(),
)

ARSalesReps = table(
    METADATA,
    "ARSalesReps",
    key("SalesRepID"),
    number("WarehouseID", 1),
    flag("Active", True),
    number("Locks"),
    *audit(),
)
