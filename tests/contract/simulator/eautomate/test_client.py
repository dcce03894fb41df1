from pathlib import Path

import pytest

from services.simulator.eautomate import database
from services.simulator.eautomate.client import Client


def identity(path: Path) -> tuple[str, str, bytes]:
    """What a reader tells databases apart by, and the counter."""
    with database.transaction(path) as file:
        row = file.execute("SELECT database_guid, create_date, current_rowversion FROM standin_database")
        return tuple(row.fetchone())


def test_a_person_edits_a_customer(client: Client) -> None:
    client.save_customer("AB00", Phone1="(555) 1", City="Akron")
    row = client.customer("AB00")
    assert (row["Phone1"], row["City"], row["UpdatorID"]) == ("(555) 1", "Akron", "JSMITH  ")


def test_columns_that_do_not_exist_are_refused(client: Client) -> None:
    with pytest.raises(ValueError, match="Phone9"):
        client.save_customer("AB00", Phone9="1")


def test_a_configuration_brings_empty_rows_unless_told_otherwise(client: Client) -> None:
    assert set(client.properties("AB00").values()) == {None}
    assert len(client.properties("AB00")) == 3
    client.add_customer("CD00", "Carla Dietz")
    client.assign_configuration("CD00", "ConnectWise", rows=False)
    assert client.properties("CD00") == {}
    client.assign_configuration("AB00", None)
    assert client.properties("AB00") == {}


def test_a_person_sets_a_property_the_configuration_shows_and_saves_the_customer(client: Client) -> None:
    before = client.customer("AB00")["timestamp"]
    client.set_property("AB00", "ZCJ_SyncToCW", "No")
    assert client.properties("AB00")["ZCJ_SyncToCW"] == "No"
    assert client.customer("AB00")["timestamp"] > before
    with pytest.raises(LookupError, match="Delivery notes"):
        client.set_property("AB00", "Delivery notes", "x")


def test_hold_and_release(client: Client) -> None:
    client.put_on_hold("AB00", "CH")
    assert client.customer("AB00")["Hold"] == 1
    code = client.customer("AB00")["OnHoldCodeID"]
    client.release("AB00")
    assert (client.customer("AB00")["Hold"], client.customer("AB00")["OnHoldCodeID"]) == (0, code)
    client.release("AB00", keep_code=False)
    assert client.customer("AB00")["OnHoldCodeID"] is None


def test_inactivate_and_reactivate(client: Client) -> None:
    client.inactivate("AB00")
    assert client.customer("AB00")["Active"] == 0
    client.reactivate("AB00")
    assert client.customer("AB00")["Active"] == 1


def test_a_renumbered_customer_keeps_its_id(client: Client) -> None:
    before = client.customer("AB00")["CustomerID"]
    client.renumber("AB00", "AB77")
    assert client.customer("AB77")["CustomerID"] == before
    with pytest.raises(LookupError, match="no customer AB00"):
        client.customer("AB00")


def test_merging_moves_the_locations_and_removes_the_loser(client: Client) -> None:
    winner = client.add_customer("CD00", "Carla Dietz")
    client.add_location("AB00", "AB00-TBS", "Abel Baker - Tulsa")
    client.merge("AB00", "CD00")
    assert client.customer("AB00-TBS")["LocationID"] == winner
    with pytest.raises(LookupError):
        client.customer("AB00")


def test_an_id_is_not_used_again_after_a_merge(client: Client) -> None:
    lost = client.add_customer("CD00", "Carla Dietz")
    client.merge("CD00", "AB00")
    assert client.add_customer("EF00", "Eva Fox") > lost


def test_a_restored_database_jumps_back_and_is_another(client: Client, tmp_path: Path) -> None:
    client.backup(tmp_path / "backup.db")
    before = identity(client.path)
    client.save_customer("AB00", Phone1="later")
    client.restore(tmp_path / "backup.db")
    after = identity(client.path)
    assert client.customer("AB00")["Phone1"] == ""
    assert after[0] != before[0]
    assert after[2] == before[2]


def test_an_unknown_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no stand-in here"):
        Client(tmp_path / "none.db").customer("AB00")
