"""Every topic Tandem uses, named in one place.

Kubernetes manifests and ``tandem topics apply`` are generated from ``all_topics``; services never create
topics by themselves.
"""

from dataclasses import dataclass

DAY_MS = 24 * 60 * 60 * 1000
RETENTION_MS = 400 * DAY_MS
CHANGE_MAX_BYTES = 4 * 1024 * 1024
PRODUCER_MAX_BYTES = 5 * 1024 * 1024
# Kafka counts key, headers and batch framing too: leave them room beside a value of the stated size.
FRAMING_BYTES = 64 * 1024

CHANGE_ENTITIES: dict[str, tuple[str, ...]] = {
    "eautomate": ("customer", "agent", "contract", "contract_invoice", "call"),
    "connectwise": ("company", "site", "member", "invoice", "service_invoice", "ticket"),
}
AGENTS: tuple[str, ...] = ("customer_sync", "agreement_sync", "service_sync")


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it should exist on the broker."""

    name: str
    partitions: int
    config: dict[str, str]


def change(prefix: str, source: str, entity: str) -> str:
    """Topic of the changes of one record kind."""
    return f"{prefix}.{source}.{entity}"


def redo(prefix: str, agent: str) -> str:
    """Topic of redrives, replays and commands for one agent."""
    return f"{prefix}.{agent}.redo"


def dead_letters(prefix: str, agent: str) -> str:
    """Topic of one agent's dead letters."""
    return f"{prefix}.{agent}.dlq"


def links(prefix: str) -> str:
    """The compacted topic of links."""
    return f"{prefix}.links"


def outcomes(prefix: str) -> str:
    """What was done about each change."""
    return f"{prefix}.outcomes"


def case_events(prefix: str) -> str:
    """What people did to cases."""
    return f"{prefix}.case-events"


def all_topics(prefix: str, partitions: int) -> list[Topic]:
    """Every topic of a deployment with its configuration."""
    kept = {"retention.ms": str(RETENTION_MS), "cleanup.policy": "delete"}
    changes = kept | {"max.message.bytes": str(CHANGE_MAX_BYTES + FRAMING_BYTES)}
    letters = kept | {"max.message.bytes": str(PRODUCER_MAX_BYTES + FRAMING_BYTES)}
    result = [
        Topic(change(prefix, source, entity), partitions, changes)
        for source, entities in CHANGE_ENTITIES.items()
        for entity in entities
    ]
    for agent in AGENTS:
        # As many partitions as the source: a key's changes and redos meet in one worker.
        result.append(Topic(redo(prefix, agent), partitions, changes))
        result.append(Topic(dead_letters(prefix, agent), partitions, letters))
    compacted = {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.1"}
    # One partition: a link's end and its successor must be read in the order they were made.
    result.append(Topic(links(prefix), 1, compacted))
    result.append(Topic(outcomes(prefix), partitions, kept))
    result.append(Topic(case_events(prefix), partitions, kept))
    return result
