"""The call's own columns (spec/tickets.md 8.5). Pure."""

from collections.abc import Mapping

from services.service_sync.rules import texts
from services.service_sync.rules.asked import name_of, record, setting, told
from services.service_sync.rules.contract import choose
from services.service_sync.rules.gathered import Gathered
from services.service_sync.rules.plan import Found, Header, Trouble
from services.service_sync.rules.statuses import created_status
from services.service_sync.rules.technicians import of_header
from services.service_sync.settings import CallStatus, CreditHold, ServiceSyncSettings
from shared.eautomate.contract_rows import Item
from shared.eautomate.rows import Code
from shared.eautomate.values import folded
from shared.events.calls import Call
from shared.events.records import Customer
from shared.events.tickets import Ticket
from shared.links.kinds import LinkKind
from shared.sync.decision import Checks


def header(
    ticket: Ticket, gathered: Gathered, settings: ServiceSyncSettings, checks: Checks, found: Found
) -> Header | None:
    """The header; None when its trouble lets none be made. All trouble is noted, not only the first."""
    customer = _customer(ticket, gathered, checks, found)
    item = _item(gathered, settings, checks, found)
    opened = ticket.dateEntered or ticket.closedDate or gathered.now
    day = opened.astimezone(gathered.zone).date()
    chosen = choose(ticket, day, gathered, settings, checks, found)
    contract = chosen.contract
    seen = contract.number if contract is not None else "none"
    checks.note("contract of the call", f"{seen}: {chosen.rule}")
    bill_code = _bill_code(
        contract.bill_code if contract is not None else None, gathered, settings, checks, found
    )
    call_type = _call_type(ticket, gathered, settings, checks, found)
    technician = of_header(ticket, gathered, settings, checks, found)
    hold = _hold(customer, gathered, settings, checks, found)
    invoice = gathered.row.invoice if gathered.row is not None else None
    if found.trouble or customer is None or item is None or bill_code is None or call_type is None:
        return None
    return Header(
        customer_id=customer.customer_id,
        customer_number=customer.number,
        bill_to_id=customer.bill_to_id or customer.customer_id,
        item_id=item.item_id,
        contract_id=contract.contract_id if contract is not None else None,
        contract_number=contract.number if contract is not None else "",
        bill_code_id=bill_code.id,
        bill_code=bill_code.code.strip(),
        call_type_id=call_type.id,
        call_type=call_type.code.strip(),
        technician_id=technician.agent_id if technician is not None else None,
        technician=technician.number if technician is not None else "",
        status=gathered.statuses.on_hold if hold is not None else created_status(settings, gathered.statuses),
        on_hold_code_id=hold.id if hold is not None else None,
        opened=opened,
        closed=ticket.closedDate if settings.call_status is CallStatus.OK_TO_INVOICE else None,
        caller=texts.caller(ticket),
        po_number=_po_number(invoice.number if invoice is not None else ticket.poNumber, checks),
        description=texts.description(ticket, invoice),
        notes=texts.notes(ticket, gathered.zone),
    )


def _customer(ticket: Ticket, gathered: Gathered, checks: Checks, found: Found) -> Customer | None:
    row, customer = gathered.row, gathered.customer
    if row is not None and row.customer_id is not None:
        checks.note(
            "customer was chosen by a person", customer.number if customer is not None else row.customer_id
        )
    seen = (
        f"{told(ticket.company, 'no company')}: {customer.number if customer is not None else 'no customer'}"
    )
    if not checks.ask("customer is linked", customer is not None, seen, "a company with a customer"):
        found.trouble.append(_unlinked(ticket, gathered))
        return None
    if customer is None:
        return None
    if not checks.ask("customer is active", customer.active, _active(customer), "active"):
        text = (
            f"customer {customer.number} {customer.name} is inactive in e-automate: activate it, or `tandem tickets "
            f"re-point {_part(ticket, gathered)} --customer NUMBER --why ...`."
        )
        found.trouble.append(
            Trouble("S4", text, (record(Customer.SOURCE, Customer.ENTITY, customer.customer_id),))
        )
        return None
    return _location(ticket, customer, gathered, checks, found)


def _location(
    ticket: Ticket, customer: Customer, gathered: Gathered, checks: Checks, found: Found
) -> Customer | None:
    place, site = gathered.location, ticket.site
    if place is None or (gathered.row is not None and gathered.row.customer_id is not None):
        checks.note("location of the site", f"{told(site, 'no site')}: the customer itself")
        return customer
    if not checks.ask("location is active", place.active, f"{place.number}: {_active(place)}", "active"):
        text = (
            f"site {told(site)} is linked to location {place.number}, which is inactive in e-automate: activate it, or "
            "unlink it; then the call goes to the customer itself."
        )
        blocked = (
            record(Customer.SOURCE, Customer.ENTITY, place.customer_id),
            f"link:{LinkKind.LOCATION_SITE.value}:{place.customer_id}",
        )
        found.trouble.append(Trouble("S5", text, blocked))
        return None
    return place


def _item(gathered: Gathered, settings: ServiceSyncSettings, checks: Checks, found: Found) -> Item | None:
    item = gathered.item
    good = item is not None and item.active and item.serviceable
    if item is None:
        seen = "not set, or not there"
    else:
        seen = ", ".join((item.number.strip(), "active" if item.active else "inactive", _serviceable(item)))
    if checks.ask("standard serviceable item can be used", good, seen, "active and serviceable"):
        return item
    text = (
        f"the standard serviceable item (service_sync.service_item {settings.service_item or 'of agreement_sync'}) is "
        f"{seen}. Mend it in e-automate, or the setting."
    )
    found.trouble.append(
        Trouble("S6", text, (setting("service_item"), "setting:agreement_sync.service_item"))
    )
    return None


