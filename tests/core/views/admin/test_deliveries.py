"""The outbox as an administrator sees it: filters, trying again, never sending."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from novantic_core.delivery import outbox
from novantic_core.models import Action, Delivery, Technician
from novantic_core.services.find_deliveries import PAGE, DeliveryFilter, count_open, find_deliveries, find_delivery

PATH = "/admin/deliveries"


@pytest.fixture
def set_state(novantic_app):
    """``set_state("failed", last_error="…")`` for all deliveries, or those of a kind."""

    def set_all(state, kind=None, **values):
        with novantic_app.transaction() as session:
            changed = update(Delivery).values(state=state, **values)
            session.execute(changed if kind is None else changed.where(Delivery.kind == kind))

    return set_all


@pytest.fixture
def states(novantic_app):
    def all_states():
        with novantic_app.transaction() as session:
            return list(session.scalars(select(Delivery.state).order_by(Delivery.id)))

    return all_states


@pytest.fixture
def last_action(novantic_app):
    def last():
        with novantic_app.transaction() as session:
            row = session.scalars(select(Action).order_by(Action.id.desc())).first()
            return row and (row.kind, row.actor_name, row.subject)

    return last


def press(page, ending):
    return next(form for form in page.forms.values() if form.action.endswith(ending)).submit(status=303)


def rows(page):
    return page.html.select(".rows tbody tr")


def test_nothing_yet(back_office):
    assert back_office.get(PATH).html.find(class_="empty")


def test_what_was_told_to_whom_about_which_ticket(back_office, open_ticket):
    number = open_ticket()
    page = back_office.get(PATH)
    assert len(rows(page)) == 2, "the client and the administrator"
    assert f"#{number}" in page
    assert "claire@lefevre.example.com" in page
    assert page.html.select(".tag.waiting")


def test_sent_ones_say_when(back_office, open_ticket, novantic_app):
    open_ticket()
    novantic_app.deliver()
    page = back_office.get(PATH)
    assert len(page.html.select(".rows .tag.open")) == 2
    assert not page.html.select(".rows form")


@pytest.mark.parametrize(
    "query, found",
    [("channel=email", 2), ("channel=sms", 0), ("brand=main", 2), ("brand=other", 0),
     ("since=2020-01-01", 2), ("since=2100-01-01", 0), ("until=2020-01-01", 0), ("until=2100-01-01", 2),
     ("since=yesterday", 2), ("state=bounced", 0),
     ("kind=ticket_opened", 1), ("address=LEFEVRE", 1), ("address=100%25", 0), ("state=pending", 2), ("state=sent", 0),
     ("state=nonsense", 2), ("kind=unheard_of", 0), ("before=nonsense", 2), ("ticket=000000", 0)],
)  # fmt: skip
def test_filters(back_office, open_ticket, query, found):
    open_ticket()
    assert len(rows(back_office.get(f"{PATH}?{query}"))) == found


def test_a_day_that_is_none_is_told(desk, open_ticket):
    open_ticket()
    page = desk.get(f"{PATH}?since=yesterday")
    assert page.html.find(id="since")["aria-invalid"] == "true"
    assert "This is not a date" in page.html.find(id="since-error").text


def test_the_deliveries_of_one_ticket(back_office, open_ticket):
    number = open_ticket()
    open_ticket(subject="Une autre")
    assert len(rows(back_office.get(f"{PATH}?ticket=%23{number}"))) == 2


def test_pages_go_on_where_the_last_one_ended(back_office, open_ticket, novantic_app):
    open_ticket()
    with novantic_app.transaction() as session:
        first = session.scalars(select(Delivery)).first()
        values = {
            c.name: getattr(first, c.name) for c in Delivery.__table__.columns if c.name not in {"id", "message_id"}
        }
        session.add_all(Delivery(**values, message_id=f"1.1.{n}@x") for n in range(PAGE))
    page = back_office.get(PATH)
    assert len(rows(page)) == PAGE
    page = back_office.get(page.html.select_one(".pages a")["href"])
    assert len(rows(page)) == 2
    assert len(rows(back_office.get(page.html.select_one(".pages a")["href"]))) == PAGE


def test_one_that_was_given_up_is_tried_again(back_office, open_ticket, set_state, states, last_action, mailbox):
    open_ticket()
    set_state("failed", "ticket_opened", last_error="550 no such user")
    page = back_office.get(f"{PATH}?state=failed")
    assert "550 no such user" in page
    answer = press(page, "/retry")
    assert answer.location.endswith("?state=failed"), "the filter stays"
    assert last_action() == ("deliveries_retried", "Ada", "1")
    assert "failed" not in states()
    assert mailbox.to("claire@lefevre.example.com")


def test_why_it_did_not_go_is_said_in_the_readers_words(back_office, open_ticket, set_state):
    open_ticket()
    set_state("pending", "ticket_opened", last_error="ConnectionRefusedError: [Errno 111] Connection refused")
    why = back_office.get(PATH).html.find(class_="error")
    assert (why.text, why.get("lang")) == ("le serveur refuse la connexion", None)
    set_state("pending", "ticket_opened", last_error="550 no such user")
    assert back_office.get(PATH).html.find(class_="error")["lang"] == "en"


def test_one_alone_is_tried_again(back_office, open_ticket, set_state, states, last_action):
    open_ticket()
    set_state("failed")
    page = back_office.get(PATH)
    ident = rows(page)[0]["id"].removeprefix("delivery-")
    press(page, f"{ident}/retry")
    assert sorted(states()) == ["failed", "pending"]
    assert last_action()[0] == "delivery_retried"


def test_one_that_waits_for_its_next_try_is_tried_now(back_office, open_ticket, set_state, novantic_app, states):
    open_ticket()
    set_state("pending", next_attempt_at=datetime.now(UTC) + timedelta(hours=1), attempts=3)
    novantic_app.deliver()
    page = back_office.get(PATH)
    ident = rows(page)[0]["id"].removeprefix("delivery-")
    press(page, f"{ident}/retry")
    novantic_app.deliver()
    assert sorted(states()) == ["pending", "sent"]


def test_one_that_is_never_to_be_sent(back_office, open_ticket, states, last_action, novantic_app):
    open_ticket()
    page = back_office.get(f"{PATH}?kind=ticket_opened")
    press(page, "/cancel")
    novantic_app.deliver()
    assert sorted(states()) == ["cancelled", "sent"]
    assert last_action() == ("delivery_cancelled", "Ada", "ticket_opened → claire@lefevre.example.com")
    page = back_office.get(f"{PATH}?state=cancelled")
    press(page, "/retry")
    novantic_app.deliver()
    assert states() == ["sent", "sent"]


def test_what_was_sent_meanwhile_is_neither_tried_nor_cancelled(
    back_office, open_ticket, novantic_app, states, last_action
):
    open_ticket()
    page = back_office.get(f"{PATH}?kind=ticket_opened")
    novantic_app.deliver()
    press(page, "/cancel")
    press(page, "/retry")
    assert states() == ["sent", "sent"]
    assert last_action() is None


def test_a_worker_that_is_sending_has_the_last_word(back_office, open_ticket, novantic_app, states):
    open_ticket()
    now = datetime.now(UTC)
    with novantic_app.transaction() as session:
        outbox.give_sign(session, "w", "here", 1, now)
        ids = outbox.claim(session, "w", now + timedelta(minutes=1))
        for one in ids:
            outbox.confirm(session, one, "w")
    page = back_office.get(f"{PATH}?kind=ticket_opened")
    assert len(page.html.select("form[action$=retry]")) == 0, "it is being tried"
    press(page, "/cancel")
    with novantic_app.transaction() as session:
        outbox.mark_refused(session, ids[0], "w", "busy", now, permanent=False)
    assert "cancelled" in states()
    with novantic_app.transaction() as session:
        for one in ids:
            outbox.mark_sent(session, one, now)
    assert states() == ["sent", "sent"]


def test_all_that_were_given_up_are_tried_again(back_office, open_ticket, set_state, states, last_action):
    open_ticket()
    set_state("failed")
    press(back_office.get(PATH), "/deliveries/retry")
    assert states() == ["pending", "pending"]
    assert last_action() == ("deliveries_retried", "Ada", "2")


def test_only_those_that_the_filter_shows(back_office, open_ticket, set_state, states):
    open_ticket()
    set_state("failed")
    press(back_office.get(f"{PATH}?address=lefevre"), "/deliveries/retry")
    assert sorted(states()) == ["failed", "pending"]


def test_a_delivery_that_there_is_not(back_office, open_ticket):
    open_ticket()
    token = next(f for f in back_office.get(PATH).forms.values() if f.action.endswith("/cancel"))["csrf_token"].value
    back_office.post(f"{PATH}/999/cancel", {"csrf_token": token}, status=404)


def test_a_plugin_s_own_kind_is_shown_as_it_is(back_office, open_ticket, set_state):
    open_ticket()
    set_state("pending", kind="ticket_opened", last_error="")
    page = back_office.get(f"{PATH}?kind=sms_sent")
    assert page.forms[next(k for k, f in page.forms.items() if "kind" in f.fields)]["kind"].value == "sms_sent"


def test_of_private_teams_only_what_one_may_see(back_office, open_ticket, novantic_app):
    novantic_app.add_technician()
    form = back_office.get("/admin/teams/Support/edit").forms["team"]
    form["private"] = True
    form.submit(status=303)
    open_ticket()
    with novantic_app.transaction() as session:
        hugo = session.scalars(select(Technician).where(Technician.name == "Hugo")).one()
        hugo.team = "Réseau"
        session.flush()
        found = find_deliveries(novantic_app.site, session, hugo, DeliveryFilter()).rows
        ident = session.scalars(select(Delivery.id)).first()
        assert found == []
        assert find_delivery(novantic_app.site, session, hugo, ident) is None
        assert count_open(novantic_app.site, session, hugo) == {"pending": 0, "failed": 0}


@pytest.mark.parametrize("typed", [{"address": "a\0"}, {"kind": "\0"}, {"ticket": "\0"}, {"before": "9" * 14}])
def test_what_no_database_can_hold_finds_nothing_or_all(back_office, open_ticket, typed):
    open_ticket()
    back_office.get(PATH, typed, status=200)


def test_a_number_beyond_all_deliveries(back_office):
    token = back_office.get("/admin").html.find("input", {"name": "csrf_token"})["value"]
    back_office.post(f"{PATH}/{'9' * 14}/retry", {"csrf_token": token}, status=404)
