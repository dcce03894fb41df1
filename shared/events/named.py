"""What a record is called in outcomes, cases and letters, whoever speaks about it."""

from shared.events.topics import CHANGE_ENTITIES

COMMAND_SOURCE = "tandem"
"""Source of commands: they are about a record of one of the two systems."""


_OWNERS = {entity: source for source, entities in CHANGE_ENTITIES.items() for entity in entities} | {
    "agreement": "connectwise"
}


def named(source: str, entity: str, subject: str) -> str:
    """``<source>/<entity>/<key>``; of a command, the record's own source."""
    if source != COMMAND_SOURCE:
        return f"{source}/{entity}/{subject}"
    return f"{_OWNERS.get(entity, 'eautomate')}/{entity}/{subject}"
