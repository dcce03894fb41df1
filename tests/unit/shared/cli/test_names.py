from pathlib import Path

import pytest

from shared.cli.names import check_names


def test_known_settings_pass() -> None:
    check_names(
        {
            "TANDEM_CUSTOMER_SYNC__SYNC_TYPE": "x",
            "TANDEM_MAPPING__URL": "x",
            "TANDEM_LOG_LEVEL": "x",
            "HOME": "x",
        }
    )


def test_a_misspelt_variable_is_named_with_the_nearest_known_one() -> None:
    with pytest.raises(
        ValueError, match=r"TANDEM_CUSTOMER_SYNC__SYNC_TYPO is no setting.*TANDEM_CUSTOMER_SYNC__SYNC_TYPE"
    ):
        check_names({"TANDEM_CUSTOMER_SYNC__SYNC_TYPO": "x"})


def test_a_misspelt_section_and_setting_of_the_file_are_named(tmp_path: Path) -> None:
    path = tmp_path / "tandem.yaml"
    path.write_text("custmer_sync: {sync_type: x}\nkafka: {topic_prefx: x, partitions: 4}\n")
    with pytest.raises(ValueError, match="is no") as told:
        check_names({"TANDEM_CONFIG": str(path)})
    assert "custmer_sync is no section; did you mean customer_sync?" in str(told.value)
    assert "kafka.topic_prefx is no setting; did you mean topic_prefix?" in str(told.value)
    assert "partitions" not in str(told.value)
