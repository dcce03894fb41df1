"""What is wrong with the settings: everything, at once, without secrets."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from shared.checkup.finding import Finding, Level, faults
from shared.checkup.settings import check_settings
from shared.keystore import KeyStore, StoredKeys

SECRET = "hunter2-secret"
GOOD = {
    "TANDEM_CONNECTWISE__URL": "https://api-na.myconnectwise.net",
    "TANDEM_CONNECTWISE__COMPANY": "northgate",
    "TANDEM_CONNECTWISE__PUBLIC_KEY": SECRET,
    "TANDEM_CONNECTWISE__PRIVATE_KEY": SECRET,
    "TANDEM_CONNECTWISE__CLIENT_ID": SECRET,
    "TANDEM_EAUTOMATE__URL": f"mssql+aioodbc://u:{SECRET}@host/db",
}


@pytest.fixture
def good(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("TANDEM_KEYS__FILE", str(tmp_path / "keys"))
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def found(*services: str) -> dict[str, Finding]:
    findings = check_settings(services or ("customer_sync", "connectwise_connector"))
    for finding in findings:
        assert SECRET not in f"{finding} {finding.line()} {finding.facts()}"
    return {finding.variable: finding for finding in findings}


def test_good_settings_have_no_findings(good: pytest.MonkeyPatch) -> None:
    assert found() == {}


def test_everything_wrong_is_named_at_once_with_variable_path_and_fix(good: pytest.MonkeyPatch) -> None:
    good.setenv("TANDEM_KAFKA__PARTITIONS", "many")
    good.setenv("TANDEM_KAFKA__BOOTSTRAP_SERVERS", "broker")
    good.setenv("TANDEM_CUSTOMER_SYNC__SYNC_TYPE", "insert/update customers")
    good.setenv("TANDEM_CUSTOMER_SYNC__SYNC_TYPO", "x")
    good.setenv("TANDEM_EAUTOMATE__TIME_ZONE", "Mars")
    good.setenv("TANDEM_EAUTOMATE__PROFILE", "/nowhere.yaml")
    good.setenv("TANDEM_STORE__URL", f"mysql://u:{SECRET}@host/db")
    good.setenv("TANDEM_MAPPING__URL", "mapping:8080")
    good.setenv("TANDEM_CONNECTWISE__URL", "api-na.myconnectwise.net")
    good.delenv("TANDEM_CONNECTWISE__PRIVATE_KEY")
    findings = found()
    assert set(findings) == {
        "TANDEM_KAFKA__PARTITIONS",
        "TANDEM_CUSTOMER_SYNC__COMPANY_TYPE",
        "TANDEM_CUSTOMER_SYNC__SYNC_TYPO",
        "TANDEM_EAUTOMATE__TIME_ZONE",
        "TANDEM_EAUTOMATE__PROFILE",
        "TANDEM_STORE__URL",
        "TANDEM_MAPPING__URL",
        "TANDEM_CONNECTWISE__URL",
        "TANDEM_CONNECTWISE__PRIVATE_KEY",
    }
    assert all(finding.level is Level.FAULT for finding in findings.values())
    partitions = findings["TANDEM_KAFKA__PARTITIONS"]
    assert partitions.facts()["path"] == "kafka.partitions"
    assert partitions.facts()["section"] == "kafka"
    assert "variable 1" in findings["TANDEM_CUSTOMER_SYNC__COMPANY_TYPE"].fix
    assert findings["TANDEM_CUSTOMER_SYNC__SYNC_TYPO"].fix == "did you mean TANDEM_CUSTOMER_SYNC__SYNC_TYPE?"
    assert "tandem keys set" in findings["TANDEM_CONNECTWISE__PRIVATE_KEY"].fix


def test_an_address_of_the_broker_needs_a_port(good: pytest.MonkeyPatch) -> None:
    good.setenv("TANDEM_KAFKA__BOOTSTRAP_SERVERS", "one:9092, two")
    assert "'two' is no host:port" in found()["TANDEM_KAFKA__BOOTSTRAP_SERVERS"].text


def test_what_a_service_does_not_need_may_be_missing(good: pytest.MonkeyPatch) -> None:
    for name in GOOD:
        good.delenv(name)
    assert found("mapping") == {}
    assert set(found("eautomate_connector")) == {"TANDEM_EAUTOMATE__URL"}
    assert set(found("connectwise_connector")) == set(GOOD) - {"TANDEM_EAUTOMATE__URL"}


def test_keys_that_cannot_be_read_are_named_to_those_who_need_them(
    good: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    good.delenv("TANDEM_CONNECTWISE__CLIENT_ID")
    (tmp_path / "keys").write_text(SECRET)
    assert set(found()) == {"TANDEM_KEYS__FILE"}
    assert found("mapping") == {}


def test_an_unreadable_file_is_the_only_finding(good: pytest.MonkeyPatch, tmp_path: Path) -> None:
    good.setenv("TANDEM_CONFIG", str(tmp_path / "none.yaml"))
    assert set(found()) == {"TANDEM_CONFIG"}


def test_shares_of_the_budget_above_the_whole_are_named(good: pytest.MonkeyPatch) -> None:
    good.setenv("TANDEM_CUSTOMER_SYNC__BUDGET_SHARE", "0.9")
    good.setenv("TANDEM_CONNECTWISE_CONNECTOR__BUDGET_SHARE", "0.9")
    told = found()["TANDEM_CONNECTWISE__REQUESTS_PER_MINUTE"].text
    assert "customer_sync 0.9" in told
    assert "connectwise_connector 0.9" in told


def test_a_name_nobody_reads_is_as_bad_as_the_caller_says(good: pytest.MonkeyPatch) -> None:
    good.setenv("TANDEM_KAFKA__PARTITION", "3")
    assert faults(check_settings(["mapping"], unknown=Level.WARNING)) == []
    assert len(faults(check_settings(["mapping"]))) == 1


def test_test_mode_without_topics_and_store_of_its_own_is_a_fault(good: pytest.MonkeyPatch) -> None:
    good.setenv("TANDEM_CUSTOMER_SYNC__MODE", "test")
    assert set(found()) == {"TANDEM_KAFKA__TOPIC_PREFIX", "TANDEM_STORE__URL"}
    assert found("mapping", "connectwise_connector") == {}
    good.setenv("TANDEM_KAFKA__TOPIC_PREFIX", "acme-test")
    good.setenv("TANDEM_STORE__URL", "sqlite+aiosqlite:///var/test/{service}.db")
    assert found() == {}


def test_stored_keys_that_the_environments_own_hide_are_told(
    good: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stored = StoredKeys(
        public_key=SecretStr("other"),
        private_key=SecretStr(SECRET),
        by="ann",
        at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    KeyStore(tmp_path / "keys").write(stored)
    told = found()["TANDEM_CONNECTWISE__PUBLIC_KEY"]
    assert told.level is Level.WARNING
    assert f"goes before the keys stored in {tmp_path / 'keys'} on 2026-01-02" in told.text
    assert found("mapping") == {}
    good.delenv("TANDEM_CONNECTWISE__PUBLIC_KEY")
    good.delenv("TANDEM_CONNECTWISE__PRIVATE_KEY")
    assert found() == {}


def test_what_a_process_needs_and_has_not_is_a_warning_to_who_runs_it(good: pytest.MonkeyPatch) -> None:
    told = found("service_sync")
    statuses = told["TANDEM_SERVICE_SYNC__TICKET_STATUSES"]
    assert (statuses.level, statuses.text) == (Level.WARNING, "is blank: no ticket is taken")
    assert {finding.level for finding in told.values()} == {Level.WARNING}
    good.setenv("TANDEM_SERVICE_SYNC__TICKET_STATUSES", "Completed")
    assert "TANDEM_SERVICE_SYNC__TICKET_STATUSES" not in found("service_sync")
    assert found("customer_sync") == {}
