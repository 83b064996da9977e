"""The articles that come with the knowledge base, in French and English.

They are written once: who changes or deletes them is not overruled by an upgrade. Each file of ``migrations/articles``
is a title, a summary and HTML, by lines; its name is the article's address.
"""

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from novantic_core.plugin import clean_html, html_to_text
from novantic_faq.words import fold

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FOLDER = Path(__file__).parents[1] / "articles"
WRITTEN = datetime(2026, 11, 24, tzinfo=UTC)
SHELVES = [
    (
        "support",
        {"fr": "Le support, mode d’emploi", "en": "How support works"},
        [
            {"fr": "ouvrir-et-suivre-un-ticket", "en": "open-and-follow-a-ticket"},
            {"fr": "decrire-un-probleme", "en": "describe-a-problem"},
            {"fr": "situation-critique", "en": "critical-situation"},
        ],
    ),
    (
        "remote",
        {"fr": "Prise en main à distance", "en": "Remote help"},
        [{"fr": "trouver-votre-id-teamviewer", "en": "find-your-teamviewer-id"}],
    ),
    (
        "printers",
        {"fr": "Imprimantes", "en": "Printers"},
        [{"fr": "imprimante-hors-connexion", "en": "printer-offline"}],
    ),
]

# the tables as this revision has them, whatever the models become
CATEGORY = sa.table(
    "faq_category", sa.column("id", sa.Integer), sa.column("key"), sa.column("position"), sa.column("names", sa.JSON)
)
ARTICLE = sa.table("faq_article", sa.column("id", sa.Integer), sa.column("category_id"), sa.column("position"))
ADDRESS = sa.table("faq_address", sa.column("slug"), sa.column("article_id"))
TEXT = sa.table(
    "faq_article_text",
    *(sa.column(name) for name in ("article_id", "locale", "slug", "title", "summary", "body")),
    *(sa.column(name) for name in ("folded_title", "folded_text", "published")),
    sa.column("updated_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    connection = op.get_bind()
    for place, (key, names, articles) in enumerate(SHELVES):
        shelf = CATEGORY.insert().values(key=key, position=place, names=names).returning(CATEGORY.c.id)
        category_id = connection.execute(shelf).scalar_one()
        for position, slugs in enumerate(articles):
            article = ARTICLE.insert().values(category_id=category_id, position=position).returning(ARTICLE.c.id)
            article_id = connection.execute(article).scalar_one()
            for locale, slug in slugs.items():
                connection.execute(ADDRESS.insert().values(slug=slug, article_id=article_id))
                connection.execute(TEXT.insert().values(article_id=article_id, **_read(locale, slug)))


def _read(locale: str, slug: str) -> dict[str, object]:
    title, summary, source = (FOLDER / locale / f"{slug}.html").read_text("utf-8").split("\n", 2)
    body = clean_html(source)
    return {
        "locale": locale,
        "slug": slug,
        "title": title,
        "summary": summary,
        "body": body,
        "folded_title": fold(title),
        "folded_text": fold(f"{title} {summary} {html_to_text(body)}"),
        "published": True,
        "updated_at": WRITTEN,
    }
