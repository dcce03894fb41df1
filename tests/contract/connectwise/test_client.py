import time
from decimal import Decimal

import pytest
from pydantic import SecretStr

from shared.config import ConnectWiseSettings
from shared.connectwise.client import ConnectWise, ReadOnlyClientError
from shared.connectwise.errors import (
    NotFoundError,
    RefusedError,
    TransientError,
    UnauthorizedError,
    UnknownCompanyError,
    UnknownOutcomeError,
)
from shared.connectwise.limiter import Limiter
from tests.contract.connectwise.conftest import Control

NEW = {"identifier": "Acme", "name": "Acme", "site": {"name": "Main"}, "city": "Ghent"}


def client_for(settings: ConnectWiseSettings, **more: object) -> ConnectWise:
    return ConnectWise(settings.model_copy(update=more), "test", Limiter("test", 1e6, 5), retry_seconds=0)


async def test_the_codebase_is_discovered_once_and_every_call_says_who_and_which_version(
    client: ConnectWise, control: Control
) -> None:
    await client.get("/system/info")
    await client.get("/system/info")
    assert len(await control.requests("companyinfo")) == 1
    assert {entry["member"] for entry in await control.requests("^/system/info")} == {"tandem"}


async def test_numbers_with_a_fraction_are_decimal(client: ConnectWise) -> None:
    made = await client.post("/company/companies", NEW | {"annualRevenue": Decimal("1234.50")})
    assert made["annualRevenue"] == Decimal("1234.50")
    assert isinstance(made["annualRevenue"], Decimal)


async def test_an_unknown_company_is_said_so(settings: ConnectWiseSettings) -> None:
    async with client_for(settings, company="nobody") as it:
        with pytest.raises(UnknownCompanyError, match="nobody"):
            await it.get("/system/info")


@pytest.mark.parametrize("mode", ["cloud", "onprem"])
async def test_wrong_keys_are_a3_whether_the_host_says_401_or_404(
    settings: ConnectWiseSettings, control: Control, mode: str
) -> None:
    await control.post("knobs", {"mode": mode})
    async with client_for(settings, private_key=SecretStr("wrong")) as it:
        with pytest.raises(UnauthorizedError) as caught:
            await it.get("/company/companies")
    assert caught.value.catalogue == "A3"
    assert "wrong" not in str(caught.value).replace("are wrong", "")


async def test_a_missing_client_id_is_a3(settings: ConnectWiseSettings) -> None:
    async with client_for(settings, client_id=SecretStr("11111111-0000-4000-8000-000000000000")) as it:
        with pytest.raises(UnauthorizedError):
            await it.get("/company/companies")


async def test_an_upgrade_in_mid_run_is_followed(client: ConnectWise, control: Control) -> None:
    await client.get("/system/info")
    client._discovered_at -= 3600
    await control.post("knobs", {"codebase": "v2025_2/"})
    assert "count" in await client.get("/company/companies/count")
    assert len(await control.requests("companyinfo")) == 2


async def test_a_missing_record_and_a_missing_endpoint_are_not_found(client: ConnectWise) -> None:
    with pytest.raises(NotFoundError):
        await client.get("/company/companies/999999")
    with pytest.raises(NotFoundError):
        await client.get("/company/nothingOfTheKind")


async def test_a_refusal_carries_code_and_lines(client: ConnectWise) -> None:
    with pytest.raises(RefusedError) as caught:
        await client.post("/company/companies", {"identifier": "Acme", "site": {"name": "Main"}})
    assert caught.value.status == 400
    assert caught.value.has("MissingRequiredField", "name")
    assert not caught.value.has("MissingRequiredField", "identifier")


async def test_a_condition_with_every_awkward_character_arrives_as_it_is(client: ConnectWise) -> None:
    name = "A&B + 50% [x] 'q' /?#=é"
    await client.post("/company/companies", NEW | {"name": name})
    found = await client.list("/company/companies", conditions=f'name = "{name}"', fields=("id", "name"))
    assert [row["name"] for row in found] == [name]