def _bill_code(
    of_contract: str | None, gathered: Gathered, settings: ServiceSyncSettings, checks: Checks, found: Found
) -> Code | None:
    wanted = (of_contract or "").strip() or settings.default_bill_code.strip()
    code = gathered.codes.bill_codes.get(folded(wanted)) if wanted else None
    whose = "the contract's" if (of_contract or "").strip() else "the default (variable 5)"
    good = code is not None and code.active
    if checks.ask("bill code is there", good, f"{wanted or 'none'}: {whose}", "an active bill code"):
        return code
    text = (
        f"bill code {wanted or '(blank)'}, {whose}, is not there or not active in e-automate: set "
        "service_sync.default_bill_code, or mend the contract."
    )
    found.trouble.append(Trouble("S7", text, (setting("default_bill_code"),)))
    return None


def _call_type(
    ticket: Ticket, gathered: Gathered, settings: ServiceSyncSettings, checks: Checks, found: Found
) -> Code | None:
    """By code, else by description, else the default (open question 27)."""
    types, own = gathered.codes.call_types, name_of(ticket.type)
    if not settings.always_default_call_type and own:
        chosen = _active_of(types, own) or next(
            (one for one in types.values() if one.active and folded(one.description) == folded(own)), None
        )
        if checks.ask(
            "call type is called as the ticket's", chosen is not None, own, "an active call type (else W)"
        ):
            return chosen
    wanted = settings.default_call_type.strip()
    default = _active_of(types, wanted)
    if checks.ask(
        "default call type is there (variable W)", default is not None, wanted or "blank", "active"
    ):
        return default
    text = (
        f"ticket type {own or '(none)'} is no call type, and the default {wanted or '(blank)'} is not there or not "
        "active: set service_sync.default_call_type."
    )
    found.trouble.append(Trouble("S8", text, (setting("default_call_type"),)))
    return None


def _hold(
    customer: Customer | None, gathered: Gathered, settings: ServiceSyncSettings, checks: Checks, found: Found
) -> Code | None:
    """The hold code of the new call, None when the customer is not on hold."""
    if customer is None or not customer.hold:
        checks.note("customer is on hold", "no")
        return None
    on_hold = settings.credit_hold_calls is CreditHold.HOLD
    seen = f"on hold ({customer.on_hold_code or 'no code'})"
    if not checks.ask(
        "customer is not on credit hold", on_hold, seen, "credit_hold_calls: hold, or a release"
    ):
        text = f"customer {customer.number} is {seen}: release it, or set service_sync.credit_hold_calls to hold."
        blocked = (
            record(Customer.SOURCE, Customer.ENTITY, customer.customer_id),
            setting("credit_hold_calls"),
        )
        found.trouble.append(Trouble("S11", text, blocked))
        return None
    codes = gathered.codes.hold_codes
    code = _active_of(codes, customer.on_hold_code or "") or _active_of(codes, settings.credit_hold_code)
    if code is None:
        text = (
            f"customer {customer.number} is {seen}, and neither that nor service_sync.credit_hold_code "
            f"{settings.credit_hold_code} is an on-hold code for service calls."
        )
        found.trouble.append(Trouble("S11", text, (setting("credit_hold_code"),)))
    return code


def _active_of(codes: Mapping[str, Code], wanted: str) -> Code | None:
    code = codes.get(folded(wanted)) if wanted.strip() else None
    return code if code is not None and code.active else None


def _part(ticket: Ticket, gathered: Gathered) -> str:
    """What commands call it: the ticket, or what of it an invoice bills."""
    return gathered.row.subject if gathered.row is not None else ticket.subject


def _unlinked(ticket: Ticket, gathered: Gathered) -> Trouble:
    company = ticket.company
    if company is None:
        command = f"`tandem tickets re-point {_part(ticket, gathered)} --customer NUMBER --why ...`"
        text = f"ticket {ticket.id} names no company: {command}."
        return Trouble("S1", text)
    text = (
        f"company {told(company)} has no customer in e-automate. Put the customer's number into its Company ID or "
        f"Account ID, or `tandem links link customer-company NUMBER {company.id} --why ...`; then the call is made by "
        f"itself. Is the company wrong, `tandem tickets re-point {_part(ticket, gathered)} --customer NUMBER "
        "--why ...`."
    )
    return Trouble(
        "S1", text, (f"link:{LinkKind.CUSTOMER_COMPANY.value}:right:{gathered.company_id or company.id}",)
    )


def _po_number(given: str | None, checks: Checks) -> str:
    """The ticket's, or in invoice-only mode the number of ConnectWise's invoice."""
    number = texts.one_line(given)
    if len(number) > texts.PO_MOST:
        checks.note("PO number", f"{number} is longer than {texts.PO_MOST} characters and left out")
        return ""
    return number


def _active(customer: Customer) -> str:
    return "active" if customer.active else "inactive"


def _serviceable(item: Item) -> str:
    return "serviceable" if item.serviceable else "not serviceable as item"


def call_record(call: Call) -> str:
    """A call in the words of ``blocked_on``."""
    return record(Call.SOURCE, Call.ENTITY, call.call_id)
