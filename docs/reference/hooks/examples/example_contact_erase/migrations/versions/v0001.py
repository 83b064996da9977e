"""The table."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "birthday_person",
        sa.Column("email", sa.String(254), primary_key=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("card_sent", sa.String(20), nullable=False, server_default=""),
    )
