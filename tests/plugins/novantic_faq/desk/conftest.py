"""A technician who writes articles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from novantic_core.testing import PASSWORD
from novantic_faq.models import ArticleText, Category, Revision


@pytest.fixture(autouse=True)
def in_english(request: pytest.FixtureRequest) -> None:
    """The back office in English where a test signs in."""
    if "back_office" in request.fixturenames:
        request.getfixturevalue("back_office").set_cookie("lang", "en")


@pytest.fixture
def hugo(novantic_app: Any) -> Any:
    """A client in which a technician is signed in who administers nothing."""
    novantic_app.add_technician()
    client = novantic_app.client()
    form = client.get("/admin/login").forms["sign-in"]
    form["login"], form["password"] = "hugo@novantic.example", PASSWORD
    form.submit().follow()
    client.set_cookie("lang", "en")
    return client


@pytest.fixture
def shelf(novantic_app: Any) -> Callable[[str], str]:
    """The number of a shelf by its key, as forms have it."""

    def number(key: str = "printers") -> str:
        with novantic_app.transaction() as session:
            return str(session.scalars(select(Category.id).where(Category.key == key)).one())

    return number


@pytest.fixture
def add(shelf: Callable[[str], str]) -> Callable[..., Any]:
    """Write a new article: ``add(client, title="…", do="publish", lang="fr")``; the page after it."""

    def write(client: Any, *, do: str = "draft", lang: str = "fr", on: str = "printers", **values: Any) -> Any:
        form = client.get(f"/admin/faq/new?lang={lang}").forms["article"]
        form["shelf"] = shelf(on)
        for name, value in {"title": "Changer l’encre", "message": "<p>Ouvrez le capot.</p>", **values}.items():
            form[name] = value
        return form.submit("do", value=do, status=303).follow()

    return write


@pytest.fixture
def text_of(novantic_app: Any) -> Callable[..., ArticleText]:
    """What readers see: ``text_of(article, "fr")``."""

    def find(article: int, locale: str = "fr") -> ArticleText:
        with novantic_app.transaction() as session:
            return session.scalars(
                select(ArticleText).where(ArticleText.article_id == article, ArticleText.locale == locale)
            ).one()

    return find


@pytest.fixture
def versions(novantic_app: Any) -> Callable[..., list[Revision]]:
    """The versions of a text, the oldest first."""

    def find(article: int, locale: str = "fr") -> list[Revision]:
        with novantic_app.transaction() as session:
            return list(
                session.scalars(
                    select(Revision)
                    .where(Revision.article_id == article, Revision.locale == locale)
                    .order_by(Revision.id)
                )
            )

    return find


def number_in(page: Any) -> int:
    """The article whose page it is, by its address."""
    return int(page.request.path.split("/")[3])
