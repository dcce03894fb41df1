"""Agreements of a running deployment: what people agree, invoice and bill, and what became of it."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.simulator.eautomate.templates import SERVICE_ITEM
from services.simulator.stage import Stage
from shared.sync.outcome import Outcome
from tests.deployment import Deployment, until

SEAT, SERVER, STORAGE, MAILBOX = "MS-SEAT", "MS-SERVER", "BKP-100GB", "SUB-MAIL"
MANAGED, BACKUP, BLOCK = "Managed Services", "Backup", "Block Time"
OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
DEALER = "DEALER"
FIELD, NUMBER_FIELD = "ZCJ_ContractNumber", "ERP Doc No"

SETTINGS = {
    "TANDEM_AGREEMENT_SYNC__DEFAULT_CONTRACT_TEMPLATE": "**CW Default-01",
    "TANDEM_AGREEMENT_SYNC__SERVICE_ITEM": SERVICE_ITEM,
    "TANDEM_AGREEMENT_SYNC__REQUIRE_ACKNOWLEDGEMENT": "No",
}


@dataclass(frozen=True)
class Agreed:
    """An agreement of a customer that is linked to its company."""

    customer: str
    company: int
    agreement: int


class Dealership:
    """People of a dealership at both systems' screens."""

    def __init__(self, at: Deployment) -> None:
        self.at = at
        self.people = at.people
        self.people.add_customer(DEALER, "The dealership itself", CompanyCustomer=1)
        self.people.add_templates(DEALER)
        with at.stage.api() as api:
            self.types = {row["name"]: row["id"] for row in self._all(api, "/finance/agreements/types")}
            self.items = {row["identifier"]: row["id"] for row in self._all(api, "/procurement/catalog")}

    def agreed(
        self,
        customer: str,
        kind: str = MANAGED,
        flat: str = "500",
        additions: Sequence[tuple[str, int, str]] = ((SEAT, 3, "39.50"),),
        owner: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Agreed:
        """An agreement from January on, with a customer that becomes a company first.

        Args:
            owner: further columns of the customer.
        """
        self.at.add_customer(customer, f"Customer {customer}", **(owner or {}))
        until(lambda: self.at.recid(customer), f"customer {customer} is linked")
        company = int(self.at.recid(customer))
        record = {
            "name": f"Agreement of {customer}",
            "type": {"id": self.types[kind]},
            "company": {"id": company},
            "contact": {"id": self.entered("contact", firstName="Pat", company={"id": company})},
            "startDate": "2026-01-01T00:00:00Z",
            "billStartDate": "2026-01-01T00:00:00Z",
            "noEndingDateFlag": True,
            "billAmount": float(flat),
        }
        found = Agreed(customer, company, self.entered("agreement", **(record | more)))
        for item, quantity, price in additions:
            self.add(found, item, quantity, price)
        return found

    def add(
        self,
        agreed: Agreed,
        item: str,
        quantity: int,
        price: str,
        since: date = date(2026, 1, 1),
        **more: Any,
    ) -> int:
        """An addition of an agreement; its RecID."""
        record = {
            "agreement": {"id": agreed.agreement},
            "product": {"id": self.items[item]},
            "quantity": quantity,
            "unitPrice": float(price),
            "billCustomer": "Billable",
            "effectiveDate": f"{since.isoformat()}T00:00:00Z",
        }
        return self.entered("addition", **(record | more))

    def invoiced(self, agreed: Agreed, number: str, day: date = NOVEMBER, **more: Any) -> int:
        """ConnectWise's recurring billing raises an invoice; its RecID."""
        body = {"agreement": agreed.agreement, "date": day.isoformat(), "number": number}
        return int(self.at._control("POST", "/invoice", body | more)["id"])

    def entered(self, entity: str, **record: Any) -> int:
        """Somebody enters a record in ConnectWise; its RecID."""
        return int(self.at._control("POST", f"/human/{entity}", {"record": record})["id"])

    def edited(self, entity: str, key: int, **changes: Any) -> None:
        """Somebody edits a record in ConnectWise."""
        self.at._control("POST", f"/human/{entity}/{key}", {"changes": changes})

    def deleted(self, entity: str, key: int) -> None:
        """Somebody deletes a record in ConnectWise."""
        self.at._control("POST", f"/human/{entity}/{key}/delete", {})

    def touched(self, invoice: int) -> None:
        """Somebody changes something about an invoice that does not matter for billing."""
        self.edited("invoice", invoice, customFields=[{"id": 58, "value": uuid.uuid4().hex[:8]}])

    def rows_of(self, invoice: int) -> dict[str, int]:
        """Product rows of an invoice: RecID by product id."""
        with self.at.stage.api() as api:
            rows = self._all(api, "/procurement/products", conditions=f"invoice/id={invoice}")
        return {row["catalogItem"]["identifier"]: row["id"] for row in rows}

    def invoice(self, ident: int) -> dict[str, Any]:
        """An invoice as an API client sees it."""
        with self.at.stage.api() as api:
            found: dict[str, Any] = api.get(f"/finance/invoices/{ident}").raise_for_status().json()
            return found

    def field(self, agreed: Agreed) -> str:
        """The agreement's contract number."""
        with self.at.stage.api() as api:
            row = api.get(f"/finance/agreements/{agreed.agreement}").raise_for_status().json()
        return next(str(one.get("value") or "") for one in row["customFields"] if one["caption"] == FIELD)

    # e-automate

    def contracts(self, agreed: Agreed) -> list[dict[str, Any]]:
        """The customer's contracts."""
        return self.people.contracts(agreed.customer)

    def contract(self, agreed: Agreed) -> dict[str, Any]:
        """The customer's one contract."""
        [contract] = self.contracts(agreed)
        return contract

    def number(self, agreed: Agreed) -> str:
        """Number of the customer's one contract."""
        return str(self.contract(agreed)["ContractNumber"])

    def lines(self, agreed: Agreed) -> dict[str, dict[str, Any]]:
        """Lines of the customer's one contract by item, without those that were ended."""
        held = self.people.contract_lines(self.number(agreed))
        return {line["Item"]: line for line in held if line["EndDate"] is None}

    def queue(self) -> set[str]:
        """Contracts in the billing queue."""
        return {due.number for due in self.people.billing_queue(date(2027, 12, 31))}

    def preview(self, agreed: Agreed) -> Decimal:
        """What e-automate's preview of the next invoice says, without tax."""
        return self.people.preview(self.number(agreed)).amount

    # Tandem

    def outcomes(self, invoice: int) -> list[Outcome]:
        """What was done about an invoice, oldest first."""
        return self.at.outcomes(f"connectwise/invoice/{invoice}")

    def told(self, invoice: int, *results: str, after: int = 0, code: str = "") -> Outcome:
        """The newest outcome of an invoice, once it is one of these results and more than ``after`` are there."""

        def newest() -> Outcome | None:
            found = self.outcomes(invoice)
            right = len(found) > after and found[-1].result in results and found[-1].code == code
            return found[-1] if right else None

        try:
            found = until(newest, f"invoice {invoice} {' or '.join(results)} {code}", 30.0, 0.3)
        except AssertionError as error:
            seen = [(one.result, one.code, one.text) for one in self.outcomes(invoice)]
            raise AssertionError(f"{error}; told: {seen}") from error
        assert found is not None
        return found

    def applied(self, invoice: int, after: int = 0) -> Outcome:
        """As ``told``: all is as it should be."""
        return self.told(invoice, "applied", "skipped", after=after)

    def refused(self, invoice: int, code: str, after: int = 0) -> Outcome:
        """As ``told``: it waits or is rejected with this code."""
        return self.told(invoice, "waiting", "rejected", after=after, code=code)

    def holds(self, agreed: Agreed, invoice_number: str) -> dict[str, Any]:
        """The customer's one contract, once it carries an invoice's number in its PO field."""

        def one() -> dict[str, Any] | None:
            found = [row for row in self.contracts(agreed) if row["PONumber"] == invoice_number]
            return found[0] if found else None

        found = until(one, f"the contract of {agreed.customer} holds {invoice_number}")
        assert found is not None
        return found

    @staticmethod
    def _all(api: Any, path: str, **params: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = (
            api.get(path, params={"pageSize": "1000", **params}).raise_for_status().json()
        )
        return rows


@contextmanager
def dealership(
    kafka: str, factory: pytest.TempPathFactory, name: str, settings: Mapping[str, str] | None = None
) -> Iterator[Dealership]:
    """A running deployment with templates."""
    prefix = f"{name}{uuid.uuid4().hex[:8]}"
    given = SETTINGS | dict(settings or {})
    with Stage(factory.mktemp(name), bootstrap_servers=kafka, prefix=prefix, settings=given) as stage:
        people = Dealership(Deployment(stage))
        stage.run()
        yield people
