"""A plugin that doesn't come back: the client gets the page, the ticket is kept once, the plugin is set aside."""

from __future__ import annotations

import logging
import threading
import time

import pytest
from made import plugin
from sqlalchemy import select, text
from webtest import Upload

from novantic_core.models import Attachment, Delivery, PluginState, Ticket
from novantic_core.plugin import NavigationItem, PagePart, PriorityProposal, TicketField

SETTINGS = {
    "novantic.debug": "false",
    "novantic.environment": "development",
    "novantic.plugin_seconds": "0.3",
}
BUILT_IN = ["webform", "email_links", "email", "categories", "local_storage"]
LONG = 3600


def watched(**hooks):
    """Marks a test: the built-in plugins and ``slow``, whose hooks are these, with 0.3 s for each call."""
    return pytest.mark.novantic(plugins=["slow", *BUILT_IN], extra_plugins={"slow": plugin(**hooks)}, settings=SETTINGS)


def sleep(*_given):
    time.sleep(LONG)


def burn(*_given):
    while True:
        pass


def wait_for_a_lock(*_given):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def swallow(*_given):
    try:
        time.sleep(1)
    except BaseException:  # noqa: BLE001 - what a plugin may do
        return


def slow_of(novantic_app):
    return novantic_app.site.plugins.get("slow")


def hang_with_the_write_lock(event, session):
    session.execute(text("UPDATE ticket SET subject = 'stolen'"))
    time.sleep(LONG)


def slow_statement(event, session):
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_sleep(3600)"))
    else:
        endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
        session.execute(text(endless))


def half_read(event, session):
    rows = session.connection().exec_driver_sql("SELECT 1 UNION ALL SELECT 2").cursor
    rows.fetchone()
    slow_statement(event, session)


@pytest.mark.parametrize(
    "doing",
    [
        pytest.param("ticket_event", marks=watched(ticket_event=lambda event, session: sleep())),
        pytest.param("ticket_event", marks=watched(ticket_event=lambda event, session: burn())),
        pytest.param("ticket_event", marks=watched(ticket_event=lambda event, session: wait_for_a_lock())),
        pytest.param("ticket_event", marks=watched(ticket_event=lambda event, session: swallow())),
        pytest.param("ticket_event", marks=watched(ticket_event=hang_with_the_write_lock)),
        pytest.param("ticket_event", marks=watched(ticket_event=slow_statement)),
        pytest.param("ticket_event", marks=watched(ticket_event=half_read)),
        pytest.param("propose_priority", marks=watched(propose_priority=lambda draft: sleep())),
        pytest.param("navigation", marks=watched(navigation=lambda request: sleep())),
        pytest.param("theme_for", marks=watched(theme_for=lambda request: sleep())),
        pytest.param("page_parts", marks=watched(page_parts=lambda place: sleep())),
    ],
)
def test_a_ticket_is_opened_once_although_a_plugin_hangs(open_ticket, novantic_app, count, mailbox, doing):
    number = open_ticket()
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.number, ticket.subject) == (number, "Imprimante HP – hors connexion")
    assert len(mailbox.to("claire@lefevre.example.com")) == 1
    slow = slow_of(novantic_app)
    assert (slow.faults, slow.set_aside) == (1, True)
    assert slow.last_fault == f"novantic_{doing}: TookTooLong: it took longer than 0.3 s"
    with novantic_app.transaction() as session:
        state = session.get(PluginState, "slow")
        assert (state.faults, state.set_aside) == (1, True)


# ------------------------------------------------------------------ where else a plugin is waited for


started = threading.Event()
"""Set while a plugin is to hang that must not do so at start."""


def serial(**options):
    """A field whose plugin hangs when it is asked for it, once the site has started."""

    def fields(context):
        if started.is_set():
            sleep()
        return [TicketField("serial", "Serial", **options)]

    return {"ticket_fields": fields}


