"""The tables of error_reporting, which is the only one to touch them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)

from shared.store.lease import lease_table
from shared.store.types import UtcTime

METADATA = MetaData()
RECORD_MOST, TRIGGER_MOST, LABEL_MOST = 300, 300, 200

LOCK = Table(
    "error_reporting_lock",
    METADATA,
    # One row. Whoever folds or marks holds it: messages about one record come over several partitions.
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
)

RECORD = Table(
    "error_reporting_record",
    METADATA,
    Column("agent", String(60), primary_key=True),
    Column("record", String(RECORD_MOST), primary_key=True),
    Column("number", String(10), nullable=False),
    Column("process", String(60), nullable=False),
    Column("label", String(LABEL_MOST), nullable=False),
    Column("label_key", String(LABEL_MOST), nullable=False),
    Column("code", String(20), nullable=False),
    # Derived from the body; what decides about waking can be asked for.
    Column("is_open", Boolean, nullable=False),
    Column("ignored", Boolean, nullable=False),
    Column("sendable", Boolean, nullable=False),
    Column("automatic", Boolean, nullable=False),
    Column("failed_at", UtcTime, nullable=True),
    Column("first_failed_at", UtcTime, nullable=True),
    Column("retry_since", UtcTime, nullable=True),
    Column("asked_at", UtcTime, nullable=True),
    # Of waking: not told on any topic, made up anew after a rebuild.
    Column("asked_done_at", UtcTime, nullable=True),
    Column("due_at", UtcTime, nullable=True),
    Column("woken_for", UtcTime, nullable=True),
    Column("woken_at", UtcTime, nullable=True),
    Column("woken_by", String(TRIGGER_MOST), nullable=True),
    Column("body", Text, nullable=False),
    Index("error_reporting_record_due", "is_open", "due_at"),
    Index("error_reporting_record_number", "number"),
    Index("error_reporting_record_label", "label_key"),
)

LETTER = Table(
    "error_reporting_letter",
    METADATA,
    Column("agent", String(60), primary_key=True),
    Column("record", String(RECORD_MOST), primary_key=True),
    Column("command", Boolean, primary_key=True),
    Column("key", LargeBinary, nullable=True),
    Column("value", LargeBinary, nullable=True),
    # [[name, value in base64], ...]
    Column("headers", Text, nullable=False),
)

WAITS = Table(
    "error_reporting_waits",
    METADATA,
    Column("agent", String(60), primary_key=True),
    Column("record", String(RECORD_MOST), primary_key=True),
    Column("trigger", String(TRIGGER_MOST), primary_key=True),
    # When the trigger that last woke it came about: one coming about wakes a case once, whatever clocks say.
    Column("handled_at", UtcTime, nullable=True),
    Index("error_reporting_waits_trigger", "trigger"),
)

TRIGGER = Table(
    "error_reporting_trigger",
    METADATA,
    # Kept for a while only: the case that waits for it may be told of later than it.
    Column("trigger", String(TRIGGER_MOST), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Index("error_reporting_trigger_seen", "seen_at"),
)

SETTING = Table(
    "error_reporting_setting",
    METADATA,
    Column("agent", String(60), primary_key=True),
    Column("name", String(TRIGGER_MOST), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("at", UtcTime, nullable=False),
)

POSITION = Table(
    "error_reporting_position",
    METADATA,
    Column("topic", String(255), primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("next", BigInteger, nullable=False),
)

AGREEMENT_DAY = Table(
    "error_reporting_agreement_day",
    METADATA,
    Column("record", String(RECORD_MOST), primary_key=True),
    # The dealer's own day.
    Column("day", Date, primary_key=True),
    # Derived from the body; what reports choose by can be asked for.
    Column("failing", Boolean, nullable=True),
    # Whether a comparison tells of a contract, and of which.
    Column("compared", Boolean, nullable=False),
    Column("wrote", Boolean, nullable=False),
    Column("contract_id", BigInteger, nullable=True),
    Column("period_from", Date, nullable=True),
    Column("next_billing", Date, nullable=True),
    Column("settled", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Index("error_reporting_agreement_day_day", "day"),
    Index("error_reporting_agreement_day_failing", "failing", "day"),
)

LEASE = lease_table(METADATA, "error_reporting")
WAKER = "waker"
"""Name of the lease of the replica that wakes: only one that has folded all there was at its start holds it."""
