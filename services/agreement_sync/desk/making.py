"""Templates that are to be made from a pattern: planned purely, then written one by one (spec/agreements.md 6.4)."""

import difflib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.agreement_sync.asking import PROCESS
from services.agreement_sync.desk.health import What, key_of, too_long
from services.agreement_sync.rules.templates import contract_codes_missing, item_codes_missing
from services.agreement_sync.settings import AgreementSyncSettings
from shared.eautomate.contract_rows import ContractFields, Item
from shared.eautomate.errors import UniqueViolation, UnknownOutcome
from shared.eautomate.port import EAutomate
from shared.eautomate.values import folded
from shared.events.contracts import Contract

Pattern = Contract | Item


class Becomes(StrEnum):
    """What becomes of a wish."""

    CREATE = "would create"
    EXISTS = "exists"
    REFUSED = "refused"
    CREATED = "created"


@dataclass(frozen=True, slots=True)
class Template:
    """A template somebody wants.

    Attributes:
        told: why it is refused, or what it is.
    """

    what: What
    type_name: str
    key: str
    becomes: Becomes
    told: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a plan is made by.

    Attributes:
        agreement_types, product_types: every one ConnectWise knows.
        majors, numbers: of contracts and items that exist, folded.
    """

    agreement_types: Collection[str]
    product_types: Collection[str]
    majors: Collection[str]
    numbers: Collection[str]


def faults_of(pattern: Pattern) -> str:
    """Why a pattern is not fit to be copied, empty when it is."""
    if isinstance(pattern, Contract):
        lacks = contract_codes_missing(pattern)
        if pattern.terminated is not None:
            return f"contract {pattern.number} was terminated on {pattern.terminated}"
        if pattern.equipment_lines or pattern.meter_groups:
            return f"contract {pattern.number} has equipment lines or meter groups (G23)"
        return f"contract {pattern.number} lacks {', '.join(lacks)}" if lacks else ""
    lacks = item_codes_missing(pattern)
    return f"item {pattern.number} lacks {', '.join(lacks)}" if lacks else ""


def plan(
    pattern: Pattern, names: Iterable[str], what: What | None, known: Known, settings: AgreementSyncSettings
) -> list[Template]:
    """What would become of each type, in the order given.

    Args:
        what: for an item whose type name is both an agreement type and a product type; None: told by the name.
    """
    return [_planned(pattern, name.strip(), what, known, settings) for name in dict.fromkeys(names)]


def _planned(
    pattern: Pattern, name: str, what: What | None, known: Known, settings: AgreementSyncSettings
) -> Template:
    kinds = _kinds(pattern, name, what, known)
    wanted = (
        kinds[0] if kinds else (what or (What.CONTRACT if isinstance(pattern, Contract) else What.PRODUCT))
    )
    spelt = _spelt(name, known.product_types if wanted is What.PRODUCT else known.agreement_types)
    key = key_of(wanted, spelt or name, settings)
    if len(kinds) > 1:
        told = "is an agreement type and a product type: say --kind base or --kind product"
        return Template(wanted, name, key, Becomes.REFUSED, told)
    if not kinds:
        return Template(wanted, name, key, Becomes.REFUSED, _unknown(name, wanted, known))
    long = too_long(wanted, name, key)
    if long is not None:
        return Template(wanted, name, key, Becomes.REFUSED, f"{long.told}: {long.fix}")
    there = known.majors if wanted is What.CONTRACT else known.numbers
    if folded(key) in there:
        return Template(wanted, spelt, key, Becomes.EXISTS)
    return Template(wanted, spelt, key, Becomes.CREATE, f"a copy of {pattern.number}")


def _kinds(pattern: Pattern, name: str, what: What | None, known: Known) -> list[What]:
    """What a type could want of this pattern."""
    agreement, product = _spelt(name, known.agreement_types), _spelt(name, known.product_types)
    if isinstance(pattern, Contract):
        return [What.CONTRACT] if agreement else []
    could = [kind for kind, found in ((What.BASE, agreement), (What.PRODUCT, product)) if found]
    return [kind for kind in could if what in {None, kind}]


def _spelt(name: str, known: Iterable[str]) -> str:
    """The type as ConnectWise spells it, empty when it has none of that name."""
    return next((one for one in known if folded(one) == folded(name)), "")


def _unknown(name: str, what: What, known: Known) -> str:
    types = known.product_types if what is What.PRODUCT else known.agreement_types
    word = "product type" if what is What.PRODUCT else "agreement type"
    near = difflib.get_close_matches(name, list(types), n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"ConnectWise has no {word} {name}{hint}"


async def make(
    eautomate: EAutomate, pattern: Pattern, template: Template, owner: int, today: date
) -> Template:
    """Write one template, in a transaction of its own.

    Args:
        owner: ``CustomerID`` of the dealer's own customer.

    Raises:
        RowChanged: the pattern was saved since it was read.
        TransientError, PermanentError: as every write.
    """
    record = f"template/{template.key}"
    try:
        async with eautomate.transaction(PROCESS, record, 1, area="contracts") as work:
            if isinstance(pattern, Contract):
                fields = blank_fields(owner, today)
                await work.clone_contract(pattern, fields, major=template.key)
            else:
                await work.create_item(pattern, template.key, template.type_name, None)
    except UniqueViolation:
        return Template(template.what, template.type_name, template.key, Becomes.EXISTS)
    except UnknownOutcome as outcome:
        if not await eautomate.landed(outcome):
            raise
    return Template(template.what, template.type_name, template.key, Becomes.CREATED, template.told)


def blank_fields(owner: int, today: date) -> ContractFields:
    """What a template contract has of its own: never billed, no cycle, nobody's number."""
    return ContractFields(
        customer_id=owner,
        bill_to_id=owner,
        start_date=today,
        exp_date=None,
        active=True,
        bill=False,
        billing_cycle_id=None,
        base_next_billing_date=None,
        base_billed_thru_date=None,
        base_billing_start_date=None,
        po_number="",
        remarks="",
        message="",
    )


def owner_of(pattern: Contract, internal: Collection[int], asked: int | None) -> int | None:
    """Whose the new template is: who is asked for, the pattern's own internal customer, the only one; else None."""
    if asked is not None:
        return asked
    if pattern.customer_id in internal:
        return pattern.customer_id
    return next(iter(internal)) if len(internal) == 1 else None
