"""A site without one of its plugins, and with another in its place: ten lines of a test's own."""

from __future__ import annotations

import io

import pytest
from made import plugin
from sqlalchemy import select
from webtest import Upload

from novantic_core.models import Delivery, Ticket
from novantic_core.plugin import (
    Category,
    Channel,
    Desk,
    IntakeChannel,
    Notice,
    Priority,
    PriorityProposal,
    Recipient,
    StorageBackend,
    TicketDraft,
)
from novantic_core.testing import BUILT_IN

SUBJECT = "Imprimante HP – hors connexion"


def without(name, *instead, **extra):
    plugins = [other for other in BUILT_IN if other != name]
    return pytest.mark.novantic(plugins=[*plugins, *instead], extra_plugins=extra)


@pytest.mark.parametrize("left_out", [pytest.param(name, marks=without(name)) for name in BUILT_IN])
def test_every_page_stands_without(novantic_app, portal, left_out):
    home = portal.get("/")
    paths = [tab["href"] for tab in home.html.find(class_="tabs").find_all("a")]
    assert len(paths) == (3 if left_out in {"webform", "email_links", "faq"} else 4)
    paths += [
        door["href"] for door in home.html.find(id="main").find_all("a", href=True) if door["href"].startswith("/")
    ]
    for path in paths:
        portal.get(path, status=200)
    for path in ("/healthz", "/readyz", "/admin/login"):
        portal.get(path, status=200)


@pytest.mark.parametrize(
    "left_out",
    [pytest.param(name, marks=without(name)) for name in BUILT_IN if name not in {"webform", "email", "email_links"}],
)
def test_a_ticket_goes_its_way_without(visit, novantic_app, left_out):
    novantic_app.add_technician()
    page = visit()
    assert SUBJECT in page
    page.forms["reply"]["message"] = "Une précision"
    assert "Une précision" in page.forms["reply"].submit(status=303).follow()


@without("email")
def test_without_mail_a_ticket_is_kept_and_nothing_waits_to_be_sent(open_ticket, count):
    open_ticket()
    assert (count(Ticket), count(Delivery)) == (1, 0)


@without("email_links")
def test_without_links_the_mails_have_none_and_the_ticket_is_closed_to_visitors(portal, open_ticket, mailbox):
    number = open_ticket()
    (mail,) = mailbox.to("claire@lefevre.example.com")
    assert "/access/" not in mailbox.text(mail)
    assert portal.get(f"/tickets/{number}", status=303).location == "/"
    portal.get("/access/x", status=404)


@without("local_storage")
def test_without_a_storage_the_form_offers_no_files_and_refuses_pictures_in_words(english, open_ticket, count):
    form = english.get("/tickets/new").forms["ticket"]
    assert "attachments" not in form.fields
    values = {
        "topic": "printer", "company": "x", "email": "a@b.example.com", "name": "A", "phone": "01 44 55 66 77",
        "subject": "x", "message": '<p><img src="data:image/png;base64,AAAA"></p>',
    }  # fmt: skip
    for name, value in values.items():
        form[name] = value
    page = form.submit(status=422)
    assert page.html.find(id="ticket-message-error")
    assert count(Ticket) == 0


@without("webform")
def test_without_the_form_another_channel_may_open_tickets(novantic_app, portal):
    portal.get("/tickets/new", status=404)
    draft = TicketDraft("web", "a@b.example.com", "A", "x", "<p>x</p>", category="printer")
    with novantic_app.transaction() as session, pytest.raises(LookupError, match="no intake channel"):
        Desk(novantic_app.site, session).open_ticket(draft)


switchboard = plugin(intake_channels=lambda: [IntakeChannel("switchboard", "by phone")])


@pytest.mark.novantic(plugins=["switchboard"], extra_plugins={"switchboard": switchboard})
def test_one_ten_line_channel_alone_is_a_site(novantic_app, portal):
    with novantic_app.transaction() as session:
        info = Desk(novantic_app.site, session).open_ticket(
            TicketDraft("switchboard", "a@b.example.com", "A", "Panne", "<p>x</p>")
        )
    assert (info.channel, info.category, info.priority, len(info.number)) == ("switchboard", None, "normal", 6)
    portal.get("/", status=200)


# ------------------------------------------------------------------ replaced


topics = plugin(categories=lambda: [Category("vineyard", "Vignoble", 2), Category("cellar", "Chai", 1)])


@without("categories", "topics", topics=topics)
def test_other_categories(portal, visit):
    options = portal.get("/tickets/new").forms["ticket"]["topic"].options
    assert [(value, label) for value, _selected, label in options[1:]] == [("cellar", "Chai"), ("vineyard", "Vignoble")]
    assert "Vignoble" in visit(topic="vineyard").html.find(class_="facts").text


def urgent_if_it_burns(draft, priorities):
    return PriorityProposal(priorities[-1].key, "it burns", call_back=True) if "feu" in draft.subject else None


fire = plugin(propose_priority=urgent_if_it_burns)


@without("critical", "fire", fire=fire)
def test_another_priority_rule(open_ticket, novantic_app):
    open_ticket(subject="Le serveur est en feu")
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.priority, ticket.call_back) == ("urgent", True)
        reasons = [(reason["plugin"], reason["value"], reason["reason"]) for reason in ticket.reasons]
        assert ("fire", "urgent", "it burns") in reasons


levels = plugin(
    priorities=lambda: [Priority("p1", "P1", 9), Priority("p3", "P3", 1), Priority("p2", "P2", 5, default=True)]
)


@without("nothing", "levels", levels=levels)
def test_other_levels_of_priority(portal, open_ticket, novantic_app):
    form = portal.get("/tickets/new").forms["ticket"]
    assert form["priority"].value == "p2"
    assert [value for value, _selected, _label in form["priority"].options] == ["p3", "p2", "p1"]
    open_ticket(critical=True)
    with novantic_app.transaction() as session:
        assert session.scalars(select(Ticket.priority)).one() == "p1"


SAID = []


def pigeon():
    def notifications(event):
        if event.kind == "opened":
            yield Notice("any", Recipient("roof 7", event.ticket.name))

    channel = Channel("pigeon", "Pigeon", lambda parcel: SAID.append((parcel.notice.to.address, parcel.ticket.subject)))
    return plugin(notifications=notifications, notification_channels=lambda: [channel])


@without("email", "pigeon", pigeon=pigeon())
def test_another_channel(open_ticket, novantic_app):
    SAID.clear()
    open_ticket()
    novantic_app.deliver()
    assert ("roof 7", SUBJECT) in SAID


class Memory:
    def __init__(self, _settings):
        self.kept = {}

    def put(self, key, source):
        self.kept[key] = source.read()

    def open(self, key):
        return io.BytesIO(self.kept[key])

    def delete(self, key):
        self.kept.pop(key, None)

    def stale(self, before):
        return list(self.kept)

    def check(self):
        return None


memory = plugin(storage_backends=lambda: [StorageBackend("memory", Memory)])


@pytest.mark.novantic(
    plugins=[*[name for name in BUILT_IN if name != "local_storage"], "memory"],
    extra_plugins={"memory": memory},
    settings={"novantic.storage": "memory"},
)
def test_another_storage(visit, portal):
    page = visit(attachments=[Upload("a.txt", b"bonjour")])
    assert portal.get(page.html.find(class_="attached").find("a")["href"]).body == b"bonjour"
