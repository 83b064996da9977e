"""The ticket's page as its requester sees it: facts, discussion, answering, saying that it is solved."""

from __future__ import annotations

import base64
import re
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from webtest import Upload

from novantic_core.models import Attachment, Event, Message, Ticket
from novantic_core.plugin import Actor, Desk, TicketDraft
from novantic_core.services.change_status import change_status

pytestmark = pytest.mark.usefixtures("portal_theme")

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def number_of(page):
    return page.request.path.rsplit("/", 1)[-1]


def close(novantic_app, status="closed"):
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        change_status(novantic_app.site, session, ticket, status, Actor("technician", "Hugo"), datetime.now(UTC))


def facts(page):
    return {row.dt.text: " ".join(row.dd.text.split()) for row in page.html.find(class_="facts").find_all("div")}


def test_all_that_the_guide_shows_is_on_the_page(english, visit, words):
    page = visit(teamviewer_id="123456789", priority="high", critical=True)
    shown = facts(page)
    assert shown["Name"] == "Claire Lefèvre"
    assert shown["E-mail"] == "claire@lefevre.example.com"
    assert shown["Phone"] == "01 44 55 66 77"
    assert shown["Help topic"] == "Printer"
    assert shown["Priority level"] == "Urgent"
    assert shown["TeamViewer ID"] == "123 456 789"
    assert shown[words("Critical situation")] == "Yes"
    assert "Open" in shown.values()
    assert "Support" in shown.values()
    assert re.search(r"\d{1,2} \w+ 20\d\d, \d\d:\d\d", " ".join(shown.values()))
    assert page.html.find("h1").text == "Imprimante HP – hors connexion"


def test_any_other_ticket_is_not_critical(english, visit, words):
    assert facts(visit())[words("Critical situation")] == "No"


def test_the_discussion_is_oldest_first_with_its_authors(visit, portal, say):
    number = number_of(visit())
    say(number, "<p>Avez-vous redémarré ?</p>")
    page = portal.get(f"/tickets/{number}")
    page.forms["reply"]["message"] = "Oui."
    page = page.forms["reply"].submit(status=303).follow()
    said = [(one.find("strong").text, one.find(class_="body").text.strip()) for one in page.html.find_all("article")]
    assert [author for author, _words in said] == ["Claire Lefèvre", "Hugo", "Claire Lefèvre"]
    assert [words for _author, words in said][1:] == ["Avez-vous redémarré ?", "Oui."]
    assert page.html.find_all("article")[-1]["id"] == "last"


def test_an_answer_is_shown_and_said_to_be_sent_once(english, visit):
    page = visit()
    page.forms["reply"]["message"] = "<p>Une <b>précision</b></p>"
    page = page.forms["reply"].submit(status=303).follow()
    assert page.html.find(class_="done").text == "Your answer has been sent."
    assert "<b>précision</b>" in page
    assert page.html.find(class_="tag").text == "Open"
    assert "Your answer has been sent." not in english.get(page.request.path)


@pytest.mark.parametrize("typed", ["", "<p>&nbsp;</p>", "<p><br></p>"])
def test_an_empty_answer_is_refused_beside_its_field(english, visit, count, typed):
    page = visit()
    page.forms["reply"]["message"] = typed
    page = page.forms["reply"].submit(status=422)
    assert page.html.find(id="reply-message-error").text.strip()
    assert page.html.find(id="errors").find("a")["href"] == "#reply-message"
    assert count(Message) == 1


def test_files_of_a_wrong_answer_are_kept(visit, portal):
    page = visit()
    page.forms["reply"]["attachments"] = [Upload("capture.png", b"x")]
    page = page.forms["reply"].submit(status=422)
    page.forms["reply"]["message"] = "Voici"
    page = page.forms["reply"].submit(status=303).follow()
    assert page.html.find_all(class_="attached")[-1].find("a").text == "capture.png"


def test_an_old_page_loses_no_words_of_an_answer(visit, count):
    page = visit()
    page.forms["reply"]["message"] = "Une précision"
    page.forms["reply"]["csrf_token"] = "old"
    page = page.forms["reply"].submit(status=400)
    assert page.forms["reply"]["message"].value == "Une précision"
    assert count(Message) == 1


