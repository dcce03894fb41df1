import asyncio

import httpx
import pytest

from tests.contract.mapping.requests import apart, body


async def test_a_new_link_is_answered_with_201_and_how_by_whom_and_why(http: httpx.AsyncClient) -> None:
    answer = await http.post("/links", json=body())
    assert answer.status_code == 201
    link = answer.json()
    assert (link["left"], link["right"], link["state"]) == ("1001", "77", "active")
    assert (link["how"], link["by"]) == ("company_id", "customer_sync")
    assert link["why"] == "Company ID equals the customer number"
    assert link["made_at"].endswith("Z")
    assert (link["revision"], link["generation"]) == (1, 0)


async def test_the_same_link_again_is_answered_with_200_and_the_first_one(http: httpx.AsyncClient) -> None:
    first = await http.post("/links", json=body())
    again = await http.post("/links", json=body(by="somebody", why="another reason"))
    assert again.status_code == 200
    assert again.json() == first.json()


@pytest.mark.parametrize(("left", "right"), [(1001, 78), (1002, 77)])
async def test_a_taken_side_is_refused_with_409_naming_the_link_in_the_way(
    http: httpx.AsyncClient, left: int, right: int
) -> None:
    standing = (await http.post("/links", json=body(1001, 77))).json()
    answer = await http.post("/links", json=body(left, right))
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["code"] == "taken"
    assert problem["in_the_way"] == [standing]
    assert "1001 is linked to 77" in problem["message"]


async def test_both_links_in_the_way_are_named(http: httpx.AsyncClient) -> None:
    await http.post("/links", json=body(1, 11))
    await http.post("/links", json=body(2, 22))
    problem = (await http.post("/links", json=body(1, 22))).json()
    assert [(link["left"], link["right"]) for link in problem["in_the_way"]] == [("1", "11"), ("2", "22")]


async def test_the_same_numbers_of_another_kind_are_another_link(http: httpx.AsyncClient) -> None:
    await http.post("/links", json=body())
    assert (await http.post("/links", json=body(kind="location-site"))).status_code == 201


async def test_a_batch_answers_each_item_and_refused_items_do_not_hold_up_others(
    http: httpx.AsyncClient,
) -> None:
    await http.post("/links", json=body(1, 11))
    items = [body(1, 11), body(2, 11), body(3, 33), body(4, 33), body(5, 55, kind="agent-member")]
    answer = await http.post("/links/batch", json={"items": items})
    results = answer.json()["results"]
    assert [result["status"] for result in results] == ["existing", "taken", "made", "taken", "made"]
    assert results[3]["in_the_way"][0]["left"] == "3"


async def test_a_link_is_found_by_either_side(http: httpx.AsyncClient) -> None:
    await http.post("/links", json=body(1, 11))
    asked = {"kind": "customer-company", "lefts": ["1", "9"], "rights": ["11", "99"]}
    found = (await http.post("/links/find", json=asked)).json()
    assert found["lefts"]["1"]["link"]["right"] == "11"
    assert found["lefts"]["9"] == {"left": "9", "link": None, "generation": 0, "ever": False, "separated": []}
    assert list(found["rights"]) == ["11"]


async def test_an_unlinked_customer_remembers_who_separated_it_from_what(http: httpx.AsyncClient) -> None:
    await http.post("/links", json=body(1, 11))
    ended = await http.post("/links/unlink", json=apart(1))
    assert ended.json()["changed"] is True
    history = (await http.get("/links/customer-company/1")).json()
    assert history["link"] is None
    assert history["generation"] == 1
    (past,) = history["ended"]
    assert (past["state"], past["right"]) == ("ended", "11")
    assert (past["ending"]["by"], past["ending"]["why"]) == ("ann", "wrong company")
    asked = {"kind": "customer-company", "lefts": ["1"], "rights": ["11"]}
    found = (await http.post("/links/find", json=asked)).json()
    about = found["lefts"]["1"]
    assert (about["link"], about["generation"], about["ever"], about["separated"]) == (None, 1, True, ["11"])
    assert found["rights"] == {}


async def test_unlinking_twice_is_answered_with_the_ended_link(http: httpx.AsyncClient) -> None:
    await http.post("/links", json=body(1, 11))
    first = (await http.post("/links/unlink", json=apart(1))).json()
    again = await http.post("/links/unlink", json=apart(1))
    assert again.status_code == 200
    assert again.json() == {"link": first["link"], "changed": False}


async def test_a_late_repeat_of_unlink_does_not_end_a_newer_link(http: httpx.AsyncClient) -> None:
    link = (await http.post("/links", json=body(1, 11))).json()
    request = apart(1, revision=link["revision"])
    await http.post("/links/unlink", json=request)
    await http.post("/links", json=body(1, 22))
    repeat = await http.post("/links/unlink", json=request)
    assert repeat.json()["changed"] is False
    assert (await http.get("/links/customer-company/1")).json()["link"]["right"] == "22"


async def test_unlinking_what_was_never_linked_is_404(http: httpx.AsyncClient) -> None:
    answer = await http.post("/links/unlink", json=apart(1))
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_linked"


