"""Why a ticket is as it is: the page with the reasons, and with what each plugin did."""

from __future__ import annotations

import types
from datetime import UTC, datetime

import pytest
from made import plugin
from sqlalchemy import delete, select, update

from novantic_core.models import Event, HookTrace, Ticket
from novantic_core.plugin import PriorityProposal, Route
from novantic_core.services.change_category import change_category
from novantic_core.services.change_priority import change_priority
from novantic_core.services.merge_tickets import merge_tickets
from novantic_core.values import Actor
from novantic_core.views.admin.tickets.call_words import CallWords

ADA = Actor("technician", "Ada", "admin@novantic.example")


def fail(event):
    raise ValueError("the printer is on fire")


contracts = plugin(
    prepare_draft=lambda draft: draft.with_(category="server", company="Acme", fields={"teamviewer_id": "123456789"}),
    propose_priority=lambda draft: PriorityProposal("high", "they have a contract"),
    route=lambda draft: Route("Servers", "hugo@novantic.example", "he knows servers"),
)
calm = plugin(propose_priority=lambda draft: PriorityProposal("low", "it can wait", call_back=True))
with_plugins = pytest.mark.novantic(
    plugins=["webform", "email_links", "teamviewer", "categories", "email", "contracts", "calm", "bad"],
    extra_plugins={"contracts": contracts, "calm": calm, "bad": plugin(ticket_event=fail)},
    settings={"novantic.debug": "false", "novantic.environment": "development", "novantic.default_locale": "en"},
)  # fmt: skip


@pytest.fixture
def why(back_office):
    """The page of a ticket, read in English."""

    def read(number, status=200):
        back_office.set_cookie("lang", "en")
        return back_office.get(f"/admin/tickets/{number}/why", status=status)

    return read


def rows(page, plugin):
    """What stands in the rows of a plugin's calls."""
    found = [row for row in page.html.select(".calls tbody tr") if row.th.text == plugin]
    return [" ".join(row.find(class_="came").text.split()) for row in found]


def reasons(page):
    return {one.dt.text: " ".join(one.dd.text.split()) for one in page.html.select(".now > div")}


@with_plugins
def test_the_reasons_come_first(novantic_app, open_ticket, why):
    novantic_app.add_technician()
    page = why(open_ticket(priority="normal"))
    assert reasons(page) == {
        "Priority": "High High: they have a contract (plugin contracts) Normal: chosen by the requester "
                    "Low: it can wait (plugin calm)",
        "Team": "Servers Servers: he knows servers (plugin contracts)",
        "Assigned to": "Hugo Servers: he knows servers (plugin contracts)",
        "Category": "Server Chosen by a plugin when the ticket was opened (plugin contracts)",
    }  # fmt: skip


@with_plugins
def test_each_call_says_what_it_changed(novantic_app, open_ticket, why):
    novantic_app.add_technician()
    page = why(open_ticket(topic="printer"))
    completed, proposed, routed = rows(page, "contracts")
    assert "Category: Printer → Server" in completed
    assert "in words that aren't kept here: Company, TeamViewer ID" in completed
    assert proposed == "High: the ticket has it"
    assert "Team: Servers" in routed
    assert "Assigned to: Hugo" in routed
    assert rows(page, "calm") == ["Low: another prevailed The client is to be called back"]
    assert "1 × ticket_opened to: client (email)" in rows(page, "email")[0]
    assert rows(page, "email_links") == ["Had nothing to say"]


@with_plugins
def test_a_failure_is_marked_in_words(open_ticket, why):
    (failed,) = rows(why(open_ticket()), "bad")
    assert failed.startswith("Failed")
    assert "ValueError: the printer is on fire" in failed
    assert "What it had written was undone." in failed


@with_plugins
def test_a_route_to_nobody_says_that_it_did_not_come_about(open_ticket, why):
    assert rows(why(open_ticket()), "contracts")[-1].endswith("It didn't come about")


def test_deliveries_stand_with_the_event_that_they_tell_of(novantic_app, open_ticket, why):
    number = open_ticket()
    novantic_app.deliver()
    page = why(number)
    assert "Delivery of ticket_opened to: client (email), attempt 1" in page.html.find("h4").text
    assert rows(page, "email")[-1] == "Done"
    assert "Rows written in access_grant: 1" in rows(page, "email_links")[-1]


def test_what_was_changed_since_says_by_whom(novantic_app, open_ticket, why):
    number = open_ticket()
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        change_priority(novantic_app.site, session, ticket, "urgent", ADA, datetime.now(UTC))
        change_category(novantic_app.site, session, ticket, "server", ADA, datetime.now(UTC))
    found = reasons(why(number))
    assert found["Priority"].startswith("Urgent Set by Ada on")
    assert found["Category"].startswith("Server Set by Ada on")
    assert found["Team"] == "Support The site’s default: nobody asked for another one."
    assert found["Assigned to"] == "nothing"


def test_what_is_no_longer_kept_is_said(novantic_app, open_ticket, why):
    number = open_ticket()
    with novantic_app.transaction() as session:
        session.execute(delete(HookTrace))
    assert "No plugin was asked" in why(number)
    with novantic_app.transaction() as session:
        session.execute(update(Event).values(at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert "Its calls are no longer kept." in why(number)


@pytest.mark.novantic(settings={"novantic.trace_days": "0"})
def test_a_site_that_keeps_none_says_so(open_ticket, why):
    assert "novantic.trace_days</code> is 0" in why(open_ticket())


def test_merged_tickets_lead_to_one_another(novantic_app, open_ticket, why):
    one, other = open_ticket(subject="one"), open_ticket(subject="other")
    with novantic_app.transaction() as session:
        tickets = {ticket.number: ticket for ticket in session.scalars(select(Ticket))}
        merge_tickets(novantic_app.site, session, tickets[one], tickets[other], ADA, datetime.now(UTC))
    page = why(one).click(f"#{other}")
    assert page.request.path == f"/admin/tickets/{other}/why"
    assert page.click(f"#{one}").request.path == f"/admin/tickets/{one}/why"


def test_the_way_there_is_for_administrators(novantic_app, back_office, open_ticket, why):
    number = open_ticket()
    path = f"/admin/tickets/{number}/why"
    assert back_office.get(f"/admin/tickets/{number}").html.find("a", href=path)
    novantic_app.add_technician()
    hugo = novantic_app.client()
    form = hugo.get("/admin/login").forms["sign-in"]
    form["login"], form["password"] = "hugo@novantic.example", "correct horse battery"
    form.submit()
    assert not hugo.get(f"/admin/tickets/{number}").html.find("a", href=path)
    hugo.get(path, status=403)
    why("000000", status=404)


@pytest.mark.parametrize(
    "locale, microseconds, words",
    [("en", 4, "< 0.01 ms"), ("fr", 420, "0,42 ms"), ("en", 17_300, "17 ms"), ("fr", 1_340_000, "1,3 s")],
)
def test_how_long_it_took_is_said_as_people_write_it(locale, microseconds, words):
    trail = types.SimpleNamespace(site=None, request=types.SimpleNamespace(locale_name=locale))
    assert CallWords(trail).duration(microseconds).replace("\u00a0", " ") == words


@pytest.mark.parametrize("tickets", [1, 6])
def test_it_takes_as_many_statements_however_long_it_is(novantic_app, open_ticket, why, statements, tickets):
    number = open_ticket()
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        for count in range(tickets):
            change_priority(novantic_app.site, session, ticket, ("urgent", "low")[count % 2], ADA, datetime.now(UTC))
    why(number)
    with statements() as sent:
        why(number)
    assert len(sent) <= 8