def test_a_closed_ticket_says_beforehand_that_an_answer_opens_it_again(english, visit, novantic_app, words):
    page = visit()
    close(novantic_app)
    page = english.get(page.request.path)
    assert words("This ticket is closed. Your answer will open it again.") in page.html.find(class_="answer").text
    assert page.html.find(class_="tag closed")
    assert not [form for form in page.forms.values() if form.action.endswith("/close")]
    page.forms["reply"]["message"] = "Cela recommence"
    page = page.forms["reply"].submit(status=303).follow()
    assert page.html.find(class_="tag open")
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.status, ticket.closed_at) == ("open", None)


def test_a_client_says_that_it_is_solved(english, visit, novantic_app, words):
    page = visit()
    solved = next(form for form in page.forms.values() if form.action.endswith("/close"))
    page = solved.submit(status=303).follow()
    closed = words("Thank you: the ticket is closed. If the problem comes back, just answer here.")
    assert closed in page.html.find(class_="done").text
    assert page.html.find(class_="tag closed")
    with novantic_app.transaction() as session:
        assert session.scalars(select(Ticket.closed_at)).one() is not None
        event = session.scalars(select(Event).order_by(Event.id.desc())).first()
        assert (event.actor_kind, event.changes) == ("requester", {"status": ["open", "closed"]})


def test_solving_needs_the_csrf_token_and_a_post(portal, visit, novantic_app):
    path = visit().request.path
    portal.post(f"{path}/close", status=400)
    portal.get(f"{path}/close", status=303)
    with novantic_app.transaction() as session:
        assert session.scalars(select(Ticket.status)).one() == "open"


def test_closing_twice_is_told_once(portal, visit, count):
    form = next(form for form in visit().forms.values() if form.action.endswith("/close"))
    form.submit(status=303)
    events = count(Event)
    form.submit(status=303)
    assert count(Event) == events


def test_a_solved_critical_ticket_needs_no_call_any_more(visit, novantic_app):
    next(form for form in visit(critical=True).forms.values() if form.action.endswith("/close")).submit(status=303)
    with novantic_app.transaction() as session:
        assert session.scalars(select(Ticket.call_back)).one() is False


def test_a_change_of_status_stands_in_the_discussion(english, visit, novantic_app, words):
    path = visit().request.path
    close(novantic_app, "waiting")
    (event,) = english.get(path).html.find_all(class_="event")
    assert words("We are waiting for your answer") in event.text
    assert "Hugo" in event.text


@pytest.mark.parametrize(
    "subject", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "${1+1}", "{{7*7}}"]
)
def test_what_was_typed_is_shown_as_it_was_typed(visit, subject):
    page = visit(subject=subject, name="<b>Claire</b>", company="${ticket}")
    assert page.html.find("h1").text == subject
    assert "<b>Claire" not in page
    assert "<script>alert" not in page


@pytest.mark.novantic(settings={"novantic.limit_tickets": "2 per hour"})
def test_who_answers_too_often_is_asked_to_wait(english, visit, count):
    page = visit()
    for n in range(2):
        page.forms["reply"]["message"] = f"Réponse {n}"
        page = page.forms["reply"].submit(status=303).follow()
    page.forms["reply"]["message"] = "Réponse 3"
    page = page.forms["reply"].submit(status=429)
    assert "You have sent many answers in a short time." in page.html.find(id="errors").text
    assert page.forms["reply"]["message"].value == "Réponse 3"
    assert count(Message) == 3


def test_the_same_answer_sent_twice_at_once_is_one_message(novantic_app, visit, portal, count):
    page = visit()
    page.forms["reply"]["message"] = "Une précision"
    fields, action = page.forms["reply"].submit_fields(), page.forms["reply"].action
    cookies = dict(portal.cookies)
    together, answers = threading.Barrier(2), []

    def send():
        client = novantic_app.client()
        for name, value in cookies.items():
            client.set_cookie(name, value.strip('"'))
        together.wait()
        answers.append(client.post(action, fields).status_int)

    threads = [threading.Thread(target=send) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303, 303]
    assert count(Message) == 2


def test_a_file_that_the_storage_lost_is_not_found(visit, portal, novantic_app, monkeypatch):
    link = visit(attachments=[Upload("a.txt", b"x")]).html.find(class_="attached").find("a")["href"]

    def lost(key):
        raise KeyError(key)

    monkeypatch.setattr(novantic_app.site.storage, "open", lost)
    portal.get(link, status=404)


def test_a_technician_sees_every_file(visit, back_office):
    link = visit(attachments=[Upload("a.txt", b"x")]).html.find(class_="attached").find("a")["href"]
    assert back_office.get(link).body == b"x"


