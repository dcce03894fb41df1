"""What ID965 needs in both systems, for `tandem config check --connect`: names, the item, the contract, technicians."""

from collections.abc import AsyncIterator, Callable

from services.service_sync.asking import AGENT
from services.service_sync.settings import CreditHold, ServiceSyncSettings, SyncMode, serviceable_item
from shared.checkup.finding import Finding, Level
from shared.checkup.wanted import Kind, Wanted, Wants
from shared.config import EAutomateSettings, load
from shared.eautomate.errors import EAutomateError
from shared.eautomate.port import EAutomate
from shared.eautomate.values import folded

AREA = "service calls"


def wants() -> Wants:
    """What the settings ask for, as they are now.

    Raises:
        pydantic.ValidationError: they are wrong.
    """
    return of_settings(load(AGENT, ServiceSyncSettings))


def of_settings(settings: ServiceSyncSettings) -> Wants:
    """What these settings ask for; ID965 writes nothing to ConnectWise."""
    codes = [
        (Kind.BILL_CODE, settings.default_bill_code, "default_bill_code"),
        (Kind.CALL_TYPE, settings.default_call_type, "default_call_type"),
        (Kind.ACTIVITY_CODE, settings.default_activity_code, "default_activity_code"),
        (Kind.ACTIVITY_CODE, settings.no_charge_activity_code, "no_charge_activity_code"),
        *((Kind.ACTIVITY_CODE, code, "activity_code_map") for code in settings.activity_code_map.values()),
    ]
    if settings.credit_hold_calls is CreditHold.HOLD:
        codes.append((Kind.CALL_HOLD_CODE, settings.credit_hold_code, "credit_hold_code"))
    by_status = settings.sync_mode is SyncMode.STATUS
    named = [
        *((Kind.TICKET_STATUS, name, "ticket_statuses") for name in settings.ticket_statuses if by_status),
        *(
            (Kind.BILLING_STATUS, name, "invoice_statuses")
            for name in settings.invoice_statuses
            if not by_status
        ),
        *((Kind.BOARD, name, "boards") for name in settings.boards),
        *((Kind.WORK, name, "activity_code_map") for name in settings.activity_code_map),
        *(one for one in codes if one[1].strip()),
    ]
    asked = dict.fromkeys(Wanted(kind, name, f"{AGENT}.{setting}") for kind, name, setting in named)
    return Wants(tuple(asked), writes=False)


async def check(note: Callable[[str], None]) -> AsyncIterator[Finding]:
    """The item, contract and technicians that the settings name.

    Args:
        note: told what is being asked.
    """
    note("service calls: item, contract, technicians")
    settings = load(AGENT, ServiceSyncSettings)
    port = EAutomate.open(load("eautomate", EAutomateSettings))
    try:
        for finding in [
            *await _item(port, serviceable_item(settings)),
            *await _contract(port, settings.default_contract.strip()),
            *await _technicians(port, settings),
        ]:
            yield finding
    except EAutomateError as error:
        yield Finding(AREA, "e-automate", Level.WARNING, f"it cannot be seen what is there: {error}")
    finally:
        await port.close()


async def _item(port: EAutomate, number: str) -> list[Finding]:
    if not number:
        return []
    item = (await port.items_by_numbers([number])).get(folded(number))
    fix = "mend it in e-automate, or change service_sync.service_item (or agreement_sync.service_item)"
    wrong = {
        "does not exist": item is None,
        "is inactive": item is not None and not item.active,
        "is not serviceable": item is not None and not item.serviceable,
    }
    return [_finding(f"standard serviceable item {number}", wrong, fix, "S6")]


async def _contract(port: EAutomate, number: str) -> list[Finding]:
    if not number:
        return []
    contract = (await port.contracts_by_numbers([number])).get(folded(number))
    wrong = {"does not exist": contract is None, "is inactive": contract is not None and not contract.active}
    return [
        _finding(
            f"contract {number}",
            wrong,
            "mend it in e-automate, or change service_sync.default_contract",
            "S10",
        )
    ]


async def _technicians(port: EAutomate, settings: ServiceSyncSettings) -> list[Finding]:
    named = {
        name: number
        for name in ("header_technician", "default_technician")
        if (number := getattr(settings, name).strip())
    }
    found = await port.agents_by_numbers(named.values()) if named else {}
    findings = []
    for name, number in named.items():
        agents = found.get(folded(number), [])
        wrong = {
            "does not exist": not agents,
            "is inactive, or no technician": not any(one.active and one.technician for one in agents),
        }
        fix = f"mend it in e-automate, or change service_sync.{name}"
        findings.append(_finding(f"technician {number}", wrong, fix, "S13"))
    return findings


def _finding(subject: str, wrong: dict[str, bool], fix: str, code: str) -> Finding:
    text = next((text for text, so in wrong.items() if so), "")
    return (
        Finding(AREA, subject, Level.FAULT, text, fix, code)
        if text
        else Finding(AREA, subject, Level.OK, "is there")
    )
