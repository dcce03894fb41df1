from pathlib import Path
from typing import Any

import pytest

from services.simulator.eautomate import database
from services.simulator.eautomate.seed import seed


def customers(path: Path) -> list[dict[str, Any]]:
    """Every row."""
    with database.transaction(path) as file:
        return [dict(row) for row in file.execute("SELECT * FROM ARCustomers ORDER BY CustomerID")]


def test_the_same_seed_gives_the_same_dealer(dealer_file: Path, tmp_path: Path) -> None:
    seed(tmp_path / "same.db", customers=30, locations=45)
    seed(tmp_path / "other.db", customers=30, locations=45, random_seed=2)
    assert customers(tmp_path / "same.db") == customers(dealer_file)
    assert customers(tmp_path / "other.db") != customers(dealer_file)


def test_the_dealer_has_what_a_sync_stumbles_over(tmp_path: Path) -> None:
    seed(tmp_path / "ea.db", customers=400, locations=100)
    rows = customers(tmp_path / "ea.db")
    assert len(rows) == 500
    assert sum(row["CompanyCustomer"] for row in rows) == 1
    assert any("\r\n" in row["Address"] for row in rows)
    assert any(not row["CustomerName"].isascii() for row in rows)
    assert all(row["CustomerName"].encode("cp1252") for row in rows)
    assert {row["BranchID"] for row in rows} == {1, 2}
    assert {row["CustomerTypeID"] for row in rows} == {1, 2, 3, None}
    assert {row["ShTrackingConfigID"] for row in rows} == {1, 2, None}
    assert any(row["Hold"] for row in rows)
    assert any(not row["Active"] for row in rows)
    assert sum(row["LocationID"] != row["CustomerID"] for row in rows) == 100


def test_a_file_with_customers_is_left_alone(tmp_path: Path) -> None:
    seed(tmp_path / "ea.db", customers=2, locations=0)
    with pytest.raises(ValueError, match="holds customers already"):
        seed(tmp_path / "ea.db")
