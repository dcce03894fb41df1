"""What ID964 needs in both systems, for `tandem config check --connect`: names in its settings, and the templates."""

from collections.abc import AsyncIterator, Callable

from services.agreement_sync.asking import AGENT
from services.agreement_sync.desk.health import Health, State, What, health
from services.agreement_sync.desk.systems import systems
from services.agreement_sync.desk.used import held, in_use
from services.agreement_sync.settings import AgreementSyncSettings
from shared.checkup.finding import Finding, Level
from shared.checkup.wanted import Kind, Wanted, Wants
from shared.config import load
from shared.connectwise.errors import ConnectWiseError
from shared.eautomate.errors import EAutomateError

AREA = "templates"
OF_SETTINGS = frozenset({What.DEFAULT, What.SERVICE})


def wants() -> Wants:
    """What the settings ask for, as they are now.

    Raises:
        pydantic.ValidationError: they are wrong.
    """
    return of_settings(load(AGENT, AgreementSyncSettings))


def of_settings(settings: AgreementSyncSettings) -> Wants:
    """What these settings ask for; what is off is left out."""
    named = [
        *((Kind.AGREEMENT_TYPE, name, "agreement_types") for name in settings.agreement_types),
        *((Kind.BILLING_STATUS, name, "invoice_statuses") for name in settings.invoice_statuses),
    ]
    if settings.push_contract_number:
        named.append((Kind.AGREEMENT_FIELD, settings.contract_number_field, "contract_number_field"))
    if settings.push_invoice_number:
        named.append((Kind.INVOICE_FIELD, settings.push_invoice_number_field, "push_invoice_number_field"))
    if settings.push_paid and settings.paid_status.strip():
        named.append((Kind.BILLING_STATUS, settings.paid_status, "paid_status"))
    pushes = settings.push_contract_number or settings.push_invoice_number or settings.push_paid
    return Wants(
        tuple(Wanted(kind, name, f"{AGENT}.{setting}") for kind, name, setting in named),
        writes=settings.writes_to_connectwise and pushes,
    )


async def check(note: Callable[[str], None]) -> AsyncIterator[Finding]:
    """Every template that is wanted; a missing one is a note, for its invoices wait as cases and heal by themselves.

    Args:
        note: told what is being asked.
    """
    note("templates of contracts and items")
    try:
        async with systems() as both:
            used = await in_use(both.client)
            found = health(used, await held(both.eautomate, used, both.settings), both.settings)
    except (ConnectWiseError, EAutomateError) as error:
        yield Finding(AREA, "templates", Level.WARNING, f"it cannot be seen which are missing: {error}")
        return
    for one in found:
        yield finding_of(one)
    if not found:
        yield Finding(AREA, "templates", Level.OK, "no agreement is in use yet")


def finding_of(one: Health) -> Finding:
    """One template as a line of the check."""
    subject = f"{one.what.value} {one.key}"
    if one.state is State.OK:
        return Finding(AREA, subject, Level.OK, "is there")
    level = Level.FAULT if one.fault and one.what in OF_SETTINGS else Level.WARNING
    return Finding(AREA, subject, level, f"{one.state.value}: {one.told}", one.fix)
