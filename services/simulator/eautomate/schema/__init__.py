"""The stand-in's tables with all their columns (reference eautomate.md 10). An entity is a list of columns.

The same definitions make SQL Server tables, where the server itself does what triggers do in the file.
"""

from services.simulator.eautomate.schema.contracts import (
    SCBillCodes,
    SCBillGroups,
    SCBillingCycles,
    SCContractCodes,
    SCContractDetails,
    SCContractMeterGroupOverages,
    SCContractMeterGroups,
    SCContracts,
    SCContractStatuses,
    SCDistributionCodes,
    SCTerminationCodes,
)
from services.simulator.eautomate.schema.customers import (
    ARCustomerContacts,
    ARCustomers,
    ARCustomerTypes,
    CMContacts,
)
from services.simulator.eautomate.schema.dealer import (
    ARPriceLevels,
    CoUsers,
    GLBranches,
    ShOnHoldCodes,
    ShShipMethods,
    ShTaxCodes,
    ShTerms,
    ShTerritories,
)
from services.simulator.eautomate.schema.double import NumberSeries
from services.simulator.eautomate.schema.employees import ARSalesReps, SCTechnicians, ShAgents
from services.simulator.eautomate.schema.equipment import ICMakes, ICModels, SCEquipments
from services.simulator.eautomate.schema.items import (
    ICCategories,
    ICInventoryCodes,
    ICItems,
    ICUnits,
    ShExpenseCodes,
    ShSalesCodes,
    ShServiceCodes,
)
from services.simulator.eautomate.schema.metadata import METADATA
from services.simulator.eautomate.schema.properties import (
    ARCustomerCustomProperties,
    ICItemCustomProperties,
    SCContractCustomProperties,
    SCEquipmentCustomProperties,
    ShAgentCustomProperties,
    ShAttributeListValues,
    ShAttributes,
    ShTrackingConfigAttributes,
    ShTrackingConfigs,
)
from services.simulator.eautomate.schema.receivables import (
    ARInvoiceDetails,
    ARInvoices,
    ARReceiptDetails,
    ARReceipts,
    SCBilling,
    SCBillingContracts,
)

__all__ = [
    "METADATA",
    "ARCustomerContacts",
    "ARCustomerCustomProperties",
    "ARCustomerTypes",
    "ARCustomers",
    "ARInvoiceDetails",
    "ARInvoices",
    "ARPriceLevels",
    "ARReceiptDetails",
    "ARReceipts",
    "ARSalesReps",
    "CMContacts",
    "CoUsers",
    "GLBranches",
    "ICCategories",
    "ICInventoryCodes",
    "ICItemCustomProperties",
    "ICItems",
    "ICMakes",
    "ICModels",
    "ICUnits",
    "NumberSeries",
    "SCBillCodes",
    "SCBillGroups",
    "SCBilling",
    "SCBillingContracts",
    "SCBillingCycles",
    "SCContractCodes",
    "SCContractCustomProperties",
    "SCContractDetails",
    "SCContractMeterGroupOverages",
    "SCContractMeterGroups",
    "SCContractStatuses",
    "SCContracts",
    "SCDistributionCodes",
    "SCEquipmentCustomProperties",
    "SCEquipments",
    "SCTechnicians",
    "SCTerminationCodes",
    "ShAgentCustomProperties",
    "ShAgents",
    "ShAttributeListValues",
    "ShAttributes",
    "ShExpenseCodes",
    "ShOnHoldCodes",
    "ShSalesCodes",
    "ShServiceCodes",
    "ShShipMethods",
    "ShTaxCodes",
    "ShTerms",
    "ShTerritories",
    "ShTrackingConfigAttributes",
    "ShTrackingConfigs",
]
