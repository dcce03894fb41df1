"""Reading calls and what belongs to them."""

import sqlite3
from datetime import date, timedelta
from typing import Any

from services.simulator.eautomate import call_codes
from services.simulator.eautomate.charges import LaborRate
from services.simulator.eautomate.desk import opened
from services.simulator.eautomate.drafts import exact

LIST = """
    SELECT call.*, customer.CustomerNumber, status.Description AS StatusText, status.IsOpen, kind.CallType,
           bill.BillCode, contract.ContractNumber, item.Item, equipment.EquipmentNumber, agent.AgentNumber,
           hold.OnHoldCode, invoice.InvoiceNumber
    FROM SCCalls AS call
    JOIN ARCustomers AS customer ON customer.CustomerID = call.CustomerID
    LEFT JOIN SCCallStatuses AS status ON status.Status = call.Status
    LEFT JOIN SCCallTypes AS kind ON kind.CallTypeID = call.CallTypeID
    LEFT JOIN SCBillCodes AS bill ON bill.BillCodeID = call.BillCodeID
    LEFT JOIN SCContracts AS contract ON contract.ContractID = call.ContractID
    LEFT JOIN ICItems AS item ON item.ItemID = call.ItemID
    LEFT JOIN SCEquipments AS equipment ON equipment.EquipmentID = call.EquipmentID
    LEFT JOIN ShAgents AS agent ON agent.AgentID = call.TechnicianID
    LEFT JOIN ShOnHoldCodes AS hold ON hold.OnHoldCodeID = call.OnHoldCodeID
    LEFT JOIN ARInvoices AS invoice ON invoice.InvoiceID = call.InvoiceID
    WHERE (:customer IS NULL OR call.CustomerID = :customer) AND (:contract IS NULL OR call.ContractID = :contract)
          AND (:status IS NULL OR call.Status = :status) AND (:open = 0 OR status.IsOpen = 1)
    ORDER BY call.CallID
"""

LABORS = """
    SELECT labor.*, agent.AgentNumber, activity.ActivityCode, activity.Description AS Activity
    FROM SCCallLabors AS labor
    LEFT JOIN ShAgents AS agent ON agent.AgentID = labor.TechnicianID
    LEFT JOIN SCActivityCodes AS activity ON activity.ActivityCodeID = labor.ActivityCodeID
    WHERE labor.CallID = ? ORDER BY labor.CallLaborID
"""

MATERIALS = """
    SELECT material.*, item.Item,
           coalesce(nullif(material.Description, ''), nullif(item.Description, ''), item.Item) AS Text
    FROM SCCallMaterials AS material
    LEFT JOIN ICItems AS item ON item.ItemID = material.ItemID
    WHERE material.CallID = ? ORDER BY material.CallMaterialID
"""

_COVERING = """
    SELECT DISTINCT contract.ContractID, contract.BillToID, contract.BillCodeID, line.BillCodeID AS LineBillCodeID
    FROM SCContracts AS contract
    LEFT JOIN SCContractDetails AS line
         ON line.ContractID = contract.ContractID AND (line.EquipmentID = :equipment OR line.ItemID = :item)
         AND (line.EndDate IS NULL OR line.EndDate >= :day)
    WHERE contract.CustomerID IN (:customer, :parent) AND contract.Active = 1 AND contract.StartDate < :morrow
          AND (contract.Terminated IS NULL OR contract.Terminated > :day)
          AND (contract.ExpDate IS NULL OR contract.ExpDate >= :day)
          AND (line.ContractDetailID IS NOT NULL OR (:contract IS NOT NULL AND contract.TimeBlockBased = 1))
          AND (:contract IS NULL OR contract.ContractID = :contract)
    ORDER BY contract.ContractID LIMIT 2
"""


def children(file: sqlite3.Connection, statement: str, call: int) -> list[dict[str, Any]]:
    """Labour or materials of a call."""
    return [dict(row) for row in file.execute(statement, (call,))]


def status_of(call: sqlite3.Row) -> str:
    """The code of its status without its padding."""
    return str(call["Status"]).rstrip()


def status_code(file: sqlite3.Connection, text: str) -> str:
    """The code of the status shown as ``text``."""
    row = file.execute("SELECT Status FROM SCCallStatuses WHERE Description = ?", (text,)).fetchone()
    return str(row["Status"]).rstrip()


def changeable(file: sqlite3.Connection, number: str) -> sqlite3.Row:
    """A call that is neither invoiced nor canceled.

    Raises:
        LookupError: there is no such call.
        ValueError: it is one of the two.
    """
    row = opened(file, "SCCalls", number)
    if status_of(row) == call_codes.INVOICED:
        raise ValueError(f"call {number} is invoiced")
    if status_of(row) == status_code(file, call_codes.CANCELED):
        raise ValueError(f"call {number} is canceled")
    return row


def technician_id(file: sqlite3.Connection, number: str) -> int:
    """The id of a technician, by employee number.

    Raises:
        LookupError: there is no such employee, or it is no technician.
    """
    key = opened(file, "ShAgents", number)["AgentID"]
    if file.execute("SELECT 1 FROM SCTechnicians WHERE TechnicianID = ?", (key,)).fetchone() is None:
        raise LookupError(f"employee {number} is no technician")
    return int(key)


def rates_of(file: sqlite3.Connection, bill_code: int) -> dict[int, LaborRate]:
    """What a bill code charges, by activity."""
    rows = file.execute("SELECT * FROM ea_double_LaborRates WHERE BillCodeID = ?", (bill_code,))
    names = ("Rate", "OvertimeRate", "TravelRate", "MinimumHours", "IncrementHours")
    return {row["ActivityCodeID"]: LaborRate(*(exact(row[name]) for name in names)) for row in rows}


def contract_for(
    file: sqlite3.Connection,
    owner: sqlite3.Row,
    machine: sqlite3.Row | None,
    sold: sqlite3.Row | None,
    contract: str | None,
    day: date,
) -> sqlite3.Row | None:
    """The contract a call goes to, with ``LineBillCodeID``; None: to none.

    A contract of the customer or its head office, in force on the day, that holds the equipment or the item. A
    deposit contract has no lines, so it is taken only when it is named.

    Raises:
        LookupError: there is no such contract.
        ValueError: the one that is named cannot take the call.
    """
    wanted = {
        "equipment": machine["EquipmentID"] if machine else None,
        "item": sold["ItemID"] if sold else None,
        "customer": owner["CustomerID"],
        "parent": owner["LocationID"],
        "contract": opened(file, "SCContracts", contract)["ContractID"] if contract else None,
        "day": f"{day} 00:00:00.000000",
        "morrow": f"{day + timedelta(days=1)} 00:00:00.000000",
    }
    rows: list[sqlite3.Row] = file.execute(_COVERING, wanted).fetchall()
    if contract is not None and not rows:
        reasons = "not this customer's, not in force, or without its equipment or item"
        raise ValueError(f"contract {contract} cannot take the call: {reasons}")
    return rows[0] if len(rows) == 1 or (contract is not None and rows) else None
