"""Every hook that is specified is called, at its place on the way of a ticket, with what its spec says."""

from __future__ import annotations

import inspect
import types
from datetime import UTC, datetime

import pytest
from made import plugin
from sqlalchemy import select
from sqlalchemy.orm import Session
from webtest import Upload

from novantic_core import cli, hookspecs
from novantic_core.models import StoredFile, Technician, Ticket
from novantic_core.plugin import (
    ActionKind,
    Actor,
    ContactInfo,
    Desk,
    DeskAlarm,
    FieldError,
    IntakeChannel,
    NavigationItem,
    PagePart,
    PeriodicJob,
    PriorityProposal,
    Recipient,
    Route,
    SearchSource,
    Setting,
    TicketDraft,
    TicketEvent,
    hookimpl,
)
from novantic_core.services.keep_organisation import create_organisation, merge_organisations
from novantic_core.services.personal_link import send_link
from novantic_core.testing import BUILT_IN, Routers

SPECS = {name: spec for name, spec in vars(hookspecs).items() if name.startswith("novantic_")}

CALLED = []


def recorder():
    """A plugin that implements every hook, with all its parameters that stay, and answers nothing."""
    module = types.ModuleType("recorder")
    for name, spec in SPECS.items():
        gone = spec.novantic_spec["warn_on_impl_args"] or {}
        parameters = ", ".join(name for name in inspect.signature(spec).parameters if name not in gone)
        space = {"CALLED": CALLED}
        exec(f"def {name}({parameters}):\n    CALLED.append(({name!r}, dict(locals())))", space)  # noqa: S102
        setattr(module, name, hookimpl(space[name]))
    return module


def with_plugin(**hooks):
    return pytest.mark.novantic(plugins=["mine", *BUILT_IN], extra_plugins={"mine": plugin(**hooks)})


@pytest.fixture
def novantic_routers():
    """Each test's own: what is to be seen is that a start calls the hooks of the start."""
    return Routers()


@pytest.fixture
def called():
    CALLED.clear()
    return CALLED


@pytest.mark.novantic(plugins=["recorder", *BUILT_IN], extra_plugins={"recorder": recorder()})
def test_every_hook_is_called_on_the_way_of_a_ticket(called, novantic_app, visit, portal, back_office):
    page = visit(attachments=[Upload("a.txt", b"x")])
    page.forms["reply"]["message"] = "Une précision"
    page.forms["reply"].submit(status=303)
    novantic_app.site.plugins.collect("novantic_commands", cli=cli.group, open_desk=None)
    with novantic_app.transaction() as session:
        # no trouble has lasted long enough to be told by itself
        alarm = DeskAlarm(datetime.now(UTC), Recipient("ada@novantic.example", role="technician"))
        novantic_app.site.plugins.collect_items("novantic_alarm_notices", session=session, alarm=alarm)
        ada = session.scalars(select(Technician)).one()
        send_link(novantic_app.site, session, ada, datetime.now(UTC), "novantic")
    # a technician puts a text of a plugin's into a reply, and finds that one company was known twice
    number = page.request.path.split("/")[2]
    form = back_office.get(f"/admin/tickets/{number}").forms["reply"]
    back_office.post(form.action, {"csrf_token": form["csrf_token"].value, "insert": "recorder"})
    with novantic_app.transaction() as session:
        ada, now = Actor("technician", "Ada"), datetime.now(UTC)
        kept, gone = (
            create_organisation(session, {"name": name, "contract": False, "notes": ""}, ada, now)
            for name in ("Lefèvre", "Lefevre SARL")
        )
        merge_organisations(novantic_app.site, session, gone, kept, ada, now)
    # its end: a copy of all that is kept, and the erasure
    page = back_office.get("/admin/contacts/1/erase")
    form = next(form for form in page.forms.values() if "address" in form.fields)
    back_office.post("/admin/contacts/1/export", {"csrf_token": form["csrf_token"].value})
    form["address"] = "claire@lefevre.example.com"
    form.submit(status=303)
    assert {name for name, _given in called} == set(SPECS)
    given = dict(called)
    assert isinstance(given["novantic_check_draft"]["draft"], TicketDraft)
    assert isinstance(given["novantic_ticket_event"]["event"], TicketEvent)
    assert isinstance(given["novantic_ticket_event"]["session"], Session)
    assert isinstance(given["novantic_route"]["session"], Session)
    for hook in ("novantic_contact_export", "novantic_contact_erase"):
        assert isinstance(given[hook]["session"], Session)
        assert given[hook]["contact"] == ContactInfo(
            1, "claire@lefevre.example.com", "Claire Lefèvre", "01 44 55 66 77"
        )
    merged = given["novantic_organisation_merged"]
    assert (merged["kept"].name, merged["gone"].name) == ("Lefèvre", "Lefevre SARL")
    assert given["novantic_reply_text"]["chosen"] == "recorder"
    assert given["novantic_scan_attachment"]["file"].filename == "a.txt"
    assert given["novantic_access_link"]["recipient"].address == "claire@lefevre.example.com"


