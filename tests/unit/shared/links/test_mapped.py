from datetime import UTC, datetime, timedelta

from shared.eautomate.mapped import COMPANY_KIND, SITE_KIND
from shared.eautomate.profile import PropertyNames
from shared.events.records import Customer
from shared.links.kinds import LinkKind
from shared.links.mapped import view
from shared.links.models import How, Link
from shared.sync.outcome import Effect, Outcome

NOW = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
COMPANY, SITE = {"ZCJ_CW_CompanyID": "19"}, {"ZCJ_CW_SiteAddressRecID": "51"}


def link(kind: LinkKind, left: str, right: str, how: How) -> Link:
    return Link(kind=kind, left=left, right=right, how=how, by="x", why="x", made_at=NOW, revision=int(right))


def outcome(record: str, minutes: int, system: str = "ConnectWise") -> Outcome:
    return Outcome(
        process="ID747", agent="customer_sync", record=record, label="x", sequence=1, result="applied", text="",
        effects=(Effect(system=system, action="updated", target="x"),), at=NOW + timedelta(minutes=minutes),
    )  # fmt: skip


def test_a_parent_is_mapped_by_its_company_and_a_location_by_its_site() -> None:
    rows = view(
        [
            Customer(customer_id=3, number="1002", name="Bakery", branch="2", customer_type="MSP"),
            Customer(customer_id=2, number="0900", name="Lakeside", parent_id=1, properties=SITE),
            Customer(customer_id=1, number="1001", name="Acme", properties=COMPANY | {"ZCJ_SyncToCW": "No"}),
        ],
        [
            link(LinkKind.CUSTOMER_COMPANY, "1", "19", How.COMPANY_ID),
            link(LinkKind.LOCATION_SITE, "2", "51", How.CREATED),
        ],
        {},
        [],
        PropertyNames(),
    )
    assert [(row.number, row.parent_number, row.mapped, row.id_kind, row.linked_how) for row in rows] == [
        ("1001", "", True, COMPANY_KIND, "Company ID"),
        ("0900", "1001", True, SITE_KIND, "inserted"),
        ("1002", "", False, COMPANY_KIND, ""),
    ]
    assert (rows[0].company_id, rows[0].sync_to_cw, rows[1].site_id) == ("19", "No", "51")
    assert (rows[2].branch, rows[2].customer_type) == ("2", "MSP")


def test_the_id_of_the_other_kind_maps_nothing() -> None:
    rows = view(
        [
            Customer(customer_id=1, number="1001", name="Acme", properties=SITE),
            Customer(customer_id=2, number="1001-B", name="Lakeside", parent_id=1, properties=COMPANY),
        ],
        [],
        {},
        [],
        PropertyNames(),
    )
    assert [row.mapped for row in rows] == [False, False]


def test_the_last_push_is_the_newest_write_into_connectwise_or_the_ledgers_stamp() -> None:
    customers = [Customer(customer_id=key, number=f"100{key}", name="x") for key in (1, 2, 3)]
    rows = view(
        customers,
        [],
        {"1": NOW, "2": NOW},
        [
            outcome("eautomate/customer/1", 5),
            outcome("eautomate/customer/1", 3),
            outcome("eautomate/customer/2", 9, system="e-automate"),
            outcome("connectwise/company/3", 9),
        ],
        PropertyNames(),
    )
    assert [row.last_push for row in rows] == [NOW + timedelta(minutes=5), NOW, None]
