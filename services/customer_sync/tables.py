"""The tables of customer_sync, which is the only one to touch them."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text

from shared.sync.intents import intent_table
from shared.sync.overwritten import overwritten_table

METADATA = MetaData()

APPLIED = Table(
    "customer_sync_applied",
    METADATA,
    # Generations count by kind of link, so a customer that became a location is counted anew.
    Column("kind", String(30), primary_key=True),
    Column("subject", String(20), primary_key=True),
    # The highest sequence somebody began to write for, and the highest that is done.
    Column("claimed", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("generation", Integer, nullable=False),
    # Where the values vanish together with a switch of configuration, the RecID is written again.
    Column("configuration", String(64), nullable=True),
    Column("target_id", BigInteger, nullable=True),
    # Of a site: the company it is in.
    Column("parent_target_id", BigInteger, nullable=True),
)

INTENT = intent_table(METADATA, "customer_sync")

OVERWRITTEN = overwritten_table(METADATA, "customer_sync")

COMPANY = Table(
    "customer_sync_company",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("identifier_key", String(60), nullable=False),
    Column("account_key", String(60), nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("last_updated", String(30), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("payload", Text, nullable=False),
    Index("customer_sync_company_identifier", "identifier_key"),
    Index("customer_sync_company_account", "account_key"),
)
