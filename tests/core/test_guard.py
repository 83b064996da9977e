"""A plugin that fails while the site runs: the ticket is kept, the others go on, the fault is told."""

from __future__ import annotations

import logging
import sys

import pytest
from made import plugin
from sqlalchemy import select, text

from novantic_core.models import Delivery, PluginState, Ticket
from novantic_core.plugin import (
    FieldError,
    NavigationItem,
    Notice,
    PagePart,
    PeriodicJob,
    PriorityProposal,
    Recipient,
    Route,
    SearchSource,
    TicketField,
)
from novantic_core.services.note_faults import plugin_states

PRODUCTION = {"novantic.debug": "false", "novantic.environment": "development"}
BUILT_IN = ["webform", "email_links", "email", "categories", "local_storage"]


def guarded(**hooks):
    """Marks a test: the built-in plugins and ``bad``, whose hooks are these, guarded as in production."""
    return pytest.mark.novantic(plugins=["bad", *BUILT_IN], extra_plugins={"bad": plugin(**hooks)}, settings=PRODUCTION)


def fail(*_given):
    raise ValueError("broken")


def fault_of(novantic_app):
    return novantic_app.site.plugins.get("bad")


# ------------------------------------------------------------------ one failing hook after the other


@pytest.mark.parametrize(
    "hook",
    [
        pytest.param("ticket_event", marks=guarded(ticket_event=lambda event, session: fail())),
        pytest.param("notifications", marks=guarded(notifications=lambda event: fail())),
        pytest.param("propose_priority", marks=guarded(propose_priority=lambda draft: fail())),
        pytest.param("propose_priority", marks=guarded(propose_priority=lambda draft: PriorityProposal("mad", "x"))),
        pytest.param("route", marks=guarded(route=lambda draft: fail())),
        pytest.param("prepare_draft", marks=guarded(prepare_draft=lambda draft: fail())),
        pytest.param("navigation", marks=guarded(navigation=lambda request: fail())),
        pytest.param("propose_priority", marks=guarded(propose_priority=lambda draft: "urgent")),
        pytest.param("route", marks=guarded(route=lambda draft: "Support")),
        pytest.param("prepare_draft", marks=guarded(prepare_draft=lambda draft: {"subject": "x"})),
        pytest.param("navigation", marks=guarded(navigation=lambda request: ["home"])),
        pytest.param("page_parts", marks=guarded(page_parts=lambda place: ["x.pt"])),
        pytest.param("page_parts", marks=guarded(page_parts=lambda place: fail())),
        pytest.param("theme_for", marks=guarded(theme_for=lambda request: fail())),
        pytest.param("theme_for", marks=guarded(theme_for=lambda request: "gone")),
        pytest.param("access_link", marks=guarded(access_link=lambda ticket: fail())),
    ],
)
def test_a_ticket_is_opened_although_a_plugin_fails(open_ticket, novantic_app, mailbox, caplog, hook):
    with caplog.at_level(logging.ERROR):
        number = open_ticket()
    with novantic_app.transaction() as session:
        assert session.scalars(select(Ticket.number)).one() == number
    assert len(mailbox.to("claire@lefevre.example.com")) == 1
    bad = fault_of(novantic_app)
    assert bad.faults > 0
    assert f"novantic_{hook}" in bad.last_fault
    assert {record.name for record in caplog.records} == {"novantic.plugin.bad"}


def broken_sql(event, session):
    session.execute(text("INSERT INTO plugin_state (plugin, faults, last_fault, last_fault_at, set_aside) "
                         "VALUES ('mine', 0, '', '2026-01-01', false)"))  # fmt: skip
    session.execute(text("SELECT * FROM no_such_table"))


@guarded(ticket_event=broken_sql)
def test_what_a_failing_plugin_wrote_is_undone_and_the_ticket_stands(open_ticket, novantic_app, count):
    open_ticket()
    assert count(Ticket) == 1
    assert count(Delivery) == 1
    with novantic_app.transaction() as session:
        assert session.get(PluginState, "mine") is None


def good_sql(event, session):
    session.add(PluginState(plugin="mine", faults=0, last_fault="", last_fault_at=event.at))


@pytest.mark.novantic(
    plugins=[*BUILT_IN, "bad", "good"],
    extra_plugins={"bad": plugin(ticket_event=broken_sql), "good": plugin(ticket_event=good_sql)},
    settings=PRODUCTION,
)
def test_what_the_next_plugin_wrote_stays(open_ticket, novantic_app):
    open_ticket()
    with novantic_app.transaction() as session:
        assert session.get(PluginState, "mine") is not None


