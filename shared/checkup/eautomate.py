"""The connection test of e-automate: reachable, as defined, the custom properties, what the settings name."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence

from shared.checkup.finding import Finding, Level
from shared.checkup.wanted import Kind, Wanted, compared
from shared.config import EAutomateSettings
from shared.eautomate.areas import AREAS, Area
from shared.eautomate.codes import CodeKind
from shared.eautomate.errors import EAutomateError
from shared.eautomate.port import EAutomate
from shared.eautomate.rights import missing_rights

AREA = "e-automate"
CODES: dict[Kind, CodeKind] = {
    Kind.CUSTOMER_TYPE: "customer_type",
    Kind.CONTRACT_TYPE: "contract_type",
    Kind.BRANCH: "branch",
    Kind.BILL_CODE: "bill_code",
    Kind.CALL_TYPE: "call_type",
    Kind.ACTIVITY_CODE: "activity_code",
    Kind.CALL_HOLD_CODE: "call_hold_code",
}
ASSIGN = "e-automate: Tools > Lists > custom property configurations, add it to the one your records use"

GRANT = "e-automate's SQL Server: run the GRANT statements that `tandem db script` prints"


async def check_eautomate(
    settings: EAutomateSettings,
    wanted: Sequence[Wanted],
    note: Callable[[str], None],
    areas: Collection[Area] = AREAS,
) -> AsyncIterator[Finding]:
    """Every finding, as it comes; nothing is written.

    Args:
        areas: parts of the database somebody needs; the others may differ.
    """
    note("e-automate: address and login")
    try:
        port = EAutomate.open(settings)
    except EAutomateError as error:
        yield Finding(AREA, "address", Level.FAULT, str(error), "correct eautomate.url")
        return
    try:
        identity = await port.database_identity()
        yield Finding(AREA, "address and login", Level.OK, f"database {identity.guid}")
        note("e-automate: tables and columns")
        differences = await port.differences(*areas)
        for difference in differences:
            fix = "put it right in the database, or in the profile of this release (eautomate.profile)"
            yield Finding(AREA, "tables", Level.FAULT, difference.text, fix)
        if differences:
            return
        yield Finding(AREA, "tables", Level.OK, "as Tandem expects, the ledger included")
        note("e-automate: rights")
        for rights in await missing_rights(port.engine, port.tables, areas):
            yield Finding(AREA, "rights", Level.FAULT, rights.text, GRANT)
        note("e-automate: custom properties")
        for finding in _properties(port, await port.property_setup()):
            yield finding
        for kind, codes in CODES.items():
            if any(one.kind is kind for one in wanted):
                names = [code.code for code in await port.codes(codes) if code.active]
                for finding in compared(AREA, wanted, kind, names):
                    yield finding
    except EAutomateError as error:
        fix = "check eautomate.url: host, database, user and password"
        yield Finding(AREA, "address and login", Level.FAULT, str(error), fix, "A4")
    finally:
        await port.close()


def _properties(port: EAutomate, found: dict[str, list[str]]) -> list[Finding]:
    findings = []
    for name in port.tables.profile.properties.model_dump().values():
        subject = f"property {name}"
        if name not in found:
            text = "does not exist: what it would hold cannot be stored"
            findings.append(
                Finding(AREA, subject, Level.FAULT, text, "create it, and add it to a configuration", "C2")
            )
        elif not found[name]:
            text = "is in no configuration: it can be stored with no record"
            findings.append(Finding(AREA, subject, Level.FAULT, text, ASSIGN, "C2"))
        else:
            findings.append(Finding(AREA, subject, Level.OK, f"in {', '.join(found[name])}"))
    return findings
