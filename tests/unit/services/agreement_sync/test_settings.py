from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from services.agreement_sync.settings import AgreementSyncSettings, NumberTarget, budget_share
from shared.mode import Mode


def settings(**given: Any) -> AgreementSyncSettings:
    return AgreementSyncSettings.model_validate(given)


def test_everything_that_writes_back_is_off_by_default() -> None:
    plain = settings()
    assert not any(
        (plain.renumber_invoices, plain.push_contract_number, plain.push_invoice_number, plain.push_paid)
    )
    assert plain.hold_when_red
    assert plain.gate_bill_flag
    assert plain.invoice_number_target is NumberTarget.PO
    assert plain.contract_prefix == "CW-"


def test_values_are_understood_as_the_vendor_writes_them() -> None:
    read = settings(
        agreement_types="Managed Services, Backup",
        invoice_number_target="remarks",
        push_paid="Yes",
        gate_bill_flag="no",
        start_date="2026-06-01",
    )
    assert read.agreement_types == ["Managed Services", "Backup"]
    assert read.invoice_number_target is NumberTarget.REMARKS
    assert read.push_paid
    assert not read.gate_bill_flag
    assert read.start_date == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"push_invoice_number": "Yes"}, "push_invoice_number_field is needed"),
        ({"push_paid": "Yes", "paid_payment_type": ""}, "paid_payment_type or paid_status is needed"),
        ({"invoice_number_target": "Notes"}, "Input should be 'PO' or 'Remarks'"),
        ({"contract_message": "x" * 256}, "at most 255 characters"),
        ({"unit_rate_precision": 7}, "less than or equal to 6"),
        ({"gate_bill_flag": "perhaps"}, "valid boolean"),
        ({"currency": "DOLLAR"}, "at most 3 characters"),
    ],
)
def test_a_wrong_value_is_named(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        settings(**given)


def test_a_unit_rate_has_the_decimals_of_the_setting() -> None:
    assert settings().rate_step == Decimal("0.000001")
    assert settings(unit_rate_precision=2).rate_step == Decimal("0.01")


def test_test_mode_writes_nothing_to_connectwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not settings(mode=Mode.TEST).writes_to_connectwise
    assert settings().writes_to_connectwise
    monkeypatch.delenv("TANDEM_CONFIG", raising=False)
    monkeypatch.setenv("TANDEM_AGREEMENT_SYNC__BUDGET_SHARE", "0.3")
    assert budget_share() == 0.3
