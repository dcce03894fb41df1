"""Reads what links of tickets connect: tickets in ConnectWise on the left, service calls of e-automate on the right."""

from collections.abc import Iterable

from shared.connectwise.client import ConnectWise
from shared.connectwise.tickets import Tickets
from shared.eautomate.port import EAutomate
from shared.events.calls import Call
from shared.events.tickets import Ticket
from shared.links.kinds import LinkKind, facts
from shared.links.records import Ours, Theirs


class TicketsSide:
    """Tickets, and parts of them that an invoice bills (``60211@18550``)."""

    def __init__(self, client: ConnectWise) -> None:
        """Read through a client."""
        self._tickets = Tickets(client)

    async def all(self, kind: LinkKind) -> list[Ours]:  # noqa: ARG002
        """None: there are years of tickets, and links of them are looked at by number alone."""
        return []

    async def by_keys(self, kind: LinkKind, keys: Iterable[str]) -> dict[str, Ours]:
        """Tickets by number; who is gone is absent."""
        shape = facts(kind).left_shape
        numbers = {key: int(key.partition("@")[0]) for key in keys if shape.fullmatch(key)}
        found = {one.id: one for one in await self._tickets.by_ids(sorted(set(numbers.values())))}
        return {key: of_ticket(found[ident], key) for key, ident in numbers.items() if ident in found}

    async def by_number(self, kind: LinkKind, text: str) -> list[Ours]:
        """The ticket of this number."""
        return list((await self.by_keys(kind, [text.strip().lstrip("#")])).values())


class CallsSide:
    """Service calls."""

    def __init__(self, port: EAutomate) -> None:
        """Read through a port."""
        self._port = port

    async def all(self, kind: LinkKind, companies: Iterable[str] = ()) -> list[Theirs]:  # noqa: ARG002
        """None: links of calls are looked at by number alone."""
        return []

    async def by_keys(
        self,
        kind: LinkKind,  # noqa: ARG002
        keys: Iterable[str],
        companies: Iterable[str] = (),  # noqa: ARG002
    ) -> dict[str, Theirs]:
        """Calls by ``CallID``; who is gone is absent."""
        wanted = sorted({int(key) for key in keys if key.isdigit() and len(key) < 10})
        return {one.subject: of_call(one) for one in (await self._port.calls_by_id(wanted)).values()}

    async def by_codes(self, kind: LinkKind, codes: Iterable[str]) -> list[Theirs]:  # noqa: ARG002
        """Calls by number; letter case does not matter."""
        wanted = [code for code in dict.fromkeys(codes) if code]
        return [of_call(one) for one in (await self._port.calls_by_numbers(wanted)).values()]


def of_ticket(ticket: Ticket, key: str) -> Ours:
    """A ticket; its key may be that of a part."""
    company = ticket.company
    return Ours(
        key=key,
        number=key,
        name=ticket.summary,
        of=(company.name or company.identifier or "") if company is not None else "",
        owner=str(company.id) if company is not None else "",
    )


def of_call(call: Call) -> Theirs:
    """A service call."""
    return Theirs(
        key=call.subject,
        code=call.number,
        name=call.customer_number,
        owner=str(call.customer_id),
        label=f"{call.number} of customer {call.customer_number} (id {call.call_id}, status {call.status})",
    )
