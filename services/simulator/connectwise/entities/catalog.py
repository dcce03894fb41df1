"""The product catalog and the tables it is sorted by."""

from decimal import Decimal

from services.simulator.connectwise.business.catalog import CatalogRules
from services.simulator.connectwise.business.vocabulary import VocabularyRules
from services.simulator.connectwise.entities.setup import lookup
from services.simulator.connectwise.fields import (
    ALL_STAMPS,
    Entity,
    Field,
    Kind,
    Mount,
    flag,
    key,
    money,
    number,
    one_of,
    ref,
    shown,
    text,
)
from services.simulator.connectwise.settings import NEWEST

CLASSES = ("Agreement", "Bundle", "Inventory", "NonInventory", "Service")
CATALOG_POD = (12, "product_item_overview")

TYPE = Entity(
    key="productType",
    noun="ProductType",
    mounts=(Mount("procurement/types"),),
    href="type",
    guard="Table Setup",
    light=True,
    rules=VocabularyRules("productType"),
    fields=(
        key(),
        text("name", 50, required=True),
        flag("inactiveFlag"),
        one_of("typeXref", "InventoryPart", "NonInventoryPart", "OtherCharge", "Service"),
        flag("defaultFlag"),
    ),
)

CATEGORY = Entity(
    key="productCategory",
    noun="ProductCategory",
    mounts=(Mount("procurement/categories"),),
    href="category",
    guard="Table Setup",
    light=True,
    rules=VocabularyRules("productCategory"),
    fields=(
        key(),
        text("name", 50, required=True),
        flag("inactiveFlag"),
        text("priceLevelXref", 10),
        text("integrationXref", 50),
        Field("locationIds", Kind.INTS),
        flag("addAllLocations", write_only=True, default=None),
        flag("removeAllLocations", write_only=True, default=None),
        flag("defaultFlag"),
    ),
)

SUBCATEGORY = Entity(
    key="productSubCategory",
    noun="ProductSubCategory",
    mounts=(
        Mount("procurement/subcategories"),
        Mount("procurement/categories/{}/subcategories", "category"),
    ),
    href="subcategory",
    guard="Table Setup",
    rules=VocabularyRules("productSubCategory", within="category"),
    fields=(
        key(),
        text("name", 50, required=True),
        flag("inactiveFlag"),
        text("integrationXref", 50),
        ref("category", "productCategory", required=True, indexed=True),
        flag("defaultFlag"),
    ),
)

UNIT = Entity(
    key="unitOfMeasure",
    noun="UnitOfMeasure",
    mounts=(Mount("procurement/unitOfMeasures"),),
    href="uom",
    guard="Table Setup",
    light=True,
    rules=VocabularyRules("unitOfMeasure"),
    fields=(
        key(),
        text("name", 50, required=True),
        flag("inactiveFlag"),
        flag("defaultFlag"),
        text("uomScheduleXref", 31),
    ),
)

ITEM = Entity(
    key="catalogItem",
    noun="CatalogItem",
    mounts=(Mount("procurement/catalog"),),
    reference=(shown("identifier"),),
    href="catalog",
    stamps=ALL_STAMPS,
    guard="Product Catalog",
    light=True,
    audit="ProductCatalog",
    custom_pod=CATALOG_POD,
    rules=CatalogRules(),
    first_id=701,
    fields=(
        key(),
        text("identifier", 75, max_2022=60, required=True, indexed=True),
        text("description", 60, required=True),
        flag("inactiveFlag"),
        ref("subcategory", "productSubCategory", required=True),
        ref("type", "productType", required=True, indexed=True),
        one_of("productClass", *CLASSES, default="NonInventory"),
        flag("serializedFlag"),
        flag("serializedCostFlag"),
        flag("phaseProductFlag"),
        ref("unitOfMeasure", "unitOfMeasure", default="first"),
        number("minStockLevel"),
        money("price", default=Decimal(0), places=4),
        money("cost", default=Decimal(0), places=4),
        one_of("priceAttribute", "FixedFee", "NotToExceed", "OverrideRate", "TimeAndMaterials"),
        flag("taxableFlag"),
        flag("dropShipFlag"),
        flag("specialOrderFlag"),
        text("customerDescription", 6000, required=True),
        ref("manufacturer", "manufacturer"),
        text("manufacturerPartNumber", 50),
        ref("vendor", "company"),
        text("vendorSku", 50),
        text("notes"),
        text("integrationXRef", 50),
        ref("sla", "sla"),
        ref("entityType", "entityType"),
        flag("recurringFlag"),
        money("recurringRevenue"),
        money("recurringCost"),
        flag("recurringOneTimeFlag"),
        ref("recurringBillCycle", "billingCycle"),
        one_of("recurringCycleType", "ContractYear", "CalendarYear"),
        flag("calculatedPriceFlag"),
        flag("calculatedCostFlag"),
        ref("category", "productCategory", read_only=True),
        money("calculatedPrice", read_only=True),
        money("calculatedCost", read_only=True),
        one_of("billableOption", "Billable", "DoNotBill", "NoCharge", since=NEWEST),
        text("connectWiseID", read_only=True, since=NEWEST),
        ref("agreementType", "agreementType", since=NEWEST),
        money("markupPercentage", since=NEWEST),
        flag("markupFlag", since=NEWEST),
        flag("autoUpdateUnitCostFlag", since=NEWEST),
        flag("autoUpdateUnitPriceFlag", since=NEWEST),
        Field("customFields", Kind.CUSTOM),
    ),
)

ENTITIES = (
    *(TYPE, CATEGORY, SUBCATEGORY, UNIT, ITEM),
    lookup("manufacturer", "procurement/manufacturers", "manufacturer"),
)
