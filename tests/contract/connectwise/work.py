"""What people do in ConnectWise about tickets and their time, through the stand-in's control plane."""

from typing import Any

from tests.contract.connectwise.billing import Billing

TECHNICIAN = 176
"""A member of the stand-in's tenant."""


class Work(Billing):
    """A tenant that works on tickets: one board with the statuses New, Done and Closed, and a ticket type."""

    board = new = done = closed = network = 0
    project_board = scheduled = 0

    async def open_desk(self) -> None:
        """Set up the board."""
        self.board = await self._board("Test Desk")
        self.new = await self._status(self.board, "New", defaultFlag=True)
        self.done = await self._status(self.board, "Done")
        self.closed = await self._status(self.board, "Closed", closedStatus=True)
        self.network = await self.make("boardType", board={"id": self.board}, name="Network")

    async def open_projects(self) -> None:
        """Set up a board for projects."""
        self.project_board = await self._board("Test Projects", projectFlag=True)
        self.scheduled = await self._status(self.project_board, "Scheduled", defaultFlag=True)

    async def ticket(self, company: int, summary: str = "Switch is down", **more: Any) -> int:
        """A service ticket; returns its RecID."""
        record = {
            "summary": summary,
            "company": {"id": company},
            "board": {"id": self.board},
            "status": {"id": self.new},
            "type": {"id": self.network},
        }
        return await self.make("ticket", **(record | more))

    async def time(
        self,
        ticket: int,
        hours: str = "1.50",
        start: str = "2026-03-10T09:00:00Z",
        kind: str = "ServiceTicket",
        **more: Any,
    ) -> int:
        """A time entry; returns its RecID."""
        record = {
            "chargeToId": ticket,
            "chargeToType": kind,
            "member": {"id": TECHNICIAN},
            "timeStart": start,
            "actualHours": hours,
            "notes": "Replaced the switch.",
            "internalNotes": "The customer is difficult.",
            "addToDetailDescriptionFlag": True,
        }
        return await self.make("timeEntry", **(record | more))

    async def note(self, ticket: int, text: str, **flags: bool) -> int:
        """A note of a ticket; returns its RecID."""
        return await self.make("ticketNote", ticket={"id": ticket}, text=text, **flags)

    async def close(self, ticket: int) -> None:
        await self.edit("ticket", ticket, status={"id": self.closed})

    async def phase(self, company: int) -> tuple[int, int]:
        """A project with a phase; returns the RecIDs of both."""
        project = await self.make(
            "project",
            name="Clinic network refresh",
            company={"id": company},
            board={"id": self.project_board},
            billingMethod="ActualRates",
            estimatedStart="2026-03-01T00:00:00Z",
            estimatedEnd="2026-06-01T00:00:00Z",
        )
        return project, await self.make("projectPhase", project={"id": project}, description="Cutover")

    async def project_ticket(self, project: int, phase: int, **more: Any) -> int:
        record = {
            "summary": "Rack the switches",
            "project": {"id": project},
            "phase": {"id": phase},
            "board": {"id": self.project_board},
            "status": {"id": self.scheduled},
        }
        return await self.make("projectTicket", **(record | more))

    async def invoice(self, date: str = "2026-03-15", **what: Any) -> int:
        """Bill a `ticket`, `project` or `phase`; returns the RecID of the invoice."""
        return int((await self._control.post("invoice", {"date": date, **what}))["id"])

    async def _board(self, name: str, **more: Any) -> int:
        return await self.make(
            "board",
            name=name,
            location={"id": 11},
            department={"id": 10},
            billUnapprovedTimeExpenseFlag=True,
            **more,
        )

    async def _status(self, board: int, name: str, **more: Any) -> int:
        return await self.make("boardStatus", board={"id": board}, name=name, **more)
