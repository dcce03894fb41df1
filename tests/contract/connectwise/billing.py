"""What people do in ConnectWise about agreements and their invoices, through the stand-in's control plane."""

from typing import Any

from tests.contract.connectwise.conftest import Control

SEAT, SERVER, BACKUP = 701, 702, 705
"""Catalog items of the stand-in's tenant."""
MANAGED, BLOCK = 6, 9
"""Agreement types."""


class Billing:
    """A tenant that bills agreements."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._made = 0

    async def make(self, entity: str, **record: Any) -> int:
        """Create a record as a person does; returns its RecID."""
        return int((await self._control.post(f"human/{entity}", {"record": record}))["id"])

    async def edit(self, entity: str, key: int, **changes: Any) -> None:
        await self._control.post(f"human/{entity}/{key}", {"changes": changes})

    async def delete(self, entity: str, key: int) -> None:
        await self._control.post(f"human/{entity}/{key}/delete", {})

    async def company(self, identifier: str, **more: Any) -> int:
        record = {
            "identifier": identifier,
            "name": f"Company {identifier}",
            "site": {"name": "Main"},
            "city": "Ghent",
            "status": {"id": 1},
            "accountNumber": identifier,
        }
        return await self.make("company", **(record | more))

    async def agreement(self, company: int, **more: Any) -> int:
        """A monthly agreement; ``billAmount`` is its flat amount."""
        record = {
            "name": "Managed Care",
            "type": {"id": MANAGED},
            "company": {"id": company},
            "contact": {"id": await self._contact(company)},
            "startDate": "2025-01-01T00:00:00Z",
            "noEndingDateFlag": True,
            "billAmount": 250,
        }
        return await self.make("agreement", **(record | more))

    async def addition(self, agreement: int, item: int, quantity: int, price: str, **more: Any) -> int:
        record = {
            "agreement": {"id": agreement},
            "product": {"id": item},
            "quantity": quantity,
            "unitPrice": price,
            "billCustomer": "Billable",
            "effectiveDate": "2025-01-01T00:00:00Z",
        }
        return await self.make("addition", **(record | more))

    async def bill(self, agreement: int, **more: Any) -> int:
        """Raise the next invoice of an agreement; returns its RecID."""
        return int((await self._control.post("invoice", {"agreement": agreement, **more}))["id"])

    async def _contact(self, company: int) -> int:
        self._made += 1
        return await self.make(
            "contact", firstName=f"Ann{self._made}", lastName="Payer", company={"id": company}
        )
