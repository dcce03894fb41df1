"""Templates and patterns as the desk's rules see them."""

from typing import Any

from services.agreement_sync.settings import AgreementSyncSettings
from shared.eautomate.contract_rows import Item
from shared.events.contracts import Contract

OWN = 1
"""The dealer's own customer."""


def template(major: str, minor: str = "01", **more: Any) -> Contract:
    """A whole template contract."""
    return Contract.model_validate(
        {
            "contract_id": 5,
            "number": f"{major}-{minor}",
            "major": major,
            "minor": minor,
            "customer_id": OWN,
            "customer_number": "0001",
            "contract_type": "MIT",
            "bill_code": "FLAT",
            "distribution_code": "MS",
        }
        | more
    )


def item(number: str, **more: Any) -> Item:
    """A whole item."""
    held: dict[str, Any] = {
        "item_id": 9, "number": number, "description": "", "active": True, "serviceable": True,
        "inventory_code": None, "expense_code": "EXP", "sales_code": "S", "service_code": "SV", "category": "C",
        "unit": "EA", "base_distribution_code": "MS", "row_version": "0" * 16,
    }  # fmt: skip
    return Item(**(held | more))


def settings(**given: Any) -> AgreementSyncSettings:
    """The process's settings."""
    return AgreementSyncSettings.model_validate(given)
