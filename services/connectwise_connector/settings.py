"""Settings of the ConnectWise connector (section ``connectwise_connector``)."""

from datetime import date

from pydantic import Field

from shared.config import load
from shared.connector.settings import ConnectorSettings


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
    extra_company_fields: list[str] = Field(
        default=[],
        description="names read beside those Tandem uses; they travel along and never cause a change",
    )
    extra_site_fields: list[str] = Field(default=[], description="the same for sites")


def budget_share() -> float:
    """This service's part of the request budget, as set."""
    return load("connectwise_connector", ConnectWiseConnectorSettings).budget_share
