from shared.events import topics

TOPICS = {topic.name: topic for topic in topics.all_topics("t", 6)}
LARGEST_CHANGE = topics.CHANGE_MAX_BYTES


def limit(name: str) -> int:
    return int(TOPICS[name].config["max.message.bytes"])


def test_every_topic_is_named_once_and_begins_with_the_prefix() -> None:
    assert len(TOPICS) == len(topics.all_topics("t", 6))
    assert all(name.startswith("t.") for name in TOPICS)
    wanted = {"t.eautomate.customer", "t.connectwise.company", "t.links", "t.outcomes", "t.case-events"}
    assert wanted <= set(TOPICS)
    for agent in topics.AGENTS:
        assert {topics.redo("t", agent), topics.dead_letters("t", agent)} <= set(TOPICS)


def test_a_redo_topic_is_split_as_its_source_is() -> None:
    for agent in topics.AGENTS:
        assert TOPICS[topics.redo("t", agent)].partitions == TOPICS["t.eautomate.customer"].partitions == 6


def test_links_are_one_ordered_partition_compacted_and_nothing_else_is() -> None:
    assert TOPICS["t.links"].partitions == 1
    compacted = {name for name, topic in TOPICS.items() if topic.config["cleanup.policy"] != "delete"}
    assert compacted == {"t.links"}


def test_history_is_kept_for_400_days() -> None:
    kept = {topic.config.get("retention.ms") for name, topic in TOPICS.items() if name != "t.links"}
    assert kept == {str(400 * 86_400_000)}


def test_a_dead_letter_has_room_for_every_change_and_its_reason() -> None:
    assert limit("t.eautomate.customer") > LARGEST_CHANGE
    assert limit("t.customer_sync.redo") == limit("t.eautomate.customer")
    assert limit("t.customer_sync.dlq") > limit("t.eautomate.customer") + 64 * 1024
