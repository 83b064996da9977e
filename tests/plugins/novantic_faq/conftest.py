"""A hand that writes articles, and a knowledge base that begins empty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete

from novantic_core.plugin import Desk
from novantic_faq.models import Address, Article, ArticleText, Category, Reader
from novantic_faq.words import fold

WRITTEN = datetime(2026, 3, 14, 23, 30, tzinfo=UTC)


@pytest.fixture
def empty(novantic_app: Any) -> None:
    """Take away the articles that come with the plugin."""
    with novantic_app.transaction() as session:
        session.execute(delete(Article))
        session.execute(delete(Category))


@pytest.fixture
def write(novantic_app: Any) -> Callable[..., int]:
    """Write an article: ``write(fr={"slug": "wifi", "title": "Le Wi-Fi"})``, a text for each language; its id.

    ``readers`` are ids of organisations, ``more`` what else the article's row holds.
    """

    def add(
        shelf: str = "network", audience: str = "public", readers: tuple[int, ...] = (),
        more: dict[str, Any] | None = None, **texts: dict[str, Any],
    ) -> int:  # fmt: skip
        with novantic_app.transaction() as session:
            category = session.query(Category).filter_by(key=shelf).one_or_none()
            category = category or Category(key=shelf, position=9, names={"fr": "Réseau", "en": "Network"})
            session.add(category)
            session.flush()
            article = Article(
                category_id=category.id, position=9, created_at=WRITTEN, audience=audience, **(more or {})
            )  # fmt: skip
            session.add(article)
            session.flush()
            session.add_all(Reader(article_id=article.id, organisation_id=reader) for reader in readers)
            for locale, given in texts.items():
                text = {"summary": "Un résumé.", "body": "<p>Un texte.</p>", "published": True, **given}
                session.add(Address(slug=text["slug"], article_id=article.id))
                session.flush()
                folded = {
                    "folded_title": fold(text["title"]),
                    "folded_text": fold(f"{text['title']} {text['summary']} {text['body']}"),
                }
                row = ArticleText(article_id=article.id, locale=locale, updated_at=WRITTEN, **folded, **text)
                session.add(row)
                session.flush()
                Desk(novantic_app.site, session).changed("faq", row.id)
            return article.id

    return add


@pytest.fixture
def organisation(novantic_app: Any) -> Callable[[str], int]:
    """A client company: ``organisation("Boulangerie Lefèvre")``; its id."""
    from novantic_core.testing.tables import Organisation

    def add(name: str) -> int:
        with novantic_app.transaction() as session:
            row = Organisation(name=name, name_key=name.casefold(), created_at=WRITTEN)
            session.add(row)
            session.flush()
            return row.id

    return add


@pytest.fixture
def join(novantic_app: Any) -> Callable[[str, int | None], None]:
    """Say which organisation the owner of an address belongs to."""
    from sqlalchemy import update

    from novantic_core.testing.tables import Contact

    def put(email: str, organisation: int | None) -> None:
        with novantic_app.transaction() as session:
            session.execute(update(Contact).where(Contact.email == email).values(organisation_id=organisation))

    return put
