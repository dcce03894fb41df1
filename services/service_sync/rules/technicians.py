"""Who did it (spec/tickets.md 8.5, 8.7). Pure."""

from collections.abc import Sequence

from services.service_sync.rules.asked import record, setting, told
from services.service_sync.rules.gathered import Gathered, Technician
from services.service_sync.rules.plan import Found, Trouble
from services.service_sync.settings import ServiceSyncSettings
from shared.eautomate.values import folded
from shared.events.records import Agent, Reference
from shared.events.tickets import Ticket, TimeEntry
from shared.links.kinds import LinkKind
from shared.sync.decision import Checks


def of_entry(
    entry: TimeEntry, gathered: Gathered, settings: ServiceSyncSettings, checks: Checks, found: Found
) -> Technician | None:
    """The technician of a time entry; None, with the trouble noted, when there is none to use."""
    member = entry.member
    linked = gathered.technicians.get(member.id) if member is not None else None
    default = _named(settings.default_technician, gathered)
    seen = f"{told(member)}: {_shown(linked)}"
    checks.ask(f"member of time entry {entry.id} is linked", linked is not None, seen, "a technician")
    chosen = linked or default
    if chosen is None:
        found.trouble.append(_unlinked(entry, member, settings))
        return None
    if not checks.ask(
        f"technician of time entry {entry.id} is active",
        chosen.usable,
        _shown(chosen),
        "an active technician",
    ):
        text = f"technician {_shown(chosen)} of time entry {entry.id} is inactive, or no technician, in e-automate."
        found.trouble.append(Trouble("S13", text, _waits_for(chosen, member), labour=True))
        return None
    return chosen


def of_header(
    ticket: Ticket, gathered: Gathered, settings: ServiceSyncSettings, checks: Checks, found: Found
) -> Technician | None:
    """The technician on the call: the fixed one, else the owner, else who worked first; None leaves it blank."""
    wanted = settings.header_technician.strip()
    if wanted:
        fixed = _named(wanted, gathered)
        good = fixed is not None and fixed.usable
        if not checks.ask("technician of every call is active", good, _shown(fixed), wanted):
            text = (
                f"service_sync.header_technician names {wanted}, who is no active technician in e-automate."
            )
            found.trouble.append(Trouble("S13", text, (setting("header_technician"),)))
        return fixed
    for member in _members(ticket):
        technician = gathered.technicians.get(member.id)
        if technician is not None and technician.usable:
            checks.note("technician of the call", f"{told(member)}: {_shown(technician)}")
            return technician
    default = _named(settings.default_technician, gathered)
    usable = default if default is not None and default.usable else None
    checks.note("technician of the call", _shown(usable))
    return usable


def _members(ticket: Ticket) -> Sequence[Reference]:
    owner = [ticket.owner] if ticket.owner is not None else []
    return [*owner, *(entry.member for entry in ticket.time if entry.member is not None)]


def _named(number: str, gathered: Gathered) -> Technician | None:
    return gathered.numbered.get(folded(number)) if number.strip() else None


def _shown(technician: Technician | None) -> str:
    return f"{technician.number} {technician.name}".strip() if technician is not None else "no technician"


def _unlinked(entry: TimeEntry, member: Reference | None, settings: ServiceSyncSettings) -> Trouble:
    if member is None:
        text = f"time entry {entry.id} names no member: correct it in ConnectWise, then `tandem tickets refresh`."
        return Trouble("S2", text, labour=True)
    wanted = settings.default_technician.strip()
    also = f" (service_sync.default_technician {wanted} is not there)" if wanted else ""
    text = (
        f"member {told(member)} of time entry {entry.id} is linked to no technician{also}. Store the member's RecID in "
        f"the employee, or `tandem links link agent-member NUMBER {member.id} --why ...`."
    )
    return Trouble(
        "S2",
        text,
        (f"link:{LinkKind.AGENT_MEMBER.value}:right:{member.id}", setting("default_technician")),
        labour=True,
    )


def _waits_for(technician: Technician, member: Reference | None) -> tuple[str, ...]:
    own = record(Agent.SOURCE, Agent.ENTITY, technician.agent_id)
    return (own, f"link:{LinkKind.AGENT_MEMBER.value}:right:{member.id}") if member is not None else (own,)
