import pytest
from pydantic import SecretStr

from shared.config import KafkaSettings, StoreSettings
from shared.mode import Mode, check_mode

OWN = StoreSettings(url=SecretStr("postgresql+asyncpg://u:hunter2@db/tandem_test"))
LIVE = StoreSettings(url=SecretStr("postgresql+asyncpg://u:hunter2@db/tandem"))


def test_only_production_writes_to_connectwise() -> None:
    assert Mode.PRODUCTION.writes_to_connectwise
    assert not Mode.TEST.writes_to_connectwise


def test_production_runs_on_any_topics_and_store() -> None:
    check_mode(Mode.PRODUCTION, KafkaSettings(), LIVE)


def test_a_test_runs_on_topics_and_a_store_of_its_own() -> None:
    check_mode(Mode.TEST, KafkaSettings(topic_prefix="acme-test"), OWN)


def test_a_test_that_may_share_with_production_is_refused_and_everything_is_named_without_secrets() -> None:
    with pytest.raises(ValueError, match="test mode needs") as caught:
        check_mode(Mode.TEST, KafkaSettings(topic_prefix="acme"), LIVE)
    told = str(caught.value)
    assert "TANDEM_KAFKA__TOPIC_PREFIX" in told
    assert "acme-test" in told
    assert "TANDEM_STORE__URL" in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    "url", ["sqlite+aiosqlite:////opt/latest/{service}.db", "x://test:test@test/live", "test"]
)
def test_only_a_word_in_the_name_of_the_database_counts(url: str) -> None:
    with pytest.raises(ValueError, match="STORE"):
        check_mode(Mode.TEST, KafkaSettings(topic_prefix="acme-test"), StoreSettings(url=SecretStr(url)))


@pytest.mark.parametrize(
    ("kafka", "store", "named"),
    [
        (KafkaSettings(topic_prefix="acme"), OWN, "TOPIC_PREFIX"),
        (KafkaSettings(topic_prefix="test"), LIVE, "STORE"),
    ],
)
def test_one_of_both_is_not_enough(kafka: KafkaSettings, store: StoreSettings, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        check_mode(Mode.TEST, kafka, store)
