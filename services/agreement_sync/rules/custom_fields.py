"""Write-backs into custom fields: desired states, written only where they differ (spec/agreements.md 6.12). Pure."""

from dataclasses import dataclass

from services.agreement_sync.rules.asked import yes
from services.agreement_sync.rules.plan import FieldWrite
from services.agreement_sync.rules.wanted import field_of
from services.agreement_sync.settings import AgreementSyncSettings
from shared.events.agreements import Agreement, Invoice
from shared.events.records import CustomField
from shared.sync.decision import Checks


@dataclass(frozen=True, slots=True)
class Written:
    """A field to write, None when it holds its value; a warning when there is no such field."""

    write: FieldWrite | None = None
    warnings: tuple[tuple[str, str], ...] = ()


def may_write(settings: AgreementSyncSettings, checks: Checks) -> bool:
    """Whether this deployment may write to ConnectWise at all."""
    return checks.ask(
        "mode writes to ConnectWise", settings.writes_to_connectwise, settings.mode.value, "production"
    )


def contract_number_field(
    agreement: Agreement, number: str | None, settings: AgreementSyncSettings, checks: Checks
) -> Written:
    """The contract's number for the agreement; None: that of a contract to be created."""
    checks.note("contract number is pushed", yes(settings.push_contract_number))
    if not settings.push_contract_number:
        return Written()
    caption = settings.contract_number_field
    return _write(caption, agreement.customFields, number, f"agreement {agreement.name} ({agreement.id})")


def invoice_number_field(
    invoice: Invoice, number: str, settings: AgreementSyncSettings, checks: Checks
) -> Written:
    """The e-automate invoice's number for the ConnectWise invoice."""
    checks.note("e-automate invoice number is pushed", yes(settings.push_invoice_number))
    if not settings.push_invoice_number:
        return Written()
    caption = settings.push_invoice_number_field.strip()
    return _write(caption, invoice.customFields, number, f"invoice {invoice.invoiceNumber}")


def _write(caption: str, fields: tuple[CustomField, ...], value: str | None, record: str) -> Written:
    field = field_of(fields, caption)
    if field is None:
        text = (
            f"{record} has no custom field {caption} in ConnectWise, so the number is not written there. Create the "
            "field, or correct its name in the settings."
        )
        return Written(None, (("P3", text),))
    now = str(field.value).strip() if field.value is not None else ""
    if value is not None and now == value.strip():
        return Written()
    return Written(FieldWrite(field.caption, field.id, now, value))
