"""The queue: indexes by which its pages and its counts stay cheap (docs/adr/0013-indexes-of-the-queue.md)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# those that lead by the same column and go on with what the queue asks for next take the place of the old ones
REPLACED = {
    "ix_ticket_category_key": ("ix_ticket_category", "category_key"),
    "ix_ticket_assignee_id": ("ix_ticket_assignee", "assignee_id"),
    "ix_ticket_organisation_id": ("ix_ticket_organisation", "organisation_id"),
}
LIVE = (
    "updated_at", "id", "status", "assignee_id", "team", "category_key", "organisation_id", "priority", "critical",
    "priority_rank", "created_at",
)  # fmt: skip


def upgrade() -> None:
    for old, (new, column) in REPLACED.items():
        op.drop_index(old, "ticket")
        op.create_index(new, "ticket", [column, "status", "updated_at"], unique=False)
    op.create_index(
        "ix_ticket_live",
        "ticket",
        list(LIVE),
        unique=False,
        sqlite_where=sa.text("status <> 'closed'"),
        postgresql_where=sa.text("status <> 'closed'"),
    )
    op.create_index(
        "ix_ticket_critical",
        "ticket",
        ["acknowledged_at", "created_at", "id", "status", "critical"],
        unique=False,
        sqlite_where=sa.text("critical = 1 AND status <> 'closed'"),
        postgresql_where=sa.text("critical AND status <> 'closed'"),
    )