@pytest.mark.novantic(plugins=["recorder", *BUILT_IN], extra_plugins={"recorder": recorder()})
def test_hooks_are_called_in_the_order_of_a_tickets_life(called, open_ticket):
    open_ticket()
    life = ["check_draft", "prepare_draft", "propose_priority", "route", "ticket_event", "notifications"]
    names = [name.removeprefix("novantic_") for name, _given in called]
    assert [name for name in names if name in life] == life


@pytest.mark.novantic(plugins=["recorder", *BUILT_IN], extra_plugins={"recorder": recorder()})
def test_a_wrong_form_meets_no_hook_of_the_tickets_life(called, portal):
    form = portal.get("/tickets/new").forms["ticket"]
    called.clear()
    form.submit(status=422)
    assert not {"novantic_check_draft", "novantic_ticket_event"} & {name for name, _given in called}


# ------------------------------------------------------------------ what each answer does


def complete(draft):
    return draft.with_(subject=f"[Lefèvre] {draft.subject}", company="Lefèvre & Fils")


@with_plugin(prepare_draft=complete)
def test_a_draft_is_completed(visit):
    assert visit(subject="Panne").html.find("h1").text == "[Lefèvre] Panne"


@with_plugin(route=lambda draft: Route(team="Réseau", assignee="HUGO@novantic.example", reason="it is a printer"))
def test_a_ticket_is_routed_and_says_why(novantic_app, visit, mailbox):
    hugo = novantic_app.add_technician("hugo@novantic.example")
    novantic_app.add_technician("ada@novantic.example", "Ada")
    page = visit()
    assert "Réseau" in page.html.find(class_="facts").text
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert ticket.assignee_id == hugo
        assert {"what": "route", "value": "Réseau", "plugin": "mine", "reason": "it is a printer"} in ticket.reasons
    assert not mailbox.to("ada@novantic.example")


def propose(draft):
    return PriorityProposal("high" if "urgent" in draft.subject else "low", "by its words")


@with_plugin(propose_priority=propose)
@pytest.mark.parametrize(
    "subject, chosen, expected",
    [("urgent", "low", "high"), ("calme", "normal", "normal"), ("urgent", "urgent", "urgent")],
)
def test_the_most_urgent_proposal_wins(open_ticket, novantic_app, subject, chosen, expected):
    open_ticket(subject=subject, priority=chosen)
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert ticket.priority == expected
        assert [reason["plugin"] for reason in ticket.reasons] == ["", "mine"]


def no_programs(file, source):
    if source.read(2) == b"MZ":
        raise FieldError("Pas de programmes, s'il vous plaît.")


@with_plugin(scan_attachment=no_programs)
def test_a_file_is_looked_at_before_it_is_kept(portal, count):
    form = portal.get("/tickets/new").forms["ticket"]
    form["attachments"] = [Upload("x.exe", b"MZ\x90"), Upload("x.txt", b"bonjour")]
    page = form.submit(status=422)
    assert page.html.find(id="ticket-attachments-error").text.strip() == "Pas de programmes, s'il vous plaît."
    assert count(StoredFile) == 1


