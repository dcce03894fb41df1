"""Items, and the codes that tell which accounts their sales and costs go to (reference eautomate.md 6.2)."""

from sqlalchemy import CheckConstraint, MetaData, Table

from services.simulator.eautomate.columns import (
    audit,
    code_block,
    flag,
    identity,
    key,
    money,
    number,
    rate,
    reference,
    table,
    words,
)
from services.simulator.eautomate.schema.metadata import METADATA


def _codes(name: str, code: str) -> Table:
    return table(METADATA, name, key(f"{code}ID"), words(code, 15), *code_block())


ShSalesCodes = _codes("ShSalesCodes", "SalesCode")
ICInventoryCodes = _codes("ICInventoryCodes", "InventoryCode")
ShServiceCodes = _codes("ShServiceCodes", "ServiceCode")
ICCategories = _codes("ICCategories", "Category")
ICUnits = table(METADATA, "ICUnits", key("UMID"), words("UM", 15), *code_block())

ShExpenseCodes = table(
    METADATA,
    "ShExpenseCodes",
    key("ExpenseCodeID"),
    words("ExpenseCode", 15),
    reference("GLID"),
    reference("DeptID"),
    *code_block(),
)


def _one_code() -> CheckConstraint:
    return CheckConstraint(
        "CASE WHEN InventoryCodeID IS NULL THEN 0 ELSE 1 END"
        " + CASE WHEN ExpenseCodeID IS NULL THEN 0 ELSE 1 END = 1",
        name="ICItems_inventory_or_expense",
    )


def items(metadata: MetaData, *, one_code: bool = True) -> Table:
    """Items; with ``one_code`` the server refuses one that is not either inventory or expense."""
    return table(
        metadata,
        "ICItems",
        identity("ItemID"),
        words("Item", 32, unique=True),
        words("Description", 255),
        number("ItemType"),
        number("Serialized"),
        number("ServiceableAsItem"),
        reference("InventoryCodeID", "ICInventoryCodes.InventoryCodeID"),
        reference("ExpenseCodeID", "ShExpenseCodes.ExpenseCodeID"),
        reference("CategoryID", "ICCategories.CategoryID"),
        reference("UMID", "ICUnits.UMID"),
        reference("SalesCodeID", "ShSalesCodes.SalesCodeID"),
        reference("ServiceCodeID", "ShServiceCodes.ServiceCodeID"),
        reference("EquipmentCodeID"),
        reference("ModelID"),
        reference("BaseDistributionCodeID", "SCDistributionCodes.DistributionCodeID"),
        number("TaxFlag"),
        number("TaxFlagID"),
        money("Cost"),
        money("MSRP"),
        rate("OnHandQty"),
        flag("Active", True),
        words("Remarks", 1024),
        reference("ShTrackingConfigID"),
        *audit(),
        *([_one_code()] if one_code else []),
    )


ICItems = items(METADATA)
