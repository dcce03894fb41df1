from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.links.judging import Judged, Known, Status, judge
from shared.links.kinds import LinkKind
from shared.links.models import FoundLeft, How, Link
from shared.links.records import Ours, Theirs
from shared.links.sheet import SheetError, read_sheet, write_sheet
from shared.links.wishes import cells, headings, wishes

COMPANY, SITE, MEMBER = LinkKind.CUSTOMER_COMPANY, LinkKind.LOCATION_SITE, LinkKind.AGENT_MEMBER
OURS = [Ours("7", "1001", "Acme"), Ours("8", "0012", "Bakery"), Ours("9", "1003", "Cider")]
THEIRS = [
    Theirs("19", "1001", "Acme Inc"),
    Theirs("20", "BAK", "Bakery"),
    Theirs("21", "GONE", "Gone", unusable="is deleted"),
]


def link(left: str, right: str, kind: LinkKind = COMPANY) -> Link:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    return Link(kind=kind, left=left, right=right, how=How.BY_HAND, by="jo", why="so", made_at=at, revision=1)


def known(*links: Link, **lefts: FoundLeft) -> dict[LinkKind, Known]:
    by_left = {each.left: FoundLeft(left=each.left, link=each, ever=True) for each in links}
    by_left |= {found.left: found for found in lefts.values()}
    return {COMPANY: Known(OURS, THEIRS, by_left, {each.right: each for each in links}, {})}


def judged(text: str, *links: Link, **lefts: FoundLeft) -> list[Judged]:
    return judge(wishes(read_sheet(text.encode()), None), known(*links, **lefts))


def told(found: list[Judged]) -> list[tuple[int, str, str]]:
    return [(one.wish.line, one.status.value, one.reason) for one in found]


def test_numbers_ids_recids_and_company_ids_name_the_records() -> None:
    found = judged("customer number,customer id,company recid,company id\n1001,,19,\n,8,,bak\n")
    assert [(one.ours and one.ours.key, one.theirs and one.theirs.key) for one in found] == [
        ("7", "19"), ("8", "20"),
    ]  # fmt: skip
    assert {one.status for one in found} == {Status.LINK}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("9999,,19,", "column customer number: e-automate has no customer 9999"),
        ("12,,19,", "column customer number: e-automate has no customer 12; is it 0012? (spreadsheets drop"),
        ("1E+05,,19,", "column customer number: 1E+05 is what Excel makes of a long number"),
        ("12,8,20,", "column customer number: customer with the id 8 has the number 0012, not 12"),
        (",99,20,", "column customer id: e-automate has no customer with the id 99"),
        ("1001,x,19,", "column customer id: 'x' is no whole number"),
        ("1001,,1.9E+01,", "column company recid: '1.9E+01' is no whole number; format the column as text"),
        ("1001,,99,", "column company recid: ConnectWise has no company 99"),
        ("1001,,,NONE", "column company id: ConnectWise has no company NONE"),
        ("1001,,19,BAK", "column company id: company 19 is 1001, not BAK"),
        ("1001,,21,", "company 21 Gone (GONE) is deleted"),
        (",,19,", "column customer number: empty"),
        ("1001,,,", "column company recid: empty, company id too"),
    ],
)
def test_a_bad_line_is_named_with_its_column_and_the_fix(line: str, reason: str) -> None:
    (one,) = judged(f"customer number,customer id,company recid,company id\n{line}\n")
    assert (one.wish.line, one.status) == (2, Status.REFUSED)
    assert one.reason.startswith(reason)


def test_what_exists_and_what_is_in_the_way_is_told() -> None:
    text = "customer number,company recid\n1001,19\n0012,19\n1001,20\n"
    assert told(judged(text, link("7", "19"))) == [
        (2, "exists", "since 2026-01-02, by jo"),
        (3, "refused", "company 19 is linked to customer 1001 (id 7); unlink that first"),
        (
            4,
            "refused",
            "customer 1001 is linked to company 19; `tandem links repoint customer-company 1001 20` moves it",
        ),
    ]


