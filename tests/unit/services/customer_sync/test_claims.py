"""Whose a company is, in one true sentence."""

from datetime import UTC, datetime

import pytest

from services.customer_sync.desk.claims import Claims
from shared.events.records import Company, Customer
from shared.links.kinds import LinkKind
from shared.links.models import How, Link

OFFICE = Customer(customer_id=7, number="1001", name="Acme")
MOVED = OFFICE.model_copy(update={"parent_id": 3})
COMPANY = Company(id=19, identifier="ACME", name="Acme Inc")
GONE = COMPANY.model_copy(update={"deletedFlag": True})
LINK = Link(
    kind=LinkKind.CUSTOMER_COMPANY, left="7", right="19", generation=1, revision=1, how=How.BY_HAND, by="ann", why="asked",
    made_at=datetime(2026, 1, 1, tzinfo=UTC),
)  # fmt: skip


@pytest.mark.parametrize(
    ("company", "link", "linked", "text"),
    [
        (COMPANY, LINK, OFFICE, "it is customer 1001 (Acme)"),
        (
            COMPANY, LINK, MOVED,
            "it is linked to location 1001 (Acme), which was a customer of its own: unlink it",
        ),
        (
            COMPANY, LINK, None,
            "it is linked to the customer with the id 7, which e-automate has no more: unlink it",
        ),
        (GONE, None, None, "it was deleted or merged in ConnectWise, and no customer is linked to it"),
        (
            GONE, LINK, OFFICE,
            (
                "it was deleted or merged in ConnectWise, and is still linked to customer 1001 (Acme): "
                "restore it, or link the company it became"
            ),
        ),
    ],
)  # fmt: skip
def test_a_company_says_whose_it_is(
    company: Company, link: Link | None, linked: Customer | None, text: str
) -> None:
    assert Claims(company, link, linked, takes_part=True, territory_filter=(), claims=()).text == text
