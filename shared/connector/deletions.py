"""Records that vanished from the source become changes of type deleted.

A walk that sees much less than before is more likely a lost right or a wrong filter than a mass deletion: it
is held back and said aloud.
"""

from collections.abc import Collection, Iterable

import structlog

from shared.connector.publisher import ChangePublisher
from shared.connector.snapshots import gone
from shared.connector.store import Known

FEW = 20
"""So many deletions are always believed."""

PAGE = 1000

log = structlog.get_logger(__name__)


def vanished(known: Iterable[Known], seen: Collection[str]) -> list[Known]:
    """Records that were there and are not among the keys seen."""
    return [record for record in known if not record.deleted and record.key not in seen]


def believable(entity: str, missing: int, known: int, share: float) -> bool:
    """Whether so many deletions are believed; if not, it is logged.

    Args:
        entity: the record kind.
        missing: records that vanished.
        known: records there were.
        share: largest part of ``known`` that may vanish at once, 0 to 1.
    """
    if missing <= max(FEW, known * share):
        return True
    log.error(
        "more records are missing than is believable; none is published as deleted",
        entity=entity,
        missing=missing,
        known=known,
        advice="check the rights of the reading account; if it is true, raise deletion_share for one sweep",
    )
    return False


async def publish_deletions(
    publisher: ChangePublisher, entity: str, records: Iterable[Known], *, watch_children: bool = False
) -> int:
    """Publish deletions; returns how many.

    Raises:
        As ``ChangePublisher.publish``.
    """
    snapshots = [gone(entity, record.key, record.order_key) for record in records]
    published = 0
    for start in range(0, len(snapshots), PAGE):
        page = snapshots[start : start + PAGE]
        published += (await publisher.publish(entity, page, watch_children=watch_children)).published
    return published
