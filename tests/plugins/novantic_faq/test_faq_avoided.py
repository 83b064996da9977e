"""A ticket that nobody had to open: said beside the form, counted once, taken back, and shown on the dashboard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update

from novantic_faq.models import Article, Avoided

XHR = {"X-Requested-With": "XMLHttpRequest"}
ARTICLE = "imprimante-hors-connexion"


@pytest.fixture
def form(portal):
    """The form of a ticket, as somebody has it before them who finds their answer beside it."""
    return portal.get("/tickets/new").forms["ticket"]


@pytest.fixture
def solved(portal, form):
    """Say that an article solved it: ``solved()``, with other values than the form's if told."""

    def say(status=303, headers=None, **given):
        values = {
            "csrf_token": form["csrf_token"].value, "submission": form["submission"].value, "article": ARTICLE,
            "topic": "printer", **given,
        }  # fmt: skip
        return portal.post("/kb/solved", values, status=status, headers=headers)

    return say


@pytest.fixture
def rows(novantic_app):
    """What is kept of avoided tickets."""

    def read():
        with novantic_app.site.database.session(write=False) as session:
            return list(session.scalars(select(Avoided)))

    return read


def fill_in(form):
    for name, value in {
        "topic": "printer", "company": "Lefèvre", "email": "c@lefevre.example.com", "name": "Claire",
        "phone": "0144556677", "subject": "Imprimante", "message": "Elle est hors connexion.",
    }.items():  # fmt: skip
        form[name] = value
    return form


def test_saying_it_counts_a_ticket_and_keeps_nothing_of_the_person(solved, rows):
    page = solved().follow()
    assert page.html.h1.text == "Tant mieux\u00a0!"
    (row,) = rows()
    assert row.topic == "printer"
    assert {column.name for column in Avoided.__table__.columns} == {"id", "article_id", "topic", "submission", "at"}


def test_saying_it_twice_counts_once(solved, rows):
    solved()
    solved(article="situation-critique")
    assert len(rows()) == 1


def test_two_forms_are_two_tickets(solved, rows):
    solved()
    solved(submission="another-form")
    assert len(rows()) == 2


def test_a_script_gets_the_thanks_alone(solved):
    page = solved(status=200, headers=XHR)
    assert page.html.find("html") is None
    assert page.html.select_one(".suggest-glad h1") is not None


def test_it_can_be_undone(solved, rows):
    page = solved().follow()
    undone = page.forms[0].submit(status=200)
    assert rows() == []
    assert undone.html.select_one("[data-undone]") is not None


def test_a_script_undoes_it_too(portal, form, solved, rows):
    solved(status=200, headers=XHR)
    key = {"csrf_token": form["csrf_token"].value, "submission": form["submission"].value}
    portal.post("/kb/solved/undo", key, headers=XHR, status=204)
    assert rows() == []


def test_the_form_that_is_sent_after_all_takes_it_back(form, solved, rows):
    solved()
    fill_in(form).submit(status=303)
    assert rows() == []


def test_who_sends_it_needs_help_even_if_it_is_refused(form, solved, rows):
    solved()
    form.submit(status=422)
    assert rows() == []


def test_of_any_other_ticket_the_database_hears_nothing(portal, form, solved, statements):
    solved(submission="another-form")
    with statements() as sent:
        fill_in(form).submit(status=303)
    assert not any("faq_avoided" in one for one in sent)


def test_another_form_leaves_it(portal, solved, rows):
    solved(submission="another-form")
    fill_in(portal.get("/tickets/new").forms["ticket"]).submit(status=303)
    assert len(rows()) == 1


def test_a_topic_that_nobody_has_isnt_kept(solved, rows):
    solved(topic="x" * 500)
    assert rows()[0].topic == ""


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "clé-du-formulaire", "line\nbreak"])
def test_what_is_no_key_of_a_form_is_refused(solved, count, key):
    solved(status=400, submission=key)
    assert count(Avoided) == 0


def test_an_article_that_isnt_there_is_refused(solved, count):
    solved(status=404, article="xyzzy")
    assert count(Avoided) == 0


