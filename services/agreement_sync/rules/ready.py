"""Everything a plan is made of, once every question was answered. Pure."""

from dataclasses import dataclass

from services.agreement_sync.rules.facts import Facts
from services.agreement_sync.rules.items import Items
from services.agreement_sync.rules.parties import Parties
from services.agreement_sync.rules.periods import Period
from services.agreement_sync.rules.pricing import PricedBill
from services.agreement_sync.rules.standing import Standing
from shared.eautomate.contract_rows import BillingCycle, Item
from shared.events.contracts import Contract


@dataclass(frozen=True, slots=True)
class Ready:
    """Everything a plan is made of.

    Attributes:
        source: the contract, or the template of one to create.
        service: the standard serviceable item, None where the contract gets none.
    """

    facts: Facts
    owners: Parties
    cycle: BillingCycle
    period: Period
    standing: Standing
    source: Contract
    deposit: bool
    priced: PricedBill
    items: Items
    service: Item | None
    warnings: tuple[tuple[str, str], ...]

    @property
    def contract(self) -> Contract | None:
        """None: one is created."""
        return self.facts.contract
