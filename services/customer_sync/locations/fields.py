"""The field map: e-automate location to ConnectWise site (spec/customers.md 5.6). Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.customer_sync.customers import fields
from shared.events.records import Customer, Reference, Site
from shared.text import fold

NAME_MOST = 50
NAME, STATE = "name", "stateReference"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a location asks of its site.

    Attributes:
        texts: by wire name, blank ones left out: they never blank a filled one.
        state: None when the location has none that ConnectWise knows.
        warnings: what had to be cut or left out.
    """

    texts: Mapping[str, str]
    state: Reference | None
    warnings: tuple[str, ...]


def wanted(customer: Customer, states: Sequence[Reference]) -> Wanted:
    """All fields but the name, which depends on the sites beside it."""
    # A site has no web site, and its state is one of a list.
    texts, cuts = fields.wanted(customer.model_copy(update={"name": "", "state": "", "website": ""}))
    state, unknown = _state(customer.state, states)
    return Wanted(texts, state, (*cuts, *unknown))


def key(name: str) -> str:
    """How names of sites compare: trimmed, blanks collapsed, whatever the letter case."""
    return fold(fields.plain(name))


def names(customer: Customer) -> tuple[str, str]:
    """The name a site should have, and the one it gets where another site of the company has that."""
    number = fields.plain(customer.number)
    name = fields.plain(customer.name) or number
    mark = f" ({number})" if number else ""
    return name[:NAME_MOST].rstrip(), f"{name[: max(0, NAME_MOST - len(mark))].rstrip()}{mark}"[
        :NAME_MOST
    ].strip()


def free_names(customer: Customer, others: Collection[str]) -> list[str]:
    """The names that are free, the better one first; none when both are another site's.

    Args:
        others: keys of the names of the company's other sites, inactive ones too.
    """
    return [name for name in dict.fromkeys(names(customer)) if name and key(name) not in others]


def name_warning(customer: Customer, name: str) -> tuple[str, ...]:
    """What became of a name that could not be taken as it is."""
    told = []
    longest = len(fields.plain(customer.name))
    if longest > NAME_MOST:
        told.append(f"name cut at {NAME_MOST} of {longest} characters")
    if name != names(customer)[0]:
        told.append(f"another site has the name, so it is {name!r}")
    return tuple(told)


def differing(
    site: Site, wanted_: Wanted, name: str, suppressed: Collection[str]
) -> dict[str, tuple[str, str]]:
    """Fields to change by wire name: (there now, wanted); suppressed fields never."""
    keep = {rule.wire for rule in fields.FIELDS if rule.name in suppressed}
    result = {}
    for wire, value in {NAME: name, **wanted_.texts}.items():
        now = shown(site, wire)
        if wire not in keep and fields.plain(now) != fields.plain(value):
            result[wire] = (now, value)
    state, held = wanted_.state, site.stateReference
    if state is not None and "state" not in suppressed and (held is None or held.id != state.id):
        result[STATE] = (shown(site, STATE), _named(state))
    return result


def shown(site: Site, wire: str) -> str:
    """What stands in a field, for people."""
    return _named(site.stateReference) if wire == STATE else getattr(site, wire) or ""


def values(patch: Mapping[str, tuple[str, str]], wanted_: Wanted) -> dict[str, Any]:
    """The new values of a patch as they go over the wire."""
    state = wanted_.state
    return {
        wire: {"id": state.id} if wire == STATE and state is not None else value
        for wire, (_, value) in patch.items()
    }


def holds(site: Site, wire: str, value: Any) -> bool:
    """Whether a site has a value of a patch already."""
    now = getattr(site, wire)
    if wire == STATE:
        return now is not None and now.id == value["id"]
    return fields.plain(now or "") == fields.plain(value)


def body(name: str, wanted_: Wanted) -> dict[str, Any]:
    """The site to create; which site is the main one, and what it is used for, stays ConnectWise's."""
    state = {} if wanted_.state is None else {STATE: {"id": wanted_.state.id}}
    return {NAME: name, **wanted_.texts, **state}


def _state(text: str, states: Sequence[Reference]) -> tuple[Reference | None, tuple[str, ...]]:
    if not text.strip():
        return None, ()
    asked = fold(text)
    found = [state for state in states if fold(state.identifier or "") == asked]
    found = found or [state for state in states if fold(state.name or "") == asked]
    if len(found) == 1:
        return found[0], ()
    why = "ConnectWise has no such state" if not found else "ConnectWise has it in several countries"
    return None, (f"state {text.strip()[:40]!r} left out: {why}",)


def _named(state: Reference | None) -> str:
    return "" if state is None else state.identifier or state.name or str(state.id)
