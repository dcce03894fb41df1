from pathlib import Path

import pytest
from pydantic import SecretStr

from services.simulator.eautomate.database import create, transaction, url
from shared.config import EAutomateSettings
from shared.eautomate.errors import PermanentError, SchemaMismatch
from shared.eautomate.port import EAutomate
from tests.contract.eautomate.conftest import Database


async def test_a_database_as_defined_has_no_differences(database: Database) -> None:
    assert await database.port.differences() == []
    await database.port.ensure_writable()


async def test_the_ledger_can_be_created_again(database: Database) -> None:
    await database.port.create_ledger()


async def _port(path: Path, *changes: str, profile: str | None = None) -> EAutomate:
    create(path)
    with transaction(path) as file:
        for change in changes:
            file.execute(change)
    given = path.with_suffix(".yaml")
    if profile is not None:
        given.write_text(profile)
    return EAutomate.open(
        EAutomateSettings(url=SecretStr(url(path)), profile=str(given) if profile is not None else None)
    )


async def test_without_a_ledger_nothing_is_written(tmp_path: Path) -> None:
    port = await _port(tmp_path / "ea.db")
    with pytest.raises(SchemaMismatch, match="tandem_applied: the ledger table is missing"):
        async with port.transaction("ID747", "customer/1", 1):
            pass
    await port.create_ledger()
    async with port.transaction("ID747", "customer/1", 1):
        pass
    await port.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("DROP TABLE ShTerritories", "ShTerritories: no such table"),
        (
            "ALTER TABLE GLBranches RENAME COLUMN BranchNumber TO Branch",
            "GLBranches.BranchNumber: no such column",
        ),
        (
            "ALTER TABLE ARCustomerCustomProperties ADD COLUMN Extra INTEGER NOT NULL DEFAULT 0",
            "",
        ),
    ],
)
async def test_a_difference_is_named(tmp_path: Path, change: str, said: str) -> None:
    port = await _port(tmp_path / "ea.db", change)
    texts = [difference.text for difference in await port.differences() if "ledger" not in difference.text]
    assert (len(texts) == 1 and said in texts[0]) if said else texts == []
    await port.close()


async def test_width_nullability_and_unfilled_columns_are_named(tmp_path: Path) -> None:
    port = await _port(
        tmp_path / "ea.db",
        "DROP TABLE ARCustomerCustomProperties",
        "CREATE TABLE ARCustomerCustomProperties (Id INTEGER PRIMARY KEY, CustomerID INTEGER NOT NULL,"
        " ShAttributeID INTEGER, IDVal INTEGER, TextVal VARCHAR(255), Required BOOLEAN NOT NULL,"
        " CreatorID NVARCHAR(8) NOT NULL, CreateDate DATETIME NOT NULL, Extra INTEGER NOT NULL)",
    )
    texts = "\n".join(difference.text for difference in await port.differences())
    assert "ARCustomerCustomProperties.TextVal: width is 255, Tandem expects 1024" in texts
    assert "ARCustomerCustomProperties.ShAttributeID: nullable is NULL, Tandem expects NOT NULL" in texts
    assert "ARCustomerCustomProperties.CreatorID: type is nvarchar, Tandem expects char" in texts
    assert "ARCustomerCustomProperties.extra: NOT NULL without a default" in texts
    await port.close()


async def test_a_profile_puts_other_names_right(tmp_path: Path) -> None:
    port = await _port(
        tmp_path / "ea.db",
        "ALTER TABLE GLBranches RENAME TO ShBranches",
        "ALTER TABLE ShBranches RENAME COLUMN BranchNumber TO Branch",
        "INSERT INTO ShBranches (BranchID, Branch) VALUES (1, 'A')",
        profile="tables: {GLBranches: {name: ShBranches, columns: {BranchNumber: Branch}}}",
    )
    await port.create_ledger()
    await port.ensure_writable()
    assert [code.code for code in await port.codes("branch")] == ["A"]
    await port.close()


async def test_a_profile_can_do_without_the_table_of_entries(tmp_path: Path) -> None:
    port = await _port(tmp_path / "ea.db", "DROP TABLE ShAttributeListValues", profile="list_values: false")
    await port.create_ledger()
    await port.ensure_writable()
    assert await port.customers_all() == []
    await port.close()


async def test_a_ledger_of_another_shape_is_refused(tmp_path: Path) -> None:
    port = await _port(tmp_path / "ea.db", "CREATE TABLE tandem_applied (process VARCHAR(32))")
    with pytest.raises(SchemaMismatch, match=r"tandem_applied\.record: no such column"):
        await port.create_ledger()
    await port.close()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "is empty"),
        ("postgresql+asyncpg://x/y", "starts with postgresql"),
        ("sqlite+aiosqlite:////no/such.db", "no file"),
    ],
)
def test_a_wrong_address_is_refused_with_a_reason(address: str, said: str) -> None:
    with pytest.raises(PermanentError, match=said):
        EAutomate.open(EAutomateSettings(url=SecretStr(address)))
