"""Settings of the e-automate connector (section ``eautomate_connector``)."""

from pydantic import Field

from shared.connector.settings import ConnectorSettings


class EAutomateConnectorSettings(ConnectorSettings):
    """How e-automate's database is polled."""

    page_rows: int = Field(default=500, ge=1, le=1000, description="records read at once")
    property_page_rows: int = Field(
        default=5000, ge=1, description="customers compared at once in what lies beside their rows"
    )
    contracts: bool | None = Field(
        default=None,
        description="publish contracts and the invoices made from them; blank = when ID964 is enabled, so that"
        " without it no contract table is needed",
    )
    contract_invoice_days: int | None = Field(
        default=400,
        ge=1,
        description="settled invoices of contracts are read so many days back, open ones always; blank = all",
    )
    calls: bool | None = Field(
        default=None,
        description="publish service calls; blank = when ID965, ID912 or ID522 is enabled, so that without them no"
        " table of calls is needed",
    )
    call_days: int | None = Field(
        default=90,
        ge=1,
        description="invoiced and canceled calls are read so many days back from when they were closed, all others"
        " always; blank = all",
    )
