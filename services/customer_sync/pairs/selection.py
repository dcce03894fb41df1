"""Who is synced, and whether anything may be written (spec/customers.md 5.4); the same for customers and locations.

Every rule is a named check, and all of them are asked, so that people see all that fail. Pure.
"""

from collections.abc import Iterable, Sequence
from shlex import quote
from typing import Any

from services.customer_sync.pairs.known import Known, Left
from services.customer_sync.pairs.pairing import Words
from services.customer_sync.settings import CustomerSyncSettings
from shared.events.change import Change
from shared.events.records import Company, Customer
from shared.mode import Mode
from shared.sync.decision import Checks, Skip
from shared.text import fold

SYNC_SWITCH = "ZCJ_SyncToCW"
NO = frozenset({"no", "n", "false", "0"})


def not_newer(change: Change[Any], known: Known, checks: Checks) -> Skip | None:
    """Why a change is not worked on again, None when it is."""
    applied = known.applied
    seen = applied.sequence if applied is not None else "nothing applied yet"
    if checks.ask("is newer than what was applied", known.fresh, seen, _newer(change)):
        return None
    same = applied is not None and applied.sequence == change.envelope.sequence
    reason = "this change was applied before" if same else "a newer change was applied before"
    return Skip(reason, checks.made, result="skipped" if same else "superseded", again=same)


def deselected(customer: Customer, settings: CustomerSyncSettings, checks: Checks) -> str | None:
    """The first selection rule that speaks against a customer."""
    begin = len(checks.made)
    switched_on(customer, f"{SYNC_SWITCH} allows it", checks)
    selected("customer type is selected", (customer.customer_type,), settings.customer_types, checks)
    selected("contract type is selected", customer.contract_types, settings.contract_types, checks)
    selected("branch is selected", (customer.branch,), settings.branches, checks)
    return first_failed(checks, begin)


def switched_on(customer: Customer, name: str, checks: Checks) -> bool:
    """Whether the customer's own switch lets it be written."""
    switch = customer.properties.get(SYNC_SWITCH, "").strip()
    return checks.ask(name, fold(switch) not in NO, switch or "blank", "not No")


def never_inserted(customer: Customer, checks: Checks, who: str = "is") -> str | None:
    """Who never gets a record of its own in ConnectWise.

    Args:
        who: how the names of the checks begin.
    """
    begin = len(checks.made)
    checks.ask(f"{who} a prospect", not customer.prospect, yes(customer.prospect), "no")
    checks.ask(
        f"{who} the dealer itself", not customer.company_customer, yes(customer.company_customer), "no"
    )
    return first_failed(checks, begin)


def takes_part(company: Company, territory_filter: Sequence[str], checks: Checks) -> bool:
    """Variable W: the territory filter of every process."""
    territory = company.territory.name if company.territory is not None else None
    return selected("territory is selected", (territory,), territory_filter, checks)


def mode_writes(settings: CustomerSyncSettings, checks: Checks) -> bool:
    """Whether this deployment may write to ConnectWise at all."""
    return checks.ask(
        "mode writes to ConnectWise",
        settings.mode.writes_to_connectwise,
        settings.mode.value,
        Mode.PRODUCTION.value,
    )


def insert_setting(settings: CustomerSyncSettings) -> str:
    """The setting that keeps anything from being created, in the words of ``blocked_on``."""
    return f"setting:customer_sync.{'sync_type' if settings.mode.writes_to_connectwise else 'mode'}"


def not_storable(words: Words, live: Left, right: int | None, checks: Checks) -> str | None:
    """Why a RecID cannot be stored with a customer, None when it can."""
    seen, name = live.configuration or "no configuration", words.property
    if checks.ask(f"configuration holds {name}", name in live.storable_properties, seen, f"one with {name}"):
        return None
    match_text = f"matches {words.right} {right}, but" if right is not None else f"needs a {words.right}, but"
    return (
        f"{words.left} {live.number} {match_text} its RecID cannot be stored: the {words.left} has "
        f"{'no custom-property configuration' if live.configuration is None else f'the configuration {live.configuration}'}"
        f"{'' if live.configuration is None else f' without {name}'}. Assign one that holds it in e-automate."
    )


def selected(name: str, values: Sequence[str | None], listed: Sequence[str], checks: Checks) -> bool:
    """Whether one of the values is listed; a blank list is all."""
    there = [value for value in values if value]
    passed = not listed or bool({fold(value) for value in there} & {fold(one) for one in listed})
    return checks.ask(name, passed, ", ".join(there) or "none", ", ".join(listed) or "any")


def first_failed(checks: Checks, begin: int) -> str | None:
    """The first check that failed since so many were made, for people."""
    failed = [check for check in checks.made[begin:] if not check.passed]
    return f"{failed[0].name}: seen {failed[0].seen}, wanted {failed[0].wanted}" if failed else None


def gone(words: Words, change: Change[Any]) -> str:
    """A record that e-automate does not have any more, by all that its last change says of it."""
    number, name = change.record.number.strip(), change.record.name.strip()
    subject = change.envelope.subject
    if not number:
        return f"{words.left} with id {subject}"
    return f"{words.left} {number}{f' ({name})' if name else ''}, id {subject},"


def by_hand(words: Words, live: Left) -> str:
    """How a person links a record whose number names exactly it."""
    return f"`tandem links link {words.kind.value} {quote(live.number.strip())} RECID --why ...`"


def held_back(checks: Checks, begin: int, differing: Iterable[str]) -> str:
    """Why what differs is not written, by every check that failed since so many were made; empty when nothing differs.

    Args:
        differing: names of the fields that would be written.
    """
    names = sorted(differing)
    if not names:
        return ""
    why = [
        f"{check.name}: seen {check.seen}, wanted {check.wanted}{' (C7)' if check.name.startswith(SYNC_SWITCH) else ''}"
        for check in checks.made[begin:]
        if not check.passed
    ]
    return f"{'; '.join(why)}; would differ: {', '.join(names)}"


def yes(value: bool) -> str:
    """For people."""
    return "yes" if value else "no"


def _newer(change: Change[Any]) -> str:
    # What somebody asks for has no sequence of the source.
    return (
        "anything: it is asked for" if change.envelope.sequence == 0 else f"below {change.envelope.sequence}"
    )
