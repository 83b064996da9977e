"""The portal of one of several brands: its topics and language, and whose ticket may be read at which address."""

from __future__ import annotations

import re

import pytest
import two_brands
from sqlalchemy import select
from two_brands import HOSTS, OTHER, SENDER

from novantic_core.models import AccessGrant, Ticket

HERE = "http://help.elsewhere.example"
SITE = two_brands.settings(
    "prairie", **{"novantic.brand.other.topics": "internet printer", "novantic.brand.other.default_locale": "en"}
)
pytestmark = pytest.mark.novantic(settings=SITE)


@pytest.fixture
def meadow(novantic_app):
    """A browser at the other brand's address."""
    return two_brands.browser(novantic_app, OTHER)


@pytest.fixture
def link(small_desk, mailbox):
    """A ticket of the other brand: its number, and the path of the link that its client was mailed."""
    number = small_desk.open(brand=OTHER)
    return number, re.findall(rf"{HERE}(/access/\S+)", mailbox.text(mailbox.to("claire@")[-1]))[0]


def topics(page):
    return [value for value, _chosen, _text in page.forms["ticket"]["topic"].options][1:]


def test_the_form_offers_the_brands_topics_in_its_order(meadow, portal):
    assert topics(meadow.get("/tickets/new")) == ["internet", "printer"]
    assert len(topics(portal.get("/tickets/new"))) == 7


@pytest.mark.novantic(settings={**SITE, "novantic.debug": "false"})
def test_the_form_is_drawn_anew_for_each_brand(meadow, portal):
    for _twice in range(2):
        assert len(topics(portal.get("/tickets/new"))) == 7
        assert len(topics(meadow.get("/tickets/new"))) == 2


def test_a_topic_of_another_brand_is_refused(meadow):
    form = meadow.get("/tickets/new").forms["ticket"]
    form["topic"].force_value("server")
    assert "Merci de choisir une rubrique" in form.submit(status=422)


def test_a_link_that_names_another_brands_topic_chooses_none(meadow):
    assert meadow.get("/tickets/new?topic=server").forms["ticket"]["topic"].value == ""


def test_a_hidden_topic_is_offered_by_no_brand(back_office, meadow):
    page = back_office.get("/admin/categories")
    form = next(form for form in page.forms.values() if form.action == "/admin/categories/printer/hidden")
    form.submit("hidden", value="true", status=303)
    assert topics(meadow.get("/tickets/new")) == ["internet"]


def test_who_asks_for_no_language_gets_the_brands(meadow, portal):
    del meadow.extra_environ["HTTP_ACCEPT_LANGUAGE"]
    assert meadow.get("/").html.html["lang"] == "en"
    assert portal.get("/").html.html["lang"] == "fr"


def test_a_ticket_is_of_the_brand_whose_form_it_came_by(meadow, mailbox, novantic_app):
    form = meadow.get("/tickets/new").forms["ticket"]
    values = {"topic": "printer", "company": "Lefèvre", "email": "claire@lefevre.example.com", "name": "Claire",
              "phone": "0144556677", "subject": "Panne", "message": "Bonjour"}  # fmt: skip
    for name, value in values.items():
        form[name] = value
    form.submit(status=303)
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.brand, ticket.theme) == (OTHER, "prairie")
    (mail,) = mailbox.to("claire@")
    assert SENDER in mail["From"]
    assert f"{HERE}/access/" in mailbox.text(mail)


def test_its_link_leads_to_it(meadow, link):
    number, path = link
    page = meadow.get(path, status=303).follow()
    assert page.request.path == f"/tickets/{number}"


def test_its_link_opened_at_another_brands_address_leads_to_its_own(portal, link, novantic_app):
    _number, path = link
    answer = portal.get(path, status=303)
    assert answer.location == HERE + path
    # it was not used, and this browser sees nothing by it
    with novantic_app.transaction() as session:
        assert session.scalars(select(AccessGrant.use_count)).one() == 0
    assert "Set-Cookie" not in answer.headers or "session=" not in answer.headers["Set-Cookie"]


def test_a_dead_link_leads_to_its_own_brand_too(portal, link, novantic_app):
    with novantic_app.transaction() as session:
        grant = session.scalars(select(AccessGrant)).one()
        grant.expires_at = grant.created_at
    assert portal.get(link[1], status=303).location == HERE + link[1]


def test_a_link_that_never_was_one_leads_nowhere_else(portal):
    portal.get("/access/" + "x" * 43, status=404)


def test_a_session_carried_to_another_brands_address_opens_nothing_there(meadow, link, portal):
    number, path = link
    meadow.get(path, status=303).follow()
    meadow.extra_environ["HTTP_HOST"] = HOSTS["main"]
    # browsers keep cookies by host; who copies one by hand is led to ask for a link
    session = meadow.cookies["session"]
    portal.set_cookie("session", session.strip('"'))
    answer = portal.get(f"/tickets/{number}", status=303)
    assert answer.location.endswith("/tickets/status")


def test_the_status_page_mails_the_link_of_the_tickets_own_brand(portal, small_desk, mailbox):
    number = small_desk.open(brand=OTHER)
    form = portal.get("/tickets/status").forms["status"]
    form["email"], form["number"] = "claire@lefevre.example.com", number
    form.submit(status=200)
    mail = mailbox.to("claire@")[-1]
    assert "Prairie Dépannage" in mail["From"]
    assert f"{HERE}/access/" in mailbox.text(mail)


def test_a_ticket_of_a_brand_that_is_gone_is_the_main_ones(small_desk, mailbox, portal):
    number = small_desk.open()
    small_desk.change(number, brand="gone", theme="prairie")
    small_desk.say(number, "Voici.")
    mail = mailbox.to("claire@")[-1]
    assert "noreply@novantic.fr" in mail["From"]
    assert "#2f5d1e" not in mailbox.html(mail)
    assert portal.get(mailbox.link(mail)).follow().request.path == f"/tickets/{number}"


def test_a_draft_of_a_brand_that_is_none_is_the_main_ones(novantic_app, small_desk):
    ticket = small_desk.look(small_desk.open(brand="no such"))
    assert ticket.brand == "main"


def test_the_home_page_is_in_the_readers_language_under_each(meadow, portal):
    for client in (meadow, portal):
        assert "Un problème informatique" in client.get("/").html.h1.text
        assert "Open a new ticket" not in client.get("/")
