import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.links.records import Ours, Theirs
from shared.links.scoring import CLOSE, Names, exact, likeness, plain_name, same_person, same_place

WORD = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=25)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Dental, Inc.", "ACME DENTAL"),
        ("The Acme Dental Co., Ltd.", "acme dental company"),
        ("Café Müller LLC", "Cafe Muller"),
        ("O'Brien & Sons", "OBrien Sons"),
        ("A.B.C. Corp", "ABC"),
    ],
)
def test_case_accents_punctuation_and_company_forms_do_not_count(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other)


def test_a_name_of_company_forms_alone_keeps_them() -> None:
    assert plain_name("The Company, Inc.") == "the company inc"
    assert plain_name(" ... ") == ""


def test_an_equal_number_is_exact_and_says_where_it_stands() -> None:
    company = Theirs("19", "ab00", "Somebody", (("Company ID", "x"), ("Account ID", " ab00 ")))
    assert exact(Ours("7", "AB00", "Acme"), company) == "Account ID is the number"
    assert exact(Ours("7", "AB01", "Acme"), company) == ""
    assert exact(Ours("7", "", "Acme"), Theirs("19", "", "", (("Account ID", ""),))) == ""


def test_a_filled_property_counts_before_numbers() -> None:
    company = Theirs("19", "AB00", "Acme", (("Company ID", "AB00"),))
    assert exact(Ours("7", "AB00", "Acme", held="20"), company) == ""
    assert exact(Ours("7", "ZZ", "Acme", held="19"), company) == "the property holds its RecID"


def test_places_compare_by_what_both_sides_have() -> None:
    ours = Ours("7", "1", "Acme", city="Akron", zip="44301-1234", phone="(330) 555-0107")
    theirs = Theirs("19", "", "Acme", city=" AKRON", zip="44301", phone="+1 330.555.0107")
    assert same_place(ours, theirs) == ["city", "zip", "phone"]
    assert same_place(Ours("7", "1", "Acme"), Theirs("19", "", "Acme")) == []
    assert same_place(Ours("7", "1", "A", phone="0107"), Theirs("19", "", "A", phone="0107")) == []


def test_employees_are_recognised_by_any_of_a_members_addresses() -> None:
    member = Theirs("3", "jo", "Jo", emails=("jo@office.example", "Jo@Home.example"))
    assert same_person(Ours("7", "T1", "Jo", email="JO@home.example "), member)
    assert not same_person(Ours("7", "T1", "Jo"), Theirs("3", "jo", "Jo", emails=("",)))


def test_close_names_are_found_with_the_closest_first() -> None:
    names = Names([plain_name(name) for name in ("Lakeside Dental", "Lakeside Dentals", "Hill Garage")])
    found = [name for _, name in names.close("lakside dental")]
    assert found == ["lakeside dental", "lakeside dentals"]
    assert [name for _, name in names.close("lakeside dental")] == ["lakeside dentals"]
    assert names.close("xyz") == []


@given(WORD, WORD)
def test_likeness_is_symmetric_and_one_only_for_equals(one: str, other: str) -> None:
    first, second = plain_name(one), plain_name(other)
    assert likeness(first, second) == likeness(second, first)
    assert 0 <= likeness(first, second) <= 1
    assert (likeness(first, second) == 1) == (first == second)


@given(WORD)
def test_a_plain_name_is_plain_already(name: str) -> None:
    assert plain_name(plain_name(name)) == plain_name(name)


@given(st.lists(WORD, max_size=12), WORD)
def test_what_is_found_close_is_close_and_among_the_names(names: list[str], name: str) -> None:
    plain = [plain_name(each) for each in names]
    for how, other in Names(plain).close(plain_name(name)):
        assert other in plain
        assert other != plain_name(name)
        assert how == likeness(plain_name(name), other) >= CLOSE
