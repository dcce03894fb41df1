"""Tickets and project invoices (spec/errors.md 12.3)."""

from shared.errors.entry import CatalogueEntry

ENTRIES = (
    CatalogueEntry(
        "S1",
        "Customer not mapped",
        "The ticket's company is not linked to a customer, so nobody knows whose call it is.",
        "ConnectWise: put the customer number into the company's Company ID or Account ID; or `tandem links link "
        "customer-company`. Is the company itself wrong, `tandem tickets re-point`: the ticket was taken once, and "
        "what is changed on it in ConnectWise does not count any more.",
        "the company's link",
    ),
    CatalogueEntry(
        "S2",
        "Technician on time entry not mapped",
        "A time entry is by a member who is no technician in e-automate.",
        "e-automate: store the member's RecID in the employee's ZCJ_CW_MemberID; or `tandem links link agent-member`; "
        "or set service_sync.default_technician.",
        "the member's link, the setting",
    ),
    CatalogueEntry(
        "S4",
        "Customer inactive",
        "The company is linked to a customer that is inactive in e-automate.",
        "e-automate: activate the customer; or `tandem tickets re-point` to another one.",
        "the customer",
    ),
    CatalogueEntry(
        "S5",
        "Location not usable",
        "The ticket's site is linked to a location that is inactive in e-automate.",
        "e-automate: activate the location; or unlink it from the site, then calls go to the head office.",
        "the location, the site's link",
    ),
    CatalogueEntry(
        "S6",
        "Standard serviceable item missing",
        "The one item that stands on every imported call is not set, is not there, is inactive, or is not "
        "serviceable; or the contract of the agreement does not hold it.",
        "e-automate: make or mend the item ('serviceable as item', active), or put it on the contract; or correct "
        "service_sync.service_item.",
        "the setting, the contract",
    ),
    CatalogueEntry(
        "S7",
        "Default bill code missing or invalid",
        "No contract covers the ticket, and there is no bill code for calls without one.",
        "Set service_sync.default_bill_code (variable 5) to an active bill code.",
        "the setting",
    ),
    CatalogueEntry(
        "S8",
        "Call type unknown and default missing",
        "No call type is called as the ticket's type, and there is no default.",
        "Set service_sync.default_call_type (variable W) to an active call type; or make the call type in e-automate.",
        "the setting",
    ),
    CatalogueEntry(
        "S9",
        "Ticket without time",
        "A ticket without any time entry waits: a call that is OK to invoice needs labour.",
        "ConnectWise: add the time. With call_status P, require_time No makes a call without labour.",
        "the ticket, the setting",
    ),
    CatalogueEntry(
        "S10",
        "Contract terminated or expired at call date",
        "The contract of the ticket's agreement does not hold on the day of the call.",
        "e-automate: renew the contract; or link the agreement to another one; or unlink it, then the call goes to the "
        "customer's other contract or to none.",
        "the contract, the agreement's link",
    ),
    CatalogueEntry(
        "S11",
        "Customer on credit hold",
        "The customer is on hold, and service_sync.credit_hold_calls is 'error'.",
        "e-automate: release the customer; or set service_sync.credit_hold_calls to 'hold': then the call is made on "
        "hold.",
        "the customer, the setting",
    ),
    CatalogueEntry(
        "S12",
        "Activity code missing",
        "No activity code is set for the work type of a time entry, or the one that is set is not there; of a "
        "DoNotBill or NoCharge entry no_charge_activity_code is not set.",
        "Set service_sync.activity_code_map, default_activity_code or no_charge_activity_code.",
        "the setting",
    ),
    CatalogueEntry(
        "S13",
        "Technician inactive",
        "The technician of a time entry, or of the call, is inactive in e-automate or is no technician.",
        "e-automate: activate the technician; or link the member to another employee.",
        "the employee",
    ),
    CatalogueEntry(
        "S14",
        "Time entry without a duration",
        "A time entry ends before it begins, or its hours are zero or negative.",
        "`tandem tickets refresh` takes the ticket anew once its time is corrected in ConnectWise; or `tandem tickets "
        "ignore`.",
    ),
    CatalogueEntry(
        "S15",
        "Overlapping time entries",
        "Two entries of one technician overlap. Both came over. A warning.",
        "Review both; correct the call in e-automate.",
    ),
    CatalogueEntry(
        "S16",
        "Entry date in a closed period",
        "e-automate refused labour of a day whose accounting period is closed.",
        "e-automate: open the period; or correct the entry in ConnectWise, then `tandem tickets refresh`.",
    ),
    CatalogueEntry(
        "S17",
        "Ticket already in e-automate",
        "Several calls of the customer carry the ticket's number, so none was made and none was linked.",
        "`tandem links link ticket-call TICKET CALL --why ...`.",
        "the ticket's link",
    ),
    CatalogueEntry(
        "S22",
        "Late time on a synced ticket",
        "Time was added to a ticket that is a call already; it does not come over. A warning.",
        "e-automate: add the labour to the call by hand while it is open.",
    ),
    CatalogueEntry(
        "S24",
        "Value that e-automate cannot hold",
        "A text or number of the ticket does not fit its column.",
        "Shorten or correct it in ConnectWise, then `tandem tickets refresh`.",
    ),
    CatalogueEntry(
        "S25",
        "Call changed by somebody else",
        "The call of a moved ticket was invoiced, cancelled, or is open on somebody's screen.",
        "e-automate: close it; of an invoiced one the work becomes a new call by itself.",
        "the call",
    ),
    CatalogueEntry(
        "S26",
        "Amounts of a call were computed anew",
        "With override_billing a call has ConnectWise's amounts. Somebody opened it and pressed OK, so e-automate put "
        "the bill code's in their place. Tandem takes such a call off OKB, so that it is not invoiced.",
        "`tandem tickets restore TICKET --why ...` puts ConnectWise's amounts and the status back; `tandem tickets accept` "
        "ends the watch where e-automate's are wanted. Invoice such calls with the eAgent task only.",
        "the call",
    ),
    CatalogueEntry(
        "S27",
        "Time is taken with another invoice",
        "An invoice was voided and raised anew, and what the first one brought over still waits for something. The "
        "same time does not become two calls.",
        "Mend what the first one waits for, or delete it in ConnectWise; then the second one goes on by itself.",
        "the ticket's other part, the other invoice",
    ),
)
