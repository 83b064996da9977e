"""The articles that come with the plugin, and the tables that hold them."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select, update

from novantic_core.plugin import clean_html
from novantic_faq.models import Article, ArticleText, Base

pytestmark = pytest.mark.usefixtures("portal_theme")


@pytest.fixture
def texts(novantic_app):
    with novantic_app.site.database.session(write=False) as session:
        return list(session.scalars(select(ArticleText)))


def shown(text):
    """All that a reader sees, with its no-break spaces."""
    return html.unescape(re.sub("<[^>]*>", "", f"{text.title}\n{text.summary}\n{text.body}"))


def test_five_articles_come_in_french_and_english(texts):
    assert sorted(text.locale for text in texts) == ["en"] * 5 + ["fr"] * 5
    assert len({text.article_id for text in texts}) == 5


def test_they_are_clean(texts):
    for text in texts:
        assert clean_html(text.body) == text.body


def test_their_links_lead_to_articles_of_their_language(texts, portal):
    slugs = {locale: {text.slug for text in texts if text.locale == locale} for locale in ("fr", "en")}
    for text in texts:
        for target in re.findall(r'href="([^"]*)"', text.body):
            assert target.removeprefix("/kb/") in slugs[text.locale]


def test_the_french_is_set_as_french_is(texts):
    for text in texts:
        if text.locale == "fr":
            words = shown(text)
            assert re.findall(r"[^\u00a0][:;!?»](?!\S)", words) == []
            assert re.findall(r"«[^\u00a0]|'|\.\.\.", words) == []


def test_the_english_is_set_as_english_is(texts):
    for text in texts:
        if text.locale == "en":
            words = shown(text)
            assert re.findall(r"\s[:;!?]|['\"«»]|\.\.\.", words) == []


def test_an_upgrade_leaves_changed_articles_alone(novantic_app):
    with novantic_app.transaction() as session:
        session.execute(update(ArticleText).values(title="Changé"))
    novantic_app.upgrade()
    with novantic_app.transaction() as session:
        assert set(session.scalars(select(ArticleText.title))) == {"Changé"}


def test_an_article_goes_with_its_texts_and_addresses(novantic_app, empty):
    with novantic_app.transaction() as session:
        assert session.scalars(select(Article)).all() == session.scalars(select(ArticleText)).all() == []


def test_the_migrations_make_the_tables_of_the_models(novantic_app):
    assert novantic_app.changed_tables(Base.metadata) == []


def test_each_of_the_first_articles_leads_to_others(portal, texts):
    for text in texts:
        language = {"headers": {"Accept-Language": text.locale}}
        others = [link["href"] for link in portal.get(f"/kb/{text.slug}", **language).html.select(".kb-related a")]
        assert len(others) == len(set(others)) >= 2
        assert f"/kb/{text.slug}" not in others