@with_plugin(navigation=lambda request: [NavigationItem("home", "Encore", 99), NavigationItem("gone", "Nulle part")])
def test_a_tab_is_added_and_one_that_leads_nowhere_is_not(portal):
    tabs = [tab.text for tab in portal.get("/").html.find(class_="tabs").find_all("a")]
    assert tabs[-1] == "Encore"
    assert "Nulle part" not in tabs


@with_plugin(
    page_parts=lambda place: [PagePart("error.pt", {"title": f"Pièce {place}", "text": "", "status": ""})],
)
@pytest.mark.parametrize("path, place", [("/", "home"), ("/tickets/new", "ticket_form")])
def test_a_piece_is_added_to_a_page(portal, path, place):
    assert f"Pièce {place}" in portal.get(path)


@with_plugin(theme_for=lambda request: "plain" if request.host == "plain.example.com" else None)
def test_a_theme_is_chosen_by_request(portal):
    assert "/static/plain/" in portal.get("/", headers={"Host": "plain.example.com"})
    assert "/static/novantic/" in portal.get("/")


def rows(request, words, limit):
    return [(f"Trouvé : {words}", "/kb/x", "extrait")] if words == "encre" else []


@with_plugin(search_sources=lambda: [SearchSource("x", "Ailleurs", rows)])
def test_a_source_is_searched(english):
    page = english.get("/search", {"q": "encre"})
    assert "Trouvé : encre" in page
    assert "Nothing was found" not in page
    assert "Trouvé" not in english.get("/search", {"q": "papier"})


RAN = []


@with_plugin(periodic_jobs=lambda: [PeriodicJob("clean", 3600, RAN.append)])
def test_a_job_runs_once_in_its_time(novantic_app):
    RAN.clear()
    novantic_app.deliver()
    novantic_app.deliver()
    assert len(RAN) == 1


@pytest.mark.novantic(
    plugins=["mine"],
    extra_plugins={"mine": plugin(settings_schema=lambda: [Setting("colour", "a colour", str.upper, "RED")])},
    settings={"novantic.mine.colour": "blue"},
)
def test_a_plugin_finds_its_settings_on_the_desk(novantic_app):
    with novantic_app.transaction() as session:
        assert Desk(novantic_app.site, session).plugin_settings("mine") == {"colour": "BLUE"}


def test_values_are_frozen():
    for value in (
        TicketDraft("a", "b", "c", "d", "e"),
        Actor("system"),
        ContactInfo(1, "a", "b"),
        IntakeChannel("a", "b"),
    ):
        with pytest.raises((AttributeError, TypeError)):
            value.name = "x"


@with_plugin(
    page_parts=lambda place, subject: (
        [PagePart("error.pt", {"title": subject.subject, "text": "", "status": "P"})] if place == "admin_reply" else []
    ),
    reply_text=lambda ticket, chosen: f"<p>Lisez {ticket.number} {chosen}</p>" if chosen == "mine:1" else None,
)
def test_a_text_is_put_into_a_reply(back_office, open_ticket):
    number = open_ticket(subject="Panne")
    form = back_office.get(f"/admin/tickets/{number}").forms["reply"]
    assert "Panne" in form.text
    form["message"] = "<p>Bonjour</p>"
    page = back_office.post(form.action, [*form.submit_fields(), ("insert", "mine:1")])
    assert page.forms["reply"]["message"].value == f"<p>Bonjour</p><p>Lisez {number} mine:1</p>"
    page = back_office.post(form.action, [*form.submit_fields(), ("insert", "nobody's")])
    assert page.forms["reply"]["message"].value == "<p>Bonjour</p>"


@with_plugin(action_kinds=lambda: [ActionKind("mine_washed", "Lavé : ${what}")])
def test_a_plugins_action_stands_in_the_trail(back_office, novantic_app):
    with novantic_app.transaction() as session:
        desk = Desk(novantic_app.site, session)
        desk.note_action("mine_washed", Actor("technician", "Ada"), "la voiture", {"state": ("sale", "propre")})
        with pytest.raises(KeyError):
            desk.note_action("mine_lost", Actor("technician", "Ada"))
    page = back_office.get("/admin/audit?of=desk")
    assert "Lavé : la voiture" in page
    assert "Lavé : …" in page.html.find(id="kind").text
