"""After an outage: thousands of deliveries, counted, filtered by what was said, tried again or cancelled at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from novantic_core.models import Action, Delivery
from novantic_core.services import find_deliveries, redeliver
from novantic_core.services.find_deliveries import PAGE

PATH = "/admin/deliveries"
NOW = datetime.now(UTC)
REFUSED, UNKNOWN = "connection refused", "550 no such user"


@pytest.fixture
def many(novantic_app, open_ticket):
    """``many(3, state="failed")``: so many deliveries, and none besides."""

    open_ticket()
    with novantic_app.transaction() as session:
        session.execute(update(Delivery).values(state="sent", sent_at=NOW, kind="first", address="first@x.example.com"))

    def make(count, **values):
        with novantic_app.transaction() as session:
            first = session.scalars(select(Delivery).order_by(Delivery.id)).first()
            there = session.scalar(select(func.max(Delivery.id)))
            same = {c.name: getattr(first, c.name) for c in Delivery.__table__.columns if c.name != "id"}
            session.add_all(
                Delivery(**{**same, "kind": "ticket_answered", "address": "c@x.example.com", "sent_at": None, **values,
                            "message_id": f"{there}.{n}@x"})
                for n in range(count)
            )  # fmt: skip

    return make


@pytest.fixture
def states(novantic_app):
    """How many there are in each state, but for the first ones."""

    def count():
        with novantic_app.transaction() as session:
            asked = select(Delivery.state, func.count()).where(Delivery.kind != "first").group_by(Delivery.state)
            return dict(session.execute(asked).all())

    return count


def form(page, ending):
    return next(one for one in page.forms.values() if one.action.endswith(f"/deliveries/{ending}"))


def told(answer):
    return " ".join(answer.follow().html.select_one(".done").text.split())


def total(page):
    found = page.html.select_one(".total")
    return found and found.text


def test_all_of_a_filter_are_counted(desk, many):
    many(PAGE + 2, state="failed", last_error=REFUSED)
    assert total(desk.get(PATH)) is None, "of everything nobody asks"
    assert total(desk.get(f"{PATH}?state=failed")) == f"{PAGE + 2} deliveries are like this."
    assert total(desk.get(f"{PATH}?state=failed&address=first")) is None
    assert total(desk.get(f"{PATH}?address=first@x&kind=first&state=sent")) == "2 deliveries are like this."


def test_the_count_has_an_end(desk, many, monkeypatch):
    monkeypatch.setattr(find_deliveries, "MOST_COUNTED", 3)
    monkeypatch.setattr("novantic_core.views.admin.operations.deliveries.MOST_COUNTED", 3)
    many(5, state="failed")
    assert total(desk.get(f"{PATH}?state=failed")).startswith("More than")


def test_those_of_one_reason_are_tried_again_all_at_once(desk, many, states):
    many(3, state="failed", last_error=REFUSED)
    many(2, state="failed", last_error=UNKNOWN)
    page = desk.get(f"{PATH}?state=failed&error=REFUSED")
    assert total(page) == "3 deliveries are like this."
    assert told(form(page, "retry").submit(status=303)) == "3 deliveries will be tried again at once."
    assert states() == {"pending": 3, "failed": 2}


def test_what_a_server_farther_on_said_is_looked_through_too(desk, many):
    many(1, state="sent", sent_at=NOW, bounced_at=NOW, bounce="Blocked by Spamhaus 100%")
    many(1, state="sent", sent_at=NOW, bounced_at=NOW, bounce=UNKNOWN)
    assert len(desk.get(f"{PATH}?error=spamhaus").html.select(".rows tbody tr")) == 1
    assert len(desk.get(f"{PATH}?error=100%25").html.select(".rows tbody tr")) == 1


def test_one_press_takes_so_many_and_says_so(desk, many, states, monkeypatch):
    monkeypatch.setattr(redeliver, "MOST_AT_ONCE", 3)
    monkeypatch.setattr("novantic_core.views.admin.operations.deliveries.MOST_AT_ONCE", 3)
    many(4, state="failed")
    answer = form(desk.get(f"{PATH}?state=failed"), "retry").submit(status=303).follow()
    assert next(" ".join(one.text.split()) for one in answer.html.select(".done")).startswith("3 deliveries")
    assert "are taken at once: do it again for the others" in answer
    assert states() == {"pending": 3, "failed": 1}
    assert told(form(answer, "retry").submit(status=303)) == "1 delivery will be tried again at once."


def test_what_waits_for_its_next_try_is_tried_now(desk, many, states, novantic_app):
    many(2, state="pending", next_attempt_at=NOW + timedelta(hours=1), attempts=9, last_error=REFUSED)
    form(desk.get(f"{PATH}?state=pending"), "retry").submit(status=303)
    with novantic_app.transaction() as session:
        assert session.scalar(select(func.max(Delivery.next_attempt_at))) < datetime.now(UTC) + timedelta(minutes=1)


def test_what_waits_is_cancelled_but_not_what_came_since(desk, many, states, novantic_app):
    many(3, state="pending")
    page = desk.get(f"{PATH}?state=pending&kind=ticket_answered")
    many(1, state="pending")
    assert told(form(page, "cancel").submit(status=303)) == "3 deliveries will not be sent."
    assert states() == {"cancelled": 3, "pending": 1}
    with novantic_app.transaction() as session:
        last = session.scalars(select(Action).order_by(Action.id.desc())).first()
        assert (last.kind, last.subject) == ("deliveries_cancelled", "3")
    assert "Deliveries that are not to be sent: 3" in desk.get("/admin/audit?of=desk")
    again = form(desk.get(f"{PATH}?state=cancelled"), "retry").submit(status=303)
    assert told(again) == "3 deliveries will be tried again at once."
    assert states() == {"pending": 4}


def test_what_was_sent_meanwhile_is_not_cancelled(desk, many, states, novantic_app):
    many(1, state="pending")
    page = desk.get(f"{PATH}?state=pending")
    with novantic_app.transaction() as session:
        session.execute(update(Delivery).values(state="sent", sent_at=NOW))
    assert told(form(page, "cancel").submit(status=303)) == "There was none any more: nothing was changed."
    assert states() == {"sent": 1}
    with novantic_app.transaction() as session:
        assert session.scalar(select(func.count(Action.id)).where(Action.kind == "deliveries_cancelled")) == 0


def test_what_came_back_is_sent_again_only_where_it_is_asked_for(desk, many, states, novantic_app):
    many(2, state="sent", sent_at=NOW, bounced_at=NOW, bounce="blocked")
    assert not [one for one in desk.get(PATH).forms.values() if one.action.endswith("/deliveries/retry")]
    page = desk.get(f"{PATH}?state=bounced")
    assert "providers take that amiss" in page
    form(page, "retry").submit(status=303)
    assert states() == {"pending": 2}
    with novantic_app.transaction() as session:
        assert set(session.scalars(select(Delivery.bounce).where(Delivery.kind != "first"))) == {""}


def test_with_a_day_that_is_none_nothing_is_changed(desk, many, states):
    many(2, state="failed")
    sent = form(desk.get(f"{PATH}?state=failed&since=yesterday"), "retry").submit(status=303)
    assert "This is not a date" in sent.follow()
    assert states() == {"failed": 2}


def test_pages_go_both_ways(desk, many):
    many(2 * PAGE + 5, state="failed")
    page = desk.get(f"{PATH}?state=failed")
    first = [row["id"] for row in page.html.select(".rows tbody tr")]
    page = page.click("Older")
    second = [row["id"] for row in page.html.select(".rows tbody tr")]
    page = page.click("Older")
    assert len(page.html.select(".rows tbody tr")) == 5
    assert not page.html.select("a[rel=next]")
    page = page.click("Newer")
    assert [row["id"] for row in page.html.select(".rows tbody tr")] == second
    page = page.click("Newer")
    assert [row["id"] for row in page.html.select(".rows tbody tr")] == first
    assert not page.html.select("a[rel=prev]")


def test_one_of_a_later_page_leads_back_there(desk, many):
    many(PAGE + 2, state="failed")
    page = desk.get(f"{PATH}?state=failed").click("Older")
    one = next(one for one in page.forms.values() if one.action.endswith("/retry") and "before" in one.fields)
    back = one.submit(status=303)
    assert "state=failed" in back.location
    assert "before=" in back.location
    assert len(back.follow().html.select(".rows tbody tr")) == 1
