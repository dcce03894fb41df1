"""Templates of contracts and items: exact keys, near misses named (spec/agreements.md 6.4). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from services.agreement_sync.rules.asked import setting
from services.agreement_sync.rules.gathered import Gathered
from services.agreement_sync.rules.wanted import (
    ITEM_MOST,
    MAJOR_MOST,
    agreement_type,
    contract_template,
)
from services.agreement_sync.settings import AgreementSyncSettings
from shared.eautomate.contract_rows import Item
from shared.eautomate.values import folded
from shared.events.agreements import Agreement
from shared.events.contracts import Contract
from shared.sync.decision import Checks, Reject

_CLOSE = 0.75
_CONTRACT_CODES = {
    "contract type": "contract_type",
    "bill code": "bill_code",
    "base distribution code": "distribution_code",
}


@dataclass(frozen=True, slots=True)
class Template:
    """The contract that is copied."""

    contract: Contract
    warnings: tuple[tuple[str, str], ...] = ()


def choose_template(
    agreement: Agreement, gathered: Gathered, settings: AgreementSyncSettings, checks: Checks
) -> Template | Reject:
    """The template of an agreement's type, else the default one with a warning (G5), else G6."""
    kind = agreement_type(agreement)
    wanted = contract_template(kind, settings)
    most = MAJOR_MOST - len(settings.prefix_contract_template)
    own = latest(gathered.templates.get(folded(wanted), ()))
    seen = own.number if own is not None else near(wanted, gathered.template_majors) or "none"
    warnings: tuple[tuple[str, str], ...] = ()
    if (
        checks.ask("agreement type has a contract template", own is not None, seen, wanted)
        and own is not None
    ):
        if not checks.ask("template is spelt alike", own.major.strip() == wanted, own.major, wanted):
            warnings = (
                ("G5", f"template {own.major} was taken for {wanted}: only letter case or blanks differ."),
            )
        found = own
    else:
        default = _default(gathered, settings)
        name = settings.default_contract_template.strip()
        there = default.number if default is not None else "none"
        if (
            not checks.ask("default template exists", default is not None, there, name or "one")
            or default is None
        ):
            return _no_template(wanted, most, gathered, settings, checks)
        found = default
        why = _why_none(wanted, most, gathered.template_majors)
        text = (
            f"no template {wanted} for agreement type {kind}{why}; default template {found.number} was used. Make or "
            "rename the template, and correct this contract by hand: it is not re-templated."
        )
        warnings = (("G5", text),)
    missing = contract_codes_missing(found)
    if not checks.ask("template has its codes", not missing, ", ".join(missing) or "all", "all codes"):
        return Reject(
            "G29",
            f"contract template {found.number} has no {missing[0]}; enter it in e-automate.",
            checks.made,
        )
    return Template(found, warnings)


def contract_codes_missing(contract: Contract) -> list[str]:
    """What a contract lacks that is to be copied."""
    return [name for name, field in _CONTRACT_CODES.items() if not getattr(contract, field)]


def item_codes_missing(item: Item) -> list[str]:
    """What an item lacks that is to be billed on a contract or copied."""
    missing = [] if item.expense_code or item.inventory_code else ["inventory or expense code"]
    needed = {
        "sales code": item.sales_code,
        "service code": item.service_code,
        "contract base distribution code": item.base_distribution_code,
    }
    missing += [name for name, code in needed.items() if not code]
    return missing if item.serviceable else [*missing, "tick at Serviceable as item"]


def too_long(number: str) -> bool:
    """Whether an item number does not fit."""
    return len(number.strip()) > ITEM_MOST


def near(wanted: str, names: Iterable[str]) -> str:
    """The name that looks most like the one wanted, empty when none does."""
    by_fold = {folded(name): name for name in names}
    found = get_close_matches(folded(wanted), list(by_fold), n=1, cutoff=_CLOSE)
    return by_fold[found[0]] if found else ""


def latest(contracts: Iterable[Contract]) -> Contract | None:
    """Of several revisions the last that is not terminated."""
    alive = [contract for contract in contracts if contract.terminated is None]
    return max(
        alive, key=lambda contract: (contract.active, contract.minor, contract.contract_id), default=None
    )


def _default(gathered: Gathered, settings: AgreementSyncSettings) -> Contract | None:
    name = folded(settings.default_contract_template)
    if not name:
        return None
    exact = gathered.numbered.get(name)
    return exact if exact is not None else latest(gathered.templates.get(name, ()))


def _why_none(wanted: str, most: int, names: Iterable[str]) -> str:
    if len(wanted) > MAJOR_MOST:
        return (
            f" (the name is longer than the {most} characters that fit; name a shorter key in "
            "agreement_sync.type_aliases)"
        )
    close = near(wanted, names)
    return f" (is {close} meant?)" if close else ""


def _no_template(
    wanted: str, most: int, gathered: Gathered, settings: AgreementSyncSettings, checks: Checks
) -> Reject:
    name = settings.default_contract_template.strip()
    default = f"default template {name} does not exist" if name else "no default template is set"
    return Reject(
        "G6",
        f"there is no contract template {wanted}{_why_none(wanted, most, gathered.template_majors)}, and {default} "
        "(agreement_sync.default_contract_template). Make the template in e-automate, or set the default.",
        checks.made,
        (setting("default_contract_template"), setting("type_aliases")),
    )
