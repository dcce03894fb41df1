"""Words of tickets that all boards share: priorities, sources, service locations, severities, impacts."""

from services.simulator.connectwise.business.vocabulary import VocabularyRules
from services.simulator.connectwise.fields import (
    READ_ONLY,
    Entity,
    Kind,
    Mount,
    flag,
    key,
    number,
    one_of,
    shown,
    text,
)

_COLOURS = (
    *("Black", "Blue", "Cyan", "Gray", "Green", "Lime", "Orange", "Pink", "Purple", "Red", "White"),
    *("Yellow", "Custom"),
)

PRIORITY = Entity(
    key="priority",
    noun="Priority",
    mounts=(Mount("service/priorities"),),
    reference=(shown("name"), shown("sort", "sortOrder", Kind.INT)),
    href="priority",
    guard="Table Setup",
    light=True,
    rules=VocabularyRules("priority"),
    fields=(
        key(),
        text("name", 50, required=True),
        one_of("color", *_COLOURS, required=True),
        number("sortOrder"),
        flag("defaultFlag"),
    ),
)

SOURCE = Entity(
    key="serviceSource",
    noun="Source",
    mounts=(Mount("service/sources"),),
    href="source",
    guard="Table Setup",
    light=True,
    rules=VocabularyRules("serviceSource"),
    fields=(key(), text("name", 50, required=True), flag("defaultFlag")),
)

LOCATION = Entity(
    key="serviceLocation",
    noun="ServiceLocation",
    mounts=(Mount("service/locations"),),
    href="location",
    guard="Table Setup",
    light=True,
    rules=VocabularyRules("serviceLocation"),
    fields=(
        key(),
        text("name", 30, required=True),
        one_of("where", "OnSite", "Remote", "InHouse", required=True),
        flag("defaultFlag"),
    ),
)


def _weight(name: str, noun: str, path: str) -> Entity:
    # The three words a ticket says as an enumeration have a table of their own too.
    return Entity(
        key=name,
        noun=noun,
        mounts=(Mount(path),),
        guard="Table Setup",
        methods=READ_ONLY,
        fields=(
            key(),
            text("name"),
            text("description", 200, required=True),
            flag("defaultFlag"),
        ),
    )


ENTITIES = (
    *(PRIORITY, SOURCE, LOCATION),
    _weight("severity", "Severity", "service/severities"),
    _weight("impact", "Impact", "service/impacts"),
)