@pytest.mark.parametrize(
    "kind", ["500", "503_html", "cut_before", "cut_after", "cut_middle", "truncated_json"]
)
async def test_a_read_is_repeated_through_passing_trouble(
    client: ConnectWise, control: Control, kind: str
) -> None:
    await control.fault(kind, path="system/info", times=1)
    assert await client.get("/system/info")
    assert len(await control.requests("^/system/info")) == 2


@pytest.mark.parametrize(
    "kind", ["500", "503_html", "cut_before", "cut_after", "cut_middle", "truncated_json"]
)
async def test_a_read_that_keeps_failing_is_transient(once: ConnectWise, control: Control, kind: str) -> None:
    await control.fault(kind, path="system/info")
    with pytest.raises(TransientError) as caught:
        await once.get("/system/info")
    assert caught.value.catalogue == "A4"


@pytest.mark.parametrize(
    "kind", ["500", "503_html", "cut_before", "cut_after", "cut_middle", "truncated_json"]
)
async def test_a_create_is_never_repeated_after_its_answer_was_lost(
    client: ConnectWise, control: Control, kind: str
) -> None:
    await control.fault(kind, method="POST")
    with pytest.raises(UnknownOutcomeError):
        await client.post("/company/companies", NEW)
    assert len(await control.requests("company/companies", "POST")) == 1


async def test_a_create_turned_away_by_the_rate_limit_is_repeated(
    client: ConnectWise, control: Control
) -> None:
    await control.fault("429", method="POST", times=1, retry_after=1)
    assert (await client.post("/company/companies", NEW))["identifier"] == "Acme"
    assert len(await control.requests("company/companies", "POST")) == 2


async def test_retry_after_is_honoured_by_every_call(client: ConnectWise, control: Control) -> None:
    await client.get("/system/info")
    await control.fault("429", path="system/info", times=1, retry_after=1)
    begun = time.monotonic()
    await client.get("/system/info")
    assert time.monotonic() - begun >= 1


async def test_a_retry_after_beyond_the_patience_is_handed_on_at_once(
    client: ConnectWise, control: Control
) -> None:
    await client.get("/system/info")
    await control.fault("429", path="system/info", times=1)
    begun = time.monotonic()
    with pytest.raises(TransientError) as caught:
        await client.get("/system/info")
    assert caught.value.retry_after == 30
    with pytest.raises(TransientError, match="budget"):
        await client.get("/company/companies")
    assert time.monotonic() - begun < 1


async def test_a_patch_is_repeated(client: ConnectWise, control: Control) -> None:
    made = await client.post("/company/companies", NEW)
    await control.fault("cut_after", method="PATCH", times=1)
    operations = [{"op": "replace", "path": "city", "value": "Bruges"}]
    assert (await client.patch(f"/company/companies/{made['id']}", operations))["city"] == "Bruges"


async def test_a_conflict_is_a_refusal(once: ConnectWise, control: Control) -> None:
    await control.fault("409", method="PATCH")
    with pytest.raises(RefusedError) as caught:
        await once.patch("/company/companies/1", [])
    assert caught.value.status == 409


async def test_a_read_that_takes_too_long_is_transient(
    settings: ConnectWiseSettings, control: Control
) -> None:
    await control.fault("slow", path="system/info", seconds=2)
    async with client_for(settings, timeout_seconds=0.2) as it:
        with pytest.raises(TransientError, match="ReadTimeout"):
            await it.get("/system/info")


async def test_a_host_that_is_down_is_transient(settings: ConnectWiseSettings) -> None:
    async with client_for(settings, url="http://127.0.0.1:9") as it:
        with pytest.raises(TransientError, match="cannot be reached"):
            await it.get("/system/info")


async def test_a_client_that_may_only_read_refuses_every_write_before_it_is_sent(
    settings: ConnectWiseSettings, control: Control
) -> None:
    async with ConnectWise(settings, "test", Limiter("test", 1e6, 5), read_only=True) as client:
        await client.get("/system/info")
        with pytest.raises(ReadOnlyClientError, match="POST /company/companies"):
            await client.post("/company/companies", NEW)
        with pytest.raises(ReadOnlyClientError, match="PATCH /company/companies/2"):
            await client.patch("/company/companies/2", [])
    assert {entry["method"] for entry in await control.requests()} == {"GET"}