@watched(**serial())
def test_a_form_comes_without_the_field_whose_plugin_hangs(portal, novantic_app):
    started.set()
    try:
        form = portal.get("/tickets/new").forms["ticket"]
    finally:
        started.clear()
    assert "serial" not in form.fields
    assert slow_of(novantic_app).hung


@watched(**serial(parse=sleep))
def test_a_field_that_hangs_when_it_is_read_costs_what_was_typed_and_no_ticket(open_ticket, novantic_app, count):
    open_ticket(serial="XK 7")
    assert count(Ticket) == 1
    assert slow_of(novantic_app).last_fault.startswith("reading serial: TookTooLong")


@watched(**serial(show=sleep))
def test_a_discussion_is_shown_although_a_field_hangs(visit, novantic_app):
    assert "XK 7" in visit(serial="XK 7")
    assert slow_of(novantic_app).hung


class Slow:
    def __html__(self):
        time.sleep(LONG)


@watched(page_parts=lambda place: [PagePart("macro.pt", {"slow": Slow()})])
def test_a_piece_that_hangs_while_it_is_drawn_is_left_out(portal, novantic_app, tmp_path):
    themes = novantic_app.site.themes
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "macro.pt").write_text("<p>${slow}</p>")
    before = themes._plugin_folders
    themes._plugin_folders = lambda kind: [*before(kind), tmp_path / kind]
    assert "</html>" in portal.get("/")
    assert slow_of(novantic_app).last_fault.startswith("drawing macro.pt: TookTooLong")


@watched(check_draft=lambda draft: sleep())
def test_what_guards_the_door_does_not_fail_open_when_it_hangs(english, count, novantic_app):
    form = english.get("/tickets/new").forms["ticket"]
    for name, value in {"topic": "printer", "company": "x", "email": "a@b.example.com", "name": "A",
                        "phone": "01 44 55 66 77", "subject": "x", "message": "x"}.items():  # fmt: skip
        form[name] = value
    for _time in range(2):
        page = form.submit(status=422)
        assert "Your request can't be checked at the moment." in page.html.find(id="errors").text
        assert page.forms["ticket"]["subject"].value == "x"
    assert count(Ticket) == 0
    assert slow_of(novantic_app).hung


@watched(ticket_event=lambda event, session: sleep())
def test_a_large_file_is_sent_on_to_the_second_attempt(portal, novantic_app, visit):
    content = bytes(range(256)) * 4096
    form = portal.get("/tickets/new").forms["ticket"]
    for name, value in {"topic": "printer", "company": "x", "email": "claire@lefevre.example.com", "name": "A",
                        "phone": "01 44 55 66 77", "subject": "x", "message": "x"}.items():  # fmt: skip
        form[name] = value
    form["attachments"] = [Upload("scan.bin", content)]
    form.submit(status=303)
    assert slow_of(novantic_app).hung
    with novantic_app.transaction() as session:
        key = session.scalars(select(Attachment.key)).one()
    with novantic_app.site.storage.open(key) as kept:
        assert kept.read() == content


# ------------------------------------------------------------------ what is told, and what isn't watched


@watched(navigation=lambda request: sleep())
def test_the_log_says_where_it_was(portal, caplog):
    with caplog.at_level(logging.ERROR):
        portal.get("/")
    (record,) = caplog.records
    assert record.name == "novantic.plugin.slow"
    assert "time.sleep(LONG)" in record.exc_info[1].__notes__[0]


@watched(navigation=lambda request: sleep())
def test_one_that_hung_is_brought_back(back_office, novantic_app):
    back_office.get("/admin")
    page = back_office.get("/admin/plugins")
    slow = slow_of(novantic_app)
    assert slow.hung
    next(form for form in page.forms.values() if form.action.endswith("/slow/bring-back")).submit(status=303)
    assert not slow.hung


two_of_them = {name: plugin(navigation=lambda request: sleep()) for name in ("one", "two")}


