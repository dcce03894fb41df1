"""Items the lines need: the base item, the product's own, one to create (spec/agreements.md 6.4, 6.6). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.agreement_sync.rules.asked import setting
from services.agreement_sync.rules.billed import Billed
from services.agreement_sync.rules.gathered import Gathered
from services.agreement_sync.rules.plan import NewItem
from services.agreement_sync.rules.templates import item_codes_missing, near, too_long
from services.agreement_sync.rules.texts import DESCRIPTION_MOST, shortened
from services.agreement_sync.rules.wanted import ITEM_MOST, base_item, product_template
from services.agreement_sync.settings import AgreementSyncSettings
from shared.eautomate.contract_rows import Item
from shared.eautomate.rows import Code
from shared.eautomate.values import folded
from shared.sync.decision import Checks, Reject


@dataclass(frozen=True, slots=True)
class Items:
    """What the lines use.

    Attributes:
        numbers: item number by line key.
        ids: ``ItemID`` by folded number, of items that exist.
        new: to create.
    """

    numbers: dict[str, str]
    ids: dict[str, int]
    new: tuple[NewItem, ...]


def items_for(
    lines: Sequence[Billed], gathered: Gathered, settings: AgreementSyncSettings, checks: Checks
) -> Items | Reject:
    """The item of every line; the first that cannot be used refuses all: nothing is half-written."""
    numbers: dict[str, str] = {}
    ids: dict[str, int] = {}
    new: dict[str, NewItem] = {}
    for line in lines:
        found: Item | NewItem | Reject
        if line.is_base:
            found = _base(line, gathered, settings, checks)
        elif folded(line.product) in new:
            found = new[folded(line.product)]
        else:
            found = _product(line, gathered, settings, checks)
        if isinstance(found, Reject):
            return found
        numbers[line.key] = found.number.strip()
        if isinstance(found, Item):
            ids[folded(found.number)] = found.item_id
        else:
            new[folded(found.number)] = found
    checks.note("items to create", ", ".join(item.number for item in new.values()) or "none")
    return Items(numbers, ids, tuple(new.values()))


def service_item(gathered: Gathered, settings: AgreementSyncSettings, checks: Checks) -> Item | str | None:
    """The standard serviceable item; a sentence when it cannot be used, None when none is set."""
    number = settings.service_item.strip()
    if not number:
        return None
    item = gathered.items.get(folded(number))
    good = item is not None and item.active and item.serviceable
    if checks.ask(
        "standard serviceable item can be used", good, _state(item), f"{number}, active and serviceable"
    ):
        return item
    return (
        f"the standard serviceable item {number} (agreement_sync.service_item) is {_state(item)}, so it is not on the "
        "contract and service calls cannot be attached. Mend the item; the next run adds it."
    )


def _base(line: Billed, gathered: Gathered, settings: AgreementSyncSettings, checks: Checks) -> Item | Reject:
    number = base_item(line.type_name, settings)
    item = gathered.items.get(folded(number))
    if not checks.ask(f"base item {number} exists", item is not None, _state(item), number) or item is None:
        most = ITEM_MOST - len(settings.prefix_base_template)
        why = _why_none(number, most, gathered.item_numbers)
        return Reject(
            "G7",
            f"there is no base item {number} for agreement type {line.type_name}{why}. Make it in e-automate as a "
            "serviceable expense item.",
            checks.made,
            (setting("type_aliases"),),
        )
    return _with_codes(item, "base item", checks)


def _product(
    line: Billed, gathered: Gathered, settings: AgreementSyncSettings, checks: Checks
) -> Item | NewItem | Reject:
    name = line.product
    if not checks.ask(
        f"product {name or line.key} fits an item number",
        bool(name) and not too_long(name),
        f"{len(name)} characters",
        f"1 to {ITEM_MOST}",
    ):
        return Reject(
            "G28",
            f"product id {name!r} does not fit into the item number ({ITEM_MOST} characters). Shorten it in "
            "ConnectWise; it is never cut.",
            checks.made,
        )
    item = gathered.items.get(folded(name))
    if item is not None:
        good = item.active and item.serviceable
        if not checks.ask(f"item {name} can be used", good, _state(item), "active and serviceable"):
            return Reject(
                "G9",
                f"item {name} is {_state(item)} in e-automate. Activate it and tick Serviceable as item.",
                checks.made,
            )
        return item
    return _new(line, gathered, settings, checks)


def _new(
    line: Billed, gathered: Gathered, settings: AgreementSyncSettings, checks: Checks
) -> NewItem | Reject:
    wanted = product_template(line.type_name, settings) if line.type_name else ""
    template = gathered.items.get(folded(wanted)) if wanted else None
    if (
        not checks.ask(
            f"item {line.product} has a template", template is not None, _state(template), wanted or "one"
        )
        or template is None
    ):
        most = ITEM_MOST - len(settings.prefix_product_template)
        why = _why_none(wanted, most, gathered.item_numbers)
        kind = (
            f"product type {line.type_name}"
            if line.type_name
            else "its product type, which ConnectWise does not say"
        )
        return Reject(
            "G8",
            f"item {line.product} does not exist and cannot be created: there is no template {wanted or 'item'} for "
            f"{kind}{why}. Make the template item, or the item itself, in e-automate.",
            checks.made,
            (setting("type_aliases"),),
        )
    whole = _with_codes(template, "item template", checks)
    if isinstance(whole, Reject):
        return whole
    unit = _unit(line.unit, gathered.units)
    checks.note(
        f"unit of item {line.product}",
        unit.code
        if unit is not None
        else f"the template's ({template.unit or 'none'}); ConnectWise: {line.unit or 'none'}",
    )
    text = shortened(
        " ".join((line.catalog_text or line.description).split()) or line.product, DESCRIPTION_MOST
    )
    return NewItem(template, line.product, text, unit.id if unit is not None else None)


def _unit(name: str, units: Iterable[Code]) -> Code | None:
    """E-automate's unit of a name: by its code, else by its description."""
    usable = [unit for unit in units if unit.active and name]
    by_code = (unit for unit in usable if folded(unit.code) == folded(name))
    return next(by_code, next((unit for unit in usable if folded(unit.description) == folded(name)), None))


def _with_codes(item: Item, what: str, checks: Checks) -> Item | Reject:
    if not checks.ask(f"{what} {item.number} is active", item.active, "yes" if item.active else "no", "yes"):
        return Reject("G9", f"{what} {item.number} is inactive in e-automate; activate it.", checks.made)
    missing = item_codes_missing(item)
    if not checks.ask(f"{what} {item.number} has its codes", not missing, ", ".join(missing) or "all", "all"):
        return Reject(
            "G29", f"{what} {item.number} has no {missing[0]}; enter it in e-automate.", checks.made
        )
    return item


def _why_none(wanted: str, most: int, names: Iterable[str]) -> str:
    if len(wanted) > ITEM_MOST:
        return (
            f" (the name is longer than the {most} characters that fit; name a shorter key in "
            "agreement_sync.type_aliases)"
        )
    close = near(wanted, names) if wanted else ""
    return f" (is {close} meant?)" if close else ""


def _state(item: Item | None) -> str:
    if item is None:
        return "missing"
    flaws = [] if item.active else ["inactive"]
    flaws += [] if item.serviceable else ["not serviceable"]
    return " and ".join(flaws) or item.number
