from typing import Any

import pytest

from services.connectwise_connector.invoice_kinds import invoice_snapshot
from services.connectwise_connector.marks import Mark, mark_of, moved, newest
from shared.connectwise.invoices import Parts, joined
from shared.events.agreements import Invoice
from shared.events.change import RecordError, decode
from tests.unit.shared.connectwise.test_invoices import INVOICE, PARTS, SEAT

MARK = mark_of(INVOICE, [SEAT])


def test_a_mark_is_remembered_in_the_room_there_is() -> None:
    assert len(MARK.text) <= 64
    assert Mark.parse(MARK.text) == MARK
    assert MARK.text.startswith("2025-04-01 2025-03-31T16:02:44Z ")
    assert Mark.parse(None) is None
    assert Mark.parse("2025-03-31T16:02:44Z") is None


def test_an_invoice_without_day_or_stamp_has_a_mark() -> None:
    bare = {name: value for name, value in INVOICE.items() if name not in ("date", "_info")}
    assert Mark.parse(mark_of(bare, []).text) == mark_of(bare, [])


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"payments": "10.00", "balance": "1439.58"}, {}),
        ({"_info": {"lastUpdated": "2025-03-31T16:02:45Z"}}, {}),
        ({"date": "2025-05-01T00:00:00Z"}, {}),
        ({}, {"quantity": "25.00"}),
        ({}, {"cancelledFlag": True}),
        ({}, {"customerDescription": "Other"}),
    ],
)
def test_whatever_changes_moves_the_mark(changes: dict[str, Any], line: dict[str, Any]) -> None:
    assert mark_of({**INVOICE, **changes}, [{**SEAT, **line}]) != MARK
    assert moved({**INVOICE, **changes}, MARK) == bool(changes)


def test_order_and_links_of_rows_move_nothing() -> None:
    other = {**SEAT, "id": 20502}
    linked = {**other, "_info": {"lastUpdated": "2025-05-01T00:00:00Z"}}
    assert mark_of(INVOICE, [SEAT, other]) == mark_of(INVOICE, [linked, SEAT])
    assert moved(INVOICE, None)


def test_a_list_that_is_behind_is_known_by_its_stamp() -> None:
    older = mark_of({**INVOICE, "_info": {"lastUpdated": "2025-03-31T16:02:43Z"}}, [SEAT])
    assert older.is_behind(MARK)
    assert not MARK.is_behind(older)
    assert not MARK.is_behind(None)
    assert not mark_of({**INVOICE, "_info": {}}, [SEAT]).is_behind(MARK)


def test_of_each_agreement_the_newest_invoices_count() -> None:
    def of(key: int, agreement: int | None, day: str | None) -> dict[str, Any]:
        named = {"agreement": {"id": agreement}} if agreement else {}
        return {"id": key, "date": day, **named}

    rows = [
        of(1, 88, "2025-03-01T00:00:00Z"),
        of(2, 88, "2025-04-01T00:00:00Z"),
        of(3, 91, None),
        of(4, 88, "2025-04-01T00:00:00Z"),
        of(5, None, "2025-06-01T00:00:00Z"),
    ]
    assert [row["id"] for row in newest(rows)] == [2, 4, 3]


def test_a_snapshot_goes_by_its_agreement_and_remembers_its_mark() -> None:
    made = invoice_snapshot(joined(INVOICE, PARTS), MARK)
    assert (made.key, made.order_key, made.stamp, made.action) == ("18601", "88", MARK.text, "changed")


def test_an_invoice_without_its_shape_still_travels_with_its_agreement() -> None:
    row = joined({**INVOICE, "subtotal": "a lot"}, PARTS)
    odd = invoice_snapshot(row, MARK)
    assert (odd.key, odd.order_key, odd.stamp) == ("18601", "88", MARK.text)
    assert b"a lot" in odd.body()
    with pytest.raises(RecordError, match=r"^subtotal: "):
        decode(Invoice, odd.body())
    unnamed = {"id": 7, "subtotal": "a lot"}
    assert invoice_snapshot(joined(unnamed, Parts()), MARK).order_key == "invoice-7"
