from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.links.restore import Back, FieldBack, Image, images, plan
from shared.sync.outcome import Effect, Outcome, Overwritten

COMPANY = "connectwise/company/19"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2027, 1, 1, tzinfo=UTC)
Values = dict[str, tuple[str, str]]


def overwritten(place: int, *writes: Values, record: str = COMPANY) -> Overwritten:
    return Overwritten(record=record, generation=0, at=BEGIN + timedelta(minutes=place), writes=writes)


def outcome(place: int, *told: Overwritten, effects: tuple[Effect, ...] = ()) -> Outcome:
    return Outcome(
        process="ID747", agent="customer_sync", record="eautomate/customer/7", label="customer 1001",
        sequence=place, result="applied", text="", effects=effects, overwritten=told,
        at=BEGIN + timedelta(minutes=place),
    )  # fmt: skip


def test_the_oldest_value_before_counts_and_all_that_was_written_since() -> None:
    found = images(
        [
            outcome(1, overwritten(1, {"name": ("Wrong Inc", "Acme"), "city": ("", "Akron")})),
            outcome(2, overwritten(2, {"name": ("Acme", "Acme Dental")})),
            outcome(3, overwritten(3, {"name": ("Other", "Acme")}, record="connectwise/company/20")),
        ],
        COMPANY,
        BEGIN,
        END,
    )
    assert found == {"name": Image("Wrong Inc", ("Acme", "Acme Dental")), "city": Image("", ("Akron",))}


def test_what_is_told_again_and_late_changes_nothing() -> None:
    first = overwritten(1, {"name": ("Wrong Inc", "Acme")})
    both = overwritten(1, {"name": ("Wrong Inc", "Acme")}, {"name": ("Acme", "Acme Dental")})
    last = overwritten(5, {"name": ("Acme Dental", "Acme DDS")})
    once = images([outcome(1, both), outcome(5, last)], COMPANY, BEGIN, END)
    assert once == {"name": Image("Wrong Inc", ("Acme", "Acme Dental", "Acme DDS"))}
    assert images([outcome(1, first), outcome(2, both), outcome(5, last)], COMPANY, BEGIN, END) == once
    assert images([outcome(5, last), outcome(6, first), outcome(7, both)], COMPANY, BEGIN, END) == once


def test_only_what_was_written_while_the_link_held_counts_whenever_it_is_told() -> None:
    late = outcome(
        60, overwritten(3, {"name": ("Wrong Inc", "Acme")}), overwritten(40, {"name": ("Acme", "X")})
    )
    early = outcome(5, overwritten(-9, {"name": ("Older Inc", "Wrong Inc")}))
    until = BEGIN + timedelta(minutes=10)
    assert images([early, late], COMPANY, BEGIN, until) == {"name": Image("Wrong Inc", ("Acme",))}


def test_what_earlier_releases_told_with_the_effect_counts_too() -> None:
    def effect(system: str, **values: tuple[str, str]) -> Effect:
        return Effect(system=system, action="updated", target="company 19", record=COMPANY, values=values)

    told = outcome(
        1, effects=(effect("ConnectWise", name=("Wrong Inc", "Acme")), effect("e-automate", zip=("1", "2")))
    )
    then = outcome(2, overwritten(2, {"name": ("Acme", "Acme Dental")}))
    assert images([told, then], COMPANY, BEGIN, END) == {"name": Image("Wrong Inc", ("Acme", "Acme Dental"))}


def back(now: str, before: str, *written: str) -> FieldBack:
    [field] = plan({"name": Image(before, written)}, {"name": now})
    return field


def test_a_field_that_holds_anything_tandem_wrote_is_put_back() -> None:
    refused = back("Acme", "Wrong Inc", "Acme", "Acme Dental")
    assert (refused.what, refused.written) == (Back.RESTORE, "Acme"), "the last write did not arrive"
    assert back("Acme Dental", "Wrong Inc", "Acme", "Acme Dental").what is Back.RESTORE
    assert back("Wrong Inc", "Wrong Inc", "Acme").what is Back.DONE, "it never arrived"
    typed = back("Typed Inc", "Wrong Inc", "Acme", "Acme Dental")
    assert (typed.what, typed.written) == (Back.EDITED, "Acme Dental")


def planned(overwritten: Values, row: dict[str, Any]) -> list[FieldBack]:
    return plan({name: Image(before, (written,)) for name, (before, written) in overwritten.items()}, row)


def test_only_what_still_is_as_it_was_written_is_put_back() -> None:
    row = {"name": "Acme  Dental", "city": "Dayton", "zip": "44301", "faxNumber": None}
    found = planned(
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
    found = planned({"status": ("Active", "Credit Hold"), "sales rep": ("", "Jo")}, row)
    assert [(one.name, one.now, one.what) for one in found] == [
        ("sales rep", "Jo", Back.RESTORE),
        ("status", "Credit Hold", Back.RESTORE),
    ]


def test_a_reference_may_be_told_by_its_identifier() -> None:
    row = {"stateReference": {"id": 36, "identifier": "OH", "name": "Ohio"}}
    ((one),) = planned({"stateReference": ("", "OH")}, row)
    assert (one.now, one.what) == ("OH", Back.RESTORE)
    ((one),) = planned({"stateReference": ("TX", "AL")}, row)
    assert (one.now, one.what) == ("Ohio", Back.EDITED)
    ((one),) = planned({"stateReference": ("", "OH")}, {"stateReference": None})
    assert one.what is Back.DONE


VALUE = st.sampled_from(["", "a", "b", "c"])


@given(
    st.dictionaries(st.sampled_from("xyz"), st.tuples(VALUE, VALUE)),
    st.fixed_dictionaries(dict.fromkeys("xyz", VALUE)),
)
def test_what_was_put_back_is_done_the_next_time(
    overwritten: dict[str, tuple[str, str]], row: dict[str, str]
) -> None:
    first = planned(overwritten, row)
    after = row | {one.name: one.before for one in first if one.what is Back.RESTORE}
    again = planned(overwritten, after)
    assert all(one.what is not Back.RESTORE for one in again)
    edited = {one.name for one in first if one.what is Back.EDITED}
    assert edited == {one.name for one in again if one.what is Back.EDITED}
    assert all(after[name] == row[name] for name in edited)
