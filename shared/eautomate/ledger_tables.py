"""Tandem's own tables beside the dealer's: what was applied, created and noted."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
)

from shared.eautomate.areas import AREAS, Area
from shared.eautomate.types import LocalDateTime, LocalDay, Money, varchar


class LedgerTables:
    """Builds the ledger's tables; on the stand-in the schema's name becomes a prefix."""

    def __init__(self, metadata: MetaData, prefix: str) -> None:
        self._metadata = metadata
        self._prefix = prefix

    def applied(self) -> Table:
        """The last applied change of each record."""
        return self._table(
            "applied",
            ("process", "record"),
            Column("process", varchar(32), nullable=False),
            Column("record", varchar(128), nullable=False),
            Column("generation", Integer, nullable=False),
            Column("sequence", BigInteger, nullable=False),
            Column("applied_at", LocalDateTime(), nullable=False),
        )

    def created(self) -> Table:
        """What was created for each record."""
        return self._table(
            "created",
            ("process", "record", "target_kind", "generation"),
            Column("process", varchar(32), nullable=False),
            Column("record", varchar(128), nullable=False),
            Column("target_kind", varchar(32), nullable=False),
            Column("generation", Integer, nullable=False),
            Column("target_id", varchar(64), nullable=False),
            Column("created_at", LocalDateTime(), nullable=False),
        )

    def contract_lines(self) -> Table:
        """Which contract line stands for which line of the agreement."""
        return self._table(
            "contract_lines",
            ("contract_id", "line_key"),
            Column("contract_id", Integer, nullable=False),
            Column("line_key", varchar(64), nullable=False),
            Column("contract_detail_id", Integer, nullable=False),
            areas=("contracts",),
        )

    def contract_periods(self) -> Table:
        """Which invoice a contract was made ready for, by period."""
        return self._table(
            "contract_periods",
            ("contract_id", "period_from"),
            Column("contract_id", Integer, nullable=False),
            Column("period_from", LocalDay(), nullable=False),
            Column("period_to", LocalDay(), nullable=False),
            Column("invoice_id", Integer, nullable=False),
            Column("invoice_number", varchar(32), nullable=False),
            Column("amount", Money(), nullable=False),
            Column("red", Boolean, nullable=False),
            Column("released_by", varchar(64), nullable=False),
            Column("before_lines", String(), nullable=False),
            areas=("contracts",),
        )

    def contract_writes(self) -> Table:
        """How Tandem left a contract when it wrote to it last."""
        return self._table(
            "contract_writes",
            ("contract_id",),
            Column("contract_id", Integer, nullable=False, autoincrement=False),
            Column("invoice_id", Integer, nullable=False),
            Column("generation", Integer, nullable=False),
            Column("sequence", BigInteger, nullable=False),
            Column("row_version", varchar(16), nullable=False),
            Column("content", varchar(64), nullable=False),
            areas=("contracts",),
        )

    def call_writes(self) -> Table:
        """How Tandem left a call when it wrote to it last."""
        return self._table(
            "call_writes",
            ("call_id",),
            Column("call_id", Integer, nullable=False, autoincrement=False),
            Column("record", varchar(128), nullable=False),
            Column("generation", Integer, nullable=False),
            Column("sequence", BigInteger, nullable=False),
            Column("row_version", varchar(16), nullable=False),
            Column("content", varchar(64), nullable=False),
            areas=("calls",),
        )

    def _table(
        self, name: str, key: tuple[str, ...], *columns: Column[Any], areas: tuple[Area, ...] = AREAS
    ) -> Table:
        return Table(
            f"{self._prefix}{name}",
            self._metadata,
            *columns,
            PrimaryKeyConstraint(*key, name=f"{self._prefix}{name}_key"),
            implicit_returning=False,
            info={"logical": name, "ledger": True, "seen": True, "inserts": True, "areas": frozenset(areas)},
        )


def standin_database() -> Table:
    """The stand-in's answer to sys.databases and MIN_ACTIVE_ROWVERSION(): one row."""
    return Table(
        "standin_database",
        MetaData(),
        Column("database_guid", varchar(36)),
        Column("create_date", varchar(32)),
        Column("min_active_rowversion", LargeBinary),
    )
