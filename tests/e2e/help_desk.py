"""People at both systems' screens, for tests of tickets and calls."""

from decimal import Decimal
from typing import Any

from services.simulator.eautomate.templates import SERVICE_ITEM
from shared.sync.outcome import Outcome
from tests.deployment import Deployment, until

MARTA = 176
"""A member of the stand-in's tenant."""
SETTINGS = {
    "TANDEM_CUSTOMER_SYNC__SYNC_TYPE": "insert/update customers",
    "TANDEM_SERVICE_SYNC__TICKET_STATUSES": "Completed",
    "TANDEM_SERVICE_SYNC__DEFAULT_BILL_CODE": "TM",
    "TANDEM_SERVICE_SYNC__DEFAULT_CALL_TYPE": "CM",
    "TANDEM_SERVICE_SYNC__DEFAULT_ACTIVITY_CODE": "REMOTE",
    "TANDEM_SERVICE_SYNC__NO_CHARGE_ACTIVITY_CODE": "NOCHARGE",
    "TANDEM_SERVICE_SYNC__SERVICE_ITEM": SERVICE_ITEM,
    "TANDEM_SERVICE_SYNC__SETTLE_MINUTES": "0.01",
}
"""Status mode, calls pending."""


class HelpDesk:
    """People at both systems' screens."""

    def __init__(self, at: Deployment) -> None:
        self.at = at
        at.people.add_customer("DEALER", "The dealership itself", CompanyCustomer=1)
        at.people.add_templates("DEALER")
        agent = at.people.add_agent("E001", "Marta", "Kova", technician=True)
        at.people.set_agent_property("E001", "ZCJ_CW_MemberID", str(MARTA))
        until(lambda: at.outcomes(f"eautomate/agent/{agent}"), "Marta is known")

    def customer(self, number: str, **more: Any) -> int:
        """A customer that has its company; the company's RecID."""
        self.at.add_customer(number, f"Customer {number}", **more)
        return int(self.at.created(number)["id"])

    def company(self, number: str) -> int:
        """A company that no customer has."""
        return self.at.add_company(f"C{number}", f"Company {number}")

    def entered(self, entity: str, **record: Any) -> int:
        """Somebody enters a record in ConnectWise; its RecID."""
        return int(self.at._control("POST", f"/human/{entity}", {"record": record})["id"])

    def edit(self, entity: str, key: int, **changes: Any) -> None:
        """Somebody edits a record in ConnectWise."""
        self.at._control("POST", f"/human/{entity}/{key}", {"changes": changes})

    def ticket(self, company: int, *hours: float, status: str = "Completed", **more: Any) -> int:
        """A ticket with time of Marta's, one entry a day; its number."""
        record = {"summary": "Printer offline", "company": {"id": company}, "board": {"name": "Help Desk"}}
        number = self.entered("ticket", **(record | more))
        for place, one in enumerate(hours, start=2):
            self.time(number, one, f"2026-11-0{place}T14:00:00Z")
        self.edit("ticket", number, status={"name": status})
        return number

    def time(self, ticket: int, hours: float, start: str, **more: Any) -> int:
        """A time entry; its RecID."""
        record = {
            "chargeToId": ticket, "chargeToType": "ServiceTicket", "member": {"id": MARTA}, "timeStart": start,
            "actualHours": hours, "notes": "Restarted the spooler.",
        }  # fmt: skip
        return self.entered("timeEntry", **(record | more))

    def outcome(self, ticket: int, result: str, code: str = "") -> Outcome:
        """The newest outcome of a ticket that is this, once there is one; others may follow it."""

        def newest() -> Outcome | None:
            found = self.at.outcomes(f"connectwise/ticket/{ticket}")
            return next((one for one in reversed(found) if (one.result, one.code) == (result, code)), None)

        found = until(newest, f"ticket {ticket} {result} {code}", every=0.3)
        assert found is not None
        return found

    def called(self, ticket: int) -> dict[str, Any]:
        """The one call that was made of a ticket."""
        self.outcome(ticket, "applied")
        [call] = self.calls(ticket)
        return call

    def calls(self, ticket: int) -> list[dict[str, Any]]:
        """Calls that carry a ticket's number, as people find them."""
        return [call for call in self.at.people.calls() if f"Ticket {ticket}" in call["Description"]]

    def hours(self, call: dict[str, Any]) -> list[Decimal]:
        """Of each labour record of a call."""
        return [Decimal(str(one["LaborHours"])) for one in self.at.people.call_labors(call["CallNumber"])]

    def billed(self, ticket: int, status: str = "Sent") -> int:
        """Somebody invoices a ticket's time in ConnectWise; the invoice's RecID."""
        return int(self.at._control("POST", "/invoice", {"ticket": ticket, "status": status})["id"])
