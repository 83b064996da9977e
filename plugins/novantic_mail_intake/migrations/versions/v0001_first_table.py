"""The mails that came in, who was in copy of them, and the tokens by which mailboxes are opened."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_intake_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.String(64), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("envelope_from", sa.String(320), nullable=True),
        sa.Column("envelope_to", sa.String(320), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.String(998), nullable=False),
        sa.Column("sender", sa.String(320), nullable=False),
        sa.Column("sender_name", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("message_row_id", sa.Integer(), nullable=True),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(120), nullable=False),
        sa.Column("copied", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], ondelete="SET NULL", name=op.f("fk_mail_intake_message_ticket_id_ticket")
        ),
        sa.ForeignKeyConstraint(
            ["message_row_id"], ["message.id"], ondelete="SET NULL",
            name=op.f("fk_mail_intake_message_message_row_id_message"),
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], ondelete="SET NULL",
            name=op.f("fk_mail_intake_message_delivery_id_delivery"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_intake_message")),
    )  # fmt: skip
    there = sa.text("key <> ''")
    op.create_index(
        "uq_mail_intake_message_mailbox_key", "mail_intake_message", ["mailbox", "key"], unique=True,
        sqlite_where=there, postgresql_where=there,
    )  # fmt: skip
    waiting = sa.text("state IN ('new', 'held', 'faulty', 'braked')")
    op.create_index(
        "ix_mail_intake_message_waiting", "mail_intake_message", ["state", "id"],
        sqlite_where=waiting, postgresql_where=waiting,
    )  # fmt: skip
    for column in ("message_id", "ticket_id", "received_at"):
        op.create_index(f"ix_mail_intake_message_{column}", "mail_intake_message", [column])
    op.create_table(
        "mail_intake_token",
        sa.Column("mailbox", sa.String(64), nullable=False),
        sa.Column("instead", sa.String(64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_mail_intake_token")),
    )
    op.create_table(
        "mail_intake_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(2), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("address_key", sa.String(320), nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(
            ["mail_id"],
            ["mail_intake_message.id"],
            ondelete="CASCADE",
            name=op.f("fk_mail_intake_copy_mail_id_mail_intake_message"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_intake_copy")),
        sa.UniqueConstraint("mail_id", "place", name=op.f("uq_mail_intake_copy_mail_id")),
    )
    op.create_index("ix_mail_intake_copy_address_key", "mail_intake_copy", ["address_key"])
