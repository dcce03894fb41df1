from services.eautomate_connector.rules import customer_snapshot, property_stamp, went_back
from shared.eautomate.rows import CustomerProperties
from shared.events.records import Customer

LOW, HIGH = bytes(7) + b"\x05", bytes(7) + b"\x09"


def customer(**more: object) -> Customer:
    return Customer(customer_id=7, number="C7", name="Acme", **more)  # type: ignore[arg-type]


def test_a_no_op_save_keeps_the_content() -> None:
    assert (
        customer_snapshot(customer(row_version="01")).digest
        == customer_snapshot(customer(row_version="02")).digest
    )


def test_a_location_goes_by_its_parent() -> None:
    assert customer_snapshot(customer(parent_id=3)).order_key == "3"
    assert customer_snapshot(customer(parent_id=7)).order_key == "7"


def test_both_readings_of_the_properties_give_the_same_stamp() -> None:
    values = {"B": "2", "A": "1"}
    whole = customer(configuration="Std", storable_properties=("A", "B"), properties=values)
    bare = CustomerProperties(7, "Std", ("A", "B"), dict(sorted(values.items())), "01")
    assert customer_snapshot(whole).stamp == property_stamp(bare)


def test_a_property_value_a_configuration_and_what_it_holds_move_the_stamp() -> None:
    stamps = {
        property_stamp(CustomerProperties(7, "Std", ("A",), {"A": "1"}, "01")),
        property_stamp(CustomerProperties(7, "Std", ("A",), {"A": "2"}, "01")),
        property_stamp(CustomerProperties(7, "Std", ("A", "B"), {"A": "1"}, "01")),
        property_stamp(CustomerProperties(7, None, ("A",), {"A": "1"}, "01")),
    }
    assert len(stamps) == 4


def test_another_database_or_a_lower_rowversion_is_a_restore() -> None:
    assert not went_back(None, "a", None, HIGH)
    assert not went_back("a", "a", LOW, HIGH)
    assert not went_back("a", "a", HIGH, HIGH)
    assert went_back("a", "b", LOW, HIGH)
    assert went_back("a", "a", HIGH, LOW)
