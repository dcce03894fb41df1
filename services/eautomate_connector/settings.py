"""Settings of the e-automate connector (section ``eautomate_connector``)."""

from pydantic import Field

from shared.connector.settings import ConnectorSettings


class EAutomateConnectorSettings(ConnectorSettings):
    """How e-automate's database is polled."""

    page_rows: int = Field(default=500, ge=1, le=1000, description="customers or employees read at once")
    property_page_rows: int = Field(
        default=5000, ge=1, description="customers compared at once in what lies beside their rows"
    )
