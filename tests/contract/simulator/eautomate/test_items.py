import sqlite3

import pytest

from services.simulator.eautomate.client import Client
from services.simulator.eautomate.database import create
from services.simulator.eautomate.schema.variant import Variant

BOTH = "UPDATE ICItems SET InventoryCodeID = 1 WHERE Item = ?"


def test_an_item_is_a_serviceable_expense_item_unless_it_is_like_another(client: Client) -> None:
    client.add_item("SEAT", "Seat")
    assert (client.item("SEAT")["ServiceableAsItem"], client.item("SEAT")["ExpenseCodeID"]) == (1, 1)
    client.add_item("GB", "Storage", like="**CW Backup Storage")
    made, pattern = client.item("GB"), client.item("**CW Backup Storage")
    codes = ("ExpenseCodeID", "SalesCodeID", "ServiceCodeID", "UMID", "CategoryID", "BaseDistributionCodeID")
    assert all(made[name] == pattern[name] is not None for name in codes)
    assert (made["Item"], made["Description"], made["Active"]) == ("GB", "Storage", 1)


def test_an_item_is_renamed_and_taken_out_of_use_and_keeps_its_id(client: Client) -> None:
    key = client.add_item("SEAT", "Seat")
    client.rename_item("SEAT", "CHAIR")
    client.inactivate_item("CHAIR")
    assert (client.item("CHAIR")["ItemID"], client.item("CHAIR")["Active"]) == (key, 0)
    with pytest.raises(LookupError, match="no item SEAT"):
        client.item("SEAT")
    with pytest.raises(sqlite3.IntegrityError, match=r"ICItems\.Item"):
        client.add_item("chair", "Another")


def test_an_item_is_either_inventory_or_expense_where_the_server_minds(client: Client) -> None:
    client.add_item("SEAT", "Seat")
    with pytest.raises(sqlite3.IntegrityError, match="inventory_or_expense"):
        client.foreign_sql(BOTH, "SEAT")
    lax = client.path.with_name("lax.db")
    create(lax, Variant(one_item_code=False))
    desk = Client(lax)
    desk.foreign_sql("INSERT INTO ICItems (Item, ExpenseCodeID) VALUES ('SEAT', 1)")
    assert desk.foreign_sql(BOTH, "SEAT") == 1


def test_equipment_belongs_to_a_customer(client: Client) -> None:
    client.add_equipment("AB00", "EQ1", "KX 3050", "SN1")
    with pytest.raises(LookupError, match="no model KX 9"):
        client.add_equipment("AB00", "EQ2", "KX 9")
    with pytest.raises(sqlite3.IntegrityError, match="EquipmentNumber"):
        client.add_equipment("AB00", "EQ1", "N 4400")
