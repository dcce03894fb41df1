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


def test_a_contract_is_renewed_under_its_next_revision_and_stays_the_same_contract(client: Client) -> None:
    key = client.add_contract("AB00", "CN9-09", "MIT")
    assert client.renew_contract("CN9-09", date(2026, 7, 1)) == "CN9-10"
    row = client.contract("CN9-10")
    assert (row["ContractID"], row["ContractMajor"], row["ContractMinor"]) == (key, "CN9", "10")
    assert (row["BaseBilledThruDate"][:10], row["BaseNextBillingDate"][:10]) == ("2026-06-30", "2026-07-01")
    client.rename_contract("CN9-10", "PLAIN")
    with pytest.raises(ValueError, match="contract PLAIN has no revision"):
        client.renew_contract("PLAIN", date(2026, 8, 1))


def test_a_contract_is_terminated_with_a_code_and_taken_into_use_again(client: Client) -> None:
    client.add_contract("AB00", "CN9-02", "MIT")
    with pytest.raises(LookupError, match="no termination code GONE"):
        client.terminate_contract("CN9-02", code="GONE")
    assert client.contract("CN9-02")["Terminated"] is None
    client.terminate_contract("CN9-02", date(2026, 2, 1), "REPLACED")
    assert client.contract("CN9-02")["TerminationCodeID"] == 2
    client.inactivate_contract("CN9-02")
    client.reactivate_contract("CN9-02")
    assert client.contract("CN9-02")["Active"] == 1


def test_an_open_contract_is_in_use_and_nothing_else_is_saved(client: Client) -> None:
    client.add_contract("AB00", "CN9-02", "MIT")
    before = client.contract("CN9-02")
    client.open_contract("CN9-02")
    row = client.contract("CN9-02")
    assert row["Locks"] == 1
    assert {name for name in row if row[name] != before[name]} == {"Locks", "timestamp"}
    client.close_contract("CN9-02")
    client.close_contract("CN9-02")
    assert client.contract("CN9-02")["Locks"] == 0


def test_a_customers_contracts_are_listed_by_number(client: Client) -> None:
    client.add_contract("AB00", "CN9-02", "MIT")
    client.add_contract("AB00", "CN8-01", "BKUP")
    client.set_billing("CN8-01", "Quarterly", date(2026, 7, 1))
    listed = client.contracts("AB00")
    assert [(row["ContractNumber"], row["ContractCode"], row["BillingCycle"]) for row in listed] == [
        ("CN8-01", "BKUP", "Quarterly"),
        ("CN9-02", "MIT", None),
    ]
    assert len(client.contracts()) > 2
