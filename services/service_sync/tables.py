"""The table of service_sync, which is the only one to touch it."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text

METADATA = MetaData()
INVOICE_NUMBER_MOST = 50

ENTRY = Table(
    "service_sync_entry",
    METADATA,
    # A time entry that was taken, and with which row: it comes over once, whatever brings it.
    Column("entry_id", BigInteger, primary_key=True, autoincrement=False),
    Column("subject", String(40), nullable=False),
    Index("service_sync_entry_subject", "subject"),
)

TICKET = Table(
    "service_sync_ticket",
    METADATA,
    # The ticket's number; with an invoice: `60211@18550`.
    Column("subject", String(40), primary_key=True),
    Column("ticket_id", BigInteger, nullable=False),
    Column("stage", String(10), nullable=False),
    # The snapshot: as seen last while it settles, as taken afterwards.
    Column("content", Text, nullable=False),
    # Of the snapshot.
    Column("sequence", BigInteger, nullable=False),
    # Counts deliberate redos.
    Column("generation", Integer, nullable=False),
    # When it is taken unless it changes, and when it was last sent to be; epoch seconds.
    Column("due_at", Float, nullable=False),
    Column("sent_at", Float, nullable=False),
    # When it was taken; null while it settles.
    Column("taken_at", Float, nullable=True),
    # A person pointed it to this customer.
    Column("customer_id", BigInteger, nullable=True),
    # Of its call, empty while it has none.
    Column("call_number", String(32), nullable=False),
    # In invoice-only mode: the invoice that bills the time, its number, and which of the ticket's it is (`2 of 3`).
    Column("invoice_id", BigInteger, nullable=True),
    Column("invoice_number", String(INVOICE_NUMBER_MOST), nullable=False),
    Column("invoice_place", String(20), nullable=False),
    # Whether its call was given ConnectWise's amounts (override_billing).
    Column("overridden", Boolean, nullable=False),
    # Who decided about it, and why.
    Column("by", String(100), nullable=False),
    Column("why", String(500), nullable=False),
    Index("service_sync_ticket_due", "stage", "due_at"),
    Index("service_sync_ticket_ticket", "ticket_id"),
    Index("service_sync_ticket_invoice", "invoice_id"),
)
