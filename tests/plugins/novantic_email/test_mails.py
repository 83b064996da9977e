"""The mails: who is written to at which event, with which subject, headers and words."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update
from webtest import Upload

from novantic_core.testing.tables import Delivery, Technician, Ticket

pytestmark = pytest.mark.usefixtures("portal_theme")

CLAIRE, HUGO = "claire@lefevre.example.com", "hugo@novantic.example"


@pytest.fixture
def sent(mailbox):
    """The mails since the last time: (recipient, what it says first) pairs, sorted."""
    seen = []

    def news():
        new = mailbox.messages[len(seen) :]
        seen.extend(new)
        return sorted((mail["To"].addresses[0].addr_spec, mailbox.text(mail).splitlines()[0]) for mail in new)

    return news


@pytest.fixture
def hugo(novantic_app):
    novantic_app.add_technician(HUGO)
    with novantic_app.transaction() as session:
        session.execute(update(Technician).values(locale="en"))


@pytest.fixture
def set_status(small_desk):
    return small_desk.set_status


@pytest.fixture
def brand(novantic_app):
    """What the theme says of whose portal it is."""
    site = novantic_app.site
    return site.brand_words(site.brand("main"), "en")


def first_of_html(html):
    """What a list of mails shows of one."""
    return " ".join(re.sub(r"<[^>]*>", " ", html.partition("<body")[2].partition(">")[2]).split())


# ------------------------------------------------------------------ who is told what


def test_a_new_ticket_is_told_to_the_client_and_the_technicians(english, open_ticket, hugo, sent, words):
    open_ticket()
    assert sent() == [
        (CLAIRE, words("You have just opened a ticket")),
        (HUGO, "New ticket from Claire Lefèvre, Boulangerie Lefèvre"),
    ]


def test_a_reply_is_told_to_the_client_alone(english, open_ticket, hugo, sent, say, mailbox, words):
    number = open_ticket()
    sent()
    say(number, "<p>Avez-vous <b>redémarré</b> ?</p>")
    assert sent() == [(CLAIRE, words("Our answer to your ticket"))]
    assert "> Avez-vous redémarré ?" in mailbox.text(mailbox.messages[-1])
    assert "<b>redémarré</b>" in mailbox.html(mailbox.messages[-1])


def test_a_reply_that_closes_says_so_in_one_mail(english, open_ticket, hugo, sent, say, words):
    number = open_ticket()
    sent()
    say(number, "<p>Réparé.</p>", close=True)
    assert sent() == [(CLAIRE, words("Our answer, and your ticket is closed"))]


def test_an_answer_by_the_client_is_told_to_the_technicians(english, visit, hugo, sent, mailbox):
    page = visit()
    sent()
    page.forms["reply"]["message"] = "Toujours rien."
    page.forms["reply"].submit(status=303)
    ((to, said),) = sent()
    assert to == HUGO
    assert said == "Answer from Claire Lefèvre, Boulangerie Lefèvre"
    assert "> Toujours rien." in mailbox.text(mailbox.messages[-1])


def test_a_note_is_told_to_nobody(english, open_ticket, hugo, sent, say):
    number = open_ticket()
    sent()
    say(number, "<p>note</p>", note=True)
    assert sent() == []


def test_each_change_of_status_is_told_to_the_client(english, open_ticket, hugo, sent, set_status, words):
    number = open_ticket()
    sent()
    for status, subject in (
        ("waiting", "We are waiting for your answer"),
        ("closed", "Your ticket is closed"),
        ("open", "Your ticket is open again"),
    ):
        assert set_status(number, status)
        assert sent() == [(CLAIRE, words(subject))]


def test_a_status_that_stays_is_told_to_nobody(english, open_ticket, sent, set_status):
    number = open_ticket()
    sent()
    assert not set_status(number, "open")
    assert sent() == []


def test_no_other_word_is_a_status(open_ticket, set_status):
    number = open_ticket()
    with pytest.raises(ValueError, match="lost"):
        set_status(number, "lost")


def test_solved_by_the_client_is_told_to_both(english, visit, hugo, sent, words):
    page = visit()
    sent()
    next(form for form in page.forms.values() if form.action.endswith("/close")).submit(status=303)
    (claire, closed), (hugo_, told) = sent()
    assert (claire, hugo_) == (CLAIRE, HUGO)
    assert closed == words("Your ticket is closed")
    assert told == "Solved, says Claire Lefèvre, Boulangerie Lefèvre"


def test_an_answer_on_a_closed_ticket_tells_both_that_it_is_open_again(english, visit, hugo, sent, set_status, words):
    page = visit()
    number = page.request.path.rsplit("/", 1)[-1]
    set_status(number, "closed")
    sent()
    page.forms["reply"]["message"] = "Cela recommence."
    page.forms["reply"].submit(status=303)
    (claire, reopened), (hugo_, told) = sent()
    assert (claire, hugo_) == (CLAIRE, HUGO)
    assert reopened == words("Your ticket is open again")
    assert told.startswith("Answer from Claire Lefèvre")


def test_the_assignee_alone_is_told_of_an_answer(english, visit, novantic_app, hugo, sent):
    ada = novantic_app.add_technician("ada@novantic.example", "Ada")
    page = visit()
    with novantic_app.transaction() as session:
        session.execute(update(Ticket).values(assignee_id=ada))
    sent()
    page.forms["reply"]["message"] = "Une précision."
    page.forms["reply"].submit(status=303)
    assert [to for to, _subject in sent()] == ["ada@novantic.example"]


def test_a_technician_who_left_is_told_nothing(english, open_ticket, novantic_app, hugo, sent):
    with novantic_app.transaction() as session:
        session.execute(update(Technician).values(active=False))
    open_ticket()
    assert [to for to, _subject in sent()] == [CLAIRE]


# ------------------------------------------------------------------ critical


def test_a_critical_ticket_says_so_first_in_every_mail(english, visit, hugo, sent, say, set_status, mailbox):
    page = visit(critical=True)
    number = page.request.path.rsplit("/", 1)[-1]
    say(number, "<p>Nous arrivons.</p>")
    page.forms["reply"]["message"] = "Merci"
    page.forms["reply"].submit(status=303)
    set_status(number, "waiting")
    said = [first for _to, first in sent()]
    assert len(said) >= 4
    assert all(first.startswith("[CRITICAL] ") for first in said)
    for mail in mailbox.messages:
        assert mail["Importance"] == "high"
        assert first_of_html(mailbox.html(mail)).startswith("[CRITICAL] ")
        # it may be taken back, and the conversation must stay one
        assert "CRITICAL" not in str(mail["Subject"])


def test_a_critical_ticket_tells_the_technicians_whom_to_call_and_where(english, open_ticket, hugo, mailbox):
    open_ticket(critical=True)
    (mail,) = mailbox.to(HUGO)
    line = "Call back Claire Lefèvre on 01 44 55 66 77."
    assert line in mailbox.text(mail)
    assert line in mailbox.html(mail)


def test_any_other_ticket_asks_for_no_call(english, open_ticket, hugo, mailbox):
    open_ticket()
    (mail,) = mailbox.to(HUGO)
    assert "Call back" not in mailbox.text(mail)
    assert "CRITICAL" not in mail.as_string()
    assert mail["Importance"] is None


# ------------------------------------------------------------------ headers and form


def test_no_robot_answers(open_ticket, hugo, mailbox):
    open_ticket()
    for mail in mailbox.messages:
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["X-Auto-Response-Suppress"] == "All"


def test_mails_come_from_the_brands_noreply_address(open_ticket, mailbox, brand):
    open_ticket()
    sender = mailbox.messages[0]["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == (brand["name"], brand["noreply"])


def test_every_mail_has_text_and_html(open_ticket, hugo, mailbox, say, set_status, brand):
    number = open_ticket(attachments=[Upload("capture.png", b"x")])
    say(number, "<p>Bonjour</p>")
    for status in ("waiting", "closed", "open"):
        set_status(number, status)
    assert len(mailbox.messages) == 6
    for mail in mailbox.messages:
        assert mail.get_content_type() == "multipart/alternative"
        text, html = mailbox.text(mail), mailbox.html(mail)
        assert "<" not in re.sub(r"<\S+@\S+>", "", text)
        assert number in text + str(mail["Subject"])
        assert "</html>" in html
        assert brand["name"] in text
        assert brand["name"] in html


def test_the_technicians_read_the_topic_and_the_priority(english, open_ticket, hugo, mailbox):
    open_ticket(topic="printer", priority="high")
    text = mailbox.to(HUGO)[-1].get_body(("plain",)).get_content()
    assert "Help topic: Printer" in text
    assert "Priority level: High" in text


def test_files_are_named_in_the_mail(english, open_ticket, hugo, mailbox):
    open_ticket(attachments=[Upload("capture.png", b"x" * 2048)])
    assert "capture.png (2\u00a0kB)" in mailbox.text(mailbox.to(HUGO)[0])


def test_a_message_id_belongs_to_its_delivery_and_all_refer_to_the_ticket(open_ticket, mailbox, say, novantic_app):
    number = open_ticket()
    say(number, "<p>Bonjour</p>")
    first, second = mailbox.messages
    assert first["Message-ID"] != second["Message-ID"]
    assert first["References"] == second["References"] == f"<{number}@support.example.com>"
    with novantic_app.transaction() as session:
        kept = session.scalars(select(Delivery.message_id).order_by(Delivery.id)).all()
    assert [str(mail["Message-ID"]).strip("<>") for mail in (first, second)] == kept


def test_a_second_attempt_is_the_same_mail(open_ticket, mailbox, novantic_app):
    open_ticket()
    (before,) = mailbox.messages
    with novantic_app.transaction() as session:
        session.execute(update(Delivery).values(state="pending"))
    novantic_app.deliver()
    assert [mail["Message-ID"] for mail in mailbox.messages] == [before["Message-ID"]]
    assert len(list(mailbox.folder.glob("*.eml"))) == 1


INJECTION = "Claire\r\nBcc: victim@example.com\r\n\r\nBonjour"


def test_nothing_typed_can_make_a_header(portal, open_ticket, hugo, mailbox):
    form = portal.get("/tickets/new").forms["ticket"]
    values = {
        "topic": "printer", "company": INJECTION, "email": CLAIRE, "name": INJECTION, "phone": "01 44 55 66 77",
        "subject": "Panne\nBcc: victim@example.com", "message": "Bonjour", "csrf_token": form["csrf_token"].value,
    }  # fmt: skip
    portal.post("/tickets/new", values, status=303)
    assert len(mailbox.messages) == 2
    for mail in mailbox.messages:
        assert mail["Bcc"] is None
        assert len(mail["To"].addresses) == 1
        assert not mail.defects


@pytest.mark.parametrize(
    "name", ['Claire "la" Lefèvre', "<x@evil.example>", "a@b.example, c", "=?utf-8?q?x?=", "李 🙂"]
)
def test_an_odd_name_is_still_one_recipient(open_ticket, mailbox, name):
    open_ticket(name=name)
    (recipient,) = mailbox.messages[0]["To"].addresses
    assert recipient.addr_spec == CLAIRE


def test_what_is_typed_is_not_markup_in_a_mail(open_ticket, hugo, mailbox):
    open_ticket(name="<b>Claire</b>", subject="<img src=x onerror=alert(1)>", company="<i>")
    for mail in mailbox.messages:
        assert not re.search(r"<b>Claire|<img|<i>", mailbox.html(mail))


def test_an_ampersand_reads_as_one_in_text_and_subject(english, open_ticket, hugo, mailbox):
    open_ticket(company="Martin & Fils", subject="Écran <noir> & clavier")
    (mail,) = mailbox.to(HUGO)
    assert "Company: Martin & Fils" in mailbox.text(mail)
    assert "Écran <noir> & clavier" in mail["Subject"]


def test_links_are_built_on_the_sites_own_address(novantic_app, mailbox):
    client = novantic_app.client()
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    form = client.get("/tickets/new", headers=forged).forms["ticket"]
    for name, value in {
        "topic": "printer", "company": "x", "email": CLAIRE, "name": "Claire", "phone": "01 44 55 66 77",
        "subject": "Panne", "message": "Bonjour",
    }.items():  # fmt: skip
        form[name] = value
    form.submit(headers=forged, status=303)
    for mail in mailbox.messages:
        assert "evil.example" not in mail.as_string()
        addresses = re.findall(r"https?://[^\s\"<]+", mailbox.text(mail) + mailbox.html(mail))
        assert addresses
        assert all(address.startswith("http://support.example.com/") for address in addresses)


def test_the_technicians_link_leads_to_the_back_office(open_ticket, hugo, mailbox):
    number = open_ticket()
    (mail,) = mailbox.to(HUGO)
    assert f"http://support.example.com/admin/tickets/{number}" in mailbox.text(mail)
    assert "/access/" not in mailbox.text(mail)


def test_each_is_written_to_in_their_language(english, open_ticket, hugo, mailbox, novantic_app):
    open_ticket()
    english.extra_environ["HTTP_ACCEPT_LANGUAGE"] = "fr"
    open_ticket(subject="autre")
    one, two = mailbox.to(CLAIRE)
    assert mailbox.text(one).splitlines()[0] != mailbox.text(two).splitlines()[0]
    assert '<html lang="en"' in mailbox.html(one)
    assert '<html lang="fr"' in mailbox.html(two)


def test_a_picture_in_a_message_is_named_in_the_mail(open_ticket, hugo, mailbox):
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    open_ticket(message=f'<p>Voici <img src="data:image/png;base64,{pixel}" alt="écran"></p>')
    (mail,) = mailbox.to(HUGO)
    assert "[écran]" in mailbox.html(mail)
    assert "<img" not in mailbox.html(mail)
    assert "[écran]" in mailbox.text(mail)
