"""What a misspelt word was meant to be."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from novantic_core.plugin import Desk
from novantic_faq.models import Article, ArticleText
from novantic_faq.spelling import nearest


@pytest.fixture
def meant(novantic_app):
    """What some words were meant to be."""

    def ask(typed):
        with novantic_app.site.database.session(write=False) as session:
            return nearest(Desk(novantic_app.site, session), typed)

    return ask


@pytest.mark.parametrize(
    "typed, right",
    [
        ("imprimente", "imprimante"),
        ("impriamnte", "imprimante"),
        ("imprimantte", "imprimante"),
        ("imprmante", "imprimante"),
        ("Mon imprimente, svp !", "Mon imprimante, svp !"),
        ("teamvieuwer", "teamviewer"),
    ],
)
def test_a_letter_that_is_wrong_is_put_right(meant, typed, right):
    assert meant(typed) == right


def test_it_is_written_as_articles_write_it(meant, write):
    write(fr={"slug": "h", "title": "Hameçonnage", "body": "<p>Le Wi-Fi et le VPN-SSL</p>"})
    assert meant("hamecnonage") == "hameçonnage"


@pytest.mark.parametrize("typed", ["imprimante", "imprimantes", "imprimer", "imprim", "pour", "", "???", "xyzzy"])
def test_what_is_known_or_like_nothing_is_left(meant, typed):
    assert meant(typed) is None


def test_short_words_are_left(meant, write):
    write(fr={"slug": "vpn", "title": "VPN"})
    assert meant("vpm") is None


def test_two_letters_may_be_wrong_in_a_long_word_only(meant, write):
    write(fr={"slug": "s", "title": "Visioconférence et badge"})
    assert meant("visoconferrence") == "visioconférence"
    assert meant("bodje") is None


def test_the_first_letter_tells_more_than_the_number_of_articles(meant, write):
    write(fr={"slug": "v", "title": "Panneau"})
    write(fr={"slug": "w", "title": "Vanneau"})
    write(fr={"slug": "x", "title": "Vanneau"})
    assert meant("panveau") == "panneau"


def test_words_of_articles_that_arent_for_everybody_are_told_to_nobody(meant, write):
    write(audience="technicians", fr={"slug": "secret", "title": "Projet Zanzibar"})
    write(fr={"slug": "draft", "title": "Brouillon Xylophone", "published": False})
    assert meant("zanzibbar") is None
    assert meant("xylofone") is None


def test_what_changed_is_known_at_once(novantic_app, meant, write):
    article = write(fr={"slug": "z", "title": "Zanzibar"})
    assert meant("zanzibbar") == "zanzibar"
    with novantic_app.transaction() as session:
        session.execute(update(Article).where(Article.id == article).values(audience="technicians"))
    assert meant("zanzibbar") is None
    with novantic_app.transaction() as session:
        session.execute(update(Article).where(Article.id == article).values(audience="public"))
        session.execute(
            update(ArticleText)
            .where(ArticleText.article_id == article)
            .values(
                title="Xylophone", folded_title=" xylophone ", folded_text=" xylophone ",
                updated_at=ArticleText.updated_at,
            )
        )  # fmt: skip
    assert meant("xylofone") == "xylophone"


def test_one_that_goes_as_another_comes_is_forgotten(novantic_app, meant, write):
    gone = write(fr={"slug": "z", "title": "Zanzibar"})
    come = write(audience="technicians", fr={"slug": "x", "title": "Xylophone"})
    assert meant("zanzibbar") == "zanzibar"
    with novantic_app.transaction() as session:
        session.execute(update(Article).where(Article.id == gone).values(audience="technicians"))
        session.execute(update(Article).where(Article.id == come).values(audience="public"))
    assert meant("zanzibbar") is None
    assert meant("xylofone") == "xylophone"


def test_nothing_is_read_again_while_nothing_changes(meant, statements):
    meant("imprimante")
    with statements() as sent:
        meant("imprimante")
    assert len(sent) == 1