def test_who_says_it_too_often_is_thanked_and_not_counted(solved, count):
    for number in range(61):
        solved(submission=f"form-number-{number}")
    assert count(Avoided) == 60


def test_nothing_changes_by_a_get(portal, solved, rows):
    assert portal.get("/kb/solved", status=303).location.endswith("/kb")
    solved()
    assert portal.get("/kb/solved").html.h1.text == "Tant mieux\u00a0!"
    assert portal.get("/kb/solved", headers=XHR).html.find("html") is None
    assert portal.get("/kb/solved/undo", status=303).location.endswith("/kb/solved")
    assert len(rows()) == 1


def test_an_article_that_was_reached_from_the_form_has_the_button(portal, form, rows):
    assert portal.get(f"/kb/{ARTICLE}").html.select_one(".suggest-solved") is None
    page = portal.get(f"/kb/{ARTICLE}?form={form['submission'].value}&topic=printer")
    page.forms[next(i for i, one in page.forms.items() if one.action == "/kb/solved")].submit(status=303)
    assert rows()[0].submission == form["submission"].value


# ------------------------------------------------------------------ the dashboard


def figure(page):
    return page.html.select_one("section.avoided")


def test_the_dashboard_counts_by_article(back_office, solved):
    solved()
    solved(submission="another-form")
    solved(submission="a-third-form", article="situation-critique")
    card = figure(back_office.get("/admin"))
    assert card.select_one(".medians dd").text == "3"
    lines = [[cell.text.strip() for cell in row.select("th, td")] for row in card.select("tbody tr")]
    assert lines == [
        ["Imprimante hors connexion\u00a0: les premières vérifications", "2", "0", "0"],
        ["Qu’est-ce qu’une situation critique\u00a0?", "1", "0", "0"],
    ]
    assert len(card.select("svg rect")) == 2


def test_the_dashboard_counts_the_period_alone(novantic_app, back_office, solved):
    solved()
    with novantic_app.transaction() as session:
        session.execute(update(Avoided).values(at=datetime.now(UTC) - timedelta(days=20)))
    assert figure(back_office.get("/admin?days=7")).select_one(".empty") is not None
    assert figure(back_office.get("/admin?days=30")).select_one(".medians dd").text == "1"


def test_what_an_article_spared_stays_when_it_is_deleted(novantic_app, back_office, solved):
    solved()
    with novantic_app.transaction() as session:
        session.execute(delete(Article))
    card = figure(back_office.get("/admin"))
    assert card.select_one("tbody th").text.strip() == "Articles supprimés"
    assert "Articles supprimés;;1;0;0" in back_office.get("/admin/figures/avoided.csv").text


def test_the_eleventh_article_is_in_the_sum_and_in_the_file(back_office, solved, write):
    for number in range(11):
        write(fr={"slug": f"article-{number}", "title": f"Article {number}"})
        solved(submission=f"form-number-{number}", article=f"article-{number}")
    card = figure(back_office.get("/admin"))
    assert len(card.select("tbody tr")) == 10
    assert card.select_one("tfoot td").text == "11"
    assert back_office.get(card.select_one("a[href*=csv]")["href"]).text.count("/kb/article-") == 11


def test_the_file_is_of_the_same_period_in_the_readers_language(back_office, solved):
    solved()
    # days are those of the desk, which is in France: late in the evening of UTC it is tomorrow there
    today = datetime.now(ZoneInfo("Europe/Paris")).date()
    sheet = back_office.get(f"/admin/figures/avoided.csv?from={today - timedelta(days=1)}&to={today}")
    assert sheet.content_type == "text/csv"
    header, line = sheet.text.removeprefix("\ufeff").splitlines()
    assert header == "Article;Adresse;Tickets évités;Utile;Pas utile"
    assert line.endswith(f"/kb/{ARTICLE};1;0;0")


def test_the_dashboard_asks_the_same_however_many_articles(novantic_app, back_office, solved, statements):
    back_office.get("/admin")
    with statements() as before:
        back_office.get("/admin")
    for number, article in enumerate([ARTICLE, "situation-critique", "decrire-un-probleme"]):
        solved(submission=f"form-number-{number}", article=article)
    with statements() as after:
        back_office.get("/admin")
    assert len(after) == len(before)
