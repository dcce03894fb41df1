from pathlib import Path

from shared.checkup.finding import Level
from shared.checkup.names import unknown_names


def told(environment: dict[str, str]) -> str:
    return "\n".join(finding.line() for finding in unknown_names(Level.WARNING, environment))


def test_known_settings_pass() -> None:
    given = (
        *("TANDEM_CUSTOMER_SYNC__SYNC_TYPE", "TANDEM_MAPPING__URL", "TANDEM_KEYS__ADMINS"),
        *("TANDEM_PROCESSES__ENABLED", "TANDEM_LOG_LEVEL", "HOME"),
    )
    assert unknown_names(Level.FAULT, dict.fromkeys(given, "x")) == []


def test_a_misspelt_variable_is_named_with_the_nearest_known_one() -> None:
    assert told({"TANDEM_CUSTOMER_SYNC__SYNC_TYPO": "x"}) == (
        "TANDEM_CUSTOMER_SYNC__SYNC_TYPO: is no setting of Tandem (did you mean TANDEM_CUSTOMER_SYNC__SYNC_TYPE?)"
    )


def test_a_misspelt_section_and_setting_of_the_file_are_named(tmp_path: Path) -> None:
    path = tmp_path / "tandem.yaml"
    path.write_text("custmer_sync: {sync_type: x}\nkafka: {topic_prefx: x, partitions: 4}\n")
    lines = told({"TANDEM_CONFIG": str(path)})
    assert f"TANDEM_CUSTMER_SYNC: is no section ({path}) (did you mean customer_sync?)" in lines
    assert f"TANDEM_KAFKA__TOPIC_PREFX: is no setting ({path}) (did you mean topic_prefix?)" in lines
    assert "PARTITIONS" not in lines
