"""One delivery with all that is known of it: how it went, what was sent, who may see it."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from novantic_core.delivery.brake import take
from novantic_core.models import Delivery, DeliveryArchive, Message, Team, Ticket
from novantic_core.services.keep_trace import find_attempts
from novantic_core.services.note_bounce import note_bounce
from novantic_core.views.admin.operations.delivery import explain, read_mail

NOW = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
RAW = (
    b"Message-ID: <1@novantic.example>\r\nSubject: =?utf-8?q?Notre_r=C3=A9ponse?=\r\nTo: claire@lefevre.example.com\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n"
    b"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nBonjour Claire\r\n"
    b"--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Bonjour <b>Claire</b></p>\r\n--x--\r\n"
)


@pytest.fixture
def delivery(novantic_app, open_ticket):
    """``delivery(state="failed", raw=…)``: the id of the notice to the client, changed first."""
    open_ticket()

    def change(raw=None, **values):
        with novantic_app.transaction() as session:
            row = session.scalars(select(Delivery).where(Delivery.kind == "ticket_opened")).one()
            for name, value in values.items():
                setattr(row, name, value)
            if raw is not None:
                session.add(DeliveryArchive(delivery_id=row.id, at=NOW, raw=zlib.compress(raw)))
            return row.id

    return change


def path(id_):
    return f"/admin/deliveries/{id_}"


def words(page):
    return " ".join(page.html.find("main").get_text(" ").split())


def test_all_that_is_known(desk, delivery):
    page = desk.get(path(delivery(raw=RAW, state="sent", sent_at=NOW, attempts=3)))
    said = words(page)
    for one in ("To the client: ticket opened", "claire@lefevre.example.com", "Notre réponse", "Bonjour Claire",
                "<1@novantic.example>", "Tries 3", "E-mail", "Français"):  # fmt: skip
        assert one in said, one
    assert not [form for form in page.forms.values() if "/deliveries/" in form.action], "it is sent"
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    ticket = page.html.select_one("main .small a[href^='/admin/tickets/']")["href"]
    assert "#m" in ticket
    desk.get(ticket.partition("#")[0])


def test_what_was_sent_in_its_frame_and_as_a_file(desk, delivery):
    page = desk.get(path(delivery(raw=RAW, state="sent", sent_at=NOW)))
    frame = desk.get(page.html.find("iframe")["src"])
    assert "<b>Claire</b>" in frame
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    file = desk.get(page.html.select_one("a[download]")["href"])
    assert file.body == RAW
    assert file.content_type == "message/rfc822"
    assert file.headers["Content-Disposition"].endswith('.eml"')


def test_where_nothing_is_kept(desk, delivery):
    id_ = delivery()
    assert "Nothing yet" in words(desk.get(path(id_)))
    delivery(state="sent", sent_at=NOW)
    assert "It isn't kept any more" in words(desk.get(path(id_)))
    desk.get(f"{path(id_)}/html", status=404)
    desk.get(f"{path(id_)}/mail.eml", status=404)


def test_none_of_that_number(desk):
    desk.get(path(4711), status=404)
    desk.get(path("9" * 30), status=404)


def test_what_is_decided_there_leads_back_there(desk, delivery):
    id_ = delivery(state="failed", last_error="550 no", attempts=1)
    page = desk.get(path(id_))
    answer = next(form for form in page.forms.values() if form.action.endswith("/retry")).submit(status=303)
    assert answer.location.endswith(path(id_))
    page = answer.follow()
    assert "It will be tried at once." in page
    answer = next(form for form in page.forms.values() if form.action.endswith("/cancel")).submit(status=303)
    assert "Cancelled" in words(answer.follow())


# ---------------------------------------------------------------------- came back


@pytest.fixture
def bounced(novantic_app, delivery):
    id_ = delivery(state="sent", sent_at=NOW, attempts=1)
    with novantic_app.transaction() as session:
        note_bounce(session, id_, "550 5.1.1 no such user", NOW)
    return id_


def test_one_that_came_back_is_no_sent_one(desk, bounced):
    page = desk.get(path(bounced))
    assert "550 5.1.1 no such user" in page
    assert "has not read it" in words(page)
    for state, found in (("bounced", 1), ("sent", 0), ("", 2)):
        rows = desk.get(f"/admin/deliveries?state={state}").html.select(".rows tbody tr")
        assert len(rows) == found, state
    assert "Came back on" in desk.get("/admin/deliveries?state=bounced")


def test_it_can_be_sent_again(desk, bounced, novantic_app, mailbox):
    page = desk.get(path(bounced))
    next(form for form in page.forms.values() if form.action.endswith("/retry")).submit(status=303)
    with novantic_app.transaction() as session:
        row = session.get_one(Delivery, bounced)
        assert (row.state, row.bounced_at, row.bounce, row.sent_at) == ("pending", None, "", None)
    assert mailbox.to("claire@lefevre.example.com")


def test_it_is_said_beside_the_message(desk, bounced, novantic_app):
    with novantic_app.transaction() as session:
        number = session.scalar(select(Ticket.number))
    page = desk.get(f"/admin/tickets/{number}")
    told = page.html.select_one(".told .bounced")
    assert "came back: 550 5.1.1 no such user" in told.text
    assert told.a["href"] == path(bounced)


def test_delivered_at_leads_to_it(desk, delivery, novantic_app):
    id_ = delivery(state="sent", sent_at=datetime.now(UTC))
    with novantic_app.transaction() as session:
        number = session.scalar(select(Ticket.number))
    told = desk.get(f"/admin/tickets/{number}").html.select_one(".told .sent a")
    assert told.text.startswith("delivered at")
    assert told["href"] == path(id_)


# ---------------------------------------------------------------------- who may see it


def test_a_technician_sees_those_of_the_tickets_they_see(colleague, delivery, novantic_app):
    id_ = delivery(raw=RAW, state="failed", attempts=1)
    page = colleague.get(path(id_))
    assert "Bonjour Claire" in page
    assert not [form for form in page.forms.values() if "/deliveries/" in form.action]
    assert not page.html.select("main a[href='/admin/deliveries']")
    with novantic_app.transaction() as session:
        session.add(Team(key="board", label="Board", private=True))
        session.execute(update(Ticket).values(team="board"))
    novantic_app.site.preferences_cache.forget()
    for address in (path(id_), f"{path(id_)}/html", f"{path(id_)}/mail.eml"):
        colleague.get(address, status=404)


def test_those_of_accounts_are_administrators(colleague, desk, delivery, novantic_app):
    id_ = delivery(ticket_id=None, event_id=None, message_row_id=None)
    colleague.get(path(id_), status=404)
    desk.get(path(id_))


def test_of_a_ticket_that_was_split_off_since(desk, delivery, novantic_app):
    """Its message stands on another ticket by now."""
    id_ = delivery()
    other = novantic_app.open_ticket(subject="Another")
    with novantic_app.transaction() as session:
        session.execute(
            update(Message)
            .where(Message.id == session.get_one(Delivery, id_).message_row_id)
            .values(ticket_id=other.id)
        )
    page = desk.get(path(id_))
    assert page.html.select_one("main .small a[href^='/admin/tickets/']")["href"].startswith(
        f"/admin/tickets/{other.number}#m"
    )


# ---------------------------------------------------------------------- words


@pytest.mark.parametrize(
    "values, said",
    [
        ({"state": "pending"}, "No worker has tried it yet"),
        ({"state": "pending", "claimed_by": "one"}, "at this moment"),
        ({"state": "pending", "attempts": 2}, "longer and longer"),
        ({"state": "pending", "attempts": 40, "trying_since": NOW - timedelta(days=3)}, "once more"),
        ({"state": "failed", "attempts": 40, "trying_since": NOW - timedelta(days=9), "given_up_at": NOW}, "two days"),
        ({"state": "failed", "attempts": 1, "trying_since": NOW, "given_up_at": NOW}, "for good"),
        ({"state": "sent", "bounced_at": NOW}, "sent it back"),
        ({"state": "sent"}, ""),
        ({"state": "cancelled"}, ""),
    ],
)
def test_how_it_stands_in_words(values, said):
    row = Delivery(**{"attempts": 0, **values})
    found = [str(words) for words in explain(row, NOW)]
    assert (said in found[0]) if said else not found


@pytest.mark.novantic(settings={"novantic.email.per_hour": "1"})
def test_why_what_is_due_waits_for_the_next_hour(desk, delivery, novantic_app):
    id_ = delivery()
    with novantic_app.transaction() as session:
        take(session, "email", 1, datetime.now(UTC))
    assert "E-mail carries 1 an hour" in words(desk.get(path(id_)))
    assert "E-mail carries 1 an hour" in words(desk.get("/admin/deliveries"))
    delivery(next_attempt_at=datetime.now(UTC) + timedelta(hours=3))
    assert "an hour" not in words(desk.get(path(id_)))


def test_what_another_channel_sent_is_a_text():
    sent = read_mail(b"Votre code : 123")
    assert (sent.headers, sent.text, sent.html) == ((), "Votre code : 123", "")


def test_a_mail_in_a_charset_that_nobody_knows_has_no_words():
    sent = read_mail(b"Message-ID: <1@x>\r\nContent-Type: text/plain; charset=unheard-of\r\n\r\n\xff")
    assert sent.headers
    assert isinstance(sent.text, str)


# ---------------------------------------------------------------------- try by try


def test_each_try_with_its_fault(desk, delivery, novantic_app, mailbox):
    """What is kept of the tries is told by whose they are: two clients of one ticket have each their own."""
    id_ = delivery()
    mailbox.to("claire@lefevre.example.com")
    with novantic_app.transaction() as session:
        row = session.get_one(Delivery, id_)
        assert [(number, fault) for _at, number, fault in find_attempts(session, row)] == [(1, "")]
    page = desk.get(path(id_))
    assert [item["value"] for item in page.html.select(".tries li")] == ["1"]
    assert "accepted" in page.html.select_one(".tries").text


def test_a_notice_of_no_event_has_no_tries(novantic_app):
    with novantic_app.transaction() as session:
        assert find_attempts(session, Delivery(event_id=None)) == []
