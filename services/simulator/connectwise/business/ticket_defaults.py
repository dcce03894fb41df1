"""What a ticket takes from its board, company, site, contact and agreement."""

from collections.abc import Mapping

from services.simulator.connectwise.business.board import SCOPED, usual
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.store import Row, Store, fold

SITE_COPY = ("siteName", "addressLine1", "addressLine2", "city", "stateIdentifier", "zip", "country")
CONTACT_COPY = ("contactName", "contactPhoneNumber", "contactPhoneExtension", "contactEmailAddress")


def fill(record: Record, given: frozenset[str], found: Mapping[str, object]) -> None:
    """Take over what was found, except for what is given."""
    for name, value in found.items():
        if name not in given and value is not None:
            record[name] = value


def of_board(store: Store, record: Record) -> Record:
    """Status, type and team of the board, its place, and what it bills."""
    board = store.get("board", record.get("board"))
    if board is None:
        return {}
    data = board.data
    found: Record = {
        name: usual(store, table, board.id) for name, table in SCOPED.items() if name != "subType"
    }
    found |= {
        "location": data.get("location"),
        "department": data.get("department"),
        "billTime": _said(data.get("billTime")),
        "billExpenses": _said(data.get("billExpense")),
        "billProducts": _said(data.get("billProduct")),
    }
    if data.get("overrideBillingSetupFlag"):
        found |= {"workRole": data.get("workRole"), "workType": data.get("workType")}
    return found


def of_company(store: Store, record: Record, given: frozenset[str]) -> Record:
    """The company's contact, site and currency; a contact that is given brings its own site (inferred)."""
    company = store.get("company", record.get("company"))
    if company is None:
        return {}
    data = company.data
    contact = store.get("contact", record.get("contact") if "contact" in given else None)
    site = store.get("site", contact.data.get("site") if contact is not None else None)
    own = site is not None and site.data.get("company") == company.id
    return {
        "contact": data.get("defaultContact"),
        "site": site.id if site is not None and own else data.get("site"),
        "currency": data.get("currency"),
    }


def of_agreement(store: Store, record: Record) -> Record:
    """What the agreement says about billing, and its role and type of work."""
    agreement = store.get("agreement", record.get("agreement"))
    if agreement is None:
        return {}
    names = ("billTime", "billExpenses", "billProducts")
    found: Record = {name: _said(agreement.data.get(name)) for name in names}
    return {
        **found,
        "workRole": agreement.data.get("workRole"),
        "workType": agreement.data.get("workType"),
        "agreementType": agreement.data.get("typeName"),
    }


def copy_site(store: Store, site: int | None) -> Record:
    """The ticket's own copy of an address."""
    row = store.get("site", site)
    if row is None:
        return dict.fromkeys(SITE_COPY)
    state = store.get("state", row.data.get("stateReference"))
    return {
        "siteName": row.data.get("name"),
        **{name: row.data.get(name) for name in ("addressLine1", "addressLine2", "city", "zip", "country")},
        "stateIdentifier": state.data.get("identifier") if state is not None else None,
    }


def copy_contact(store: Store, contact: int | None) -> Record:
    """The ticket's own copy of a contact: name, default telephone and default e-mail address."""
    row = store.get("contact", contact)
    if row is None:
        return dict.fromkeys(CONTACT_COPY)
    names = (row.data.get("firstName"), row.data.get("lastName"))
    mails = [
        one
        for one in row.data.get("communicationItems") or ()
        if one.get("communicationType") == "Email" and one.get("value")
    ]
    mail = next((one for one in mails if one.get("defaultFlag")), mails[0] if mails else None)
    return {
        "contactName": " ".join(str(name) for name in names if name)[:62],
        "contactPhoneNumber": _cut(row.data.get("defaultPhoneNbr"), 20),
        "contactPhoneExtension": _cut(row.data.get("defaultPhoneExtension"), 15),
        "contactEmailAddress": mail["value"] if mail is not None else None,
    }


def by_mail(store: Store, company: int | None, address: str) -> Row | None:
    """The contact of a company with an e-mail address."""
    table = store.table("communication")
    for ident in sorted(table.find("value", address)):
        contact = store.get("contact", table.rows[ident].data.get("contact"))
        if contact is not None and contact.data.get("company") == company:
            return contact
    return None


def only_agreement(store: Store, company: int | None) -> int | None:
    """The one active agreement of a company that covers time, if it is the only one."""
    table = store.table("agreement")
    rows = [table.rows[ident] for ident in sorted(table.find("company", company))]
    found = [
        row.id
        for row in rows
        if row.data.get("coverAgreementTime") and row.data.get("agreementStatus") in (None, "Active")
    ]
    return found[0] if len(found) == 1 else None


def _said(option: object) -> object:
    return None if option is None or fold(option) == "nodefault" else option


def _cut(value: object, longest: int) -> str | None:
    return str(value)[:longest] if value is not None else None
