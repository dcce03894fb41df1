from typing import Any

import pytest

from services.customer_sync.desk.checkup import of_settings
from services.customer_sync.settings import CustomerSyncSettings
from shared.checkup.wanted import Kind


def named(**settings: Any) -> set[tuple[Kind, str, str]]:
    wants = of_settings(CustomerSyncSettings(**settings))
    return {(one.kind, one.name, one.setting) for one in wants.named}


def test_mapping_only_asks_connectwise_for_nothing_and_writes_nothing() -> None:
    assert named() == set()
    assert not of_settings(CustomerSyncSettings()).writes


def test_what_is_written_must_be_there() -> None:
    hold = (Kind.COMPANY_FIELD, "ZCJ_OnHoldCode", "customer_sync.on_hold_field")
    assert named(sync_type="update customers", company_type="Client") == {hold}
    found = named(
        sync_type="insert/update customers",
        company_type="Client",
        insert_status="Active",
        sales_rep_field="ZCJ_SalesRep",
        territory_on_insert=True,
        territories={"NORTH": "North Region"},
    )
    assert found == {
        hold,
        (Kind.COMPANY_FIELD, "ZCJ_SalesRep", "customer_sync.sales_rep_field"),
        (Kind.COMPANY_TYPE, "Client", "customer_sync.company_type"),
        (Kind.COMPANY_STATUS, "Active", "customer_sync.insert_status"),
        (Kind.TERRITORY, "North Region", "customer_sync.territories"),
    }


@pytest.mark.parametrize("field", ["Status", " status ", ""])
def test_a_hold_shown_as_status_or_not_at_all_needs_no_field(field: str) -> None:
    assert named(sync_type="update customers", on_hold_field=field) == set()


def test_filters_are_looked_up_in_eautomate() -> None:
    assert named(customer_types="MSP, ITC", contract_types="MIT", branches="2") == {
        (Kind.CUSTOMER_TYPE, "MSP", "customer_sync.customer_types"),
        (Kind.CUSTOMER_TYPE, "ITC", "customer_sync.customer_types"),
        (Kind.CONTRACT_TYPE, "MIT", "customer_sync.contract_types"),
        (Kind.BRANCH, "2", "customer_sync.branches"),
    }


def test_test_mode_writes_nothing_to_connectwise() -> None:
    assert of_settings(CustomerSyncSettings(sync_type="update customers")).writes
    assert not of_settings(CustomerSyncSettings(sync_type="update customers", mode="test")).writes
