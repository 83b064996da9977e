"""The knowledge base's first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "faq_category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faq_category")),
        sa.UniqueConstraint("key", name=op.f("uq_faq_category_key")),
    )
    op.create_table(
        "faq_article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["faq_category.id"], name=op.f("fk_faq_article_category_id_faq_category")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faq_article")),
    )
    op.create_index("ix_faq_article_category", "faq_article", ["category_id", "position"])
    op.create_table(
        "faq_address",
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["faq_article.id"], ondelete="CASCADE", name=op.f("fk_faq_address_article_id_faq_article")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_faq_address")),
    )
    op.create_index(op.f("ix_faq_address_article_id"), "faq_address", ["article_id"])
    op.create_table(
        "faq_article_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=500), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("folded_title", sa.String(length=400), nullable=False),
        sa.Column("folded_text", sa.Text(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["faq_article.id"],
            ondelete="CASCADE",
            name=op.f("fk_faq_article_text_article_id_faq_article"),
        ),
        sa.ForeignKeyConstraint(
            ["slug"], ["faq_address.slug"], ondelete="CASCADE", name=op.f("fk_faq_article_text_slug_faq_address")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faq_article_text")),
        sa.UniqueConstraint("article_id", "locale", name=op.f("uq_faq_article_text_article_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_faq_article_text_slug")),
    )