@guarded(ticket_event=lambda event, session: fail())
def test_faults_are_counted_in_the_database(open_ticket, novantic_app):
    open_ticket()
    with novantic_app.transaction() as session:
        state = plugin_states(session)["bad"]
        assert (state.faults, state.set_aside) == (1, False)
        assert state.last_fault == "novantic_ticket_event: ValueError: broken"


@guarded(ticket_event=lambda event, session: fail(), navigation=lambda request: [NavigationItem("home", "Bad", 99)])
def test_after_five_faults_a_plugin_is_set_aside(open_ticket, novantic_app, portal):
    for n in range(7):
        open_ticket(subject=f"Panne {n}")
    bad = fault_of(novantic_app)
    assert (bad.faults, bad.set_aside) == (5, True)
    assert ">Bad<" not in portal.get("/")
    with novantic_app.transaction() as session:
        assert plugin_states(session)["bad"].set_aside


def serial(**options):
    return {"ticket_fields": lambda context: [TicketField("serial", "Serial", **options)]}


@guarded(**serial(parse=fail, show=fail))
def test_a_field_whose_plugin_fails_is_kept_and_shown_as_it_was_typed(visit, novantic_app, mailbox):
    novantic_app.add_technician()
    page = visit(serial="XK 7")
    assert "XK 7" in page.html.find(class_="facts").text
    assert "XK 7" in mailbox.text(mailbox.to("hugo@novantic.example")[0])
    assert fault_of(novantic_app).faults >= 3


@guarded(**serial(parse=lambda typed: object()))
def test_a_field_whose_value_can_not_be_kept_is_kept_as_it_was_typed(visit, novantic_app):
    assert "XK 7" in visit(serial="XK 7").html.find(class_="facts").text
    assert "JSON" in fault_of(novantic_app).last_fault


@guarded(check_draft=lambda draft: fail())
def test_what_guards_the_door_does_not_fail_open(english, count, novantic_app):
    form = english.get("/tickets/new").forms["ticket"]
    for name, value in {"topic": "printer", "company": "x", "email": "a@b.example.com", "name": "A",
                        "phone": "01 44 55 66 77", "subject": "x", "message": "x"}.items():  # fmt: skip
        form[name] = value
    for _time in range(7):
        page = form.submit(status=422)
        assert "Your request can't be checked at the moment." in page.html.find(id="errors").text
        assert page.forms["ticket"]["subject"].value == "x"
    assert count(Ticket) == 0
    assert fault_of(novantic_app).faults == 7


def refuse(draft):
    raise FieldError("Pas de « virus » ici.", "subject")


@guarded(check_draft=refuse)
def test_a_plugin_may_refuse_a_draft_beside_a_field(portal, count):
    form = portal.get("/tickets/new").forms["ticket"]
    for name, value in {"topic": "printer", "company": "x", "email": "a@b.example.com", "name": "A",
                        "phone": "01 44 55 66 77", "subject": "virus", "message": "x"}.items():  # fmt: skip
        form[name] = value
    page = form.submit(status=422)
    assert page.html.find(id="ticket-subject-error").text == "Pas de « virus » ici."
    assert count(Ticket) == 0


@guarded(page_parts=lambda place: [PagePart("no/such/template.pt")])
def test_a_piece_that_can_not_be_drawn_is_left_out(portal, novantic_app):
    assert "</html>" in portal.get("/")
    assert "drawing no/such/template.pt" in fault_of(novantic_app).last_fault


@guarded(search_sources=lambda: [SearchSource("x", "X", fail)])
def test_a_search_that_fails_is_left_out(portal, novantic_app):
    assert "</html>" in portal.get("/search?q=imprimante")
    assert fault_of(novantic_app).faults == 1


@guarded(notifications=lambda event: [Notice("ticket_opened", Recipient("a@b.example"), channel="pigeon")])
def test_a_channel_that_nobody_has_is_the_plugins_fault(open_ticket, count, novantic_app):
    open_ticket()
    assert count(Delivery) == 1
    assert "no channel 'pigeon'" in fault_of(novantic_app).last_fault


@guarded(periodic_jobs=lambda: [PeriodicJob("clean", 60, fail)])
def test_a_job_that_fails_leaves_the_worker_alive(novantic_app):
    novantic_app.deliver()
    assert "job clean" in fault_of(novantic_app).last_fault


@guarded(route=lambda draft: Route(assignee="nobody@example.com"))
def test_a_route_to_somebody_unknown_leaves_the_ticket_with_the_team(open_ticket, novantic_app):
    open_ticket()
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.team, ticket.assignee_id) == ("Support", None)


@guarded(navigation=lambda request: sys.exit(3))
def test_a_plugin_that_calls_exit_ends_its_own_call_only(portal, novantic_app):
    portal.get("/", status=200)
    assert "SystemExit" in fault_of(novantic_app).last_fault