@pytest.mark.novantic(plugins=["webform", *two_of_them], extra_plugins=two_of_them, settings=SETTINGS)
def test_several_that_hang_cost_the_page_their_time_and_no_more(portal, novantic_app):
    assert "</html>" in portal.get("/")
    assert all(novantic_app.site.plugins.get(name).hung for name in two_of_them)


def asks_for_the_tabs(request, place):
    if place == "home":
        request.page.tabs()
    return []


nested = {
    "outer": plugin(page_parts=asks_for_the_tabs),
    "inner": plugin(navigation=lambda request: sleep()),
}


@pytest.mark.novantic(plugins=["webform", *nested], extra_plugins=nested, settings=SETTINGS)
def test_who_is_called_by_another_plugin_takes_its_own_time(portal, novantic_app):
    portal.get("/")
    assert novantic_app.site.plugins.get("inner").hung
    assert not novantic_app.site.plugins.get("outer").faults


def takes_its_time(request):
    time.sleep(0.5)
    return []


@pytest.mark.novantic(
    plugins=["webform", "slow"],
    extra_plugins={"slow": plugin(navigation=takes_its_time)},
    settings={**SETTINGS, "novantic.plugin_seconds": "0"},
)
def test_without_a_limit_a_plugin_may_take_its_time(portal, novantic_app):
    portal.get("/")
    assert not slow_of(novantic_app).faults


@watched(navigation=lambda request: request.dbsession.execute(text("SELECT 1")) and [])
def test_waiting_for_another_writer_is_not_the_plugins_time(portal, novantic_app):
    if not novantic_app.site.database.is_sqlite:
        pytest.skip("readers and writers don't wait for each other")
    portal.get("/")
    with novantic_app.transaction() as session:
        session.execute(text("UPDATE plugin_state SET faults = 0"))
        release = threading.Timer(0.8, session.rollback)
        release.start()
        # a form's request begins by the plugin's own statement
        portal.post("/language", {"lang": "en", "back": "/"}, expect_errors=True)
        release.join()
    assert not slow_of(novantic_app).faults


@watched(
    navigation=lambda request: [NavigationItem("home", "Fine", 99)],
    propose_priority=lambda draft: PriorityProposal("high", "x"),
)
def test_who_is_quick_is_left_alone(open_ticket, novantic_app, count):
    open_ticket()
    assert (count(Ticket), count(Delivery), slow_of(novantic_app).faults) == (1, 1, 0)


def go_on_by_the_drivers_short_cuts(event, session):
    raw = session.connection().connection.dbapi_connection
    try:
        while True:
            time.monotonic()
    except BaseException:  # noqa: BLE001 - what a plugin may do
        for statement in ("UPDATE ticket SET subject = 'stolen'", "COMMIT"):
            try:
                raw.execute(statement)
                refused.append(False)
            except BaseException:  # noqa: BLE001
                refused.append(True)
    went_on.set()


refused: list[bool] = []
went_on = threading.Event()


@watched(ticket_event=go_on_by_the_drivers_short_cuts)
def test_who_was_given_up_changes_nothing_by_the_drivers_own_means(open_ticket, novantic_app):
    if not novantic_app.site.database.is_sqlite:
        pytest.skip("its short cuts are SQLite's")
    refused.clear()
    went_on.clear()
    open_ticket()
    assert went_on.wait(30)
    assert refused == [True, True]
    with novantic_app.transaction() as session:
        assert session.scalars(select(Ticket.subject)).one() == "Imprimante HP – hors connexion"


together = threading.Barrier(3, timeout=30)


def hang_together(request):
    together.wait()
    sleep()


@watched(navigation=hang_together)
def test_requests_that_hang_at_one_time_are_all_answered(novantic_app):
    answers = []
    visits = [
        threading.Thread(target=lambda: answers.append(novantic_app.client().get("/", expect_errors=True).status_int))
        for _ in range(3)
    ]
    for visit in visits:
        visit.start()
    for visit in visits:
        visit.join()
    assert answers == [200, 200, 200]
