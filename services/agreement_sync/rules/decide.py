"""ID964's decision about one agreement invoice, in the order people look for a fault (spec/agreements.md 6.13). Pure."""

from services.agreement_sync.rules.after_billing import after_billing
from services.agreement_sync.rules.amounts import ZERO, cents
from services.agreement_sync.rules.choice import known_contract
from services.agreement_sync.rules.comparing import comparison
from services.agreement_sync.rules.deleted import decide_deleted
from services.agreement_sync.rules.facts import Facts, facts_of
from services.agreement_sync.rules.gathered import Gathered
from services.agreement_sync.rules.plan import AgreementPlan
from services.agreement_sync.rules.prepare import prepare
from services.agreement_sync.rules.queue import kept_out
from services.agreement_sync.rules.selection import filtered_out, unsuited
from services.agreement_sync.rules.standing import stand
from services.agreement_sync.settings import AgreementSyncSettings
from shared.events.agreements import Invoice
from shared.events.change import Change
from shared.sync.decision import Checks, Decision, Skip


def decide(
    change: Change[Invoice], gathered: Gathered, settings: AgreementSyncSettings
) -> Decision[AgreementPlan]:
    """Decide what becomes of an agreement invoice."""
    checks = Checks()
    late = _not_newer(change, gathered, checks)
    if late is not None:
        return late
    invoice = change.record
    if change.envelope.action == "deleted":
        return decide_deleted(invoice, int(change.envelope.subject), gathered, checks)
    why = unsuited(invoice, checks)
    agreement = invoice.agreement
    if why is not None or agreement is None:
        shown = comparison(invoice, None, None, None)
        amount = cents(invoice.subtotal or ZERO)
        return Skip(why or "", checks.made, comparison=shown.model_copy(update={"cw_total": amount}))
    refused = filtered_out(invoice, settings, gathered.territory_filter, checks)
    choice = known_contract(gathered, checks)
    facts = facts_of(invoice, agreement, choice, gathered, settings, checks)
    checks.note("base and additions", f"{facts.bill.base:.2f} and {facts.bill.total - facts.bill.base:.2f}")
    billed = _billed(facts)
    if billed is not None:
        return kept_out(facts, billed)
    if refused is not None:
        if facts.row is not None:
            refused = f"the contract stays as it is, since a filter does not let it pass any more: {refused}"
        return Skip(
            refused,
            checks.made,
            comparison=comparison(invoice, facts.bill, facts.contract, facts.noted_period),
        )
    elsewhere = _billed_elsewhere(facts)
    return elsewhere if elsewhere is not None else kept_out(facts, prepare(facts))


def _billed(facts: Facts) -> Decision[AgreementPlan] | None:
    """What is left to do once e-automate has billed the invoice's period; None while it has not.

    Filters do not matter any more: statuses move on when an invoice is closed or paid.
    """
    contract, period, row = facts.contract, facts.noted_period, facts.row
    if contract is None or period is None or row is None:
        return None
    standing = stand(facts.invoice, contract, period, facts.gathered)
    if not standing.billed or standing.own is None:
        return None
    return after_billing(facts, contract, row, standing)


def _billed_elsewhere(facts: Facts) -> Skip | None:
    """An invoice whose e-automate invoice is in force is not put into the contract that came after."""
    bill, checks = facts.gathered.paired, facts.checks
    number = bill.number if bill is not None and not bill.void else facts.gathered.billed_before
    if checks.ask(
        "another contract has billed it", not number, f"as invoice {number}" if number else "no", "no"
    ):
        return None
    return Skip(
        f"e-automate has billed it as invoice {number} of another contract; the agreement's next invoice goes into its "
        "contract",
        checks.made,
        comparison=comparison(facts.invoice, facts.bill, facts.contract, None),
    )


def _not_newer(change: Change[Invoice], gathered: Gathered, checks: Checks) -> Skip | None:
    sequence, applied = change.envelope.sequence, gathered.applied
    seen = applied if applied is not None else "nothing applied yet"
    wanted = "anything: it is asked for" if sequence == 0 else f"below {sequence}"
    if checks.ask("is newer than what was applied", gathered.fresh, seen, wanted):
        return None
    same = applied == sequence
    reason = "this change was applied before" if same else "a newer change was applied before"
    return Skip(reason, checks.made, result="skipped" if same else "superseded", again=same)
