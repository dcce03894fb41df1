"""The connection test against the stand-in, in both styles of address."""

from typing import Any

import pytest
from pydantic import SecretStr

from services.simulator.connectwise.server import ConnectWiseServer
from shared.checkup.connectwise import Connection, check_connectwise
from shared.checkup.finding import Finding, Level
from shared.checkup.rights import RIGHTS
from shared.checkup.wanted import Kind, Wanted
from shared.connectwise.client import ConnectWise
from shared.connectwise.limiter import Limiter
from tests.contract.connectwise.conftest import Control, settings_for

SETUP = (
    Wanted(Kind.COMPANY_FIELD, "zcj_onholdcode", "customer_sync.on_hold_field"),
    Wanted(Kind.COMPANY_TYPE, "Client", "customer_sync.company_type"),
    Wanted(Kind.COMPANY_STATUS, "Active", "customer_sync.insert_status"),
    Wanted(Kind.TERRITORY, "North Region", "connectwise.territory_filter"),
)
MARK = "hunter2-private-key"


async def asked(url: str, *, wanted: tuple[Wanted, ...] = SETUP, **more: Any) -> dict[str, Finding]:
    settings = settings_for(url, **more)
    test = Connection(settings, {"ID747"}, {"ID747"}, wanted, lambda _text: None)
    limiter = Limiter("test", 1e6, 5)
    async with ConnectWise(settings, "test", limiter, retry_seconds=0, read_only=True) as client:
        return {finding.subject: finding async for finding in check_connectwise(client, test)}


def not_ok(found: dict[str, Finding]) -> dict[str, Level]:
    return {subject: finding.level for subject, finding in found.items() if finding.level is not Level.OK}


@pytest.mark.parametrize(("mode", "told"), [("cloud", ": cloud"), ("onprem", ": on-premise")])
async def test_a_good_connection_is_all_right_in_both_styles_and_only_reads(
    standin: ConnectWiseServer, control: Control, mode: str, told: str
) -> None:
    await control.post("knobs", {"mode": mode})
    found = await asked(standin.url)
    assert not_ok(found) == {}
    assert told in found["address and keys"].text
    assert "Corporate" in found["level of the API member"].text
    assert {f"right {right.name}" for right in RIGHTS} < set(found)
    assert {entry["method"] for entry in await control.requests()} == {"GET"}


@pytest.mark.parametrize("mode", ["cloud", "onprem"])
@pytest.mark.parametrize("wrong", ["public_key", "private_key", "client_id"])
async def test_wrong_keys_are_told_as_such_in_both_styles(
    standin: ConnectWiseServer, control: Control, mode: str, wrong: str
) -> None:
    await control.post("knobs", {"mode": mode})
    more: dict[str, Any] = {wrong: SecretStr(MARK)}
    found = await asked(standin.url, **more)
    [finding] = found.values()
    assert (finding.level, finding.code) == (Level.FAULT, "A3")
    assert "refuses the keys" in finding.text
    assert "tandem keys set" in finding.fix
    assert MARK not in finding.line()


async def test_an_unknown_company_is_named(standin: ConnectWiseServer) -> None:
    [finding] = (await asked(standin.url, company="southgate")).values()
    assert (finding.level, finding.code) == (Level.FAULT, "A3")
    assert "southgate" in finding.text
    assert "connectwise.company" in finding.fix


async def test_an_address_nobody_answers_is_a4() -> None:
    [finding] = (await asked("http://127.0.0.1:1")).values()
    assert (finding.level, finding.code) == (Level.FAULT, "A4")
    assert "connectwise.url" in finding.fix


async def test_a_member_below_corporate_level_fails_with_the_explanation(
    standin: ConnectWiseServer, control: Control
) -> None:
    await control.post("role", {"level": "Location"})
    finding = (await asked(standin.url))["level of the API member"]
    assert (finding.level, finding.code) == (Level.FAULT, "A2")
    assert "tandem is at level Location" in finding.text
    assert "hides companies" in finding.text
    assert "Corporate (Level 1)" in finding.fix


async def test_of_several_api_members_the_named_one_counts(
    standin: ConnectWiseServer, control: Control
) -> None:
    await control.post("human/member/177", {"changes": {"licenseClass": "A"}})
    await control.post("role", {"member": "bfielding", "level": "Location"})
    finding = (await asked(standin.url))["level of the API member"]
    assert finding.level is Level.WARNING
    assert "bfielding" in finding.text
    assert "connectwise.member" in finding.fix
    assert not_ok(await asked(standin.url, member="TANDEM")) == {}
    found = await asked(standin.url, member="nobody")
    assert "no member nobody" in found["level of the API member"].text


@pytest.mark.parametrize("right", RIGHTS, ids=lambda right: right.function)
async def test_every_missing_right_is_named(standin: ConnectWiseServer, control: Control, right: Any) -> None:
    await control.post("role", {"rights": {right.function: {"inquire": "None"}}})
    await control.post("knobs", {"refusals_name_the_right": False})
    finding = (await asked(standin.url, wanted=()))[f"right {right.name}"]
    needed = "ID747" in right.processes
    assert (finding.level, finding.code) == (Level.FAULT if needed else Level.WARNING, "A3")
    assert f"{right.module} / {right.function}: Inquire is missing" in finding.text
    assert ("needed by ID747" in finding.text) == needed
    assert "Security Roles" in finding.fix


@pytest.mark.parametrize(
    ("rights", "told"),
    [
        ({"inquire": "My"}, "Inquire is My"),
        ({"add": "None"}, "Add is None"),
        ({"add": "My", "edit": "None"}, "Add is My, Edit is None"),
    ],
)
async def test_rights_that_narrow_in_silence_or_are_needed_for_writing_are_named(
    standin: ConnectWiseServer, control: Control, rights: dict[str, str], told: str
) -> None:
    await control.post("role", {"rights": {"Company Maintenance": rights}})
    finding = (await asked(standin.url))["right Companies / Company Maintenance"]
    assert finding.level is Level.FAULT
    assert told in finding.text


async def test_a_denied_list_that_comes_empty_is_noticed(
    standin: ConnectWiseServer, control: Control
) -> None:
    await control.post("role", {"rights": {"Company Maintenance": {"inquire": "None"}}})
    await control.post("knobs", {"denied_lists_are_empty": True})
    finding = (await asked(standin.url))["right Companies / Company Maintenance"]
    assert "Inquire is None" in finding.text


async def test_what_the_settings_name_and_connectwise_lacks_is_named_with_the_setting(
    standin: ConnectWiseServer,
) -> None:
    wanted = (
        Wanted(Kind.COMPANY_FIELD, "ZCJ_SalesRepp", "customer_sync.sales_rep_field"),
        Wanted(Kind.COMPANY_TYPE, "Customer", "customer_sync.company_type"),
        Wanted(Kind.COMPANY_STATUS, "Activ", "customer_sync.insert_status"),
        Wanted(Kind.TERRITORY, "Atlantis", "customer_sync.territories"),
    )
    found = await asked(standin.url, wanted=wanted)
    assert not_ok(found) == {f"{one.kind.value} {one.name}": Level.FAULT for one in wanted}
    for one in wanted:
        assert one.setting in found[f"{one.kind.value} {one.name}"].text
    assert "did you mean Active?" in found["company status Activ"].fix
