"""Service calls with their labour and materials (reference eautomate.md 5)."""

from sqlalchemy import MetaData, PrimaryKeyConstraint, Table

from services.simulator.eautomate.columns import (
    audit,
    flag,
    identity,
    key,
    moment,
    money,
    number,
    owner,
    pages,
    rate,
    reference,
    stamp,
    status,
    table,
    words,
)
from services.simulator.eautomate.schema.metadata import METADATA

SCCallStatuses = table(
    METADATA,
    "SCCallStatuses",
    status("Status"),
    words("Description", 50),
    flag("IsOpen"),
    number("SortOrder"),
    PrimaryKeyConstraint("Status"),
)


def calls(metadata: MetaData, *, description: int = 2048) -> Table:
    """Calls; how wide ``Description`` is depends on the release."""
    return table(
        metadata,
        "SCCalls",
        identity("CallID"),
        words("CallNumber", 32, unique=True),
        words("WorkOrderNumber", 32),
        stamp("Date"),
        moment("ReqDate"),
        moment("EstStartDate"),
        number("Duration"),
        status("Status", "P"),
        reference("OnHoldCodeID"),
        owner("CustomerID", "ARCustomers.CustomerID"),
        owner("BillToID", "ARCustomers.CustomerID"),
        reference("ContractID", "SCContracts.ContractID"),
        flag("UseContractInfo"),
        reference("EquipmentID", "SCEquipments.EquipmentID"),
        reference("ItemID", "ICItems.ItemID"),
        owner("CallTypeID", "SCCallTypes.CallTypeID"),
        owner("BillCodeID", "SCBillCodes.BillCodeID"),
        reference("PriorityID"),
        reference("TechnicianID"),
        reference("TerritoryID"),
        number("BranchID", 1),
        words("Caller", 255),
        reference("CallerContactID"),
        words("Description", description),
        words("Location", 128),
        pages("Notes"),
        pages("WorkOrderRemarks"),
        words("PONumber", 15),
        moment("CloseDate"),
        reference("IncompleteCodeID"),
        reference("CancelCodeID"),
        words("CancelDescription", 255),
        money("MiscCharge"),
        words("MiscDescription", 255),
        reference("InvoiceID", "ARInvoices.InvoiceID"),
        words("TrackingKey", 64),
        words("ExternalID", 64),
        words("CustomerName", 128),
        words("Address", 64),
        words("City", 32),
        words("State", 16),
        words("Zip", 16),
        words("Phone1", 32),
        number("NoteCount"),
        number("Locks"),
        *audit(),
    )


SCCalls = calls(METADATA)


def call_labors(metadata: MetaData, *, audited: bool = True) -> Table:
    """Labour of calls, with or without audit columns and rowversion: nobody has seen whether it has them."""
    return table(
        metadata,
        "SCCallLabors",
        identity("CallLaborID"),
        owner("CallID", "SCCalls.CallID"),
        number("TechnicianID"),
        owner("ActivityCodeID", "SCActivityCodes.ActivityCodeID"),
        moment("DispatchDate"),
        moment("ArrivalDate"),
        moment("DepartureDate"),
        rate("TravelHours"),
        rate("LaborHours"),
        money("LaborRate"),
        money("OvertimeRate"),
        money("LaborOverride", nullable=True),
        rate("BillableMileage"),
        number("TaxAs"),
        flag("Assist"),
        words("Remarks", 1024),
        words("Notes", 1024),
        *(audit() if audited else []),
    )


SCCallLabors = call_labors(METADATA)


def call_materials(metadata: MetaData, *, audited: bool = True) -> Table:
    """Materials of calls, with or without audit columns and rowversion, as labour."""
    return table(
        metadata,
        "SCCallMaterials",
        identity("CallMaterialID"),
        owner("CallID", "SCCalls.CallID"),
        owner("ItemID", "ICItems.ItemID"),
        rate("Quantity"),
        number("UsageStatusID", 1),
        words("SerialNumber", 30),
        words("Description", 255),
        money("Price"),
        money("Cost"),
        number("WarehouseID", 1),
        reference("BinID"),
        *(audit() if audited else []),
    )


SCCallMaterials = call_materials(METADATA)

SCCallProblemCodes = table(METADATA, "SCCallProblemCodes", key("CallID"), key("CodeID"))

SCCallRepairCodes = table(METADATA, "SCCallRepairCodes", key("CallID"), key("CodeID"))
