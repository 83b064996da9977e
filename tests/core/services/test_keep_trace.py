"""What is kept of the calls of plugins: whose, in which order, what came of them; and no words of a person's."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from made import plugin
from sqlalchemy import insert, select, update
from webtest import Upload

from novantic_core.delivery.jobs import run_due_jobs
from novantic_core.models import Contact, Delivery, Event, HookTrace, Preference, Ticket
from novantic_core.plugin import Channel, Notice, PermanentFailure, PriorityProposal, Recipient, Route
from novantic_core.services.change_status import change_status
from novantic_core.services.erase_person import erase_person
from novantic_core.services.keep_trace import MOST_REMOVED, forget_old_traces, without
from novantic_core.services.open_ticket import open_ticket as open_by_service
from novantic_core.values import Actor, TicketDraft

ADA = Actor("technician", "Ada", "admin@novantic.example")
GUARDED = {"novantic.debug": "false", "novantic.environment": "development"}
BUILT_IN = ["webform", "email_links", "email", "categories", "local_storage"]


def with_plugins(*, last=False, **modules):
    """Marks a test: the built-in plugins and these, guarded as in production."""
    names = [*BUILT_IN, *modules] if last else [*modules, *BUILT_IN]
    return pytest.mark.novantic(plugins=names, extra_plugins=modules, settings=GUARDED)


@pytest.fixture
def calls(novantic_app):
    """The calls of all events of a kind, oldest first, or of one hook among them."""

    def read(kind="opened", hook=None):
        query = select(HookTrace.calls).join(Event, Event.id == HookTrace.event_id).where(Event.kind == kind)
        with novantic_app.transaction() as session:
            found = [call for calls in session.scalars(query.order_by(HookTrace.id)) for call in calls]
        return [call for call in found if hook is None or call["hook"] == f"novantic_{hook}"]

    return read


def outcomes(calls):
    return [(call["plugin"], call["outcome"]) for call in calls]


# ------------------------------------------------------------------ what came of it


@with_plugins(
    b=plugin(propose_priority=lambda draft: PriorityProposal("low", "it can wait")),
    a=plugin(propose_priority=lambda draft: PriorityProposal("urgent", "it can't", call_back=True)),
    c=plugin(propose_priority=lambda draft: None),
)
def test_each_rule_is_there_in_its_order_and_which_of_them_won(open_ticket, calls):
    open_ticket()
    rules = calls(hook="propose_priority")
    assert outcomes(rules) == [("b", "answered"), ("a", "answered"), ("c", "silent")]
    assert [rule["changed"] for rule in rules] == [
        {"priority": "low", "call_back": False, "won": False},
        {"priority": "urgent", "call_back": True, "won": True},
        {},
    ]
    assert all(isinstance(call["took"], int) and call["took"] >= 0 for call in calls())


def complete(draft):
    return draft.with_(subject="Secret words", category="printer", critical=True, fields={"mine": "Secret field"})


@with_plugins(a=plugin(prepare_draft=lambda draft: None), b=plugin(prepare_draft=complete))
def test_of_a_completed_draft_the_words_are_not_kept(open_ticket, calls):
    open_ticket(topic="server")
    nothing, completed = calls(hook="prepare_draft")
    assert nothing["outcome"] == "silent"
    assert completed["changed"]["draft"] == {"category": ["server", "printer"], "critical": [False, True]}
    assert {"subject", "fields.mine"} <= set(completed["changed"]["words"])
    assert "Secret" not in json.dumps(calls())


@with_plugins(
    first=plugin(route=lambda draft: Route("Network", "hugo@novantic.example", "it is about cables")),
    second=plugin(route=lambda draft: Route("Other")),
)
def test_the_route_that_was_taken_is_there_and_who_was_not_asked_is_not(novantic_app, open_ticket, calls):
    novantic_app.add_technician()
    open_ticket()
    (call,) = calls(hook="route")
    assert call["plugin"] == "first"
    assert call["changed"] == {"team": "Network", "assignee": "hugo@novantic.example", "won": True}


@with_plugins(lost=plugin(route=lambda draft: Route(assignee="nobody@novantic.example")))
def test_a_route_to_somebody_unknown_did_not_come_about(open_ticket, calls):
    open_ticket()
    assert calls(hook="route")[0]["changed"]["won"] is False


def tell(event):
    colleague = Recipient("x@example.com", role="technician")
    return [Notice("told", colleague), Notice("told", colleague), Notice("told", colleague, channel="pigeon")]


@with_plugins(teller=plugin(notifications=tell))
def test_of_notices_kind_role_and_channel_are_kept_and_no_address(open_ticket, calls):
    open_ticket()
    call = next(call for call in calls(hook="notifications") if call["plugin"] == "teller")
    assert call["outcome"] == "failed"  # there is no such channel
    assert call["changed"]["notices"] == [
        {"kind": "told", "role": "technician", "channel": "", "queued": True, "count": 2},
        {"kind": "told", "role": "technician", "channel": "pigeon", "queued": False, "count": 1},
    ]
    assert "x@example.com" not in json.dumps(calls())


def see(file):
    return None


@with_plugins(scanner=plugin(scan_attachment=see))
def test_who_looked_through_a_file_is_there_though_it_came_before_its_ticket(open_ticket, calls):
    open_ticket(attachments=[Upload("one.txt", b"one"), Upload("two.txt", b"two")])
    assert [call["file"] for call in calls(hook="scan_attachment")] == [1, 2]
    assert "one.txt" not in json.dumps(calls())


# ------------------------------------------------------------------ what went wrong


def fail(event):
    raise ValueError(f"cannot tell {event.ticket.name} <{event.ticket.email}> of “{event.ticket.subject}”")


@with_plugins(bad=plugin(ticket_event=fail), good=plugin(ticket_event=lambda event: None))
def test_a_fault_is_there_without_the_words_that_it_repeats(open_ticket, calls):
    open_ticket()
    bad, good = calls(hook="ticket_event")
    assert (bad["outcome"], bad["undone"]) == ("failed", True)
    assert bad["fault"] == "ValueError: cannot tell … <…> of “…”"
    assert good["outcome"] == "silent"
    assert "fault" not in good


@with_plugins(bad=plugin(propose_priority=lambda draft: PriorityProposal("mad", "x")))
def test_an_answer_that_is_found_to_be_no_use_later_is_a_failure_too(open_ticket, calls):
    open_ticket()
    assert outcomes(calls(hook="propose_priority")) == [("bad", "failed")]


@with_plugins(bad=plugin(ticket_event=fail))
def test_who_is_set_aside_is_there_as_not_asked(novantic_app, open_ticket, calls):
    novantic_app.site.plugins.get("bad").set_aside = True
    open_ticket()
    assert outcomes(calls(hook="ticket_event")) == [("bad", "set aside")]


def test_words_are_left_out_whatever_their_case_and_short_ones_stay():
    assert without(["Zoé Martin", "zoe@example.com", "a"], "ZOÉ MARTIN wrote as zoe@example.com") == "… wrote as …"
    assert without([], "as it is") == "as it is"


# ------------------------------------------------------------------ what it wrote


def write(event, session):
    session.add(Preference(key="one", value=1))
    session.execute(insert(Preference), [{"key": "two", "value": 2}, {"key": "three", "value": 3}])
    session.execute(update(Preference).where(Preference.key == "nothing").values(value=0))
    session.execute(select(Preference)).all()


def write_and_fail(event, session):
    session.add(Preference(key="four", value=4))
    session.flush()
    raise ValueError("broken")


@with_plugins(good=plugin(ticket_event=write), bad=plugin(ticket_event=write_and_fail))
def test_the_rows_that_it_wrote_are_counted(open_ticket, calls):
    open_ticket()
    good, bad = calls(hook="ticket_event")
    assert good["rows"] == {"preference": 3}
    assert bad["rows"] == {"preference": 1}
    assert bad["undone"] is True


# ------------------------------------------------------------------ events, and what is done within others


@with_plugins(good=plugin(ticket_event=lambda event: None))
def test_each_event_has_its_own(novantic_app, open_ticket, calls):
    open_ticket()
    with novantic_app.transaction() as session:
        change_status(novantic_app.site, session, session.scalars(select(Ticket)).one(), "closed", ADA, now())
    assert outcomes(calls("opened", "ticket_event")) == [("good", "silent")]
    assert outcomes(calls("status_changed", "ticket_event")) == [("good", "silent")]
    assert calls("status_changed", "check_draft") == []


def keep_too(draft, session):
    asks = TicketDraft("web", "zoe@example.com", "Zoé", "Another", "<p>Another</p>", category="server")
    if draft.subject != "Another":
        made = open_by_service(keep_too.site, session, asks, now())
        return draft.with_(subject=f"See {made.number}")
    return None


@with_plugins(twice=plugin(prepare_draft=keep_too))
def test_a_ticket_that_a_plugin_opens_meanwhile_has_a_trace_of_its_own(novantic_app, open_ticket, calls):
    keep_too.site = novantic_app.site
    open_ticket()
    assert outcomes(calls(hook="prepare_draft")) == [("twice", "silent"), ("twice", "answered")]
    with novantic_app.transaction() as session:
        assert len(session.scalars(select(HookTrace)).all()) == 2


# ------------------------------------------------------------------ deliveries


def test_each_attempt_of_a_delivery_is_kept_with_its_event(novantic_app, open_ticket, calls):
    open_ticket()
    before = len(calls())
    novantic_app.deliver()
    link, sent = calls()[before:]
    assert (link["plugin"], link["hook"], link["outcome"]) == ("email_links", "novantic_access_link", "answered")
    assert (sent["plugin"], sent["hook"], sent["outcome"]) == ("email", "send", "silent")
    told = sent["changed"]["delivery"]
    assert told.pop("id") > 0
    assert told == {"kind": "ticket_opened", "role": "requester", "channel": "email", "attempt": 1}
    assert "/access/" not in json.dumps(calls())


def refuse(parcel):
    raise PermanentFailure(f"{parcel.notice.to.address} is unknown here")


@with_plugins(pigeon=plugin(notification_channels=lambda: [Channel("pigeon", "Pigeon", refuse)]))
def test_a_refusal_is_there_without_the_address(novantic_app, open_ticket, calls):
    open_ticket()
    with novantic_app.transaction() as session:
        session.execute(update(Delivery).values(channel="pigeon"))
    novantic_app.deliver()
    (call,) = [call for call in calls() if call["plugin"] == "pigeon"]
    assert (call["outcome"], call["fault"]) == ("refused", "… is unknown here")


def test_a_mail_that_belongs_to_no_ticket_leaves_no_trace(novantic_app, count):
    client, address = novantic_app.client(), "hugo@novantic.example"
    novantic_app.add_technician(address)
    form = client.get("/admin/forgotten").forms["forgotten"]
    form["login"] = address
    form.submit()
    novantic_app.deliver()
    assert count(HookTrace) == 0


# ------------------------------------------------------------------ for how long


def now():
    return datetime.now(UTC)


@pytest.mark.parametrize("days, left", [(29, 1), (31, 0)])
def test_after_thirty_days_it_is_forgotten(novantic_app, open_ticket, count, days, left):
    open_ticket()
    run_due_jobs(novantic_app.site, now() + timedelta(days=days))
    assert count(HookTrace) == left


def test_so_many_are_forgotten_at_a_time_that_nobody_waits_long(novantic_app, open_ticket, count, monkeypatch):
    monkeypatch.setattr("novantic_core.services.keep_trace.MOST_REMOVED", 1)
    for subject in ("one", "two"):
        open_ticket(subject=subject)
    with novantic_app.transaction() as session:
        assert forget_old_traces(novantic_app.site, session, now() + timedelta(days=31)) == 1
    assert count(HookTrace) == 1
    assert MOST_REMOVED > 1000


@pytest.mark.novantic(settings={"novantic.trace_days": "0"})
def test_who_wants_none_has_none(novantic_app, open_ticket, count):
    open_ticket()
    novantic_app.deliver()
    assert count(HookTrace) == 0


def test_it_goes_with_the_person_who_is_erased(novantic_app, open_ticket, count):
    open_ticket(email="zoe@example.com")
    open_ticket(email="paul@example.com")
    with novantic_app.transaction() as session:
        contact = session.scalars(select(Contact).where(Contact.email_key == "zoe@example.com")).one()
        erase_person(novantic_app.site, session, contact, ADA, now(), label="Erased", words="Erased")
    with novantic_app.transaction() as session:
        tickets = select(Ticket.email).join(HookTrace, HookTrace.ticket_id == Ticket.id)
        assert session.scalars(tickets).all() == ["paul@example.com"]
