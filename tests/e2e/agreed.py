"""Agreements and their invoices, as people make them in ConnectWise, through a running deployment."""

import json
from dataclasses import dataclass
from typing import Any

from shared.sync.outcome import Outcome
from tests.deployment import Deployment, until
from tests.e2e.commands import tandem


@dataclass(frozen=True)
class Agreed:
    """An agreement of a linked customer."""

    agreement: int
    company: int
    customer: str


class Agreements:
    """What people do about agreements on a deployment, and what came of it."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment

    def agreed(self, number: str, kind: str = "Managed Services", amount: float = 500, **more: Any) -> Agreed:
        """A customer linked to its company, with a monthly agreement of a flat amount."""
        self.deployment.add_customer(number, f"Customer {number}")
        company = int(self.deployment.created(number)["id"])
        contact = self._make("contact", firstName="Pat", company={"id": company})
        record = {
            "name": f"{kind} of {number}",
            "type": {"name": kind},
            "company": {"id": company},
            "contact": {"id": contact},
            "startDate": "2026-01-01T00:00:00Z",
            "noEndingDateFlag": True,
            "billAmount": amount,
        }
        return Agreed(self._make("agreement", **(record | more)), company, number)

    def bill(self, agreed: Agreed, day: str, number: str, **more: Any) -> int:
        """The recurring run makes the invoice of a month; its RecID."""
        body = {"agreement": agreed.agreement, "date": day, "number": number, **more}
        answer = self.deployment.stage.control.post("/invoice", json=body).raise_for_status()
        return int(answer.json()["id"])

    def edit_invoice(self, invoice: int, **changes: Any) -> None:
        """Somebody edits an invoice."""
        body = {"changes": changes}
        self.deployment.stage.control.post(f"/human/invoice/{invoice}", json=body).raise_for_status()

    def outcome(self, invoice: int, result: str, after: int = 0) -> Outcome:
        """The newest outcome of an invoice, once it is this result and more than ``after`` are there."""

        seen: list[Outcome] = []

        def newest() -> Outcome | None:
            seen[:] = self.deployment.outcomes(f"connectwise/invoice/{invoice}")
            return seen[-1] if len(seen) > after and seen[-1].result == result else None

        try:
            found = until(newest, f"invoice {invoice} {result}", every=0.3)
        except AssertionError as error:
            told = [f"{one.result} {one.code} {one.text}" for one in seen]
            raise AssertionError(f"{error}; outcomes: {told}") from error
        assert found is not None
        return found

    def contracts(self, customer: str) -> list[dict[str, Any]]:
        """A customer's contracts as stored."""
        return self.deployment.people.contracts(customer)

    def explain(self, invoice: str, **settings: str) -> dict[str, Any]:
        """What ``tandem explain invoice`` answers."""
        answer = tandem(self.deployment.stage, "explain", "invoice", invoice, "--json", **settings)
        assert answer.returncode == 0, answer.stderr
        found: dict[str, Any] = json.loads(answer.stdout)
        return found

    def _make(self, entity: str, **record: Any) -> int:
        answer = self.deployment.stage.control.post(f"/human/{entity}", json={"record": record})
        return int(answer.raise_for_status().json()["id"])


def check_of(explained: dict[str, Any], begin: str) -> tuple[bool, str, str]:
    """A line of the checklist: the answer, what was seen, what was wanted."""
    [check] = [one for one in explained["checklist"] if one["name"].startswith(begin)]
    return check["passed"], check["seen"], check["wanted"]
