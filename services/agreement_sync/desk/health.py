"""Whether every agreement type and product type in use has its template in e-automate, and a whole one. Pure.

Rules: spec/agreements.md 6.4. A template contract is copied column by column, so what it lacks every contract
made from it lacks too.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from services.agreement_sync.rules.templates import contract_codes_missing, item_codes_missing, latest, near
from services.agreement_sync.rules.wanted import (
    ITEM_MOST,
    MAJOR_MOST,
    base_item,
    contract_template,
    product_template,
)
from services.agreement_sync.settings import AgreementSyncSettings
from shared.eautomate.contract_rows import Item
from shared.eautomate.values import folded
from shared.events.contracts import Contract


class What(StrEnum):
    """Kinds of templates."""

    CONTRACT = "contract template"
    BASE = "base item"
    PRODUCT = "product item template"
    DEFAULT = "default contract template"
    SERVICE = "standard serviceable item"


class State(StrEnum):
    """How a template is."""

    OK = "ok"
    NOTE = "note"
    """It works; there is something to know."""
    INCOMPLETE = "incomplete"
    MISSING = "missing"
    TOO_LONG = "too long"


FIRST_REVISION = "-01"
FAULTS = frozenset({State.INCOMPLETE, State.MISSING, State.TOO_LONG})


@dataclass(frozen=True, slots=True)
class InUse:
    """What ConnectWise uses.

    Attributes:
        agreement_types: with how many agreements each has that are in force.
        product_types: of what agreements are billed for.
    """

    agreement_types: Mapping[str, int]
    product_types: Collection[str]


@dataclass(frozen=True, slots=True)
class Held:
    """What e-automate has.

    Attributes:
        templates: contracts by folded major.
        items: by folded number.
        majors, numbers: every major and item number that begins as templates do.
        internal: ids of the dealer's own customers; empty where there is none.
        default: the default contract template, None where the setting is blank or names nothing.
    """

    templates: Mapping[str, Sequence[Contract]]
    items: Mapping[str, Item]
    majors: Collection[str]
    numbers: Collection[str]
    internal: Collection[int]
    default: Contract | None


@dataclass(frozen=True, slots=True)
class Health:
    """One template.

    Attributes:
        type_name: agreement type or product type, as ConnectWise spells it.
        key: what the template must be called.
        told: what is wrong with it, or what there is to know.
        fix: what to do.
        number: of the contract that is taken; empty when none is there.
    """

    what: What
    type_name: str
    key: str
    state: State
    told: str = ""
    fix: str = ""
    number: str = ""

    @property
    def called(self) -> str:
        """Its number as e-automate shows it, or would: a contract's with the revision."""
        missing = self.what is What.CONTRACT and self.state is State.MISSING
        return self.number or (f"{self.key}{FIRST_REVISION}" if missing else self.key)

    @property
    def fault(self) -> bool:
        """Whether an invoice of this type would fail, or be built from the wrong template."""
        return self.state in FAULTS


def health(used: InUse, held: Held, settings: AgreementSyncSettings) -> list[Health]:
    """Every template that is wanted: contracts and base items by agreement type, product items, what settings name."""
    agreement_types = sorted(used.agreement_types, key=str.casefold)
    product_types = sorted(used.product_types, key=str.casefold)
    keys = {What.CONTRACT: agreement_types, What.BASE: agreement_types, What.PRODUCT: product_types}
    # A name that is right for another type is nobody's misspelling.
    right = {folded(key_of(what, name, settings)) for what, names in keys.items() for name in names}
    free = replace(
        held,
        majors=[name for name in held.majors if folded(name) not in right],
        numbers=[name for name in held.numbers if folded(name) not in right],
    )
    found: list[Health] = []
    for name in agreement_types:
        contract = _contract(name, free, settings)
        found.append(contract)
        template = latest(held.templates.get(folded(contract.key), ())) or held.default
        if template is not None and template.time_block_based:
            continue  # a deposit contract has no lines, hence no base item (6.17)
        found.append(_item(What.BASE, name, base_item(name, settings), free))
    found += [_item(What.PRODUCT, name, product_template(name, settings), free) for name in product_types]
    return [*found, *_of_settings(held, settings)]