def test_lines_that_want_the_same_record_are_refused_together() -> None:
    found = judged("customer number,company recid\n1001,19\n0012,19\n1003,20\n1003,20\n")
    assert told(found)[:2] == [
        (2, "refused", "company 19 is wanted for different customer records in lines 2, 3; leave one"),
        (3, "refused", "company 19 is wanted for different customer records in lines 2, 3; leave one"),
    ]
    assert [one.status for one in found[2:]] == [Status.LINK, Status.LINK]
    (first, second) = judged("customer number,company recid\n1001,19\n1001,20\n")
    assert "lines 2, 3" in first.reason
    assert "customer 1001 is wanted for different company records" in second.reason


def test_a_separated_pair_may_be_joined_and_is_told() -> None:
    apart = FoundLeft(left="7", generation=2, ever=True, separated=("19",))
    (one,) = judged("customer number,company recid\n1001,19\n", apart=apart)
    assert (one.status, one.generation) == (Status.LINK, 2)
    assert "separated by hand" in one.reason


def test_a_site_must_belong_to_the_company_of_the_head_office() -> None:
    ours = [Ours("5", "1001-B", "Lakeside", parent="7"), Ours("6", "1009-B", "Hill", parent="9")]
    theirs = [Theirs("51", "", "Lakeside", owner="19"), Theirs("52", "", "Other", owner="20")]
    facts = {SITE: Known(ours, theirs, {}, {}, {"7": "19"})}
    text = b"Location Number;Site RecID\n1001-B;51\n1001-B;52\n1009-B;51\n"
    found = judge(wishes(read_sheet(text), None), facts)
    assert [one.status.value for one in found] == ["would link", "refused", "refused"]
    assert (
        "company 19, which the head office of location 1001-B is linked to, has no site 52" in found[1].reason
    )
    assert "head office of location 1009-B is not linked to a company" in found[2].reason


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a,b\n1,2\n", "headings do not say what is to be linked"),
        ("customer number,why\n1001,so\n", "no column names the company"),
        ("company recid,why\n19,so\n", "no column names the customer"),
    ],
)
def test_missing_columns_are_named(text: str, wanted: str) -> None:
    with pytest.raises(SheetError, match=wanted):
        wishes(read_sheet(text.encode()), None)


def test_an_unknown_kind_in_a_line_is_refused() -> None:
    (one,) = judged("kind,customer number,company recid\ncat-dog,1001,19\n")
    assert "column kind: 'cat-dog' is none of customer-company" in one.reason


def test_an_exported_pair_can_be_imported_as_it_is() -> None:
    for kind, ours, theirs in (
        (COMPANY, OURS[0], THEIRS[0]),
        (SITE, Ours("5", "1001-B", "Lakeside", parent="7"), Theirs("51", "", "Lakeside", owner="19")),
        (MEMBER, Ours("3", "T1", "Jo"), Theirs("31", "jsmith", "Jo Smith")),
    ):
        written = write_sheet([*headings(kind), "why"], [[*cells(kind, ours, theirs), "same number"]])
        facts = {kind: Known([ours], [theirs], {}, {}, {"7": "19"})}
        (one,) = judge(wishes(read_sheet(written), None), facts)
        assert (one.status, one.ours, one.theirs) == (Status.LINK, ours, theirs)
        assert one.wish.why == "same number"


TEXT = st.text(max_size=12)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["1001", "0012", "1003", "x", ""]),
            st.sampled_from(["", "7", "8", "9", "99"]),
            st.sampled_from(["19", "20", "21", ""]),
            TEXT,
        ),
        max_size=8,
    )
)
def test_what_would_be_linked_never_collides(rows: list[tuple[str, str, str, str]]) -> None:
    headings_ = ["customer number", "customer id", "company recid", "why"]
    content = write_sheet(headings_, rows)
    found = judge(wishes(read_sheet(content), None), known())
    pairs = {
        (one.ours.key, one.theirs.key)
        for one in found
        if one.status is Status.LINK and one.ours is not None and one.theirs is not None
    }
    assert len({left for left, _ in pairs}) == len(pairs) == len({right for _, right in pairs})
    assert all(one.reason for one in found if one.status is Status.REFUSED)
    assert all("\n" not in one.wish.why for one in found)
