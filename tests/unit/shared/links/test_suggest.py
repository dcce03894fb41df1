import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from shared.links.kinds import LinkKind
from shared.links.models import How, Link
from shared.links.records import Ours, Theirs
from shared.links.scoring import Confidence
from shared.links.suggest import Proposal, propose

COMPANY, SITE, MEMBER = LinkKind.CUSTOMER_COMPANY, LinkKind.LOCATION_SITE, LinkKind.AGENT_MEMBER


def company(key: int, identifier: str, name: str, account: str = "", **more: str) -> Theirs:
    numbers = (("Company ID", identifier), ("Account ID", account))
    return Theirs(str(key), identifier, name, numbers, **more)  # type: ignore[arg-type]


def linked(left: str, right: str, kind: LinkKind = COMPANY) -> Link:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Link(
        kind=kind, left=left, right=right, how=How.BY_HAND, by="jo", why="so", made_at=at, revision=int(left)
    )


def told(proposals: Sequence[Proposal]) -> list[tuple[str, str, str, str]]:
    return [(one.ours.number, one.theirs.key, one.confidence.value, one.conflict) for one in proposals]


def test_each_level_of_confidence_has_its_reason() -> None:
    ours = [
        Ours("1", "1001", "Acme Dental"),
        Ours("2", "1002", "Bakery, Inc.", city="Akron"),
        Ours("3", "1003", "City Legal"),
        Ours("4", "1004", "Delicatessen Smith"),
        Ours("5", "1005", "Nobody Knows"),
    ]
    theirs = [
        company(11, "1001", "Something else"),
        company(12, "BAK", "Bakery", city="Akron"),
        company(13, "CIT", "CITY LEGAL LLC", city="Dayton"),
        company(14, "DEL", "Delicatesen Smith"),
    ]
    found = propose(COMPANY, ours, theirs, [])
    assert told(found) == [
        ("1001", "11", "certain", ""), ("1002", "12", "high", ""), ("1003", "13", "medium", ""),
        ("1004", "14", "low", ""),
    ]  # fmt: skip
    assert [one.reason for one in found[:3]] == ["Company ID is the number", "same name, city", "same name"]
    assert found[3].reason.startswith("similar name (9")


def test_two_companies_with_the_number_are_both_shown_and_neither_is_certain() -> None:
    theirs = [company(11, "1001", "North"), company(12, "X", "South", account="1001")]
    found = propose(COMPANY, [Ours("1", "1001", "Acme")], theirs, [])
    assert told(found) == [("1001", "11", "high", "or company 12"), ("1001", "12", "high", "or company 11")]


def test_one_company_wanted_by_two_customers_is_certain_for_neither() -> None:
    ours = [Ours("1", "1001", "Acme"), Ours("2", "1002", "Bakery", held="11")]
    found = propose(COMPANY, ours, [company(11, "1001", "Acme")], [])
    assert told(found) == [
        ("1001", "11", "high", "also proposed for customer 1002"),
        ("1002", "11", "high", "also proposed for customer 1001"),
    ]


def test_a_company_that_is_linked_already_is_shown_with_its_customer() -> None:
    ours = [Ours("1", "1001", "Acme"), Ours("2", "1002", "Bakery")]
    found = propose(COMPANY, ours, [company(11, "1001", "Acme")], [linked("2", "11")])
    assert told(found) == [("1001", "11", "high", "is linked to customer 1002 (id 2)")]


def test_a_surer_partner_takes_a_company_away_from_weaker_ones() -> None:
    ours = [Ours("1", "1001", "Acme Dental"), Ours("2", "1002", "Acme Dental")]
    found = propose(COMPANY, ours, [company(11, "1002", "Acme Dental")], [])
    assert told(found) == [("1002", "11", "certain", "")]


def test_who_is_not_in_use_or_linked_is_left_out() -> None:
    ours = [Ours("1", "1001", "Acme", in_use=False), Ours("2", "1002", "Bakery")]
    theirs = [company(11, "1001", "Acme"), company(12, "1002", "Bakery", unusable="is deleted")]
    assert propose(COMPANY, ours, theirs, []) == []
    assert propose(COMPANY, ours[1:], [company(12, "1002", "Bakery")], [linked("2", "19")]) == []


