"""Which e-automate invoice an invoice became, and its number (spec/agreements.md 6.10). Pure."""

from dataclasses import dataclass
from decimal import Decimal

from services.agreement_sync.rules.amounts import cents
from services.agreement_sync.rules.asked import bill_record, contract_record, money, yes
from services.agreement_sync.rules.gathered import Gathered
from services.agreement_sync.rules.numbers import NUMBER_MOST, carried_number, carries
from services.agreement_sync.rules.periods import Period
from services.agreement_sync.rules.plan import Rename, Trouble
from services.agreement_sync.settings import AgreementSyncSettings
from shared.eautomate.contract_rows import ContractPeriod
from shared.eautomate.values import folded
from shared.events.agreements import Invoice
from shared.events.contracts import Contract, ContractInvoice
from shared.sync.decision import Checks


@dataclass(frozen=True, slots=True)
class Pairing:
    """The e-automate invoice of a ConnectWise invoice.

    Attributes:
        bill: None when no invoice meets the conditions.
        number: the number it will have.
        link: whether the pair is to be linked.
    """

    bill: ContractInvoice | None = None
    number: str = ""
    link: bool = False
    rename: Rename | None = None
    trouble: tuple[Trouble, ...] = ()


def pair(
    invoice: Invoice,
    contract: Contract,
    bill: ContractInvoice,
    row: ContractPeriod,
    gathered: Gathered,
    settings: AgreementSyncSettings,
    checks: Checks,
) -> Pairing:
    """Pair by contract, period, number and amount; rename where nothing speaks against it.

    Args:
        bill: in force, and covering the invoice's period of the contract.
        row: the ledger's row of the invoice.
    """
    if gathered.pair is not None and gathered.pair.right == bill.subject:
        checks.note("e-automate invoice", f"{bill.number}, linked")
    else:
        against = _against(invoice, contract, bill, row, checks)
        if against:
            wanted = settings.renumber_invoices or settings.push_invoice_number or settings.push_paid
            return Pairing(trouble=(_g14(invoice, contract, bill, against),) if wanted else ())
    linked = gathered.pair is not None and gathered.pair.right == bill.subject
    found = Pairing(bill, bill.number, link=not linked)
    if not settings.renumber_invoices:
        checks.note("invoices are renumbered", "no")
        return found
    rename = _rename(invoice, contract, bill, gathered, checks)
    if isinstance(rename, Trouble):
        return Pairing(bill, bill.number, not linked, None, (rename,))
    return Pairing(bill, rename.number if rename else bill.number, not linked, rename)


def _against(
    invoice: Invoice, contract: Contract, bill: ContractInvoice, row: ContractPeriod, checks: Checks
) -> str:
    """The first condition that fails, for people; empty when it is the invoice's own."""
    number = invoice.invoiceNumber
    seen = carried_number(bill.po_number, bill.remarks) or "none"
    same = folded(bill.number) == folded(number) or carries(number, bill.po_number, bill.remarks)
    if not checks.ask("e-automate invoice carries the number", same, seen, number):
        return f"its PO number or Remarks hold {seen}, not {number}: it was billed before the update"
    alone = {part.contract_id for part in bill.periods if not part.void} == {contract.contract_id}
    if not checks.ask("e-automate invoice bills this contract alone", alone, yes(alone), "yes"):
        return "it bills other contracts as well (switch invoice grouping off on synced contracts)"
    amount = billed_amount(bill, contract)
    period = Period(row.period_from, row.period_to)
    parts = [part for part in bill.periods if not part.void and part.from_date is not None]
    exact = all(
        part.from_date is not None and period.first <= part.from_date <= period.last for part in parts
    )
    if not checks.ask(
        "e-automate invoice bills the period",
        exact,
        ", ".join(sorted({str(part.from_date) for part in parts})),
        period,
    ):
        return f"it does not bill {period}"
    agree = amount == cents(row.amount) or bool(row.released_by)
    seen = f"{money(amount)}{f', released by {row.released_by}' if row.released_by else ''}"
    if not checks.ask("e-automate invoice bills the amount", agree, seen, money(row.amount)):
        return f"it bills {money(amount)}, the ConnectWise invoice {money(row.amount)}"
    return ""


def billed_amount(bill: ContractInvoice, contract: Contract) -> Decimal:
    """What an invoice bills of a contract, without tax."""
    parts = [
        part.amount for part in bill.periods if part.contract_id == contract.contract_id and not part.void
    ]
    return cents(sum(parts, Decimal()))


def _rename(
    invoice: Invoice, contract: Contract, bill: ContractInvoice, gathered: Gathered, checks: Checks
) -> Rename | Trouble | None:
    number = invoice.invoiceNumber.strip()
    if folded(bill.number) == folded(number):
        checks.ask("e-automate invoice has the number", True, bill.number, number)
        return None
    if not checks.ask(
        "number fits", 0 < len(number) <= NUMBER_MOST, f"{len(number)} characters", f"1 to {NUMBER_MOST}"
    ):
        return Trouble(
            "G28", f"invoice number {number} is too long for e-automate ({NUMBER_MOST} characters)."
        )
    holder = gathered.number_holder
    free = holder is None or holder == bill.invoice_id
    void = next((one for one in gathered.bills if one.invoice_id == holder and one.void), None)
    if not checks.ask(
        "number is unused in e-automate", free, f"invoice id {holder}" if holder else "unused", "unused"
    ):
        return _g15(bill, number, holder, void)
    if not checks.ask("e-automate invoice was sent", not bill.sent, yes(bill.sent), "no"):
        return _g14(invoice, contract, bill, "it was sent to the customer already")
    return Rename(bill, number)


def _g15(bill: ContractInvoice, number: str, holder: int | None, void: ContractInvoice | None) -> Trouble:
    """The number is taken, as a rule by the invoice that was voided so that this one could be billed."""
    who = (
        f"the void invoice it replaces (id {holder})"
        if void is not None
        else f"another invoice (id {holder})"
    )
    one = "the void one" if void is not None else "one of the two"
    return Trouble(
        "G15",
        f"e-automate invoice {bill.number} cannot become {number}: {who} has that number. Give {one} another number in "
        f"e-automate, e.g. {_spare(number)}; then this invoice is renamed by itself, if it is not sent before.",
        (bill_record(bill.invoice_id), *((bill_record(holder),) if holder is not None else ())),
    )


def _spare(number: str) -> str:
    return f"{number[: NUMBER_MOST - 2]}-V"


def _g14(invoice: Invoice, contract: Contract, bill: ContractInvoice, why: str) -> Trouble:
    return Trouble(
        "G14",
        f"e-automate invoice {bill.number} of contract {contract.number} is not renumbered to {invoice.invoiceNumber}: "
        f"{why}. Void and Reset it, let the sync update the contract, and bill again.",
        (bill_record(bill.invoice_id), contract_record(contract.contract_id)),
    )
