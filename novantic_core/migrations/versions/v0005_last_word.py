"""When the last word of a ticket was said, which the queue would otherwise look for among the messages of each row."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket", sa.Column("last_word_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE ticket SET last_word_at = "
        "(SELECT MAX(m.created_at) FROM message m WHERE m.ticket_id = ticket.id AND m.kind <> 'note')"
    )