async def test_each_unlink_raises_the_generation_of_the_next_link(
    http: httpx.AsyncClient,
) -> None:
    for generation, right in enumerate((11, 22, 33)):
        link = (await http.post("/links", json=body(1, right))).json()
        assert link["generation"] == generation
        ended = (await http.post("/links/unlink", json=apart(1))).json()["link"]
        assert ended["generation"] == generation + 1


async def test_only_a_person_may_join_a_separated_pair_again(
    http: httpx.AsyncClient,
) -> None:
    await http.post("/links", json=body(1, 11))
    await http.post("/links/unlink", json=apart(1))
    refused = await http.post("/links", json=body(1, 11, how="account_id"))
    assert (refused.status_code, refused.json()["code"]) == (409, "separated")
    joined = await http.post("/links", json=body(1, 11, how="by_hand", by="ann"))
    assert (joined.status_code, joined.json()["generation"]) == (201, 1)
    found = await http.post("/links/find", json={"kind": "customer-company", "lefts": ["1"]})
    assert found.json()["lefts"]["1"]["separated"] == []


async def test_what_was_decided_before_an_unlink_is_refused_after_it(http: httpx.AsyncClient) -> None:
    await http.post("/links", json=body(1, 11))
    await http.post("/links/unlink", json=apart(1))
    stale = await http.post("/links", json=body(1, 12, generation=0))
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert (await http.post("/links", json=body(1, 12, generation=1))).status_code == 201


async def test_repointing_moves_a_link_and_may_be_repeated(http: httpx.AsyncClient) -> None:
    await http.post("/links", json=body(1, 11))
    move = apart(1, right="22")
    first, again = [await http.post("/links/repoint", json=move) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (first.json()["right"], first.json()["how"], first.json()["generation"]) == ("22", "by_hand", 1)
    found = (await http.post("/links/find", json={"kind": "customer-company", "rights": ["11", "22"]})).json()
    assert list(found["rights"]) == ["22"]


async def test_repointing_to_a_taken_company_is_refused(http: httpx.AsyncClient) -> None:
    await http.post("/links", json=body(1, 11))
    await http.post("/links", json=body(2, 22))
    answer = await http.post("/links/repoint", json=apart(1, right="22"))
    assert answer.status_code == 409
    assert answer.json()["in_the_way"][0]["left"] == "2"
    assert (await http.get("/links/customer-company/1")).json()["link"]["right"] == "11"


async def test_the_list_is_filtered_and_paged(http: httpx.AsyncClient) -> None:
    await http.post("/links/batch", json={"items": [body(n, n + 100) for n in range(1, 6)]})
    await http.post("/links", json=body(1, 7, kind="agent-member", how="by_hand"))
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        page = (
            await http.get("/links", params={"kind": "customer-company", "after": after, "limit": 2})
        ).json()
        seen += [link["left"] for link in page["links"]]
        after = page["next"]
    assert seen == ["1", "2", "3", "4", "5"]
    by_hand = (await http.get("/links", params={"how": "by_hand"})).json()["links"]
    assert [link["kind"] for link in by_hand] == ["agent-member"]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"left": "0012"}, "CustomerID"),
        ({"left": "10\u0000"}, "left"),
        ({"right": "x" * 101}, "right"),
        ({"why": ""}, "why"),
        ({"why": "a\u0000b"}, "control characters"),
        ({"by": " ann"}, "blanks"),
        ({"by": "a" * 101}, "by"),
        ({"kind": "cat-dog"}, "kind"),
        ({"how": "guessed"}, "how"),
        ({"colour": "red"}, "colour"),
        ({"generation": -1}, "generation"),
    ],
)
async def test_wrong_input_is_refused_in_plain_language(
    http: httpx.AsyncClient, change: dict[str, object], wanted: str
) -> None:
    answer = await http.post("/links", json=body() | change)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "invalid"
    assert wanted in problem["message"]


async def test_text_that_is_no_json_and_surrogates_are_refused(http: httpx.AsyncClient) -> None:
    for content in (b"{", b'{"kind":"customer-company","lefts":["\\ud800"]}'):
        answer = await http.post("/links/find", content=content, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_of_many_makers_of_one_customer_exactly_one_wins(http: httpx.AsyncClient) -> None:
    rights = [100 + number % 4 for number in range(12)]
    answers = await asyncio.gather(*(http.post("/links", json=body(1, right)) for right in rights))
    made = [answer for answer in answers if answer.status_code == 201]
    assert len(made) == 1
    winner = made[0].json()["right"]
    for right, answer in zip(rights, answers, strict=True):
        if answer is not made[0]:
            assert answer.status_code == (200 if str(right) == winner else 409)


async def test_many_makers_of_one_company_leave_one_link(http: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(http.post("/links", json=body(left, 77)) for left in range(1, 13)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11
    assert len((await http.get("/links")).json()["links"]) == 1


async def test_the_interface_describes_itself(http: httpx.AsyncClient) -> None:
    paths = (await http.get("/openapi.json")).json()["paths"]
    assert {"/links", "/links/batch", "/links/find", "/links/unlink", "/links/repoint"} <= set(paths)
