"""A library that says the same thing all day."""

import logging

from shared.repeats import EVERY_SECONDS, Repeats


def _record(name: str, text: str, *values: object) -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, "", 0, text, values, None)


def test_the_same_message_is_said_once_in_a_while_and_then_with_how_often_it_was_said() -> None:
    now = [1000.0]
    repeats = Repeats(("aiokafka",), lambda: now[0])
    said = [repeats.filter(_record("aiokafka.client", "no node %s", node)) for node in range(5)]
    assert said == [True, False, False, False, False]
    now[0] += EVERY_SECONDS
    record = _record("aiokafka.client", "no node %s", 7)
    assert repeats.filter(record)
    assert record.getMessage() == "no node 7 (and 4 times more since this was last said)"
    assert not repeats.filter(_record("aiokafka.client", "no node %s", 8))


def test_other_messages_and_other_loggers_are_always_said() -> None:
    repeats = Repeats(("aiokafka",), lambda: 0.0)
    assert repeats.filter(_record("aiokafka.client", "one"))
    assert repeats.filter(_record("aiokafka.client", "another"))
    assert repeats.filter(_record("aiokafka.conn", "one"))
    assert [repeats.filter(_record("shared.bus.worker", "paused")) for _ in range(3)] == [True] * 3
    assert [repeats.filter(_record("aiokafkaesque", "one")) for _ in range(3)] == [True] * 3
