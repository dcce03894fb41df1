"""What the rules of an invoice look at: what to gather, in the words things are found by. Pure."""

from services.agreement_sync.settings import AgreementSyncSettings
from shared.eautomate.values import folded
from shared.events.agreements import Agreement, Invoice
from shared.events.records import CustomField

MAJOR_MOST = 30
"""Characters of ``SCContracts.ContractMajor``."""
ITEM_MOST = 32
"""Characters of ``ICItems.Item``."""


def alias(name: str, settings: AgreementSyncSettings) -> str:
    """What stands after the prefix of a type's template: its alias, else its name, trimmed."""
    named = {folded(theirs): ours for theirs, ours in settings.type_aliases.items()}
    return named.get(folded(name), name).strip()


def agreement_type(agreement: Agreement | None) -> str:
    """Name of an agreement's type, empty when it has none."""
    return ((agreement.type.name if agreement and agreement.type else None) or "").strip()


def contract_template(type_name: str, settings: AgreementSyncSettings) -> str:
    """``ContractMajor`` of an agreement type's template."""
    return settings.prefix_contract_template + alias(type_name, settings)


def base_item(type_name: str, settings: AgreementSyncSettings) -> str:
    """Number of an agreement type's base item."""
    return settings.prefix_base_template + alias(type_name, settings)


def product_template(product_type: str, settings: AgreementSyncSettings) -> str:
    """Number of the item that items of a product type are made from."""
    return settings.prefix_product_template + alias(product_type, settings)


def field_of(fields: tuple[CustomField, ...], caption: str) -> CustomField | None:
    """A custom field by its caption, whatever its case."""
    return next((one for one in fields if folded(one.caption) == folded(caption)), None)


def contract_number(invoice: Invoice, settings: AgreementSyncSettings) -> str:
    """What the agreement's custom field names, empty when it is blank."""
    agreement = invoice.agreement
    found = field_of(agreement.customFields, settings.contract_number_field) if agreement else None
    return str(found.value).strip() if found is not None and found.value is not None else ""


def majors(invoice: Invoice, settings: AgreementSyncSettings) -> set[str]:
    """Contract majors to look up: ``Gathered.templates``."""
    named = {contract_template(agreement_type(invoice.agreement), settings)}
    if settings.default_contract_template.strip():
        named.add(settings.default_contract_template.strip())
    return named


def numbers(invoice: Invoice, settings: AgreementSyncSettings) -> set[str]:
    """Full contract numbers to look up: ``Gathered.numbered``."""
    return {contract_number(invoice, settings), settings.default_contract_template.strip()} - {""}


def companies(invoice: Invoice) -> set[int]:
    """Company RecIDs whose customers matter: ``Gathered.parties``."""
    agreement = invoice.agreement
    named = [invoice.company, invoice.billToCompany]
    if agreement is not None:
        named += [agreement.company, agreement.billToCompany]
    return {company.id for company in named if company is not None}


def items(invoice: Invoice, settings: AgreementSyncSettings) -> set[str]:
    """Item numbers to look up: ``Gathered.items``."""
    agreement_types = {agreement_type(invoice.agreement)}
    agreement_types |= {(row.agreementType or "").strip() for row in invoice.billing}
    named = {base_item(name, settings) for name in agreement_types if name}
    for row in invoice.lines:
        if row.catalogItem is not None and row.catalogItem.identifier:
            named.add(row.catalogItem.identifier.strip())
        if row.productType:
            named.add(product_template(row.productType, settings))
    if settings.service_item.strip():
        named.add(settings.service_item.strip())
    return named
