"""Which contract a call goes to (spec/tickets.md 8.6). Pure."""

from dataclasses import dataclass
from datetime import date

from services.service_sync.rules.asked import record, setting, told
from services.service_sync.rules.gathered import Gathered
from services.service_sync.rules.plan import Found, Trouble
from services.service_sync.settings import ServiceSyncSettings
from shared.eautomate.contract_rows import Item
from shared.events.contracts import Contract
from shared.events.tickets import Ticket
from shared.links.kinds import LinkKind
from shared.sync.decision import Checks


@dataclass(frozen=True, slots=True)
class Chosen:
    """The contract, None for a call without one, and the rule that chose it."""

    contract: Contract | None
    rule: str


def choose(
    ticket: Ticket, day: date, gathered: Gathered, settings: ServiceSyncSettings, checks: Checks, found: Found
) -> Chosen:
    """The agreement's contract, else the customer's only one that holds the item, else the default one.

    Args:
        day: of the call.
    """
    own = _of_agreement(ticket, day, gathered, checks, found)
    if own is not None:
        return own
    holding = tuple(one for one in gathered.holding if holds(one, day))
    numbers = ", ".join(one.number for one in holding)
    if checks.ask(
        "customer has one contract with the standard item",
        len(holding) == 1,
        numbers or "none",
        "exactly one",
    ):
        return Chosen(holding[0], "the customer's only contract with the standard item")
    if len(holding) > 1:
        text = (
            f"the customer has several contracts with the standard item ({numbers}): none of them was chosen."
        )
        found.warnings.append(("S10", text))
    return _default(day, gathered, settings, checks, found)


def holds(contract: Contract, day: date) -> bool:
    """Whether a contract is active on a day."""
    over = (contract.terminated, contract.exp_date)
    return contract.active and all(end is None or end >= day for end in over)


def holds_item(contract: Contract, item: Item) -> bool:
    """Whether a call with the item may go to the contract; a deposit contract has no lines (scenario 140)."""
    return contract.time_block_based or any(line.item_id == item.item_id for line in contract.lines)


def _of_agreement(
    ticket: Ticket, day: date, gathered: Gathered, checks: Checks, found: Found
) -> Chosen | None:
    agreement, contract = ticket.agreement, gathered.agreement_contract
    seen = f"{told(agreement)}: contract {contract.number if contract is not None else 'none'}"
    if not checks.ask("agreement has a contract", contract is not None, seen, "a linked agreement"):
        return None
    if contract is None or agreement is None:
        return None
    blocked = (
        record(Contract.SOURCE, Contract.ENTITY, contract.contract_id),
        f"link:{LinkKind.AGREEMENT_CONTRACT.value}:{agreement.id}",
    )
    valid = holds(contract, day)
    if not checks.ask("contract holds at the call's date", valid, _ended(contract), f"active on {day}"):
        text = (
            f"contract {contract.number} of agreement {told(agreement)} is {_ended(contract)}; the call is of {day}. "
            "Renew it, or link the agreement to another contract; or unlink it, then the call goes elsewhere."
        )
        found.trouble.append(Trouble("S10", text, blocked))
    item = gathered.item
    if item is not None and not checks.ask(
        "contract holds the standard item", holds_item(contract, item), contract.number, item.number.strip()
    ):
        text = (
            f"contract {contract.number} of agreement {told(agreement)} does not hold item {item.number.strip()}: put "
            "it on the contract at zero."
        )
        found.trouble.append(Trouble("S6", text, blocked))
    return Chosen(contract, "the agreement's contract")


def _default(
    day: date, gathered: Gathered, settings: ServiceSyncSettings, checks: Checks, found: Found
) -> Chosen:
    wanted, contract = settings.default_contract.strip(), gathered.default_contract
    if not wanted:
        checks.note("contract of last resort", "none is set")
        return Chosen(None, "no contract")
    usable = contract is not None and holds(contract, day)
    seen = _ended(contract) if contract is not None else "there is none of this number"
    if not checks.ask("default contract can be used", usable, f"{wanted}: {seen}", f"active on {day}"):
        text = f"service_sync.default_contract names contract {wanted}: {seen}. Correct the setting or the contract."
        found.trouble.append(Trouble("S10", text, (setting("default_contract"),)))
    return Chosen(contract, "the default contract")


def _ended(contract: Contract) -> str:
    if not contract.active:
        return "inactive"
    if contract.terminated is not None:
        return f"terminated {contract.terminated}"
    return f"in force to {contract.exp_date}" if contract.exp_date is not None else "in force"
