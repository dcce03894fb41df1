"""What invoices name in e-automate by text: contracts, templates, items, cycles and units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.agreement_sync.rules import wanted
from services.agreement_sync.settings import AgreementSyncSettings
from shared.eautomate.contract_rows import BillingCycle, Item
from shared.eautomate.port import EAutomate
from shared.eautomate.rows import Code
from shared.eautomate.values import folded
from shared.events.agreements import Invoice
from shared.events.contracts import Contract


@dataclass(frozen=True, slots=True)
class Named:
    """See ``rules.gathered.Gathered``; keys are trimmed and casefolded."""

    numbered: Mapping[str, Contract]
    templates: Mapping[str, tuple[Contract, ...]]
    template_majors: tuple[str, ...]
    items: Mapping[str, Item]
    item_numbers: tuple[str, ...]
    cycles: tuple[BillingCycle, ...]
    units: tuple[Code, ...]


async def named_by(
    invoices: Sequence[Invoice], eautomate: EAutomate, settings: AgreementSyncSettings
) -> Named:
    """In lists; what is near to a missing template is read only where one is missing."""
    numbers = {number for invoice in invoices for number in wanted.numbers(invoice, settings)}
    majors = {major for invoice in invoices for major in wanted.majors(invoice, settings)}
    items = {item for invoice in invoices for item in wanted.items(invoice, settings)}
    templates = await eautomate.contract_templates(majors)
    held = await eautomate.items_by_numbers(items)
    return Named(
        numbered=await eautomate.contracts_by_numbers(numbers),
        templates={major: tuple(found) for major, found in templates.items()},
        template_majors=await _majors(majors, templates, eautomate, settings),
        items=held,
        item_numbers=await _near_items(items, held, eautomate, settings),
        cycles=tuple(await eautomate.billing_cycles()),
        units=tuple(await eautomate.units()),
    )


async def _majors(
    asked: set[str],
    found: Mapping[str, Sequence[Contract]],
    eautomate: EAutomate,
    settings: AgreementSyncSettings,
) -> tuple[str, ...]:
    if all(folded(major) in found for major in asked):
        return ()
    near = await eautomate.contracts_starting(settings.prefix_contract_template)
    return tuple(sorted({contract.major for contract in near}))


async def _near_items(
    asked: set[str], found: Mapping[str, Item], eautomate: EAutomate, settings: AgreementSyncSettings
) -> tuple[str, ...]:
    prefixes = {settings.prefix_base_template, settings.prefix_product_template}
    missing = {number for number in asked if folded(number) not in found}
    wanting = {
        prefix for prefix in prefixes if any(folded(number).startswith(folded(prefix)) for number in missing)
    }
    near = [item.number for prefix in sorted(wanting) for item in await eautomate.items_starting(prefix)]
    return tuple(dict.fromkeys(near))
