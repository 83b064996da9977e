"""Brands of tickets and mails, what plugins did to a ticket, faults of themes, plugins that were here before."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LIVE = (
    "updated_at", "id", "status", "assignee_id", "team", "category_key", "organisation_id", "priority", "critical",
    "priority_rank", "created_at", "brand",
)  # fmt: skip


def upgrade() -> None:
    for table in ("ticket", "delivery"):
        op.add_column(table, sa.Column("brand", sa.String(40), nullable=False, server_default="main"))
    # what filters the queue is in the index of live tickets, which the queue's counts read alone
    live = sa.text("status <> 'closed'")
    op.drop_index("ix_ticket_live", "ticket")
    op.create_index("ix_ticket_live", "ticket", list(LIVE), sqlite_where=live, postgresql_where=live)
    others = sa.text("brand <> 'main'")
    op.create_index(
        "ix_ticket_brand", "ticket", ["brand", "status", "updated_at"], sqlite_where=others, postgresql_where=others
    )
    op.create_table(
        "hook_trace",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("calls", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], ondelete="CASCADE", name=op.f("fk_hook_trace_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], ondelete="CASCADE", name=op.f("fk_hook_trace_ticket_id_ticket")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_trace")),
    )
    op.create_index("ix_hook_trace_ticket_id", "hook_trace", ["ticket_id", "event_id"])
    op.create_index("ix_hook_trace_at", "hook_trace", ["at"])
    op.create_table(
        "theme_fault",
        sa.Column("theme", sa.String(80), nullable=False),
        sa.Column("template", sa.String(200), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("theme", "template", name=op.f("pk_theme_fault")),
    )
    op.add_column("plugin_state", sa.Column("version", sa.String(64), nullable=False, server_default=""))
    op.add_column("plugin_state", sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True))
