from services.agreement_sync.desk.checkup import finding_of, of_settings
from services.agreement_sync.desk.health import Health, State, What
from shared.checkup.finding import Level
from shared.checkup.wanted import Kind
from tests.unit.services.agreement_sync.desk.world import settings


def named(**given: object) -> list[tuple[Kind, str, str]]:
    return [(one.kind, one.name, one.setting) for one in of_settings(settings(**given)).named]


def test_what_the_settings_name_is_wanted_and_what_is_off_is_not() -> None:
    assert named() == []
    assert named(agreement_types=["Backup"], invoice_statuses="Approved,Sent") == [
        (Kind.AGREEMENT_TYPE, "Backup", "agreement_sync.agreement_types"),
        (Kind.BILLING_STATUS, "Approved", "agreement_sync.invoice_statuses"),
        (Kind.BILLING_STATUS, "Sent", "agreement_sync.invoice_statuses"),
    ]
    pushing = {
        "push_contract_number": "Yes",
        "push_invoice_number": "Yes",
        "push_invoice_number_field": "ERP Doc No",
        "push_paid": "Yes",
        "paid_status": "Paid",
    }
    assert named(**pushing) == [
        (Kind.AGREEMENT_FIELD, "ZCJ_ContractNumber", "agreement_sync.contract_number_field"),
        (Kind.INVOICE_FIELD, "ERP Doc No", "agreement_sync.push_invoice_number_field"),
        (Kind.BILLING_STATUS, "Paid", "agreement_sync.paid_status"),
    ]


def test_it_writes_to_connectwise_only_with_an_option_on_and_in_production() -> None:
    assert not of_settings(settings()).writes
    assert of_settings(settings(push_contract_number=True)).writes
    assert not of_settings(settings(push_contract_number=True, mode="test")).writes


def test_a_missing_template_is_a_note_and_what_a_setting_names_a_fault() -> None:
    missing = Health(
        What.CONTRACT, "Backup", "**CW Backup", State.MISSING, "no contract is made (G6)", "make it"
    )
    found = finding_of(missing)
    assert (found.level, found.subject) == (Level.WARNING, "contract template **CW Backup")
    assert (found.text, found.fix) == ("missing: no contract is made (G6)", "make it")
    default = Health(
        What.DEFAULT, "", "DEF-01", State.MISSING, "e-automate has no such contract", "correct it"
    )
    assert finding_of(default).level is Level.FAULT
    whole = Health(What.BASE, "Backup", "**CWBase Backup", State.OK, "Backup")
    assert (finding_of(whole).level, finding_of(whole).text) == (Level.OK, "is there")
