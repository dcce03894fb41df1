"""Which contract an agreement has: link, contract number, else a new one (spec/agreements.md 6.3). Pure."""

from dataclasses import dataclass, replace

from services.agreement_sync.rules.asked import contract_record, told, yes
from services.agreement_sync.rules.gathered import Gathered
from services.agreement_sync.rules.parties import Parties
from services.agreement_sync.rules.wanted import contract_number
from services.agreement_sync.settings import AgreementSyncSettings
from shared.eautomate.values import folded
from shared.events.agreements import Agreement, Invoice
from shared.events.contracts import Contract
from shared.links.kinds import LinkKind
from shared.links.models import How
from shared.sync.decision import Checks, Reject

KIND = LinkKind.AGREEMENT_CONTRACT


@dataclass(frozen=True, slots=True)
class Choice:
    """The contract of an agreement.

    Attributes:
        contract: None: a new one is made.
        contract_id: of the linked or created contract, even if it is gone.
        how: how the link to make came about, None when there is one or none can be made yet.
        ours: Tandem created it.
        warnings: codes and sentences.
    """

    contract: Contract | None = None
    contract_id: int | None = None
    how: How | None = None
    ours: bool = True
    warnings: tuple[tuple[str, str], ...] = ()


def known_contract(gathered: Gathered, checks: Checks) -> Choice:
    """The contract that is linked, or was created before its link could be made."""
    if gathered.link is not None:
        ident = int(gathered.link.right)
        contract = gathered.contracts.get(ident)
        ours = gathered.link.how is How.CREATED or gathered.created == ident
        checks.note("linked contract", _name(contract) if contract else f"{ident}, which is gone")
        return Choice(contract, ident, None, ours)
    if gathered.created is not None and gathered.created not in gathered.separated:
        contract = gathered.contracts.get(gathered.created)
        checks.note("contract created before", _name(contract) if contract else "gone")
        return Choice(contract, gathered.created, How.CREATED if contract else None, ours=True)
    checks.note("linked contract", "none")
    return Choice()


def named_contract(
    invoice: Invoice, gathered: Gathered, settings: AgreementSyncSettings, checks: Checks
) -> Choice | Reject:
    """The contract whose number the agreement carries, exactly, with its revision; terminated ones do not count."""
    number, caption = contract_number(invoice, settings), settings.contract_number_field
    if not number:
        checks.note(f"contract named in {caption}", "none")
        return Choice()
    contract = gathered.numbered.get(folded(number))
    wanted = "an existing number with its revision"
    if (
        not checks.ask(f"{caption} names a contract", contract is not None, number, wanted)
        or contract is None
    ):
        text = (
            f"{caption} says {number}, and e-automate has no such contract: a new one is made. If it was mistyped, "
            "correct it, delete or terminate the new contract, and `tandem links unlink "
            f"{KIND} {invoice.agreement_id} --why ...`."
        )
        return Choice(warnings=(("G11", text),))
    if not checks.ask(
        "the named contract is not terminated", contract.terminated is None, _ended(contract), "open"
    ):
        return Choice()
    agreement_id = invoice.agreement_id
    if not checks.ask(
        "the named contract was separated by hand",
        contract.contract_id not in gathered.separated,
        yes(contract.contract_id in gathered.separated),
        "no",
    ):
        return Reject(
            "G11",
            f"{caption} still says {number}, which somebody separated from this agreement. Blank it so that a new "
            f"contract is made, or `tandem links link {KIND} {agreement_id} {contract.contract_id} --why ...`.",
            checks.made,
            (f"link:{KIND}:{agreement_id}",),
        )
    template = folded(contract.major).startswith(folded(settings.prefix_contract_template))
    if not checks.ask(
        "the named contract is no template",
        not template,
        number,
        f"not {settings.prefix_contract_template}...",
    ):
        return Reject(
            "G11",
            f"{caption} says {number}, which is a template: templates are copied, never billed. Blank the field.",
            checks.made,
        )
    owner = gathered.taken.get(contract.contract_id)
    if not checks.ask(
        "the named contract is free", owner is None, f"agreement {owner} has it" if owner else "free", "free"
    ):
        return Reject(
            "G30",
            f"contract {number} belongs to agreement {owner} already; one contract serves one agreement. Correct "
            f"{caption}, or unlink the other agreement.",
            checks.made,
            (f"link:{KIND}:{owner}", f"link:{KIND}:{agreement_id}"),
        )
    return Choice(contract, contract.contract_id, How.CONTRACT_NUMBER, ours=False)


def usable(choice: Choice, agreement: Agreement, owners: Parties, checks: Checks) -> Choice | Reject:
    """Whether the contract may be driven by the agreement; warnings come with it.

    Terminated or gone: G10. Equipment or meters: G23. Somebody else's: G30. Inactive: a warning (G12).
    """
    contract = choice.contract
    if contract is None and choice.contract_id is None:
        return choice
    unlink = f"`tandem links unlink {KIND} {agreement.id} --why ...`"
    alive = contract is not None and contract.terminated is None
    if not checks.ask("contract is not terminated", alive, _ended(contract), "open") or contract is None:
        name = f"contract {contract.number}" if contract else f"contract with id {choice.contract_id}"
        end = f"was terminated on {contract.terminated}" if contract else "is gone from e-automate"
        return Reject(
            "G10",
            f"{name} of this agreement {end}. No new contract is made while it is linked: {unlink}, then the next "
            "one is made from the template.",
            checks.made,
            (f"link:{KIND}:{agreement.id}", contract_record(choice.contract_id or 0)),
        )
    copier = contract.equipment_lines + contract.meter_groups
    seen = f"{contract.equipment_lines} equipment lines, {contract.meter_groups} meter groups"
    if not checks.ask("contract has more than item lines", copier == 0, seen, "none of these"):
        return Reject(
            "G23",
            f"contract {contract.number} has {seen}; replacing its lines would end them, so it is left untouched. "
            f"Link another contract, or let the sync make one: {unlink} and blank the agreement's contract number.",
            checks.made,
            (contract_record(contract.contract_id), f"link:{KIND}:{agreement.id}"),
        )
    same = contract.customer_id in owners.own
    wanted = f"customer {owners.company.customer.number}"
    by_number = choice.how is How.CONTRACT_NUMBER
    if not checks.ask(
        "contract belongs to the customer", same, f"customer {contract.customer_number}", wanted
    ):
        text = f"contract {contract.number} belongs to customer {contract.customer_number}, the agreement to {wanted}"
        if by_number:
            return Reject(
                "G30",
                f"{text}. Correct the agreement's contract number, or link it by hand if it is meant so.",
                checks.made,
                (f"link:{KIND}:{agreement.id}", contract_record(contract.contract_id)),
            )
        choice = _warned(choice, "G30", f"{text}.")
    if not checks.ask("contract is active", contract.active, "yes" if contract.active else "no", "yes"):
        choice = _warned(
            choice,
            "G12",
            f"contract {contract.number} is inactive: it is kept up to date, but absent from the billing queue until "
            "it is activated in e-automate.",
        )
    return choice


def _warned(choice: Choice, code: str, text: str) -> Choice:
    return replace(choice, warnings=(*choice.warnings, (code, text)))


def _ended(contract: Contract | None) -> str:
    if contract is None:
        return "gone"
    return f"terminated {told(contract.terminated)}" if contract.terminated is not None else "open"


def _name(contract: Contract) -> str:
    return f"{contract.number} ({contract.contract_id})"
