"""Settings of the ConnectWise connector (section ``connectwise_connector``)."""

from datetime import date

from pydantic import Field

from shared.config import CommaList, load
from shared.connector.settings import ConnectorSettings
from shared.connectwise.service_invoices import SERVICE_INVOICE_TYPES


class ConnectWiseConnectorSettings(ConnectorSettings):
    """How ConnectWise is polled."""

    overlap_seconds: float = Field(
        default=180.0,
        ge=0,
        description="each pass reads this much again: stamps have one second, lists may be stale",
    )
    budget_share: float = Field(
        default=0.4, gt=0, le=1, description="part of connectwise.requests_per_minute this service may use"
    )
    retry_seconds: float = Field(
        default=45.0, ge=0, description="how long one request is repeated before a pause"
    )
    sites: bool = Field(default=True, description="publish sites as well as companies")
    site_companies_per_pass: int = Field(
        default=100,
        ge=1,
        description="companies whose sites one pass reads at most; the others wait for the next",
    )
    members: bool = Field(default=True, description="publish members, to match employees with")
    invoices: bool | None = Field(
        default=None,
        description="publish agreement invoices and credit memos; blank = when ID964 is enabled",
    )
    invoice_types: list[str] = Field(
        default=["Agreement", "CreditMemo"],
        min_length=1,
        description="types of the invoices that are published",
    )
    invoices_since: date | None = Field(
        default=None,
        description="invoices dated earlier are never published, so that going live rewrites no contract with"
        " an old invoice (`tandem reprocess` brings in a single one); blank = invoice_window_days before the"
        " first run, and fixed from then on; an earlier day than before reads what lies between",
    )
    invoice_window_days: int = Field(
        default=62,
        ge=1,
        description="invoices not older than this are compared with what was read, because payments, product"
        " rows and deletions move no stamp; also how far back the first run goes",
    )
    invoice_compare_seconds: float = Field(
        default=60.0, ge=0, description="least time between two such comparisons: a request per 140 invoices"
    )
    invoices_per_pass: int = Field(
        default=300,
        ge=1,
        le=1000,
        description="invoices read with their parts before companies are looked at again",
    )
    tickets: bool | None = Field(
        default=None,
        description="publish service tickets with their time; blank = when ID965 or ID912 is enabled",
    )
    project_tickets: bool | None = Field(
        default=None, description="publish project tickets too; blank = when ID522 is enabled"
    )
    tickets_since: date | None = Field(
        default=None,
        description="the first run reads open tickets and those changed since this day; older ones come when they"
        " change; blank = ticket_window_days before the first run, and fixed from then on",
    )
    ticket_window_days: int = Field(
        default=62,
        ge=1,
        description="tickets that are open or changed within so many days are compared with what was read, because"
        " deletions move no stamp; also how far back the first run goes",
    )
    ticket_compare_seconds: float = Field(
        default=300.0,
        ge=0,
        description="least time between two such comparisons: a request per 1,000 tickets",
    )
    tickets_per_pass: int = Field(
        default=500,
        ge=1,
        le=1000,
        description="tickets read with their time before companies are looked at again",
    )
    ticket_note_statuses: CommaList = Field(
        default=[],
        description="tickets in these statuses are published with their notes, a request each;"
        " blank = those of ID965",
    )
    ticket_note_boards: CommaList = Field(
        default=[], description="only those on these boards are; blank = the boards of ID965"
    )
    service_invoices: bool | None = Field(
        default=None,
        description="publish invoices of tickets, projects and orders;"
        " blank = when ID522 is enabled, or ID965 takes tickets by invoice",
    )
    service_invoice_types: list[str] = Field(
        default=list(SERVICE_INVOICE_TYPES), min_length=1, description="types of these invoices"
    )
    service_invoices_since: date | None = Field(
        default=None, description="as invoices_since, of these invoices"
    )
    extra_company_fields: list[str] = Field(
        default=[],
        description="names read beside those Tandem uses; they travel along and never cause a change",
    )
    extra_site_fields: list[str] = Field(default=[], description="the same for sites")


def budget_share() -> float:
    """This service's part of the request budget, as set."""
    return load("connectwise_connector", ConnectWiseConnectorSettings).budget_share
