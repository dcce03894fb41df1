"""The checklist "the invoice didn't update the contract" (spec/agreements.md 6.13), answered line by line. Pure.

Unlike a decision it does not stop at the first no: people want to know all that stands against an invoice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.agreement_sync.desk.horizon import SETTING
from services.agreement_sync.desk.pages import money, queue
from services.agreement_sync.desk.verdict import Verdict
from services.agreement_sync.rules.choice import known_contract, named_contract
from services.agreement_sync.rules.gathered import Gathered
from services.agreement_sync.rules.numbers import carried_number, carries
from services.agreement_sync.rules.parties import parties
from services.agreement_sync.rules.selection import filtered_out, unsuited
from services.agreement_sync.settings import AgreementSyncSettings
from shared.errors import CATALOGUE
from shared.events.agreements import Invoice
from shared.events.contracts import Contract
from shared.preview import IN_STEP, WOULD
from shared.sync.comparison import Comparison
from shared.sync.decision import Check, Checks, Reject
from shared.sync.outcome import Outcome

READ = "is read by the connector"


@dataclass(frozen=True, slots=True)
class Answers:
    """The checklist with the contract it is about.

    Attributes:
        contract: linked, made before, or named by the agreement; None while there is none.
    """

    checks: tuple[Check, ...]
    contract: Contract | None


def answers(
    invoice: Invoice,
    gathered: Gathered,
    settings: AgreementSyncSettings,
    verdict: Verdict,
    last: Outcome | None,
    unread: date | None = None,
    carrying: Iterable[Contract] = (),
) -> Answers:
    """Every line of the checklist.

    Args:
        verdict: what would become of the invoice now.
        last: the newest outcome of the invoice, None when none is known.
        unread: of an invoice that was never seen, the first day of which invoices are read.
        carrying: contracts that carry the invoice's number in PO or Remarks, where none is linked.
    """
    checks = Checks()
    unsuited(invoice, checks)
    filtered_out(invoice, settings, gathered.territory_filter, checks)
    if unread is not None and invoice.date is not None:
        day = invoice.date.date()
        checks.ask(READ, day >= unread, day, f"from {unread} ({SETTING})")
    if invoice.agreement is not None:
        parties(invoice, invoice.agreement, gathered, checks)
    _error(last, checks)
    contract = _contract(invoice, gathered, settings, checks)
    found = list(carrying)
    if contract is None and found:
        listed = ", ".join(one.number for one in found)
        checks.note("contracts that carry the invoice's number", f"{listed}, not linked to this agreement")
    if contract is not None:
        billed = verdict.comparison.billed if verdict.comparison is not None else ""
        _state(contract, invoice, checks, billed)
    if verdict.comparison is not None:
        _compared(verdict.comparison, checks)
    return Answers(tuple(checks.made), contract)


def _error(last: Outcome | None, checks: Checks) -> None:
    if last is None:
        checks.note("last outcome", "none is known: the connector has not published it yet, or it is older")
        return
    failed = last.result in {"waiting", "rejected"}
    told = f"{last.result} {last.code} on {last.at:%Y-%m-%d %H:%M} UTC: {last.text}".replace("  ", " ")
    checks.ask("last outcome is no error", not failed, told, "applied or skipped" if failed else "")


def _contract(
    invoice: Invoice, gathered: Gathered, settings: AgreementSyncSettings, checks: Checks
) -> Contract | None:
    choice = known_contract(gathered, checks)
    if choice.contract is None and choice.contract_id is None and invoice.agreement is not None:
        named = named_contract(invoice, gathered, settings, checks)
        if isinstance(named, Reject):
            return None
        choice = named
    return choice.contract


def _state(contract: Contract, invoice: Invoice, checks: Checks, billed: str) -> None:
    ended = f"terminated {contract.terminated}" if contract.terminated is not None else "open"
    checks.ask("contract is not terminated", contract.terminated is None, ended, "open")
    checks.ask("contract is active", contract.active, "yes" if contract.active else "no", "yes")
    if not billed:
        following = contract.base_next_billing_date
        seen = f"Bill {'on' if contract.bill else 'off'}, next billing date {following or 'none'}"
        checks.ask("contract is in the billing queue", contract.in_billing_queue, seen, "Bill on, active")
    number = invoice.invoiceNumber
    held = carries(number, contract.po_number, contract.remarks)
    seen = carried_number(contract.po_number, contract.remarks) or "neither"
    checks.ask("PO number or Remarks carry the invoice's number", held, seen, number)


def _compared(comparison: Comparison, checks: Checks) -> None:
    checks.note("period", queue(comparison))
    if comparison.ea_total is not None:
        checks.ask(
            "totals are equal, without tax",
            comparison.equal,
            f"e-automate {money(comparison.ea_total)}",
            f"ConnectWise {money(comparison.cw_total)}",
        )


def next_steps(
    invoice: Invoice, verdict: Verdict, checks: Sequence[Check], contract: Contract | None
) -> list[str]:
    """What to do next, the most pressing first."""
    number = invoice.invoiceNumber or str(invoice.id)
    steps = []
    failed = {check.name for check in checks if not check.passed}
    code = verdict.code or ("G20" if any("is selected" in name for name in failed) else "")
    entry = CATALOGUE.get(code)
    if entry is not None:
        steps.append(f"{entry.code} {entry.title}: {entry.mend}")
    if READ in failed:
        steps.append(
            "invoices this old do not come by themselves, so that going live rewrites no contract with one; "
            f"this one alone: tandem reprocess invoice {number} --why ..."
        )
        return steps
    if verdict.code:
        steps.append(f"the case with all that was tried: tandem cases show invoice {number}")
    if verdict.verdict == WOULD:
        steps.append(
            "agreement_sync does it by itself when it sees the invoice; at once: "
            f"tandem reprocess invoice {number} --why ..."
        )
    comparison = verdict.comparison
    if verdict.code == "G16":
        steps.append(f"if the contract is right as it is: tandem release invoice {number} --why ...")
    if contract is not None and not contract.active and contract.terminated is None:
        steps.append(
            f"activate contract {contract.number} in e-automate: inactive ones are not in the billing queue"
        )
    if verdict.verdict == IN_STEP and comparison is not None and not comparison.billed and comparison.bill:
        steps.append(f"bill contract {comparison.contract} in e-automate's contract billing queue")
    return steps or ["nothing"]