def _of_settings(held: Held, settings: AgreementSyncSettings) -> Iterator[Health]:
    default = settings.default_contract_template.strip()
    if default:
        what = What.DEFAULT
        if held.default is None:
            told, fix = "e-automate has no such contract", "correct agreement_sync.default_contract_template"
            yield Health(what, "", default, State.MISSING, told, fix)
        else:
            yield _whole(what, "", default, held.default, held)
    service = settings.service_item.strip()
    if service:
        found = _item(What.SERVICE, "", service, held)
        fix = "correct agreement_sync.service_item, or make the item in e-automate"
        yield (
            replace(found, told="e-automate has no such item", fix=fix)
            if found.state is State.MISSING
            else found
        )


def key_of(what: What, type_name: str, settings: AgreementSyncSettings) -> str:
    """What the template of a type must be called."""
    named = {What.CONTRACT: contract_template, What.BASE: base_item, What.PRODUCT: product_template}
    return named[what](type_name, settings)


def room(what: What) -> int:
    """Characters a template's number may have."""
    return MAJOR_MOST if what is What.CONTRACT else ITEM_MOST


def too_long(what: What, type_name: str, key: str) -> Health | None:
    """The finding about a name that does not fit, None when it does (G5 names the limit)."""
    most = room(what)
    if len(key) <= most:
        return None
    fix = f"put a short name for {type_name!r} into agreement_sync.type_aliases"
    return Health(what, type_name, key, State.TOO_LONG, f"{len(key)} characters, {most} fit", fix)


def _contract(name: str, held: Held, settings: AgreementSyncSettings) -> Health:
    what, key = What.CONTRACT, contract_template(name, settings)
    long = too_long(what, name, key)
    if long is not None:
        return long
    found = [one for one in held.templates.get(folded(key), ()) if one.terminated is None]
    taken = latest(found)
    if taken is None:
        used = "the default template is used (G5)" if held.default is not None else "no contract is made (G6)"
        return _missing(what, name, key, held.majors, used)
    if len(found) > 1:
        listed = ", ".join(one.number for one in found)
        told = f"{len(found)} contracts are called so: {listed}; {taken.number} is taken"
        return Health(what, name, key, State.NOTE, told, "terminate or rename the others", taken.number)
    return replace(_whole(what, name, key, taken, held), number=taken.number)


def _whole(what: What, name: str, key: str, template: Contract, held: Held) -> Health:
    lacks = contract_codes_missing(template)
    if lacks:
        return Health(
            what,
            name,
            key,
            State.INCOMPLETE,
            f"{template.number} lacks {_listed(lacks)}",
            "fill it in e-automate",
        )
    if template.bill:
        told = f"{template.number} has Bill on: the billing queue would bill the template itself"
        return Health(what, name, key, State.INCOMPLETE, told, "un-tick Bill contract")
    notes = list(_notes(template, held))
    return Health(what, name, key, State.NOTE if notes else State.OK, "; ".join([template.number, *notes]))


def _notes(template: Contract, held: Held) -> Iterator[str]:
    if not template.active:
        yield "it is inactive"
    if template.billing_cycle:
        yield f"its billing cycle is {template.billing_cycle}, wanted blank"
    if held.internal and template.customer_id not in held.internal:
        yield f"it belongs to customer {template.customer_number}, not to the dealer's own"
    if template.lines:
        yield "it has lines, which are not copied"


def _item(what: What, name: str, key: str, held: Held) -> Health:
    long = too_long(what, name, key)
    if long is not None:
        return long
    item = held.items.get(folded(key))
    if item is None:
        used = (
            "the base amount cannot be billed (G7)" if what is What.BASE else "no item is made from it (G8)"
        )
        return _missing(what, name, key, held.numbers, used)
    wrong = []
    if not item.active:
        wrong.append("is inactive")
    lacks = item_codes_missing(item)
    if lacks:
        wrong.append(f"lacks {_listed(lacks)}")
    if wrong:
        return Health(what, name, key, State.INCOMPLETE, f"it {' and '.join(wrong)}", "fill it in e-automate")
    return Health(what, name, key, State.OK, item.description)


def _missing(what: What, name: str, key: str, known: Iterable[str], used: str) -> Health:
    close = near(key, known)
    if close:
        fix = f"rename {close} to {key}"
        if what is What.CONTRACT:
            fix = f"change its number to {key}{FIRST_REVISION}"
        return Health(what, name, key, State.MISSING, f"there is {close}; {used}", fix)
    fix = f'make it: tandem templates create --from <a pattern> "{name}"'
    return Health(what, name, key, State.MISSING, used, fix)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
