"""Every state of the world that ID747 may meet, from a seed.

Drawn with a generator of our own: hypothesis needs a hundred times longer for a state of eighty values, most of
which it would throw away.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from services.customer_sync.customers.dealer_fields import Setup
from services.customer_sync.customers.gathered import AppliedState, Gathered, Intent
from services.customer_sync.customers.matching import PROPERTY
from services.customer_sync.pairs.selection import SYNC_SWITCH
from services.customer_sync.settings import FIELD_NAMES, CustomerSyncSettings, SyncType
from shared.events.change import Change
from shared.events.envelope import Envelope
from shared.events.records import Company, Customer, CustomField, Reference
from shared.links.kinds import LinkKind
from shared.links.models import How, Link
from shared.mode import Mode

T = TypeVar("T")

AT = datetime(2025, 1, 1, tzinfo=UTC)
IDS = (1, 2, 3)
"""RecIDs of companies; few, so that they meet."""
TEXTS = (
    "",
    " ",
    "1001",
    "AB00-TBS",
    "é",
    "a\nb\r\n\n c",
    "x" * 80,
    "-",
    "\u200b",
    "Ghent",
    " Ghent  1 ",
    "\x1f",
)
NUMBERS = ("1001", "AB00-TBS", " 1001 ", "AB1", "", "-", "9" * 30, "é")
HELD = ("1", "2", "3", "77", "01", " ", "x", "9" * 5000, "²", "-1")
SUPPRESSIBLE = tuple(sorted(FIELD_NAMES))
SETUP = Setup({"zcj_onholdcode": 37, "zcj_salesrep": 44}, {"active": 1, "ch": 2}, "Active", frozenset({"ch"}))


@dataclass(frozen=True)
class Case:
    """A change, what was looked up for it, and the settings."""

    change: Change[Customer]
    state: Gathered
    settings: CustomerSyncSettings


def link(left: int, right: int) -> Link:
    return Link(
        kind=LinkKind.CUSTOMER_COMPANY,
        left=str(left),
        right=str(right),
        how=How.BY_HAND,
        by="ann",
        why="because",
        made_at=AT,
        revision=1,
    )


def case(seed: int) -> Case:
    """The state of a seed."""
    return Draw(random.Random(seed)).case()  # noqa: S311 - repeatable cases, not secrets


class Draw:
    """Draws values for a state."""

    def __init__(self, source: random.Random) -> None:
        self._source = source

    def usually(self, common: T, *rare: T) -> T:
        """Mostly the common value, so that most states come far in the rules."""
        return self._source.choice(rare) if self._source.random() < 0.12 else common

    def one(self, *values: T) -> T:
        return self._source.choice(values)

    def text(self) -> str:
        if self._source.random() < 0.7:
            return self._source.choice(TEXTS)
        return "".join(chr(self._source.randrange(1, 0x2100)) for _ in range(self._source.randrange(60)))

    def customer(self) -> Customer:
        properties = {
            PROPERTY: self.usually("", *HELD),
            SYNC_SWITCH: self.usually("", "Yes", "No", " no ", "N", "?"),
        }
        return Customer(
            customer_id=7,
            number=self.one(*NUMBERS),
            name=self.text(),
            address=self.text(),
            city=self.text(),
            state=self.text(),
            zip=self.text(),
            phone1=self.text(),
            fax=self.text(),
            website=self.text(),
            active=self.usually(True, False),
            prospect=self.usually(False, True),
            company_customer=self.usually(False, True),
            parent_id=self.usually(None, 7, 8),
            branch=self.one(None, "1", "2"),
            customer_type=self.one(None, "MSP", "msp ", "Copier"),
            contract_types=self.one((), ("IT",), ("Copier", "IT")),
            territory=self.one(None, "East", "Wset"),
            hold=self.usually(False, True),
            on_hold_code=self.one(None, "CH"),
            sales_rep_name=self.one(None, "Jo Doe"),
            configuration=self.one(None, "Standard", "Other"),
            storable_properties=self.usually((PROPERTY,), ()),
            properties={name: value for name, value in properties.items() if value},
        )

    def company(self, ident: int) -> Company:
        maybe = [self.one(None, self.text()) for _ in range(8)]
        return Company(
            id=ident,
            identifier=self.text(),
            name=self.text(),
            addressLine1=maybe[0],
            addressLine2=maybe[1],
            city=maybe[2],
            state=maybe[3],
            zip=maybe[4],
            phoneNumber=maybe[5],
            faxNumber=maybe[6],
            website=maybe[7],
            territory=self.one(None, Reference(id=1, name="East"), Reference(id=2, name="West")),
            status=self.one(None, Reference(id=1, name="Active"), Reference(id=2, name="CH")),
            customFields=self.some(
                CustomField(id=37, caption="ZCJ_OnHoldCode ", value=self.one(None, "", "CH", "WP"))
            ),
            deletedFlag=self.usually(False, True),
        )

    def some(self, *values: T) -> tuple[T, ...]:
        return tuple(value for value in values if self._source.random() < 0.3)

    def gathered(self) -> Gathered:
        known = {ident: self.company(ident) for ident in IDS if self._source.random() < 0.8}
        alive = [ident for ident, company in known.items() if not company.deletedFlag]
        taken = {ident: link(99, ident) for ident in IDS if self._source.random() < 0.15}
        own = self.usually(None, *(ident for ident in (*IDS, 77) if ident not in taken))
        applied = AppliedState(
            sequence=self._source.randrange(10),
            claimed=self._source.randrange(10),
            generation=self._source.randrange(3),
            configuration=self.one(None, "Standard", "Other"),
            target_id=self.one(None, 1, 2),
        )
        target = self.one(None, None, None, "1", "3")
        return Gathered(
            fresh=self.usually(True, False),
            applied=self.one(None, applied),
            live=self.customer() if self.usually(True, False) else None,
            link=None if own is None else link(7, own),
            generation=self._source.randrange(3),
            ever_linked=own is not None or self.usually(False, True),
            separated=frozenset(self.some(*(ident for ident in IDS if ident != own)))
            if self.usually(False, True)
            else frozenset(),
            intent=self.usually(None, Intent(self._source.randrange(3), self.text(), 0.0, target)),
            companies=known,
            by_identifier=self.some(*alive),
            by_account=self.some(*alive),
            taken=taken,
            identifier_owner=self.usually(None, self.company(5)),
            type_id=self.usually(1, None),
            territory_ids={"east": 1},
            territory_filter=self.usually((), ("East",)),
            setup=self.one(Setup(), SETUP),
            sequence=self._source.randrange(10),
        )

    def settings(self) -> CustomerSyncSettings:
        return CustomerSyncSettings(
            sync_type=self.one(*SyncType),
            company_type="Client",
            customer_types=self.usually([], ["MSP"], ["Other", " msp"]),
            contract_types=self.usually([], ["IT"]),
            branches=self.usually([], ["1"]),
            territory_on_insert=self.one(False, True),
            sales_rep_field=self.one("", "ZCJ_SalesRep"),
            on_hold_field=self.one("", "ZCJ_OnHoldCode", "Status"),
            mode=self.usually(Mode.PRODUCTION, Mode.TEST),
            suppressed_fields=list(self.some(*SUPPRESSIBLE)),
            insert_status=self.one("", "Active"),
        )

    def case(self) -> Case:
        action = self.usually("changed", "deleted")
        envelope = Envelope("eautomate", "customer", "7", 1 + self._source.randrange(9), AT, action)
        change = Change(envelope, self.customer(), self.one(None, "redrive", "command"))
        return Case(change, self.gathered(), self.settings())
