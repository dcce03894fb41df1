"""CloudEvents 1.0 envelope in Kafka headers (binary mode).

The attributes travel as headers ``ce_*``, the record itself is the JSON value. Order is ``ce_sequence``
alone: stamps of the two systems do not order (one-second resolution, restored databases).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

SPEC_VERSION = "1.0"
CONTENT_TYPE = b"application/json"
SEQUENCE_LIMIT = 1 << 63

Headers = list[tuple[str, bytes]]


class EnvelopeError(ValueError):
    """The headers do not form an envelope Tandem understands; the text names the header and what it held."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who changed, and in what order.

    Attributes:
        source: ``eautomate`` or ``connectwise`` (or a Tandem service, for commands).
        entity: the record kind, e.g. ``customer``.
        subject: the record itself, the source's own key as text, e.g. ``1001``.
        sequence: rising per record; epoch in the high bits (see ``shared.connector.sequences``).
        time: when the connector saw the change, UTC.
        action: ``changed``, ``deleted`` or ``oversized`` (the value is then a stub), or a command's name.
        schema: version of the record model the value was written with.
    """

    source: str
    entity: str
    subject: str
    sequence: int
    time: datetime
    action: str = "changed"
    schema: int = 1

    @property
    def id(self) -> str:
        """``<source>:<entity>:<key>:<sequence>``, the same for every delivery of this change."""
        return f"{self.source}:{self.entity}:{self.subject}:{self.sequence}"

    @property
    def record(self) -> str:
        """``<entity>/<key>``, what outcomes, cases and ledgers call the record."""
        return f"{self.entity}/{self.subject}"

    def headers(self) -> Headers:
        """The envelope as Kafka headers, UTF-8."""
        return [
            ("ce_specversion", SPEC_VERSION.encode()),
            ("ce_id", self.id.encode()),
            ("ce_source", f"/{self.source}".encode()),
            ("ce_type", f"tandem.{self.source}.{self.entity}.{self.action}".encode()),
            ("ce_subject", self.subject.encode()),
            ("ce_time", self.time.astimezone(UTC).isoformat().replace("+00:00", "Z").encode()),
            ("ce_sequence", str(self.sequence).encode()),
            ("ce_dataschema", f"tandem:{self.source}.{self.entity}:{self.schema}".encode()),
            ("content-type", CONTENT_TYPE),
        ]

    @classmethod
    def from_headers(cls, headers: Iterable[tuple[str, bytes]] | Mapping[str, bytes] | None) -> "Envelope":
        """Read the envelope back.

        A header that occurs twice counts with its last value.

        Raises:
            EnvelopeError: a header is missing, not UTF-8 or of an unknown version; the text names it.
        """
        pairs = headers.items() if isinstance(headers, Mapping) else (headers or [])
        values = _decode(pairs)
        version = _required(values, "ce_specversion")
        if version != SPEC_VERSION:
            raise EnvelopeError(
                f"unknown version: ce_specversion is {version!r}, Tandem reads {SPEC_VERSION}"
            )
        kind = _required(values, "ce_type").split(".")
        if len(kind) != 4 or kind[0] != "tandem":
            raise EnvelopeError(f"ce_type is {values['ce_type']!r}, wanted tandem.<source>.<entity>.<action>")
        _, source, entity, action = kind
        return cls(
            source=source,
            entity=entity,
            subject=_required(values, "ce_subject"),
            sequence=_sequence(_required(values, "ce_sequence")),
            time=_time(_required(values, "ce_time")),
            action=action,
            schema=_schema(values.get("ce_dataschema")),
        )


def _decode(pairs: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, raw in pairs:
        if not name.startswith("ce_") or raw is None:
            continue
        try:
            values[name] = raw.decode()
        except UnicodeDecodeError as error:
            raise EnvelopeError(f"header {name} is not UTF-8") from error
    return values


def _required(values: Mapping[str, str], name: str) -> str:
    value = values.get(name)
    if not value:
        raise EnvelopeError(f"header {name} is missing")
    return value


def _sequence(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) < SEQUENCE_LIMIT):
        raise EnvelopeError(f"header ce_sequence is {text[:40]!r}, wanted a whole number below 2**63")
    return int(text)


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise EnvelopeError(f"header ce_time is {text[:40]!r}, wanted an RFC 3339 time") from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _schema(text: str | None) -> int:
    if text is None:
        return 1
    number = text.rpartition(":")[2]
    if not (number.isascii() and number.isdigit() and len(number) <= 9):
        raise EnvelopeError(
            f"header ce_dataschema is {text[:60]!r}, wanted tandem:<source>.<entity>:<version>"
        )
    return int(number)
