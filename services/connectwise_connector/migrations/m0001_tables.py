"""Records, positions, source and lease."""

from shared.connector.migration import create_0001, drop_0001

revision = "connectwise_connector_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    create_0001("connectwise_connector")


def downgrade() -> None:
    """Drop the tables."""
    drop_0001("connectwise_connector")
