"""The client against answers no stand-in gives: a transport made by hand."""

from collections.abc import Callable

import httpx
import pytest
from pydantic import SecretStr

from shared.config import ConnectWiseSettings
from shared.connectwise.client import ConnectWise
from shared.connectwise.errors import (
    RefusedError,
    TransientError,
    UnauthorizedError,
    UnknownOutcomeError,
)
from shared.connectwise.limiter import Limiter
from shared.connectwise.paging import walk

ADDRESS = "https://api.example"
SETTINGS = ConnectWiseSettings(
    url=ADDRESS,
    company="northgate",
    public_key=SecretStr("PublicPublic"),
    private_key=SecretStr("PrivatePrivate"),
    client_id=SecretStr("client-id-1"),
)
INFO = {"Codebase": "v2025_1/"}
Handler = Callable[[httpx.Request], httpx.Response]


def client(handler: Handler, retry_seconds: float = 0) -> ConnectWise:
    def front(request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/login/"):
            return httpx.Response(200, json=INFO)
        return handler(request)

    return ConnectWise(
        SETTINGS,
        "test",
        Limiter("test", 1e6, 5),
        retry_seconds=retry_seconds,
        transport=httpx.MockTransport(front),
    )


async def test_what_is_no_json_is_shown_with_its_first_200_characters_and_without_keys() -> None:
    async with client(lambda _: httpx.Response(200, html="<p>PrivatePrivate client-id-1 " + "x" * 500)) as it:
        with pytest.raises(TransientError) as caught:
            await it.get("/system/info")
    text = str(caught.value)
    assert "<p>***" in text
    assert "Private" not in text
    assert "client-id-1" not in text
    assert len(text) < 260


async def test_keys_in_a_message_of_the_server_are_hidden() -> None:
    body = {
        "code": "Bad",
        "message": "key PublicPublic",
        "errors": [{"message": "PrivatePrivate", "field": "f"}],
    }
    async with client(lambda _: httpx.Response(400, json=body)) as it:
        with pytest.raises(RefusedError) as caught:
            await it.get("/system/info")
    assert "Public" not in str(caught.value)
    assert "Private" not in repr(caught.value.errors)
    assert "Public" not in repr(it)


async def test_errors_of_a_proxy_without_lines_are_understood() -> None:
    async with client(
        lambda _: httpx.Response(400, json={"error": "X", "message": "m", "errors": None})
    ) as it:
        with pytest.raises(RefusedError) as caught:
            await it.get("/system/info")
    assert (caught.value.code, caught.value.errors) == ("X", ())


async def test_a_redirect_is_not_followed() -> None:
    async with client(lambda _: httpx.Response(302, headers={"location": "https://elsewhere.example"})) as it:
        with pytest.raises(TransientError):
            await it.get("/system/info")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (httpx.ConnectError("refused"), TransientError),
        (httpx.ConnectTimeout("slow"), TransientError),
        (httpx.ReadTimeout("slow"), UnknownOutcomeError),
        (httpx.WriteError("reset"), UnknownOutcomeError),
        (httpx.RemoteProtocolError("cut"), UnknownOutcomeError),
    ],
)
async def test_a_post_has_an_unknown_outcome_unless_it_surely_was_not_sent(
    fault: Exception, error: type[Exception]
) -> None:
    def handler(_: httpx.Request) -> httpx.Response:
        raise fault

    async with client(handler) as it:
        with pytest.raises(error) as caught:
            await it.post("/company/companies", {})
        assert type(caught.value) is error


async def test_an_unreadable_date_of_retry_after_falls_back_to_half_a_minute() -> None:
    async with client(lambda _: httpx.Response(429, headers={"retry-after": "soon"}, json={})) as it:
        with pytest.raises(TransientError) as caught:
            await it.get("/system/info")
    assert caught.value.retry_after == 30


async def test_retry_after_may_be_a_date() -> None:
    headers = {"date": "Sat, 01 Mar 2025 00:00:00 GMT", "retry-after": "Sat, 01 Mar 2025 00:00:20 GMT"}
    async with client(lambda _: httpx.Response(429, headers=headers, json={})) as it:
        with pytest.raises(TransientError) as caught:
            await it.get("/system/info")
    assert caught.value.retry_after == 20


async def test_hosts_in_the_payload_are_not_called() -> None:
    hosts: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        link = '<https://evil.example/v2025_1/apis/3.0/x?pageId=2>; rel="next"'
        rows = [{"id": 1}, {"id": 2}] if "pageId" not in request.url.params else []
        return httpx.Response(200, json=rows, headers={"link": link})

    async with client(handler) as it:
        pages = [page async for page in walk(it, "/x", page_size=2)]
    assert [len(page.rows) for page in pages] == [2]
    assert set(hosts) == {"api.example"}


async def test_pages_that_do_not_move_forward_are_an_error_not_a_loop() -> None:
    def handler(_: httpx.Request) -> httpx.Response:
        link = '<https://api.example/x?pageId=2>; rel="next"'
        return httpx.Response(200, json=[{"id": 1}, {"id": 2}], headers={"link": link})

    async with client(handler) as it:
        with pytest.raises(TransientError, match="forward"):
            [page async for page in walk(it, "/x", page_size=2)]


async def test_a_list_that_is_none_is_an_error() -> None:
    async with client(lambda _: httpx.Response(200, json={"id": 1})) as it:
        with pytest.raises(TransientError, match="list"):
            await it.list("/x")


async def test_404_for_everything_speaks_of_the_keys() -> None:
    answer = {"code": "ConnectWiseApi", "message": "The endpoint does not exist."}
    async with client(lambda _: httpx.Response(404, json=answer)) as it:
        with pytest.raises(UnauthorizedError, match="keys"):
            await it.get("/company/companies/1")


@pytest.mark.parametrize("field", ["company", "public_key", "private_key", "client_id"])
def test_missing_settings_are_named(field: str) -> None:
    empty = "" if field == "company" else SecretStr("")
    with pytest.raises(ValueError, match=f"TANDEM_CONNECTWISE__{field.upper()}"):
        ConnectWise(SETTINGS.model_copy(update={field: empty}), "test", Limiter("test", 1, 1))


def test_an_address_without_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="TANDEM_CONNECTWISE__URL"):
        ConnectWise(SETTINGS.model_copy(update={"url": "api.example"}), "test", Limiter("test", 1, 1))
