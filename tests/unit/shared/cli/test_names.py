from pathlib import Path

from shared.cli.names import unknown_names


def test_known_settings_pass() -> None:
    given = ("TANDEM_CUSTOMER_SYNC__SYNC_TYPE", "TANDEM_MAPPING__URL", "TANDEM_LOG_LEVEL", "HOME")
    assert unknown_names(dict.fromkeys(given, "x")) == []


def test_a_misspelt_variable_is_named_with_the_nearest_known_one() -> None:
    [told] = unknown_names({"TANDEM_CUSTOMER_SYNC__SYNC_TYPO": "x"})
    assert told.startswith("TANDEM_CUSTOMER_SYNC__SYNC_TYPO is no setting of Tandem")
    assert "did you mean TANDEM_CUSTOMER_SYNC__SYNC_TYPE?" in told


def test_a_misspelt_section_and_setting_of_the_file_are_named(tmp_path: Path) -> None:
    path = tmp_path / "tandem.yaml"
    path.write_text("custmer_sync: {sync_type: x}\nkafka: {topic_prefx: x, partitions: 4}\n")
    told = "\n".join(unknown_names({"TANDEM_CONFIG": str(path)}))
    assert "custmer_sync is no section; did you mean customer_sync?" in told
    assert "kafka.topic_prefx is no setting; did you mean topic_prefix?" in told
    assert "partitions" not in told
