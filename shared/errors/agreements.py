"""Agreements, time blocks and payments (spec/errors.md 12.2, 12.6); those from G24 on are ours."""

from shared.errors.entry import CatalogueEntry

ENTRIES = (
    CatalogueEntry(
        "G1",
        "Customer Not Found",
        "The agreement's company is not linked to a customer, so nobody knows whose contract it is.",
        "ConnectWise: put the customer number into the company's Company ID or Account ID; or `tandem links link "
        "customer-company`.",
        "the company's link",
    ),
    CatalogueEntry(
        "G2",
        "Billing Customer Not Found",
        "The invoice names another company than the agreement, and that one is not linked to a customer.",
        "ConnectWise: put the customer number into the Company ID or Account ID of the company the invoice names; or "
        "`tandem links link customer-company`.",
        "the company's link",
    ),
    CatalogueEntry(
        "G3",
        "BillTo Customer Not Found",
        "The company that pays is not linked to a customer, so the contract cannot name its bill-to customer.",
        "ConnectWise: put the customer number into the Company ID or Account ID of the bill-to company of the invoice "
        "or agreement; or `tandem links link customer-company`.",
        "the company's link",
    ),
    CatalogueEntry(
        "G4",
        "No NextInvoiceDate for this Agreement",
        "ConnectWise has not made the next billing record, so the base billing dates cannot be set; this is normal "
        "only on the last invoice of an agreement that ends. As a warning: the date does not follow the invoice's "
        "period.",
        "ConnectWise: System > Setup Tables > Batch, raise the days in advance, then save the invoice. Of the "
        "warning: compare the invoice's date with the billing cycle.",
        "the invoice",
    ),
    CatalogueEntry(
        "G5",
        "Contract template not found, another was used",
        "No contract is called after the agreement type, or only in other letter case, so the default template (or "
        "the one spelt differently) was copied. A warning.",
        "e-automate: make the template's number match the agreement type to the letter, or name a shorter key in "
        "agreement_sync.type_aliases; correct this contract by hand, it is not re-templated.",
    ),
    CatalogueEntry(
        "G6",
        "Neither template nor default template found",
        "There is no template for the agreement type, and no default template either.",
        "e-automate: make the template that is named; or set agreement_sync.default_contract_template to a contract "
        "that exists.",
        "the setting",
    ),
    CatalogueEntry(
        "G7",
        "Base item missing",
        "The agreement has a base amount, and there is no base item for its type.",
        "e-automate: make the item that is named, a serviceable expense item with its codes.",
    ),
    CatalogueEntry(
        "G8",
        "Item could not be created",
        "A product has no item in e-automate, and its product type has no template item to make one from.",
        "e-automate: make the template item that is named, or the item itself.",
    ),
    CatalogueEntry(
        "G9",
        "Item cannot be used on contracts",
        "The item is inactive or not serviceable. As a warning: it is the standard serviceable item, and service "
        "calls cannot be attached to the contract.",
        "e-automate: activate the item and tick Serviceable as item.",
    ),
    CatalogueEntry(
        "G10",
        "Linked contract is terminated",
        "The agreement's contract was terminated or deleted in e-automate. No new one is made while it is linked.",
        "`tandem links unlink agreement-contract`: the number in ConnectWise is blanked, and the newest invoice makes "
        "a new contract.",
        "the link, or the contract",
    ),
    CatalogueEntry(
        "G11",
        "Contract number unknown",
        "The agreement names a contract that e-automate does not have (a new one is made, with a warning), a template, "
        "or one that was separated from it by hand (nothing is made).",
        "ConnectWise: correct or blank the number. Of a contract made by mistake: delete or terminate it in e-automate "
        "and `tandem links unlink agreement-contract`.",
        "the link, or the invoice",
    ),
    CatalogueEntry(
        "G12",
        "Contract is inactive",
        "The contract is kept up to date, but is absent from the billing queue. A warning.",
        "e-automate: activate it; no further sync is needed.",
    ),
    CatalogueEntry(
        "G13",
        "Period already billed in e-automate",
        "The contract was billed before the sync had put this invoice in, or the invoice was changed afterwards. The "
        "contract is unchanged.",
        "e-automate: Void and Reset the contract invoice, let the sync update the contract, bill again.",
        "the contract, or its invoice",
    ),
    CatalogueEntry(
        "G14",
        "Invoice not renumbered",
        "The e-automate invoice is not told to be this invoice's: its PO number or Remarks hold another number, "
        "amount, period or contract differ, or it was sent already.",
        "e-automate: Void and Reset it, let the sync update the contract, bill again.",
        "the e-automate invoice, or the contract",
    ),
    CatalogueEntry(
        "G15",
        "Wanted invoice number is used",
        "Another e-automate invoice, perhaps a void one, has the number.",
        "After Void and rebill the void invoice still has it: give that one another number in e-automate, then the new "
        "one is renamed by itself. Else renumber one of the two by hand.",
        "the e-automate invoice, or the one that has the number",
    ),
    CatalogueEntry(
        "G16",
        "Amounts differ (red)",
        "What the contract would bill is not the base and additions of the invoice. The contract is written, but kept "
        "out of the billing queue; with agreement_sync.hold_when_red off it is a warning.",
        "Compare both sides (`tandem explain invoice`), correct the invoice in ConnectWise; or decide that it may be "
        "billed so: `tandem release`.",
        "the invoice, or the contract",
    ),
    CatalogueEntry(
        "G17",
        "Immediate proration invoice",
        "A second invoice of the period bills nothing but additions that begin within it. e-automate has no such bill.",
        "ConnectWise: delete it and let the next regular invoice bill them; or bill it in e-automate by hand, and "
        "`tandem cases ignore`.",
        "the invoice",
    ),
    CatalogueEntry(
        "G18",
        "Contract's period does not begin on the 1st",
        "ConnectWise bills from the first of a month; the contract's next period begins on another day, or in the "
        "middle of the invoice's.",
        "e-automate: renew the contract so that its period begins on the first.",
        "the contract",
    ),
    CatalogueEntry(
        "G19",
        "Contract is open in e-automate",
        "Somebody has the contract on screen, so nothing is written.",
        "Close it.",
        "the contract",
    ),
    CatalogueEntry(
        "G20",
        "Invoice filtered out",
        "Billing status, agreement type, territory or date is not among those that are synced. No error: the checks "
        "say which filter.",
        "Nothing; or change the filter (agreement_sync.invoice_statuses, agreement_types, start_date, "
        "connectwise.territory_filter) or the record in ConnectWise.",
        "the invoice",
    ),
    CatalogueEntry(
        "G21",
        "Invoice was deleted after it was synced",
        "ConnectWise has the invoice no more. Not billed: its lines are taken back. Billed: somebody has to decide.",
        "e-automate: Void and Reset the contract invoice, if it is not owed.",
        "the contract, or its invoice",
    ),
    CatalogueEntry(
        "G22",
        "Nothing regular to bill",
        "The invoice has neither a base amount nor additions of the agreement, or prorated additions alone.",
        "Bill it in e-automate by hand, and `tandem cases ignore`.",
        "the invoice",
    ),
    CatalogueEntry(
        "G23",
        "Contract has equipment or meters",
        "The contract has equipment lines or meter groups, which full line replacement would end. It is untouched.",
        "Link another contract, or unlink it and blank the number in ConnectWise, so that the sync makes one.",
        "the contract, or the link",
    ),
    CatalogueEntry(
        "G24",
        "Invoices are out of order",
        "The invoice before this one is in the contract and not billed, or is not in it at all; or a later one is in "
        "it already. As a warning: the one before was replaced (agreement_sync.overwrite_unbilled).",
        "e-automate: bill the contract; or mend what holds up the invoice before. Of an earlier invoice: bill it by "
        "hand.",
        "the contract, or the invoice before",
    ),
    CatalogueEntry(
        "G25",
        "Second invoice in the period",
        "Another invoice of the agreement is in the contract for the same period, and still exists or was billed.",
        "ConnectWise: delete one of them; or bill this one in e-automate by hand, and `tandem cases ignore`.",
        "the other invoice",
    ),
    CatalogueEntry(
        "G26",
        "Billing cycle unknown",
        "No active billing cycle of e-automate has the name or the length of the agreement's, in whole months.",
        "e-automate: create it; or name it in agreement_sync.billing_cycles.",
        "the setting",
    ),
    CatalogueEntry(
        "G27",
        "Other currency",
        "The invoice is in another currency than the dealer's, or than its agreement.",
        "Bill it by hand; or set agreement_sync.currency.",
        "the setting",
    ),
    CatalogueEntry(
        "G28",
        "Value e-automate cannot hold",
        "A number is too large, a text too long (invoice number, PO number, Remarks, item number), or a discount is "
        "negative and the base amount too small to take it off. As a warning: it came off the base amount.",
        "ConnectWise: correct the field that is named; or set agreement_sync.negative_rates, if e-automate takes them.",
        "the invoice, or the setting",
    ),
    CatalogueEntry(
        "G29",
        "Template lacks a code",
        "A contract template, base item or item template has no value for the code that is named.",
        "e-automate: enter the code on the template.",
    ),
    CatalogueEntry(
        "G30",
        "Contract is somebody else's",
        "The contract belongs to another agreement, or to another customer than the agreement's.",
        "ConnectWise: correct the contract number; or link the right contract by hand.",
        "the link, or the contract",
    ),
    CatalogueEntry(
        "G31",
        "Customer's own PO number kept",
        "The contract carries a PO number of the customer, so the invoice number went to Remarks. A warning.",
        "Nothing; or set agreement_sync.invoice_number_target to Remarks.",
    ),
    CatalogueEntry(
        "B1",
        "Time block with additions",
        "An e-automate contract is either deposit-based or has lines; this agreement has a block and additions.",
        "ConnectWise: split the agreement.",
        "the invoice",
    ),
    CatalogueEntry(
        "B2",
        "Time block works differently",
        "Carry-over, overrun into the next block, or a template whose kind does not fit the agreement: e-automate has "
        "no such option. A warning.",
        "Bill the excess separately or with the next billing; check the template of the agreement type.",
    ),
    CatalogueEntry(
        "P1",
        "ConnectWise invoice is paid already",
        "Its balance is 0, so no payment is made. No error.",
        "Nothing.",
    ),
    CatalogueEntry(
        "P2",
        "Totals with tax differ",
        "Each system computes its own tax. The open ConnectWise balance is paid. A warning.",
        "Nothing, unless the difference surprises.",
    ),
    CatalogueEntry(
        "P3",
        "Write-back refused",
        "ConnectWise refuses a number, payment or status: the API member's role lacks the right, or the custom field "
        "or status does not exist.",
        "ConnectWise: System > Security Roles, grant the right that is named; create the field or status, or correct "
        "its name in the settings.",
        "the next pass",
    ),
    CatalogueEntry(
        "P4",
        "e-automate invoice was voided or opened after it was marked paid",
        "ConnectWise shows the invoice as paid; in e-automate it is void, or its receipt was taken off again.",
        "ConnectWise: delete the payment by hand, if it is wrong.",
        "the e-automate invoice",
    ),
    CatalogueEntry(
        "P5",
        "Settled without receipts",
        "A credit memo or write-off closed the e-automate invoice, so the ConnectWise invoice is not marked paid.",
        "ConnectWise: apply a credit memo or close the invoice by hand.",
        "the e-automate invoice, or the invoice",
    ),
)
