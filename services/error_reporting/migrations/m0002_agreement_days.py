"""What was told about each agreement invoice, a row a day.

What was read before is not told again by itself: `tandem cases rebuild` fills the days of the past.
"""

import sqlalchemy as sa
from alembic import op

revision = "error_reporting_0002"
down_revision = "error_reporting_0001"
branch_labels = None
depends_on = None

TABLE = "error_reporting_agreement_day"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        TABLE,
        sa.Column("record", sa.String(300), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("failing", sa.Boolean, nullable=True),
        sa.Column("compared", sa.Boolean, nullable=False),
        sa.Column("wrote", sa.Boolean, nullable=False),
        sa.Column("contract_id", sa.BigInteger, nullable=True),
        sa.Column("period_from", sa.Date, nullable=True),
        sa.Column("next_billing", sa.Date, nullable=True),
        sa.Column("settled", sa.Boolean, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index(f"{TABLE}_day", TABLE, ["day"])
    op.create_index(f"{TABLE}_failing", TABLE, ["failing", "day"])


def downgrade() -> None:
    """Drop the table; the days are made again from the topics."""
    op.drop_table(TABLE)
