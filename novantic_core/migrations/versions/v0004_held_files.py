"""Files that plugins keep for something of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "held_file",
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["stored_file.key"], name=op.f("fk_held_file_key_stored_file")),
        sa.PrimaryKeyConstraint("holder", "key", name=op.f("pk_held_file")),
    )
    op.create_index(op.f("ix_held_file_key"), "held_file", ["key"])