def test_locations_are_matched_within_their_head_offices_company_only() -> None:
    ours = [
        Ours("5", "1001-B", "Acme Lakeside", parent="1"),
        Ours("6", "1001-C", "Acme Hill", parent="1"),
        Ours("7", "1009-B", "Acme Lakeside", parent="9"),
    ]
    theirs = [
        Theirs("51", "", "1001-b", (("site name", "1001-b"),), owner="11"),
        Theirs("52", "", "Acme Hill", (("site name", "Acme Hill"),), owner="11"),
        Theirs("53", "", "Acme Lakeside", (("site name", "Acme Lakeside"),), owner="12"),
    ]
    found = propose(SITE, ours, theirs, [], {"1": "11"})
    assert told(found) == [("1001-B", "51", "certain", ""), ("1001-C", "52", "medium", "")]


def test_an_equal_email_suggests_a_member_and_the_employee_number_is_certain() -> None:
    ours = [Ours("1", "T1", "Jo Smith", email="jo@dealer.example"), Ours("2", "T2", "Ann Lee")]
    theirs = [
        Theirs("31", "jsmith", "Joanna Smith", (("employee number", ""),), emails=("JO@dealer.example",)),
        Theirs("32", "alee", "A Lee", (("employee number", "t2"),)),
    ]
    found = propose(MEMBER, ours, theirs, [])
    assert told(found) == [("T2", "32", "certain", ""), ("T1", "31", "high", "")]
    assert found[1].reason == "same e-mail"


NAMES = st.sampled_from(["Acme Dental", "Acme Dental Inc", "Acme Dentel", "Bakery", "Bakery LLC", ""])
NUMBERS = st.sampled_from(["1001", "1002", "1003", "x", ""])
OURS = st.lists(
    st.builds(
        Ours,
        key=st.integers(1, 30).map(str),
        number=NUMBERS,
        name=NAMES,
        held=st.sampled_from(["", "", "11", "12", "99"]),
        city=st.sampled_from(["", "Akron"]),
    ),
    max_size=8,
    unique_by=lambda one: one.key,
)
THEIRS = st.lists(
    st.builds(
        company,
        key=st.integers(10, 20),
        identifier=NUMBERS,
        name=NAMES,
        account=NUMBERS,
        city=st.sampled_from(["", "Akron"]),
    ),
    max_size=8,
    unique_by=lambda one: one.key,
)
LINKS = st.lists(
    st.builds(linked, st.integers(1, 30).map(str), st.integers(10, 20).map(str)),
    max_size=4,
    unique_by=(lambda one: one.left, lambda one: one.right),
)


@given(OURS, THEIRS, LINKS)
def test_nothing_is_certain_twice_and_nothing_linked_is_proposed_without_a_word(
    ours: list[Ours], theirs: list[Theirs], links: list[Link]
) -> None:
    found = propose(COMPANY, ours, theirs, links)
    certain = [one for one in found if one.confidence is Confidence.CERTAIN]
    assert all(not one.conflict for one in certain)
    assert all(count == 1 for count in Counter(one.theirs.key for one in certain).values())
    assert all(count == 1 for count in Counter(one.ours.key for one in certain).values())
    for side in ("ours", "theirs"):
        times = Counter(getattr(one, side).key for one in found)
        assert all(one.conflict for one in found if times[getattr(one, side).key] > 1)
    assert not {one.ours.key for one in found} & {link.left for link in links}
    taken = {link.right for link in links}
    assert all("is linked to" in one.conflict for one in found if one.theirs.key in taken)


@given(OURS, THEIRS, LINKS, st.randoms(use_true_random=False))
def test_the_order_of_reading_does_not_matter(
    ours: list[Ours], theirs: list[Theirs], links: list[Link], chance: object
) -> None:
    before = propose(COMPANY, ours, theirs, links)
    for many in (ours, theirs, links):
        chance.shuffle(many)  # type: ignore[attr-defined]
    assert propose(COMPANY, ours, theirs, links) == before


def test_five_thousand_against_five_thousand_takes_seconds() -> None:
    words = [f"w{number:03d}{'aeiou'[number % 5]}" for number in range(997)]
    ours, theirs = [], []
    for number in range(5000):
        name = f"{words[number % 997]} {words[number * 7 % 997]} {words[number * 13 % 991]}"
        ours.append(Ours(str(number + 1), f"C{number}", f"{name} Inc"))
        theirs.append(company(number + 1, f"X{number}", name.replace("a ", "e ", 1)))
    begun = time.monotonic()
    assert propose(COMPANY, ours, theirs, [])
    assert time.monotonic() - begun < 20
