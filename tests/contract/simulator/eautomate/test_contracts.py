import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.simulator.eautomate import database
from services.simulator.eautomate.client import Client
from services.simulator.eautomate.seed import seed


def contracts(path: Path) -> list[dict[str, Any]]:
    with database.transaction(path) as file:
        return [dict(row) for row in file.execute("SELECT * FROM SCContracts ORDER BY ContractID")]


def test_a_contract_belongs_to_its_customer_and_the_product_numbers_it(client: Client) -> None:
    last = max(row["ContractID"] for row in contracts(client.path))
    key = client.add_contract("AB00", "CN9-02", "MIT", ExpDate=date(2030, 1, 31))
    row = client.contract("CN9-02")
    assert (key, row["CustomerID"]) == (last + 1, client.customer("AB00")["CustomerID"])
    assert (row["ContractMajor"], row["ContractMinor"], row["Active"], row["Bill"]) == ("CN9", "02", 1, 1)
    assert (row["ExpDate"], row["Terminated"]) == ("2030-01-31 00:00:00.000000", None)
    assert row["UpdatorID"] == "JSMITH  "


def test_a_contracts_key_is_nobodys_identity_and_its_number_is_unique(client: Client) -> None:
    client.add_contract("AB00", "CN9-02", "MIT")
    with pytest.raises(sqlite3.IntegrityError, match="ContractNumber"):
        client.add_contract("AB00", "CN9-02", "CPC")


def test_a_contract_ends_in_three_ways_and_changes_its_type(client: Client) -> None:
    client.add_contract("AB00", "CN9-02", "MIT")
    before = client.contract("CN9-02")["timestamp"]
    client.change_contract_type("CN9-02", "BKUP")
    client.terminate_contract("CN9-02", date(2026, 2, 1))
    client.expire_contract("CN9-02", date(2026, 3, 1))
    client.inactivate_contract("CN9-02")
    row = client.contract("CN9-02")
    assert (row["Terminated"][:10], row["ExpDate"][:10], row["Active"]) == ("2026-02-01", "2026-03-01", 0)
    assert row["timestamp"] > before


def test_a_contract_of_an_unknown_code_or_customer_is_refused(client: Client) -> None:
    with pytest.raises(LookupError, match="no contract code X"):
        client.add_contract("AB00", "CN9-02", "X")
    with pytest.raises(LookupError, match="no customer ZZ99"):
        client.add_contract("ZZ99", "CN9-02", "MIT")
    with pytest.raises(LookupError, match="no contract CN9-02"):
        client.terminate_contract("CN9-02")


def test_a_merge_takes_the_contracts_along(client: Client) -> None:
    winner = client.add_customer("CD00", "Carla Dietz")
    client.add_contract("AB00", "CN9-02", "MIT")
    client.merge("AB00", "CD00")
    assert client.contract("CN9-02")["CustomerID"] == winner


def test_the_dealer_has_contracts_of_both_kinds_and_templates(dealer_file: Path, tmp_path: Path) -> None:
    seed(tmp_path / "same.db", customers=30, locations=45)
    found = contracts(tmp_path / "same.db")
    assert found == contracts(dealer_file)
    assert {row["ContractCodeID"] for row in found} == {1, 2, 3, 4, 5}
    assert [row["ContractNumber"] for row in found if not row["Bill"]] == [
        "**CW Managed Services-01",
        "**CW Backup-01",
        "**CW Co-Managed IT-01",
        "**CW Block Time-01",
        "**CW Default-01",
    ]
    assert any(row["ExpDate"] for row in found)
    owners = {row["CustomerID"] for row in found}
    assert 0 < len(owners) < 30
