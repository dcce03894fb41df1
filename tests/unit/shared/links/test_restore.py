from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.links.restore import Back, images, plan
from shared.sync.outcome import Effect, Outcome

COMPANY = "connectwise/company/19"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def outcome(
    place: int, record: str = COMPANY, system: str = "ConnectWise", **values: tuple[str, str]
) -> Outcome:
    effect = Effect(
        system=system,
        action="updated",
        target="company 19",
        fields=tuple(values),
        record=record,
        values=values,
    )
    return Outcome(
        process="ID747", agent="customer_sync", record="eautomate/customer/7", label="customer 1001",
        sequence=place, result="applied", text="", effects=(effect,), at=BEGIN + timedelta(minutes=place),
    )  # fmt: skip


def test_the_oldest_value_before_and_the_newest_written_count() -> None:
    found = images(
        [
            outcome(1, name=("Wrong Inc", "Acme"), city=("", "Akron")),
            outcome(2, name=("Acme", "Acme Dental")),
            outcome(3, record="connectwise/company/20", name=("Other", "Acme")),
            outcome(4, system="e-automate", zip=("1", "2")),
        ],
        COMPANY,
    )
    assert found == {"name": ("Wrong Inc", "Acme Dental"), "city": ("", "Akron")}


def test_only_what_still_is_as_it_was_written_is_put_back() -> None:
    row = {"name": "Acme  Dental", "city": "Dayton", "zip": "44301", "faxNumber": None}
    found = plan(
        {
            "name": ("Wrong Inc", "Acme Dental"),
            "city": ("", "Akron"),
            "zip": ("44301", "44302"),
            "faxNumber": ("", "555"),
        },
        row,
    )
    assert {one.name: one.what for one in found} == {
        "name": Back.RESTORE, "city": Back.EDITED, "zip": Back.DONE, "faxNumber": Back.DONE,
    }  # fmt: skip


def test_references_and_custom_fields_are_compared_by_what_people_see() -> None:
    row = {
        "status": {"id": 2, "name": "Credit Hold"},
        "customFields": [{"id": 31, "caption": "Sales Rep", "value": "Jo"}],
    }
    found = plan({"status": ("Active", "Credit Hold"), "sales rep": ("", "Jo")}, row)
    assert [(one.name, one.now, one.what) for one in found] == [
        ("sales rep", "Jo", Back.RESTORE),
        ("status", "Credit Hold", Back.RESTORE),
    ]


def test_a_reference_may_be_told_by_its_identifier() -> None:
    row = {"stateReference": {"id": 36, "identifier": "OH", "name": "Ohio"}}
    ((one),) = plan({"stateReference": ("", "OH")}, row)
    assert (one.now, one.what) == ("OH", Back.RESTORE)
    ((one),) = plan({"stateReference": ("TX", "AL")}, row)
    assert (one.now, one.what) == ("Ohio", Back.EDITED)
    ((one),) = plan({"stateReference": ("", "OH")}, {"stateReference": None})
    assert one.what is Back.DONE


VALUE = st.sampled_from(["", "a", "b", "c"])


@given(
    st.dictionaries(st.sampled_from("xyz"), st.tuples(VALUE, VALUE)),
    st.fixed_dictionaries(dict.fromkeys("xyz", VALUE)),
)
def test_what_was_put_back_is_done_the_next_time(
    overwritten: dict[str, tuple[str, str]], row: dict[str, str]
) -> None:
    first = plan(overwritten, row)
    after = row | {one.name: one.before for one in first if one.what is Back.RESTORE}
    again = plan(overwritten, after)
    assert all(one.what is not Back.RESTORE for one in again)
    edited = {one.name for one in first if one.what is Back.EDITED}
    assert edited == {one.name for one in again if one.what is Back.EDITED}
    assert all(after[name] == row[name] for name in edited)
