import pytest

from services.service_sync.desk.checkup import of_settings
from services.service_sync.settings import ServiceSyncSettings
from shared.checkup.wanted import Kind
from tests.unit.services.service_sync.rules.world import settings


def test_what_the_settings_name_is_wanted_once_and_nothing_is_written_to_connectwise() -> None:
    given = settings(
        boards="Help Desk",
        activity_code_map={"Remote": "REMOTE", "Onsite": "LAB"},
        no_charge_activity_code="NOCHG",
    )
    assert [(one.kind, one.name, one.setting.removeprefix("service_sync.")) for one in of_settings(given).named] == [
        (Kind.TICKET_STATUS, "Completed", "ticket_statuses"),
        (Kind.BOARD, "Help Desk", "boards"),
        (Kind.WORK, "Remote", "activity_code_map"),
        (Kind.WORK, "Onsite", "activity_code_map"),
        (Kind.BILL_CODE, "V5", "default_bill_code"),
        (Kind.CALL_TYPE, "CM", "default_call_type"),
        (Kind.ACTIVITY_CODE, "LAB", "default_activity_code"),
        (Kind.ACTIVITY_CODE, "NOCHG", "no_charge_activity_code"),
        (Kind.ACTIVITY_CODE, "REMOTE", "activity_code_map"),
        (Kind.ACTIVITY_CODE, "LAB", "activity_code_map"),
        (Kind.CALL_HOLD_CODE, "CH", "credit_hold_code"),
    ]  # fmt: skip
    assert not of_settings(given).writes


def test_statuses_are_wanted_of_what_brings_tickets_over() -> None:
    given = settings(sync_mode="invoice only", invoice_statuses="Sent")
    statuses = {Kind.TICKET_STATUS, Kind.BILLING_STATUS}
    found = [(one.kind, one.name) for one in of_settings(given).named if one.kind in statuses]
    assert found == [(Kind.BILLING_STATUS, "Sent")]


def test_a_hold_code_that_is_never_used_is_not_wanted() -> None:
    assert Kind.CALL_HOLD_CODE not in {
        one.kind for one in of_settings(settings(credit_hold_calls="error")).named
    }


def test_everything_required_that_is_blank_is_told_with_what_becomes_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert ServiceSyncSettings().lacking() == [("ticket_statuses", "no ticket is taken")]
    by_invoice = ServiceSyncSettings.model_validate(
        {"sync_mode": "invoice only", "ticket_statuses": "Completed"}
    )
    assert by_invoice.lacking() == [("invoice_statuses", "no ticket is taken")]
    bare = ServiceSyncSettings.model_validate({"ticket_statuses": "Completed"})
    assert [name for name, _ in bare.lacking()] == [
        "default_bill_code", "default_call_type", "default_activity_code", "service_item",
    ]  # fmt: skip
    assert settings().lacking() == []
    monkeypatch.setenv("TANDEM_AGREEMENT_SYNC__SERVICE_ITEM", "CW-SERVICE")
    assert "service_item" not in dict(bare.lacking())
