"""The table: what refers to an organisation goes with it."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "prepaid_hours",
        sa.Column(
            "organisation_id", sa.Integer(), sa.ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("hours", sa.Integer(), nullable=False),
    )
