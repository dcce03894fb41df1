import pytest

from services.simulator.eautomate.client import Client

MEMBER = "ZCJ_CW_MemberID"


@pytest.fixture
def staff(client: Client) -> Client:
    client.add_agent("T1", "Tom", "Tech")
    client.add_agent("S1", "Sue", "Sell", technician=False, sales_rep=True)
    return client


def test_an_employee_has_the_configuration_with_empty_rows(staff: Client) -> None:
    assert staff.agent_properties("T1") == {MEMBER: None}
    assert staff.agent("T1")["PrefFullName"] == "Tom Tech"


def test_a_value_typed_saves_the_employee_and_foreign_sql_does_not(staff: Client) -> None:
    before = staff.agent("T1")["timestamp"]
    staff.set_agent_property("T1", MEMBER, "150")
    typed = staff.agent("T1")["timestamp"]
    assert typed > before
    staff.foreign_agent_property("T1", MEMBER, "151")
    assert staff.agent_properties("T1") == {MEMBER: "151"}
    assert staff.agent("T1")["timestamp"] == typed


def test_another_configuration_wipes_the_values(staff: Client) -> None:
    staff.set_agent_property("T1", MEMBER, "150")
    staff.assign_agent_configuration("T1", None)
    assert staff.agent_properties("T1") == {}
    with pytest.raises(LookupError, match="the configuration of employee T1 does not show"):
        staff.set_agent_property("T1", MEMBER, "150")


def test_an_employee_is_edited_and_removed(staff: Client) -> None:
    staff.edit_agent("T1", Email="tom@dealer.example")
    assert staff.agent("T1")["Email"] == "tom@dealer.example"
    staff.remove_agent("T1")
    with pytest.raises(LookupError, match="no employee T1"):
        staff.agent("T1")


def test_only_a_sales_rep_gets_customers(staff: Client) -> None:
    staff.assign_sales_rep("AB00", "S1")
    assert staff.customer("AB00")["SalesRepID"] == staff.agent("S1")["AgentID"]
    with pytest.raises(LookupError, match="employee T1 is no sales rep"):
        staff.assign_sales_rep("AB00", "T1")
    staff.assign_sales_rep("AB00", None)
    assert staff.customer("AB00")["SalesRepID"] is None


def test_a_removed_sales_rep_leaves_the_customer_without(staff: Client) -> None:
    staff.assign_sales_rep("AB00", "S1")
    staff.remove_agent("S1")
    assert staff.customer("AB00")["SalesRepID"] is None


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("ARCustomerTypes", "MSP"),
        ("GLBranches", "1"),
        ("ShOnHoldCodes", "CH"),
        ("ShTerritories", "NORTH"),
        ("SCContractCodes", "MIT"),
    ],
)
def test_a_code_is_renamed_and_no_customer_moves(client: Client, table: str, code: str) -> None:
    before = client.customer("AB00")["timestamp"]
    client.rename_code(table, code, "NEW")
    with pytest.raises(LookupError, match=code):
        client.rename_code(table, code, "OTHER")
    client.rename_code(table, "NEW", code)
    assert client.customer("AB00")["timestamp"] == before


def test_what_is_no_code_table_is_refused(client: Client) -> None:
    with pytest.raises(LookupError, match="ARCustomers is no code table; there are ARCustomerTypes"):
        client.rename_code("ARCustomers", "AB00", "X")
