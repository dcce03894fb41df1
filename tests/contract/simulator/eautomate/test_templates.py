"""What the dealer keeps for ConnectWise's agreements, and its ordinary contracts."""

from pathlib import Path
from typing import Any

import pytest

from services.simulator.eautomate import database
from services.simulator.eautomate.client import Client
from services.simulator.eautomate.seed import seed


def rows(path: Path, statement: str, *values: Any) -> list[dict[str, Any]]:
    with database.transaction(path) as file:
        return [dict(row) for row in file.execute(statement, values)]


@pytest.mark.parametrize("kind", ["Managed Services", "Backup", "Co-Managed IT", "Block Time", "Default"])
def test_a_template_is_a_contract_of_the_dealership_that_never_bills(client: Client, kind: str) -> None:
    row = client.contract(f"**CW {kind}-01")
    owner = rows(client.path, "SELECT * FROM ARCustomers WHERE CustomerID = ?", row["CustomerID"])[0]
    assert (row["ContractMajor"], row["ContractMinor"]) == (f"**CW {kind}", "01")
    assert (owner["CompanyCustomer"], row["Bill"], row["BaseBillingCycleID"]) == (1, 0, None)
    assert (row["SumIndividualBaseRates"], row["TimeBlockBased"]) == (1, int(kind == "Block Time"))


@pytest.mark.parametrize(
    "number",
    [
        "**CWBase Managed Services",
        "**CWBase Backup",
        "**CWBase Co-Managed IT",
        "**CW Agreement Seat",
        "**CW Backup Storage",
        "**CW Software Subscription",
        "**CW Labor",
        "CW-SERVICE",
    ],
)
def test_an_item_template_is_a_serviceable_expense_item_with_every_code(client: Client, number: str) -> None:
    item = client.item(number)
    codes = ("ExpenseCodeID", "SalesCodeID", "ServiceCodeID", "CategoryID", "UMID", "BaseDistributionCodeID")
    assert item["ServiceableAsItem"] == 1
    assert item["InventoryCodeID"] is None
    assert all(item[name] for name in codes)


def test_templates_are_entered_at_a_dealer_who_has_none_and_renamed_like_any_contract(client: Client) -> None:
    path = client.path.with_name("empty.db")
    database.create(path)
    desk = Client(path)
    desk.add_customer("TRI", "Tri-County", CompanyCustomer=1)
    desk.add_templates("TRI")
    key = desk.contract("**CW Backup-01")["ContractID"]
    desk.rename_contract("**CW Backup-01", "**CW Backups-01")
    row = desk.contract("**CW Backups-01")
    assert (row["ContractID"], row["ContractMajor"]) == (key, "**CW Backups")


def test_copier_contracts_have_equipment_and_meter_groups_and_some_were_billed(client: Client) -> None:
    copiers = rows(client.path, "SELECT ContractNumber FROM SCContracts WHERE ContractCodeID IN (1, 2)")
    lines = [line for row in copiers for line in client.contract_lines(row["ContractNumber"])]
    groups = rows(client.path, "SELECT * FROM SCContractMeterGroups")
    assert lines
    assert all(line["EquipmentID"] and not line["ItemID"] for line in lines)
    assert len(groups) == len({group["ContractID"] for group in groups}) == len(copiers)
    invoices = rows(client.path, "SELECT * FROM ARInvoices")
    assert invoices
    assert any(row["Due"] == 0 for row in invoices)


def test_as_many_contracts_as_asked_for(tmp_path: Path) -> None:
    seed(tmp_path / "ea.db", customers=20, locations=0, contracts=70)
    found = rows(tmp_path / "ea.db", "SELECT * FROM SCContracts WHERE ContractMajor LIKE 'CN%'")
    assert len(found) == 70
    assert len({row["CustomerID"] for row in found}) == 19
