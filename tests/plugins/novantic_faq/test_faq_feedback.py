"""Was this useful? One answer a visitor, readings without readers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select, update

from novantic_faq import feedback, feedback_views
from novantic_faq.models import Answer, Article, ArticleText

pytestmark = pytest.mark.usefixtures("portal_theme")

PRINTER = "/kb/imprimante-hors-connexion"
OTHER = "/kb/situation-critique"


@pytest.fixture
def counts(novantic_app):
    """How an article stands: useful, useless, views."""

    def read(address=PRINTER):
        with novantic_app.site.database.session(write=False) as session:
            statement = select(Article.useful, Article.useless, Article.views).join(
                ArticleText, ArticleText.article_id == Article.id
            )
            return tuple(session.execute(statement.where(ArticleText.slug == address.rpartition("/")[2])).one())

    return read


def say(client, answer, address=PRINTER, **options):
    token = client.get(address).html.find("input", attrs={"name": "csrf_token"})["value"]
    return client.post(f"{address}/useful", {"csrf_token": token, "answer": answer}, **options)


def test_an_answer_is_thanked_for_and_counted(portal, counts):
    page = say(portal, "yes", status=303).follow()
    assert page.request.path == PRINTER
    assert "nous sommes heureux" in page.html.select_one("#useful [role=status]").text
    assert page.html.select_one("#useful button[value=yes]")["aria-pressed"] == "true"
    assert counts()[:2] == (1, 0)


def test_who_says_no_is_led_to_a_ticket_about_it(portal, counts):
    page = say(portal, "no").follow()
    link = page.html.select_one("#useful [role=status] a")["href"]
    assert urlsplit(link).path == "/tickets/new"
    subject = "Imprimante hors connexion\u00a0: les premières vérifications"
    assert parse_qs(urlsplit(link).query) == {"topic": ["printer"], "subject": [subject]}
    form = portal.get(link).forms["ticket"]
    assert (form["topic"].value, form["subject"].value) == ("printer", subject.replace("\u00a0", " "))
    assert counts()[:2] == (0, 1)


@pytest.mark.novantic(plugins=["faq"])
def test_without_a_form_nobody_is_led_to_it(portal):
    page = say(portal, "no").follow()
    assert page.html.select("#useful [role=status] a") == []


def test_the_same_visitor_counts_once_and_may_change_their_mind(portal, novantic_app, counts):
    for answer, expected in (("yes", (1, 0)), ("yes", (1, 0)), ("no", (0, 1)), ("no", (0, 1)), ("yes", (1, 0))):
        # another browser window, whose cookies are gone
        say(novantic_app.client(), answer)
        assert counts()[:2] == expected


def test_another_browser_or_address_is_another_visitor(novantic_app, counts):
    for extra in ({}, {"HTTP_USER_AGENT": "another"}, {"REMOTE_ADDR": "192.0.2.7"}):
        client = novantic_app.client()
        client.extra_environ.update(extra)
        say(client, "yes")
    assert counts()[:2] == (3, 0)


def test_what_is_kept_tells_nobody_who_answered_or_what_else(portal, novantic_app):
    say(portal, "yes")
    say(portal, "yes", OTHER)
    with novantic_app.transaction() as session:
        keys = session.scalars(select(Answer.visitor)).all()
    assert len(set(keys)) == 2
    assert all(len(key) == 64 and "192.0.2.1" not in key for key in keys)


def test_a_script_gets_the_sentence_alone(portal, counts, words):
    answer = say(portal, "yes", xhr=True)
    assert answer.text.startswith('<p class="done">')
    assert words("Open a ticket about it", "fr") in say(portal, "no", xhr=True)
    assert counts()[:2] == (0, 1)


def test_an_answer_needs_the_pages_token_and_is_one_of_two(portal, counts):
    portal.post(f"{PRINTER}/useful", {"answer": "yes"}, status=400)
    say(portal, "perhaps", status=400)
    assert counts()[:2] == (0, 0)


def test_nothing_is_counted_by_looking_at_an_address(portal, counts):
    assert portal.get(f"{PRINTER}/useful", status=303).location.endswith(PRINTER)
    portal.get(f"{PRINTER}?useful=yes")
    portal.get(f"{PRINTER}/read", status=404)
    assert counts() == (0, 0, 0)


def test_an_article_that_isnt_there_takes_no_answer(portal, write):
    write(audience="technicians", fr={"slug": "coffre", "title": "Le coffre"})
    token = portal.get(PRINTER).html.find("input", attrs={"name": "csrf_token"})["value"]
    for address in ("/kb/coffre", "/kb/nothing"):
        for what in ("useful", "read"):
            portal.post(f"{address}/{what}", {"csrf_token": token, "answer": "yes"}, status=404)


def test_too_many_answers_from_one_network_are_refused(portal, counts, monkeypatch):
    monkeypatch.setattr(feedback_views, "MOST_ANSWERS", "2 per hour")
    say(portal, "yes")
    say(portal, "no", OTHER)
    page = say(portal, "no", status=429)
    assert page.html.select_one("main p a")["href"] == PRINTER
    assert counts()[:2] == (1, 0)


def test_whose_answers_were_counted_is_forgotten_after_90_days_and_the_counts_stay(portal, novantic_app, counts):
    say(portal, "yes")
    say(portal, "yes", OTHER)
    with novantic_app.transaction() as session:
        old = session.scalars(select(Answer.article_id).order_by(Answer.article_id)).first()
        long_ago = datetime.now(UTC) - timedelta(days=91)
        session.execute(update(Answer).where(Answer.article_id == old).values(at=long_ago))
    novantic_app.deliver()
    with novantic_app.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Answer)) == 1
    assert counts()[:2] == counts(OTHER)[:2] == (1, 0)


def test_answers_at_once_are_all_counted_and_those_of_one_visitor_once(novantic_app, counts):
    with novantic_app.transaction() as session:
        article = session.scalars(select(ArticleText.article_id).where(ArticleText.slug == PRINTER[4:])).one()

    def answer(number):
        with novantic_app.transaction() as session:
            feedback.answer(session, article, f"visitor {number % 3}", number % 3 > 0, datetime.now(UTC))
            feedback.count_view(session, article)

    with ThreadPoolExecutor(6) as several:
        list(several.map(answer, range(12)))
    assert counts() == (2, 1, 12)


# ---------------------------------------------------------------- readings


def read(client, address=PRINTER):
    token = client.get("/kb").html.find("input", attrs={"name": "csrf_token"})["value"]
    return client.post(f"{address}/read", {"csrf_token": token}, status=204)


def test_a_reading_is_counted_and_nothing_else_kept(portal, counts, count, novantic_app):
    answer = read(portal)
    assert "Set-Cookie" not in answer.headers
    read(novantic_app.client())
    assert counts() == (0, 0, 2)
    assert count(Answer) == 0


def test_technicians_dont_count_and_see_the_figures(back_office, portal, counts):
    read(back_office)
    assert counts()[2] == 0
    page = back_office.get(PRINTER).html
    assert page.select("#useful, script[src*='kb/article']") == []
    assert [figure.text for figure in page.select(".kb-figures span")] == [
        "Lu 0 fois", "Personne n’a encore dit s’il est utile",
    ]  # fmt: skip
    read(portal)
    say(portal, "no")
    page = back_office.get(PRINTER).html
    assert [figure.text for figure in page.select(".kb-figures span")] == [
        "Lu 1 fois", "Jugé utile par 0 sur 1",
    ]  # fmt: skip


def test_the_most_useful_stand_on_the_home_page(portal, novantic_app):
    def standing():
        return [link["href"] for link in portal.get("/").html.select(".answers .list a")]

    def set_(slug, **values):
        with novantic_app.transaction() as session:
            article = select(ArticleText.article_id).where(ArticleText.slug == slug).scalar_subquery()
            session.execute(update(Article).where(Article.id == article).values(**values))

    assert "/kb/imprimante-hors-connexion" not in standing()
    set_("imprimante-hors-connexion", views=3)
    assert standing()[0] == "/kb/imprimante-hors-connexion"
    set_("situation-critique", useful=5, useless=4)
    set_("ouvrir-et-suivre-un-ticket", useful=9, useless=9)
    first = ["situation-critique", "imprimante-hors-connexion", "ouvrir-et-suivre-un-ticket"]
    assert standing()[:3] == [f"/kb/{slug}" for slug in first]
