"""Contracts, their lines and meter groups, and the codes they carry (reference eautomate.md 4).

Beyond reference 10, a contract has some more of the columns seen on a dealer's table, for deposits and messages.
"""

from sqlalchemy import CheckConstraint, MetaData, Table

from services.simulator.eautomate.columns import (
    audit,
    code_block,
    flag,
    identity,
    key,
    moment,
    money,
    number,
    owner,
    rate,
    reference,
    small,
    stamp,
    table,
    words,
)
from services.simulator.eautomate.schema.metadata import METADATA

SCContractCodes = table(
    METADATA, "SCContractCodes", key("ContractCodeID"), words("ContractCode", 15), *code_block()
)

SCBillCodes = table(METADATA, "SCBillCodes", key("BillCodeID"), words("BillCode", 15), *code_block())

SCBillGroups = table(METADATA, "SCBillGroups", key("BillGroupID"), words("BillGroup", 15), *code_block())

SCContractStatuses = table(
    METADATA, "SCContractStatuses", key("ContractStatusID"), words("ContractStatus", 15), *code_block()
)

SCTerminationCodes = table(
    METADATA, "SCTerminationCodes", key("TerminationCodeID"), words("TerminationCode", 15), *code_block()
)

SCDistributionCodes = table(
    METADATA, "SCDistributionCodes", key("DistributionCodeID"), words("DistributionCode", 15), *code_block()
)

SCBillingCycles = table(
    METADATA,
    "SCBillingCycles",
    key("BillingCycleID"),
    words("BillingCycle", 15),
    words("Description", 50),
    small("Days"),
    small("Months"),
    small("Years"),
    flag("Active", True),
    number("Locks"),
    *audit(),
)


def contracts(metadata: MetaData, *, acknowledgement: bool = True) -> Table:
    """Contracts, with or without ``MessReqAcknowledgment``."""
    return table(
        metadata,
        "SCContracts",
        key("ContractID"),
        words("ContractNumber", 35, unique=True),
        words("ContractMajor", 30),
        words("ContractMinor", 4),
        owner("CustomerID", "ARCustomers.CustomerID"),
        owner("BillToID", "ARCustomers.CustomerID"),
        reference("ContactID"),
        words("Contact", 50),
        words("Phone", 30),
        number("ContractCodeID", 1),
        number("BillCodeID", 1),
        reference("TaxCodeID"),
        flag("Taxable"),
        flag("UseIndividualTaxCodes"),
        reference("BillGroupID"),
        stamp("StartDate"),
        moment("ExpDate"),
        moment("Activated"),
        moment("Terminated"),
        reference("TerminationCodeID"),
        flag("Renewable"),
        moment("Renewed"),
        reference("RenewedID"),
        reference("RenewalCycleID", "SCBillingCycles.BillingCycleID"),
        money("BaseRate"),
        number("BaseRatePeriod", 12),
        number("BaseRatePeriodType", 1),
        flag("SumIndividualBaseRates"),
        reference("BaseBillingCycleID", "SCBillingCycles.BillingCycleID"),
        moment("BaseNextBillingDate"),
        moment("BaseLastBillingDate"),
        moment("BaseBilledThruDate"),
        moment("BaseBilledThruDateInitial"),
        moment("BaseBillingStartDate"),
        flag("BaseArrears"),
        number("BasePreBillingNoDays"),
        reference("OverageBillingCycleID", "SCBillingCycles.BillingCycleID"),
        moment("OverageNextBillingDate"),
        moment("OverageLastBillingDate"),
        moment("OverageBilledThruDate"),
        flag("Bill", True),
        flag("Billed"),
        flag("GroupInvoices"),
        flag("TimeBlockBased"),
        flag("BSABillForServices"),
        money("BSAMinimumBalance"),
        money("BSAMinimumBilling"),
        number("BSARebillType"),
        money("UnearnedBalance"),
        words("PONumber", 32),
        words("Remarks", 1024),
        words("RemarksInternal", 1024),
        words("OneTimeRemark", 1024),
        flag("PrintOneTimeRemark"),
        words("Message", 255),
        *([flag("MessReqAcknowledgment")] if acknowledgement else []),
        number("BranchID", 1),
        number("DivisionID", 1),
        number("BalanceSheetGroupID", 1),
        reference("SalesRepID"),
        reference("TermID"),
        number("ContractStatusID", 1),
        number("ExtendedTypeID"),
        number("BaseDistributionCodeID", 1),
        number("ReportDefinitionGroupID", 1),
        flag("SyncBillToAddress", True),
        words("BillToAttn", 64),
        words("BillToAddress", 64),
        words("BillToCity", 32),
        words("BillToState", 16),
        words("BillToZip", 16),
        words("BillToCountry", 16),
        reference("ShTrackingConfigID"),
        flag("Active", True),
        number("Locks"),
        number("NoteFlag"),
        number("NoteCount"),
        *audit(),
    )


SCContracts = contracts(METADATA)


def contract_lines(metadata: MetaData, *, audited: bool = True) -> Table:
    """Contract lines, with or without audit columns and rowversion: nobody has seen whether they have them."""
    return table(
        metadata,
        "SCContractDetails",
        identity("ContractDetailID"),
        owner("ContractID", "SCContracts.ContractID"),
        number("ContractDetailTypeID", 1),
        reference("EquipmentID", "SCEquipments.EquipmentID"),
        reference("ItemID", "ICItems.ItemID"),
        reference("ParentContractDetailID"),
        words("Description", 255),
        rate("Quantity"),
        rate("UnitBaseRate"),
        money("BaseRate", nullable=True),
        reference("BaseDistributionCodeID"),
        owner("LocationID", "ARCustomers.CustomerID"),
        words("Address", 64),
        words("City", 32),
        words("State", 16),
        words("Zip", 16),
        words("Country", 16),
        words("LocationRemarks", 255),
        reference("BillCodeID"),
        moment("StartDate"),
        moment("EndDate"),
        moment("BillStartDate"),
        moment("BillEndDate"),
        moment("BaseBilledThruDate"),
        moment("OverageBilledThruDate"),
        flag("ProrateStart"),
        money("ProrateStartAmount"),
        flag("ProrateStartBillNow"),
        flag("ProrateStartAutoCalc"),
        flag("ProrateEnd"),
        money("ProrateEndAmount"),
        flag("ProrateEndBillNow"),
        flag("ProrateEndAutoCalc"),
        reference("TaxCodeID"),
        flag("Taxable"),
        flag("OverrideTaxable"),
        reference("TaxExemptCodeID"),
        reference("TerminationCodeID"),
        money("UnearnedBalance"),
        reference("SLACodeID"),
        number("NoteCount"),
        *(audit() if audited else []),
        CheckConstraint(
            "CASE WHEN EquipmentID IS NULL THEN 0 ELSE 1 END + CASE WHEN ItemID IS NULL THEN 0 ELSE 1 END = 1",
            name="SCContractDetails_equipment_or_item",
        ),
    )


SCContractDetails = contract_lines(METADATA)

SCContractMeterGroups = table(
    METADATA,
    "SCContractMeterGroups",
    identity("ContractMeterGroupID"),
    words("ContractMeterGroup", 64),
    words("Description", 128),
    owner("ContractID", "SCContracts.ContractID"),
    rate("CoveredCopies", nullable=True),
    flag("UseOverages"),
    rate("BaseRatePerCopy"),
    *audit(),
)

SCContractMeterGroupOverages = table(
    METADATA,
    "SCContractMeterGroupOverages",
    number("ContractMeterGroupID"),
    reference("RangeEnding"),
    rate("Rate"),
)
