"""What is told on the case-events topic: what people do to cases and letters, and what agents run with.

People's deeds are written here before they take effect, so that cases can be rebuilt from topics.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter

from shared.bus.producer import Message
from shared.events.envelope import CONTENT_TYPE
from shared.events.topics import case_events

DIGEST_CHARACTERS = 16


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True)

    agent: str
    at: datetime

    def message(self, prefix: str) -> Message:
        """The event as it goes to its topic; what is about one record stays in order."""
        headers = [("ce_type", b"tandem.case-event"), ("content-type", CONTENT_TYPE)]
        return Message(case_events(prefix), self.key.encode(), self.model_dump_json().encode(), headers)

    @property
    def key(self) -> str:
        """What the event is about."""
        return self.agent


class Redriven(_Event):
    """A letter is about to be sent again by hand."""

    event: Literal["redriven"] = "redriven"
    place: str
    trace: str
    by: str
    why: str

    @property
    def key(self) -> str:
        """The change the letter is about."""
        return self.trace


class CaseEvent(_Event):
    """A person does something about a case.

    Attributes:
        event: ``retry`` sends its letter again; ``ignored`` keeps it quiet until its record succeeds or another
            error than ``code`` appears; ``unignored`` takes that back.
        record: ``<source>/<entity>/<key>``, as outcomes name it.
        code: the error the case has at that moment.
        failed_at: when it failed, as the person saw it: what has happened since is told apart without anybody's
            clock.
    """

    event: Literal["retry", "ignored", "unignored"]
    record: str
    code: str = ""
    failed_at: datetime
    by: str
    why: str

    @property
    def key(self) -> str:
        """The record."""
        return self.record


class SettingsTold(_Event):
    """What an agent runs with, by ``<section>.<name>``: digests, never values, and nothing of secrets."""

    event: Literal["settings"] = "settings"
    digests: dict[str, str]


AnyEvent = Annotated[Redriven | CaseEvent | SettingsTold, Field(discriminator="event")]
_ADAPTER: TypeAdapter[Redriven | CaseEvent | SettingsTold] = TypeAdapter(AnyEvent)


def read_event(value: bytes | None) -> Redriven | CaseEvent | SettingsTold:
    """An event from its message.

    Raises:
        pydantic.ValidationError: it is none this release knows.
    """
    return _ADAPTER.validate_json(value or b"")


def settings_told(agent: str, sections: Mapping[str, BaseModel]) -> SettingsTold:
    """What an agent says at its start about the settings it runs with."""
    digests = {
        f"{section}.{name}": _digest(values.model_dump(mode="json", include={name}))
        for section, values in sections.items()
        for name, field in type(values).model_fields.items()
        if not _secret(field.annotation)
    }
    return SettingsTold(agent=agent, at=datetime.now(UTC), digests=digests)


def _secret(annotation: object) -> bool:
    return annotation is SecretStr or SecretStr in get_args(annotation)


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_CHARACTERS]
