"""The tables of agreement_sync, which is the only one to touch them."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table

from shared.sync.intents import intent_table

METADATA = MetaData()

INVOICE = Table(
    "agreement_sync_invoice",
    METADATA,
    Column("invoice_id", BigInteger, primary_key=True, autoincrement=False),
    # None of what names no agreement.
    Column("agreement_id", BigInteger, nullable=True),
    Column("number", String(30), nullable=False),
    # What numbers are compared by.
    Column("number_key", String(30), nullable=False),
    Column("type", String(30), nullable=False),
    Column("status", String(60), nullable=False),
    # ISO date, empty when there is none.
    Column("day", String(10), nullable=False),
    Column("deleted", Boolean, nullable=False),
    # No contract will ever hold it, so that nobody waits for it.
    Column("by_hand", Boolean, nullable=False),
    # The sequence of the content seen last.
    Column("seen", BigInteger, nullable=False),
    # The highest sequence somebody began to write for, and the highest that is done.
    Column("claimed", BigInteger, nullable=False),
    Column("done", BigInteger, nullable=False),
    # Of the agreement's link: raised when a person ends it.
    Column("generation", Integer, nullable=False),
    Index("agreement_sync_invoice_agreement", "agreement_id", "day"),
    Index("agreement_sync_invoice_number", "number_key"),
)

INTENT = intent_table(METADATA, "agreement_sync")
