from datetime import UTC, datetime

from services.connectwise_connector.rules import (
    company_snapshot,
    member_snapshot,
    next_position,
    site_snapshot,
    stamp_of,
    to_read,
)
from shared.connector.store import Known

ROW = {
    "id": 1204,
    "identifier": "Acme",
    "name": "Acme",
    "status": {"id": 1, "name": "Active", "_info": {"status_href": "https://x/v2025_1/1"}},
    "types": [{"id": 1, "name": "Client", "_info": {"type_href": "https://x/v2025_1/1"}}],
    "_info": {"lastUpdated": "2025-03-04T14:22:09Z", "sites_href": "https://x/v2025_1/1"},
}


def test_an_upgrade_that_moves_every_href_changes_nothing() -> None:
    moved = {**ROW, "status": {"id": 1, "name": "Active", "_info": {"status_href": "https://x/v2025_2/1"}}}
    assert company_snapshot(ROW).digest == company_snapshot(moved).digest
    assert b"href" not in company_snapshot(ROW).body()


def test_a_no_op_save_moves_the_stamp_and_keeps_the_content() -> None:
    saved = company_snapshot({**ROW, "_info": {"lastUpdated": "2025-03-04T15:00:00Z"}})
    assert saved.digest == company_snapshot(ROW).digest
    assert saved.stamp != company_snapshot(ROW).stamp


def test_a_company_in_the_recycle_bin_is_a_deletion_with_its_record() -> None:
    deleted = company_snapshot({**ROW, "deletedFlag": True})
    assert deleted.action == "deleted"
    assert b"Acme" in deleted.body()


def test_a_company_without_its_shape_still_travels() -> None:
    odd = company_snapshot({"id": 5, "name": "no identifier", "_info": {}})
    assert (odd.key, odd.action, odd.stamp) == ("5", "changed", None)
    assert b"no identifier" in odd.body()


def test_a_site_goes_by_its_company() -> None:
    site = site_snapshot({"id": 3310, "name": "Main"}, 1204)
    assert (site.key, site.order_key) == ("3310", "1204")


def test_a_member_that_was_deactivated_is_a_change_and_one_without_its_shape_travels() -> None:
    row = {"id": 176, "identifier": "mkova", "employeeIdentifer": "E1", "inactiveFlag": True}
    member = member_snapshot(row)
    assert (member.key, member.order_key, member.action) == ("176", "176", "changed")
    assert b"E1" in member.body()
    odd = member_snapshot({"id": 5})
    assert (odd.key, odd.action, odd.body()) == ("5", "changed", b'{"id": 5}')


def test_the_position_is_the_servers_time_minus_the_overlap() -> None:
    start = datetime(2025, 3, 4, 12, 0, tzinfo=UTC)
    assert next_position(start, 180) == "2025-03-04T11:57:00+00:00"
    assert next_position(None, 180) is None


def test_a_sweep_reads_what_is_new_or_carries_another_stamp() -> None:
    known = [Known("1", "1", "a", False), Known("2", "2", "a", False), Known("3", "3", None, True)]
    assert to_read([("1", "a"), ("2", "b"), ("3", "a"), ("4", "a")], known) == ["2", "3", "4"]


def test_a_row_without_metadata_has_no_stamp() -> None:
    assert stamp_of({"id": 1}) is None
    assert stamp_of({"id": 1, "_info": {}}) is None
