"""The table; ``novantic init`` makes it. Its name begins with the plugin's."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "waiting_first",
        sa.Column("ticket_id", sa.Integer(), sa.ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("seconds", sa.Integer(), nullable=False),
    )
