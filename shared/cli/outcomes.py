"""Reading outcomes: what was done about a record."""

from collections.abc import Collection, Iterator
from datetime import datetime

from pydantic import ValidationError

from shared.cli.letters import read_all
from shared.config import KafkaSettings
from shared.events import topics
from shared.sync.outcome import Outcome


async def read_outcomes(
    settings: KafkaSettings,
    since: datetime,
    record: str | Collection[str] | None = None,
    result: str | None = None,
) -> list[Outcome]:
    """Outcomes the broker took since a moment, oldest first.

    Args:
        record: ``<source>/<entity>/<key>``, or several; None: of all records.
        result: only this result, e.g. ``applied``.

    Raises:
        KafkaError, PublishError: the broker does not answer.
    """
    messages = await read_all(settings, topics.outcomes(settings.topic_prefix), since)
    names = [record] if isinstance(record, str) else record
    keys = None if names is None else {name.encode() for name in names}
    return list(_read(messages, keys, result))


def _read(messages: list[object], keys: Collection[bytes] | None, result: str | None) -> Iterator[Outcome]:
    for message in messages:
        key, value, headers = (getattr(message, name) for name in ("key", "value", "headers"))
        # Told apart by key and header: reading every value of a busy dealer's months would take minutes.
        if keys is not None and key not in keys:
            continue
        if result is not None and dict(headers or ()).get("tandem-result", b"").decode() != result:
            continue
        try:
            yield Outcome.model_validate_json(value or b"")
        except ValidationError:
            continue  # of a later release, or no outcome
