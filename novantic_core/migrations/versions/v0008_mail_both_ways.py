"""Mails that came in, what became of those that went out, tasks of workers, what administrators were told."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("mail_id", sa.String(998), nullable=False, server_default=""))
    came = sa.text("mail_id <> ''")
    op.create_index("ix_message_mail_id", "message", ["mail_id"], sqlite_where=came, postgresql_where=came)
    op.add_column("delivery", sa.Column("trying_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("bounce", sa.Text(), nullable=False, server_default=""))
    bounced = sa.text("bounced_at IS NOT NULL")
    op.create_index("ix_delivery_bounced", "delivery", ["id"], sqlite_where=bounced, postgresql_where=bounced)
    missed = sa.text("role = 'requester' AND (state = 'failed' OR bounced_at IS NOT NULL)")
    op.create_index("ix_delivery_missed", "delivery", ["ticket_id"], sqlite_where=missed, postgresql_where=missed)
    op.create_table(
        "delivery_archive",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], ondelete="CASCADE",
            name=op.f("fk_delivery_archive_delivery_id_delivery"),
        ),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_delivery_archive")),
    )  # fmt: skip
    op.create_index("ix_delivery_archive_at", "delivery_archive", ["at"])
    op.create_table(
        "worker_task",
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("worker_id", sa.String(64), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("fault_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], ondelete="SET NULL", name=op.f("fk_worker_task_worker_id_worker")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker_task")),
    )
    op.create_table(
        "alarm",
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_alarm")),
    )
