"""Connection and customers (spec/errors.md 12.1)."""

from shared.errors.entry import CatalogueEntry

ENTRIES = (
    CatalogueEntry(
        "A1",
        "Private key lost",
        "ConnectWise shows a private key only when it is made, and Tandem never shows it again.",
        "ConnectWise: System > Members > API Members, open the member, API Keys, make a new pair; then "
        "`tandem keys set`.",
    ),
    CatalogueEntry(
        "A2",
        "API member sees only part of the data",
        "The API member's level is Location or Sales, which hides companies, agreements, orders and tickets.",
        "ConnectWise: System > Members > API Members, set the level to Corporate (Level 1).",
        "the next pass",
    ),
    CatalogueEntry(
        "A3",
        "ConnectWise refuses the keys or the right",
        "The keys, the address or the company are wrong, or the API member's role lacks a right.",
        "Check the connection settings; ConnectWise: System > Security Roles, grant the right that is named.",
        "the next pass",
    ),
    CatalogueEntry(
        "A4",
        "A system cannot be reached",
        "ConnectWise, e-automate or the broker does not answer or asks to slow down. Tandem waits and goes on.",
        "Nothing, unless it lasts.",
    ),
    CatalogueEntry(
        "C1",
        "Customer not mapped",
        "No RecID is stored with the customer, and no company has its number as Company ID or Account ID; or, of a "
        "location, no site of its head office's company has its name or number.",
        "ConnectWise: put the customer number into the company's Company ID or Account ID, or name the site after the "
        "location; or e-automate: put the RecID into ZCJ_CW_CompanyID or ZCJ_CW_SiteAddressRecID; or turn inserts on.",
        "a company with that number or a site of that name, the sync type, or the customer",
    ),
    CatalogueEntry(
        "C2",
        "Match found, but the property cannot be stored",
        "The customer, location or employee has no custom-property configuration that holds the property for the RecID.",
        "e-automate: open it, Custom Properties, choose the configuration with the ZCJ properties.",
        "the customer, location or employee",
    ),
    CatalogueEntry(
        "C3",
        "Linked to the wrong company",
        "What carries the number or is named in the property was separated from this record by hand before, or belongs "
        "to another one.",
        "ConnectWise: correct the Company ID, the Account ID or the member's employee number; then `tandem links link` "
        "the right one.",
        "the link, or the customer",
    ),
    CatalogueEntry(
        "C4",
        "Several companies match",
        "More than one company carries the customer's number, or Company ID and Account ID point to different ones; or "
        "several sites are named after a location, or several locations carry one site's name; or an employee number is "
        "there more than once.",
        "Clean up the numbers and names in ConnectWise or e-automate; or `tandem links link` the right one by hand.",
        "one of the records, or the link",
    ),
    CatalogueEntry(
        "C5",
        "Company could not be created",
        "ConnectWise refused the new company or site, its own words name the field; or its number or name is taken.",
        "Correct the customer in e-automate or the setting that is named (company type, status, territory).",
        "the customer or the setting",
    ),
    CatalogueEntry(
        "C6",
        "Location's parent not mapped",
        "The customer is a location, and the customer it belongs to has no company yet.",
        "Map the parent customer first.",
        "the parent's link",
    ),
    CatalogueEntry(
        "C7",
        "Sync disabled for the customer",
        "ZCJ_SyncToCW is No: nothing is written to ConnectWise for this customer.",
        "Nothing; set ZCJ_SyncToCW to Yes to sync it again.",
        "the customer",
    ),
    CatalogueEntry(
        "C8",
        "The linked company is gone",
        "The stored RecID names a company, site or member that was deleted or merged in ConnectWise, or never was; "
        "or a location moved to another head office, which its site cannot.",
        "Restore the company, or `tandem links unlink` and link the company it was merged into.",
        "the link or the company",
    ),
    CatalogueEntry(
        "C9",
        "Property and link disagree",
        "The RecID property was changed or blanked by hand although a link exists.",
        "Write the RecID back into the property, or `tandem links unlink` to end the link.",
        "the customer or the link",
    ),
    CatalogueEntry(
        "C10",
        "Company could not be updated",
        "ConnectWise refused the change of a company or site, its own words name the field; or a site's name is taken.",
        "Correct the field it names in e-automate or in ConnectWise.",
        "the customer or the company",
    ),
    CatalogueEntry(
        "C11",
        "The linked customer is gone from e-automate",
        "A customer, location or employee that is linked was deleted or merged in e-automate.",
        "`tandem links unlink` the customer that is gone; then link the customer it became, if there is one.",
        "the link",
    ),
    CatalogueEntry(
        "C12",
        "Still linked as what it was: a head office or a location",
        "A head office became a location of another customer in e-automate, but is still linked to its company; or a "
        "location became a head office, but is still linked to its site.",
        "`tandem links unlink customer-company NUMBER`, then the location gets a site of its head office's company; or "
        "`tandem links unlink location-site NUMBER`, then the head office is synced with a company.",
        "the link",
    ),
)
