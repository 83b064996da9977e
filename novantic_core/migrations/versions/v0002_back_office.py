"""The back office: organisations, teams, what technicians do around a ticket, and the second factor."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

from novantic_core.migrations.references import add_reference, index_the_set

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    make_desk_tables()
    make_ticket_tables()
    make_merge_tables()
    add_columns()
    add_indexes()
    fill()


def make_desk_tables() -> None:
    op.create_table(
        "action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
    )
    op.create_index("ix_action_at", "action", ["at", "id"], unique=False)
    op.create_index(op.f("ix_action_kind"), "action", ["kind"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_key", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("contract", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("name_key", name=op.f("uq_organisation_name_key")),
    )
    op.create_index("ix_organisation_words", "organisation", ["words", "id"], unique=False)
    op.create_table(
        "preference",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_preference")),
    )
    op.create_table(
        "team",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_team")),
    )
    op.create_table(
        "canned_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("category_key", sa.String(length=64), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["category_key"], ["category.key"], name=op.f("fk_canned_reply_category_key_category")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reply")),
    )
    op.create_table(
        "organisation_domain",
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_domain_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_organisation_domain")),
    )
    op.create_index(
        op.f("ix_organisation_domain_organisation_id"), "organisation_domain", ["organisation_id"], unique=False
    )
    op.create_table(
        "password_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("theme", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_request")),
    )
    op.create_table(
        "personal_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["technician_id"],
            ["technician.id"],
            name=op.f("fk_personal_link_technician_id_technician"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_personal_link_token_hash")),
    )
    op.create_index(op.f("ix_personal_link_technician_id"), "personal_link", ["technician_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["technician_id"],
            ["technician.id"],
            name=op.f("fk_recovery_code_technician_id_technician"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_technician_id"), "recovery_code", ["technician_id"], unique=False)
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["technician_id"],
            ["technician.id"],
            name=op.f("fk_saved_view_technician_id_technician"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("technician_id", "name", name=op.f("uq_saved_view_technician_id")),
    )


def make_ticket_tables() -> None:
    op.create_table(
        "draft",
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["technician.id"], name=op.f("fk_draft_technician_id_technician"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_draft_ticket_id_ticket"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("technician_id", "ticket_id", "kind", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_ticket_id"), "draft", ["ticket_id"], unique=False)
    op.create_table(
        "follower",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_from_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_from_id"], ["ticket.id"], name=op.f("fk_follower_merged_from_id_ticket"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["technician.id"], name=op.f("fk_follower_technician_id_technician"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_follower_ticket_id_ticket"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follower")),
        sa.UniqueConstraint("ticket_id", "email_key", name=op.f("uq_follower_ticket_id")),
    )
    op.create_index(op.f("ix_follower_email_key"), "follower", ["email_key"], unique=False)
    op.create_index(op.f("ix_follower_technician_id"), "follower", ["technician_id"], unique=False)
    op.create_table(
        "presence",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("writing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["technician.id"], name=op.f("fk_presence_technician_id_technician"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_presence_ticket_id_ticket"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "technician_id", name=op.f("pk_presence")),
    )
    op.create_index(op.f("ix_presence_seen_at"), "presence", ["seen_at"], unique=False)
    op.create_table(
        "ticket_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ticket_id < other_id", name=op.f("ck_ticket_link_order")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["ticket.id"], name=op.f("fk_ticket_link_other_id_ticket"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_link_ticket_id_ticket"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_link")),
        sa.UniqueConstraint("ticket_id", "other_id", name=op.f("uq_ticket_link_ticket_id")),
    )
    op.create_index(op.f("ix_ticket_link_other_id"), "ticket_link", ["other_id"], unique=False)
    op.create_table(
        "time_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("billable", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("spent_on", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_time_entry_minutes")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_time_entry_message_id_message"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_time_entry_organisation_id_organisation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["technician.id"], name=op.f("fk_time_entry_technician_id_technician")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_time_entry_ticket_id_ticket"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_entry")),
        sa.UniqueConstraint("submission", name=op.f("uq_time_entry_submission")),
    )
    op.create_index("ix_time_entry_organisation", "time_entry", ["organisation_id", "spent_on"], unique=False)
    op.create_index(op.f("ix_time_entry_spent_on"), "time_entry", ["spent_on"], unique=False)
    op.create_index(op.f("ix_time_entry_technician_id"), "time_entry", ["technician_id"], unique=False)
    op.create_index(op.f("ix_time_entry_ticket_id"), "time_entry", ["ticket_id"], unique=False)


def make_merge_tables() -> None:
    op.create_table(
        "ticket_merge",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("call_back", sa.Boolean(), nullable=False),
        sa.Column("raised", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_merge_ticket_id_ticket"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_merge")),
    )
    op.create_table(
        "merged_message",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("moved_from_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_merged_message_message_id_message"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["moved_from_id"], ["ticket.id"], name=op.f("fk_merged_message_moved_from_id_ticket")),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["ticket_merge.ticket_id"],
            name=op.f("fk_merged_message_ticket_id_ticket_merge"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ticket_id", "message_id", name=op.f("pk_merged_message")),
    )
    op.create_index(op.f("ix_merged_message_message_id"), "merged_message", ["message_id"], unique=False)


def add_columns() -> None:
    op.add_column("category", sa.Column("position", sa.Integer(), nullable=True))
    op.add_column("category", sa.Column("hidden", sa.Boolean(), server_default=sa.false(), nullable=False))
    add_reference("contact", "organisation_id", "organisation.id")
    add_reference("contact", "merged_into_id", "contact.id")
    op.add_column("contact", sa.Column("notes", sa.Text(), server_default="", nullable=False))
    op.add_column("contact", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("contact", sa.Column("words", sa.String(length=500), server_default="", nullable=False))
    op.add_column("contact", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_index("ix_contact_words", "contact", ["words", "id"], unique=False)
    op.create_index(
        "ix_contact_merged_into",
        "contact",
        ["merged_into_id"],
        unique=False,
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_contact_organisation_id"), "contact", ["organisation_id"], unique=False)
    add_reference("delivery", "technician_id", "technician.id")
    op.create_index(op.f("ix_delivery_technician_id"), "delivery", ["technician_id"], unique=False)
    add_reference("message", "moved_from_id", "ticket.id")
    index_the_set("ix_message_moved_from", "message", "moved_from_id")
    op.add_column("technician", sa.Column("signature", sa.Text(), server_default="", nullable=False))
    op.add_column("technician", sa.Column("totp_secret", sa.String(length=255), nullable=True))
    op.add_column("technician", sa.Column("totp_step", sa.Integer(), server_default="0", nullable=False))
    op.add_column("technician", sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("technician", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("technician_session", sa.Column("pending", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("technician_session", sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("technician_session", sa.Column("client", sa.String(length=45), server_default="", nullable=False))
    op.add_column("technician_session", sa.Column("browser", sa.String(length=255), server_default="", nullable=False))
    add_reference("ticket", "organisation_id", "organisation.id")
    add_reference("ticket", "merged_contact_id", "contact.id")
    op.add_column("ticket", sa.Column("first_answer_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ticket", sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True))
    add_reference("ticket", "acknowledged_by_id", "technician.id")
    op.add_column("ticket", sa.Column("last_author", sa.String(length=120), server_default="", nullable=False))
    op.add_column("ticket", sa.Column("last_kind", sa.String(length=20), server_default="message", nullable=False))
    add_reference("ticket", "merged_into_id", "ticket.id")
    index_the_set("ix_ticket_merged_into", "ticket", "merged_into_id")
    op.create_index("ix_ticket_created", "ticket", ["created_at"], unique=False)
    op.create_index("ix_ticket_answered", "ticket", ["first_answer_at"], unique=False)
    op.create_index("ix_ticket_closed", "ticket", ["closed_at"], unique=False)
    op.create_index(op.f("ix_ticket_organisation_id"), "ticket", ["organisation_id"], unique=False)


def add_indexes() -> None:
    op.create_index(
        "ix_delivery_failed",
        "delivery",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index("ix_event_at", "event", ["at", "id"], unique=False)


def fill() -> None:
    """What tickets that were there before would have noted."""
    fill_contacts()
    op.execute(
        "UPDATE ticket SET last_author = COALESCE((SELECT m.author FROM message m WHERE m.ticket_id = ticket.id "
        "AND m.kind <> 'note' ORDER BY m.id DESC LIMIT 1), name), "
        "last_kind = COALESCE((SELECT m.kind FROM message m WHERE m.ticket_id = ticket.id "
        "AND m.kind <> 'note' ORDER BY m.id DESC LIMIT 1), 'message'), "
        "first_answer_at = (SELECT MIN(m.created_at) FROM message m WHERE m.ticket_id = ticket.id AND m.kind = 'reply')"
    )
    op.execute(
        'INSERT INTO team ("key", label, private, hidden, position, version) '
        "SELECT DISTINCT team, team, false, false, 0, 1 "
        "FROM (SELECT team FROM ticket UNION SELECT team FROM technician) t"
    )


def fill_contacts() -> None:
    """What contacts are searched by. The rule is written out: a migration must not follow later changes of it."""
    connection = op.get_bind()
    contacts = sa.table("contact", *(sa.column(name) for name in ("id", "name", "email", "company", "phone", "words")))
    last = 0
    while rows := connection.execute(
        sa.select(contacts).where(contacts.c.id > last).order_by(contacts.c.id).limit(1000)
    ).all():
        for row in rows:
            plain = [folded(row.name), folded(row.email), folded(row.company)]
            phone = re.sub(r"\D", "", row.phone).lstrip("0")[-9:]
            words = "  ".join([*plain, phone])[:500]
            connection.execute(sa.update(contacts).where(contacts.c.id == row.id).values(words=words))
        last = rows[-1].id


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[^\w@.]+|_+", " ", "".join(sign for sign in plain if not unicodedata.combining(sign))).strip()
