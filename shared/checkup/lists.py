"""What ConnectWise has of each kind that settings name."""

from shared.checkup.wanted import Kind
from shared.connectwise.client import ConnectWise
from shared.connectwise.paging import walk
from shared.connectwise.service_setup import ServiceSetup
from shared.text import fold

LISTS = {
    Kind.COMPANY_FIELD: ("/system/userDefinedFields", "caption"),
    Kind.COMPANY_TYPE: ("/company/companies/types", "name"),
    Kind.COMPANY_STATUS: ("/company/companies/statuses", "name"),
    Kind.TERRITORY: ("/system/locations", "name"),
    Kind.AGREEMENT_TYPE: ("/finance/agreements/types", "name"),
    Kind.BILLING_STATUS: ("/finance/billingStatuses", "name"),
    Kind.AGREEMENT_FIELD: ("/system/userDefinedFields", "caption"),
    Kind.INVOICE_FIELD: ("/system/userDefinedFields", "caption"),
}
SCREENS = {Kind.COMPANY_FIELD: "company", Kind.AGREEMENT_FIELD: "agreement", Kind.INVOICE_FIELD: "invoice"}
"""Where custom fields of a kind are shown."""


async def names_of(client: ConnectWise, kind: Kind) -> list[str]:
    """Names that may be used in settings; of boards, statuses and work, only active ones.

    Args:
        kind: one that ConnectWise has.

    Raises:
        As ``ConnectWise.get``.
    """
    if kind in LISTS:
        path, field = LISTS[kind]
        rows = [row async for page in walk(client, path) for row in page.rows]
        screen = SCREENS.get(kind)
        # A field of another screen with the same caption is no field of this one.
        return [
            str(row.get(field) or "")
            for row in rows
            if screen is None or fold(str(row.get("screenId") or screen)) == screen
        ]
    setup = ServiceSetup(client)
    if kind is Kind.WORK:
        return [
            work.name for work in [*await setup.work_types(), *await setup.work_roles()] if not work.inactive
        ]
    boards = [board for board in await setup.boards() if not board.inactive and not board.project]
    if kind is Kind.BOARD:
        return [board.name for board in boards]
    return [status.name for status in await setup.statuses_of(boards) if not status.inactive]
