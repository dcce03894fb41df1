import pytest
from pydantic import ValidationError

from services.customer_sync.settings import CustomerSyncSettings, SyncType


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("Mapping only", SyncType.MAPPING_ONLY),
        ("Update customers only", SyncType.UPDATE_CUSTOMERS),
        ("Insert/update customers", SyncType.INSERT_UPDATE_CUSTOMERS),
        ("insert_update_customers", SyncType.INSERT_UPDATE_CUSTOMERS),
    ],
)
def test_sync_types_are_understood_as_people_write_them(given: str, wanted: SyncType) -> None:
    settings = CustomerSyncSettings.model_validate({"sync_type": given, "company_type": "Client"})
    assert settings.sync_type is wanted


def test_the_default_writes_nothing_to_connectwise() -> None:
    assert not CustomerSyncSettings().sync_type.updates


def test_inserts_need_a_company_type() -> None:
    with pytest.raises(ValidationError, match="company_type"):
        CustomerSyncSettings(sync_type=SyncType.INSERT_UPDATE_CUSTOMERS)


def test_a_text_that_is_named_and_left_blank_turns_its_use_off() -> None:
    settings = CustomerSyncSettings.model_validate({"on_hold_field": None, "branches": None})
    assert (settings.on_hold_field, settings.branches) == ("", [])