def test_a_topic_that_is_offered_no_more_keeps_its_words(visit, portal, novantic_app):
    page = visit()
    words = facts(page)
    novantic_app.site.categories.pop("printer")
    assert set(facts(portal.get(page.request.path)).values()) & {"Printer", "Imprimante"}
    assert words


# ------------------------------------------------------------------ pasted pictures


def test_a_pasted_picture_becomes_a_file_and_shows(visit, portal):
    page = visit(message=f'<p>Voici <img src="data:image/png;base64,{PIXEL}" alt="écran"></p>')
    picture = page.html.find(class_="body").find("img")
    assert picture["alt"] == "écran"
    file = portal.get(picture["src"])
    assert file.content_type == "image/png"
    assert file.body.startswith(b"\x89PNG")
    assert not page.html.find(class_="attached")


def test_the_same_picture_twice_is_one_file(visit, portal, count):
    picture = f'<img src="data:image/png;base64,{PIXEL}">'
    page = visit(message=f"<p>{picture} et {picture}</p>")
    assert len(page.html.find(class_="body").find_all("img")) == 2
    assert count(Attachment) == 1


def test_a_picture_from_elsewhere_is_not_fetched(visit):
    page = visit(message='<p>a <img src="https://tracker.example/x.png"> b</p>')
    assert "tracker.example" not in page


def test_too_many_pasted_pictures_are_refused(english, count):
    form = english.get("/tickets/new").forms["ticket"]
    pictures = [base64.b64encode(f"picture {n}".encode()).decode() for n in range(21)]
    form["message"] = "".join(f'<img src="data:image/png;base64,{picture}">' for picture in pictures)
    page = form.submit(status=422)
    assert "too many pictures" in page.html.find(id="ticket-message-error").text


# ------------------------------------------------------------------ statements


def test_a_ticket_takes_as_many_statements_with_thirty_messages_as_with_one(portal, visit, say, statements):
    page = visit()
    portal.get(page.request.path)
    with statements() as few:
        portal.get(page.request.path)
    for n in range(30):
        say(number_of(page), f"<p>{n}</p>")
    with statements() as many:
        assert len(portal.get(page.request.path).html.find_all("article")) == 31
    assert len(many) == len(few)
    assert len(few) <= 8, few


def test_opening_a_ticket_takes_as_many_statements_with_fifty_tickets_as_with_one(
    portal, open_ticket, novantic_app, statements
):
    def post():
        form = portal.get("/tickets/new").forms["ticket"]
        for name, value in {"topic": "printer", "company": "x", "email": "a@b.example.com", "name": "A",
                            "phone": "01 44 55 66 77", "subject": "x", "message": "x"}.items():  # fmt: skip
            form[name] = value
        with statements() as sent:
            form.submit(status=303)
        return sent

    post()
    post()
    few = post()
    with novantic_app.transaction() as session:
        for _n in range(50):
            Desk(novantic_app.site, session).open_ticket(
                TicketDraft("web", "a@b.example.com", "A", "x", "<p>x</p>", category="printer")
            )
    many = post()
    assert len(many) == len(few)
    # of them four keep the index of the search in step: a savepoint and its end, what is read, what is kept
    # one more writes down which plugins did what
    assert len(few) <= 14, few


@pytest.mark.parametrize(
    "path, at_most", [("/", 3), ("/tickets/new", 0), ("/tickets/status", 0), ("/admin/login", 0), ("/healthz", 0)]
)
def test_a_page_takes_few_statements(portal, statements, path, at_most):
    portal.get(path)
    with statements() as sent:
        portal.get(path)
    assert len(sent) <= at_most, sent


def test_what_is_folded_of_a_mail_is_named_in_the_readers_language(visit, portal, say, mailbox):
    folded = "<p>Merci</p><details><summary></summary><p>Avant</p></details>"
    number = number_of(visit())
    say(number, folded)
    page = portal.get(f"/tickets/{number}")
    assert page.html.find("summary").text == "Messages précédents"
    assert "<p>Avant</p></details>" in page
    portal.extra_environ["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert portal.get(f"/tickets/{number}").html.find("summary").text == "Earlier messages"
    mail = mailbox.to("claire@lefevre.example.com")[-1]
    assert "Merci" in str(mail.get_body(("html",)).get_content())
    assert "Avant" not in str(mail.get_body(("html",)).get_content()) + str(mail.get_body(("plain",)).get_content())
