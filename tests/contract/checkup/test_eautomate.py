"""The connection test of e-automate's database."""

from pathlib import Path

from pydantic import SecretStr

from shared.checkup.eautomate import check_eautomate
from shared.checkup.finding import Finding, Level
from shared.checkup.wanted import Kind, Wanted
from shared.config import EAutomateSettings
from shared.eautomate.areas import Area
from tests.contract.eautomate.conftest import Database
from tests.contract.eautomate.hand import CONFIGURATION

SETUP = (
    Wanted(Kind.CUSTOMER_TYPE, "msp", "customer_sync.customer_types"),
    Wanted(Kind.BRANCH, "1", "customer_sync.branches"),
    Wanted(Kind.CONTRACT_TYPE, "MIT", "customer_sync.contract_types"),
)


async def asked(settings: EAutomateSettings, wanted: tuple[Wanted, ...] = SETUP) -> dict[str, Finding]:
    return {
        finding.subject: finding async for finding in check_eautomate(settings, wanted, lambda _text: None)
    }


async def test_a_good_database_is_all_right_and_says_where_the_properties_are(database: Database) -> None:
    found = await asked(database.port.settings)
    assert {finding.level for finding in found.values()} == {Level.OK}
    assert found["property ZCJ_CW_CompanyID"].text == f"in {CONFIGURATION}"
    assert "property ZCJ_CW_MemberID" in found
    assert "branch 1" in found


async def test_a_code_that_does_not_exist_is_named_with_the_setting(database: Database) -> None:
    wanted = (Wanted(Kind.CUSTOMER_TYPE, "MPS", "customer_sync.customer_types"),)
    finding = (await asked(database.port.settings, wanted))["customer type MPS"]
    assert finding.level is Level.FAULT
    assert "customer_sync.customer_types" in finding.text


async def test_properties_that_are_missing_or_in_no_configuration_are_named(
    database: Database, tmp_path: Path
) -> None:
    profile = tmp_path / "profile.yaml"
    profile.write_text("properties: {site_id: ZCJ_Elsewhere}\n")
    settings = database.port.settings.model_copy(update={"profile": str(profile)})
    finding = (await asked(settings))["property ZCJ_Elsewhere"]
    assert (finding.level, finding.code) == (Level.FAULT, "C2")
    assert "does not exist" in finding.text
    profile.write_text("properties: {site_id: Loose}\n")
    await database.hand.attribute("Loose")
    assert "in no configuration" in (await asked(settings))["property Loose"].text


async def test_every_difference_of_the_tables_is_named(database: Database, tmp_path: Path) -> None:
    profile = tmp_path / "profile.yaml"
    profile.write_text("tables: {GLBranches: {name: Branches}, ARCustomers: {columns: {Phone1: Phone}}}\n")
    settings = database.port.settings.model_copy(update={"profile": str(profile)})
    wrong = [
        finding.text
        async for finding in check_eautomate(settings, (), lambda _text: None)
        if finding.level is Level.FAULT
    ]
    assert len(wrong) == 2
    assert any("Branches: no such table" in text for text in wrong)
    assert any("Phone: no such column" in text for text in wrong)


async def test_a_table_nobody_needs_may_differ(database: Database, tmp_path: Path) -> None:
    profile = tmp_path / "profile.yaml"
    profile.write_text("tables: {SCBilling: {name: Bills}}\n")
    settings = database.port.settings.model_copy(update={"profile": str(profile)})

    async def wrong(*areas: Area) -> list[str]:
        found = [one async for one in check_eautomate(settings, (), lambda _text: None, areas)]
        return [one.text for one in found if one.level is Level.FAULT]

    assert await wrong("customers") == []
    [said] = await wrong("contracts")
    assert "Bills: no such table" in said


async def test_no_database_is_told_in_words(tmp_path: Path) -> None:
    settings = EAutomateSettings(url=SecretStr(f"sqlite+aiosqlite:///{tmp_path}/none.db"))
    [finding] = (await asked(settings)).values()
    assert finding.level is Level.FAULT
    assert "no file" in finding.text
