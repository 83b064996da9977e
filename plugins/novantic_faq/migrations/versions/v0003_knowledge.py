"""Who may read an article, its versions, its files, what readers say of it, and the tickets that it spared."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# the day on which the first articles were written
WRITTEN = "2026-11-24 00:00:00"
AUTHOR = "Novantic"
# of the articles that came with the plugin, by their first addresses
TOPICS = {"imprimante-hors-connexion": ["printer"]}
READ_NEXT = {
    "ouvrir-et-suivre-un-ticket": ["decrire-un-probleme", "situation-critique"],
    "decrire-un-probleme": ["ouvrir-et-suivre-un-ticket", "trouver-votre-id-teamviewer"],
    "situation-critique": ["ouvrir-et-suivre-un-ticket", "decrire-un-probleme"],
    "trouver-votre-id-teamviewer": ["decrire-un-probleme", "ouvrir-et-suivre-un-ticket"],
    "imprimante-hors-connexion": ["decrire-un-probleme", "trouver-votre-id-teamviewer"],
}

ADDRESS = sa.table("faq_address", sa.column("slug"), sa.column("article_id"))
ARTICLE = sa.table("faq_article", sa.column("id"), sa.column("topics", sa.JSON))
RELATED = sa.table("faq_related", *(sa.column(name) for name in ("article_id", "other_id", "position")))


def _article(name: str, key: str = "article_id", **options: bool) -> tuple[sa.Column, sa.ForeignKeyConstraint]:  # type: ignore[type-arg]
    return (
        sa.Column(key, sa.Integer(), nullable=False, **options),  # type: ignore[arg-type]
        sa.ForeignKeyConstraint([key], ["faq_article.id"], ondelete="CASCADE", name=f"fk_{name}_{key}_faq_article"),
    )


def upgrade() -> None:
    with op.batch_alter_table("faq_category") as batch:
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("faq_article") as batch:
        batch.add_column(sa.Column("audience", sa.String(length=20), nullable=False, server_default="public"))
        batch.add_column(sa.Column("topics", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("ticket", sa.String(length=20), nullable=False, server_default=""))
        for name in ("views", "useful", "useless"):
            batch.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=WRITTEN))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("faq_article_text") as batch:
        batch.add_column(sa.Column("revision_id", sa.Integer(), nullable=True))
    op.create_index("ix_faq_article_text_published", "faq_article_text", ["published", "updated_at"])
    op.create_table(
        "faq_reader",
        *_article("faq_reader"),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            ondelete="CASCADE",
            name="fk_faq_reader_organisation_id_organisation",
        ),
        sa.PrimaryKeyConstraint("article_id", "organisation_id", name="pk_faq_reader"),
    )
    op.create_index("ix_faq_reader_organisation_id", "faq_reader", ["organisation_id"])
    op.create_table(
        "faq_related",
        *_article("faq_related"),
        *_article("faq_related", "other_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", "other_id", name="pk_faq_related"),
    )
    op.create_index("ix_faq_related_other_id", "faq_related", ["other_id"])
    op.create_table(
        "faq_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        *_article("faq_revision"),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=500), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["technician.id"], ondelete="SET NULL", name="fk_faq_revision_author_id_technician"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_faq_revision"),
    )
    op.create_index("ix_faq_revision_text", "faq_revision", ["article_id", "locale", "id"])
    op.create_table(
        "faq_file",
        sa.Column("id", sa.Integer(), nullable=False),
        *_article("faq_file"),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=255), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("inline", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_faq_file"),
    )
    op.create_index("ix_faq_file_article_id", "faq_file", ["article_id"])
    op.create_table(
        "faq_answer",
        *_article("faq_answer"),
        sa.Column("visitor", sa.String(length=64), nullable=False),
        sa.Column("useful", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("article_id", "visitor", name="pk_faq_answer"),
    )
    op.create_index("ix_faq_answer_at", "faq_answer", ["at"])
    op.create_table(
        "faq_avoided",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("submission", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["faq_article.id"], ondelete="SET NULL", name="fk_faq_avoided_article_id_faq_article"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_faq_avoided"),
        sa.UniqueConstraint("submission", name="uq_faq_avoided_submission"),
    )
    op.create_index("ix_faq_avoided_article_id", "faq_avoided", ["article_id"])
    op.create_index("ix_faq_avoided_at", "faq_avoided", ["at"])
    _first_revisions()
    _first_relations()


def _first_revisions() -> None:
    """What readers see now is the first version of each text."""
    op.execute(
        sa.text(
            "INSERT INTO faq_revision (article_id, locale, kind, slug, title, summary, body, author, at) "
            "SELECT article_id, locale, CASE WHEN published THEN 'published' ELSE 'draft' END, slug, title, summary, "
            "body, :author, updated_at FROM faq_article_text ORDER BY id"
        ).bindparams(author=AUTHOR)
    )
    op.execute(
        "UPDATE faq_article_text SET revision_id = (SELECT r.id FROM faq_revision r WHERE r.article_id = "
        "faq_article_text.article_id AND r.locale = faq_article_text.locale)"
    )


def _first_relations() -> None:
    """What the first articles are about, and what to read after each, where they are still there."""
    connection = op.get_bind()
    known = {row.slug: row.article_id for row in connection.execute(sa.select(ADDRESS))}
    for slug, topics in TOPICS.items():
        if slug in known:
            connection.execute(ARTICLE.update().where(ARTICLE.c.id == known[slug]).values(topics=topics))
    for slug, others in READ_NEXT.items():
        pairs = [(known[slug], known[other]) for other in others if slug in known and other in known]
        for position, (article, other) in enumerate(pairs):
            connection.execute(RELATED.insert().values(article_id=article, other_id=other, position=position))
