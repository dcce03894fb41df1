"""Making a contract ready for the period of its invoice (spec/agreements.md 6.2 to 6.11). Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from services.agreement_sync.rules import choice as choices
from services.agreement_sync.rules import deposits, ordering, regular
from services.agreement_sync.rules import standing as standings
from services.agreement_sync.rules.asked import setting
from services.agreement_sync.rules.choice import Choice
from services.agreement_sync.rules.comparing import comparison
from services.agreement_sync.rules.facts import Facts
from services.agreement_sync.rules.items import Items, items_for, service_item
from services.agreement_sync.rules.parties import Parties, other_currency, parties
from services.agreement_sync.rules.periods import Period, eautomate_cycle, period
from services.agreement_sync.rules.plan import AgreementPlan
from services.agreement_sync.rules.pricing import PricedBill, price_lines
from services.agreement_sync.rules.ready import Ready
from services.agreement_sync.rules.standing import Standing, stand
from services.agreement_sync.rules.templates import choose_template
from services.agreement_sync.rules.writing import write
from shared.eautomate.contract_rows import BillingCycle, Item
from shared.events.contracts import Contract
from shared.sync.decision import Decision, Reject, Skip, Wait

_Refusal = Reject | Wait | Skip


@dataclass(frozen=True, slots=True)
class _Source:
    """The contract, or the template of one to create; and whether it is a deposit contract."""

    contract: Contract
    creates: bool
    deposit: bool
    warnings: tuple[tuple[str, str], ...]


def prepare(facts: Facts) -> Decision[AgreementPlan]:
    """Everything that has to be right is asked before anything is planned: nothing is half-written."""
    decided = _prepare(facts)
    if isinstance(decided, _Refusal) and decided.comparison is None:
        # The report shows what ConnectWise billed beside what could not be done.
        contract = facts.contract
        cycle = _cycle(facts)
        days = period(facts.invoice, cycle) if cycle is not None else None
        return replace(decided, comparison=comparison(facts.invoice, facts.bill, contract, days))
    return decided


def _prepare(facts: Facts) -> Decision[AgreementPlan]:
    invoice, agreement, gathered = facts.invoice, facts.agreement, facts.gathered
    settings, checks = facts.settings, facts.checks
    owners = parties(invoice, agreement, gathered, checks)
    if isinstance(owners, Wait):
        return owners
    currency = other_currency(invoice, agreement, settings, checks)
    if currency is not None:
        return currency
    chosen = _contract(facts, owners)
    if isinstance(chosen, Reject):
        return chosen
    facts = replace(facts, choice=chosen)
    days = _period(facts)
    if isinstance(days, Reject):
        return days
    cycle, span = days
    standing = stand(invoice, chosen.contract, span, gathered)
    refused, dated = _in_time(facts, span, standing)
    if refused is not None:
        return refused
    source = _source(facts)
    if isinstance(source, Reject):
        return source
    lines = _lines(facts, span, source)
    if isinstance(lines, Reject):
        return lines
    priced, items, service, warned = lines
    ready = Ready(
        facts=facts,
        owners=owners,
        cycle=cycle,
        period=span,
        standing=standing,
        source=source.contract,
        deposit=source.deposit,
        priced=priced,
        items=items,
        service=service,
        warnings=(*chosen.warnings, *dated, *source.warnings, *priced.warnings, *warned),
    )
    return write(ready)


def _contract(facts: Facts, owners: Parties) -> Choice | Reject:
    chosen: Choice | Reject = facts.choice
    if facts.choice.contract_id is None:
        chosen = choices.named_contract(facts.invoice, facts.gathered, facts.settings, facts.checks)
    if isinstance(chosen, Reject):
        return chosen
    return choices.usable(chosen, facts.agreement, owners, facts.checks)


def _cycle(facts: Facts) -> BillingCycle | None:
    return eautomate_cycle(facts.agreement, facts.gathered.cycles, facts.settings.billing_cycles)


def _period(facts: Facts) -> tuple[BillingCycle, Period] | Reject:
    agreement, checks = facts.agreement, facts.checks
    name = (agreement.billingCycle.name if agreement.billingCycle is not None else None) or "none"
    cycle = _cycle(facts)
    seen = f"{name}: {cycle.name if cycle is not None else 'none of e-automate'}"
    if (
        not checks.ask("billing cycle is known", cycle is not None, seen, "a cycle of whole months")
        or cycle is None
    ):
        return Reject(
            "G26",
            f"billing cycle {name} of agreement {agreement.name} ({agreement.id}) has no active e-automate billing cycle "
            "of the same name or length in whole months. Create one, or name it in agreement_sync.billing_cycles.",
            checks.made,
            (setting("billing_cycles"),),
        )
    span = period(facts.invoice, cycle)
    if (
        not checks.ask("invoice is dated", span is not None, "yes" if span is not None else "no", "yes")
        or span is None
    ):
        return Reject(
            "G4",
            f"invoice {facts.invoice.invoiceNumber} has no date, so its period is not known. Date it in ConnectWise.",
            checks.made,
        )
    checks.note("period", f"{span}, {cycle.name}")
    return cycle, span


def _in_time(
    facts: Facts, span: Period, standing: Standing
) -> tuple[_Refusal | None, tuple[tuple[str, str], ...]]:
    """The rules about periods and other invoices; a refusal, or warnings."""
    invoice, agreement, bill, checks = facts.invoice, facts.agreement, facts.bill, facts.checks
    gathered, settings, contract = facts.gathered, facts.settings, facts.contract
    steps: tuple[Callable[[], _Refusal | None], ...] = (
        lambda: ordering.other_of_period(invoice, bill, span, standing, gathered, checks),
        lambda: regular.nothing_regular(invoice, agreement, bill, span, checks),
        lambda: ordering.out_of_order(invoice, contract, span, standing, gathered, settings, checks),
        lambda: standings.billed_early(invoice, contract, span, standing, checks, gathered.bills),
        lambda: standings.begins_elsewhere(contract, span, checks) if contract is not None else None,
    )
    for step in steps:
        refused = step()
        if refused is not None:
            return refused, ()
    refused, warnings = regular.no_next_date(invoice, agreement, span, gathered, checks)
    if refused is None and contract is not None:
        warnings += ordering.jumped(contract, span, standing, gathered, checks)
    return refused, warnings


def _source(facts: Facts) -> _Source | Reject:
    contract, checks, settings = facts.contract, facts.checks, facts.settings
    warnings: tuple[tuple[str, str], ...] = ()
    creates = contract is None
    if contract is None:
        template = choose_template(facts.agreement, facts.gathered, settings, checks)
        if isinstance(template, Reject):
            return template
        contract, warnings = template.contract, template.warnings
    deposit, unlike = deposits.is_deposit(contract, facts.agreement, checks)
    warnings += unlike
    if deposit:
        refused = deposits.with_additions(facts.invoice, facts.bill, checks)
        if refused is not None:
            return refused
        warnings += deposits.unlike(facts.agreement)
    return _Source(contract, creates, deposit, warnings)


def _lines(
    facts: Facts, span: Period, source: _Source
) -> tuple[PricedBill, Items, Item | None, tuple[tuple[str, str], ...]] | Reject:
    priced = price_lines(facts.invoice, facts.agreement, facts.bill, span, facts.settings, facts.checks)
    if isinstance(priced, Reject):
        return priced
    if source.deposit:
        return priced, Items({}, {}, ()), None, ()
    items = items_for([line.billed for line in priced.lines], facts.gathered, facts.settings, facts.checks)
    if isinstance(items, Reject):
        return items
    service = service_item(facts.gathered, facts.settings, facts.checks) if facts.choice.ours else None
    if isinstance(service, str):
        return priced, items, None, (("G9", service),)
    return priced, items, service, ()
