"""The form of a new ticket: what it refuses, with which words, and what it gives back."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select
from webtest import Upload

from novantic_core.models import Attachment, Contact, Delivery, Event, Message, Ticket
from novantic_core.services.keep_file import UPLOAD_LIFE

pytestmark = pytest.mark.usefixtures("portal_theme")

WRITTEN = (Ticket, Message, Contact, Event, Delivery, Attachment)
GOOD = {
    "topic": "printer",
    "company": "Boulangerie Lefèvre",
    "department": "Comptabilité",
    "email": "claire@lefevre.example.com",
    "name": "Claire Lefèvre",
    "phone": "01 44 55 66 77",
    "teamviewer_id": "123 456 789",
    "critical": True,
    "subject": "Imprimante HP – hors connexion",
    "priority": "high",
    "message": "<p>Bonjour, <b>elle</b> ne répond plus.</p>",
}
FILL_IN = "Please fill in this field."
WRONG = [
    ("topic", "", "Please choose a topic from the list."),
    ("topic", "forged", "Please choose a topic from the list."),
    ("topic", "<script>", "Please choose a topic from the list."),
    ("company", "", FILL_IN),
    ("company", "x" * 121, "At most 120 characters, please."),
    ("department", "x" * 121, "At most 120 characters, please."),
    ("email", "", FILL_IN),
    ("email", "claire", "This e-mail address is not complete."),
    ("email", "claire@", "This e-mail address is not complete."),
    ("email", "claire@example", "This e-mail address is not complete."),
    ("email", "a@b.example.com, c@d.example.com", "This e-mail address is not complete."),
    ("email", "Claire <claire@lefevre.example.com>", "This e-mail address is not complete."),
    ("email", "a" * 250 + "@example.com", "At most 254 characters, please."),
    ("name", "", FILL_IN),
    ("name", "   ", FILL_IN),
    ("name", "\u200b\u202e", FILL_IN),
    ("name", "é" * 10_000, "At most 120 characters, please."),
    ("phone", "", FILL_IN),
    ("phone", "12", "This phone number is not complete."),
    ("phone", "rappelez-moi", "This phone number is not complete."),
    ("phone", "0" * 41, "At most 40 characters, please."),
    ("teamviewer_id", "12345678", "A TeamViewer ID has nine or ten digits"),
    ("teamviewer_id", "12345678901", "A TeamViewer ID has nine or ten digits"),
    ("teamviewer_id", "abc def ghi", "A TeamViewer ID has nine or ten digits"),
    ("teamviewer_id", "1" * 31, "At most 30 characters, please."),
    ("subject", "", FILL_IN),
    ("subject", "\u00a0\u200d", FILL_IN),
    ("subject", "x" * 201, "At most 200 characters, please."),
    ("priority", "forged", "Please choose a priority from the list."),
    ("message", "", "Please describe the problem: the text is empty."),
    ("message", "  \n ", "Please describe the problem: the text is empty."),
    ("message", "<p>&nbsp;</p>", "Please describe the problem: the text is empty."),
    ("message", "<p><br></p>", "Please describe the problem: the text is empty."),
    ("message", "<p>\u200b&#8203;</p>", "Please describe the problem: the text is empty."),
    ("message", "<script>x</script>", "Please describe the problem: the text is empty."),
    (
        "message",
        '<p><img src="https://elsewhere.example/x.png"></p>',
        "Please describe the problem: the text is empty.",
    ),
    ("message", "x" * 200_001, "This text is too long. Please attach it as a file."),
    ("message", '<img src="data:image/png;base64,AAA">', "A picture in the text can't be read."),
]


def fill(portal, **changes):
    form = portal.get("/tickets/new").forms["ticket"]
    for name, value in {**GOOD, **changes}.items():
        if name in form.fields:
            form[name].force_value(value) if name in {"topic", "priority"} else form.set(name, value)
    return form


def nothing_written(count):
    return [count(table) for table in WRITTEN] == [0] * len(WRITTEN)


def error_of(page, name):
    found = page.html.find(id=f"ticket-{name}-error")
    return found.text if found else None


@pytest.mark.parametrize("name, value, sentence", WRONG, ids=lambda value: str(value)[:20])
def test_a_wrong_field_has_its_sentence_and_nothing_is_written(english, count, name, value, sentence):
    page = fill(english, **{name: value}).submit(status=422)
    assert sentence in error_of(page, name)
    wrong = [one for one in page.html.find_all(class_="err") if one.text]
    assert len(wrong) == 1, [one.text for one in wrong]
    assert nothing_written(count)


@pytest.mark.parametrize(
    "name, value, _sentence", [WRONG[n] for n in (0, 3, 8, 15, 22, 29, 33, 37)], ids=lambda value: str(value)[:20]
)
def test_all_that_was_typed_comes_back(portal, name, value, _sentence):
    form = fill(portal, **{name: value}).submit(status=422).forms["ticket"]
    for field, typed in {**GOOD, name: value}.items():
        if (field, typed) in {("topic", "forged"), ("topic", "<script>"), ("priority", "forged")}:
            continue  # what isn't on the list can't be chosen again
        kept = form[field].checked if field == "critical" else form[field].value
        assert str(kept).strip() == str(typed).strip()


def test_every_error_is_beside_its_field_and_summed_up_at_the_top(english):
    page = fill(english, email="claire", phone="12", subject="", message="<p></p>").submit(status=422)
    summary = page.html.find(id="errors")
    assert summary["role"] == "alert"
    assert summary["tabindex"] == "-1"
    links = [link["href"] for link in summary.find_all("a")]
    assert links == ["#ticket-email", "#ticket-phone", "#ticket-subject", "#ticket-message"]
    for link in links:
        field = page.html.find(id=link[1:])
        assert field.name in {"input", "textarea"}
        assert field["aria-invalid"] == "true"


@pytest.mark.parametrize("changes", [{}, {"email": "x", "topic": "", "teamviewer_id": "1", "message": ""}])
def test_every_description_that_a_field_names_is_on_the_page(portal, changes):
    page = fill(portal, **changes, company="").submit(status=422)
    ids = [one["id"] for one in page.html.find_all(id=True)]
    assert len(ids) == len(set(ids))
    described = [
        name for one in page.html.find_all(attrs={"aria-describedby": True}) for name in one["aria-describedby"].split()
    ]
    labelled = [label["for"] for label in page.html.find_all("label", attrs={"for": True})]
    assert described
    assert set(described) | set(labelled) <= set(ids)


def test_in_french_every_sentence_is_french(portal, english):
    changes = {
        "topic": "",
        "company": "",
        "email": "x",
        "phone": "1",
        "teamviewer_id": "1",
        "subject": "x" * 300,
        "message": "",
    }
    said = fill(english, **changes).submit(status=422)
    english.extra_environ["HTTP_ACCEPT_LANGUAGE"] = "fr"
    dit = fill(portal, **changes).submit(status=422)
    assert dit.html.html["lang"] == "fr"
    for name in changes:
        assert error_of(dit, name) != error_of(said, name)


# ------------------------------------------------------------------ files


def png(name="capture.png", size=8):
    return Upload(name, b"\x89PNG" + b"x" * size, "image/png")


def attach(form, *files):
    form["attachments"] = list(files)
    return form


@pytest.mark.parametrize(
    "files, sentence",
    [
        ([png(f"{n}.png", n + 1) for n in range(6)], "At most 5 files, please: remove some."),
        ([png("large.png", 2 * 1024**2)], "“large.png” is larger than the limit for one file."),
        ([Upload("empty.txt", b"", "text/plain")], "“empty.txt” is empty."),
    ],
    ids=["too many", "too large", "empty"],
)
def test_files_that_can_not_be_taken_have_their_sentence(english, count, files, sentence):
    page = attach(fill(english), *files).submit(status=422)
    assert sentence in error_of(page, "attachments")
    assert '<a href="#ticket-attachments">' in page
    assert nothing_written(count)


def test_the_largest_file_and_as_many_as_allowed_are_taken(portal, count):
    files = [png(f"{n}.png", n + 1) for n in range(4)] + [Upload("full.bin", b"x" * 2 * 1024**2)]
    attach(fill(portal), *files).submit(status=303)
    assert count(Attachment) == 5


def test_files_are_kept_while_the_form_is_put_right(portal, novantic_app):
    page = attach(fill(portal, email="x"), png("a.png", 1), png("b.png", 2)).submit(status=422)
    form = page.forms["ticket"]
    assert "a.png" in page
    form["email"] = GOOD["email"]
    form.submit(status=303)
    with novantic_app.transaction() as session:
        assert session.scalars(select(Attachment.filename).order_by(Attachment.id)).all() == ["a.png", "b.png"]


def test_a_kept_file_whose_box_is_cleared_is_not_sent(portal, novantic_app):
    form = attach(fill(portal, email="x"), png("a.png", 1), png("b.png", 2)).submit(status=422).forms["ticket"]
    form["email"] = GOOD["email"]
    form.set("kept_files", False, index=0)
    form.submit(status=303)
    with novantic_app.transaction() as session:
        assert session.scalars(select(Attachment.filename)).all() == ["b.png"]


def test_files_are_kept_over_two_wrong_attempts(portal, count):
    form = attach(fill(portal, email="x"), png()).submit(status=422).forms["ticket"]
    form = form.submit(status=422).forms["ticket"]
    form["email"] = GOOD["email"]
    form.submit(status=303)
    assert count(Attachment) == 1


def test_kept_files_count_towards_the_limit(english):
    form = attach(fill(english, email="x"), *[png(f"{n}.png", n) for n in range(4)]).submit(status=422).forms["ticket"]
    form["email"] = GOOD["email"]
    page = attach(form, png("5.png", 50), png("6.png", 60)).submit(status=422)
    assert "At most 5 files" in error_of(page, "attachments")


@pytest.mark.parametrize("token", ["nonsense", "\0", "é" * 500, "' OR 1=1 --"])
def test_a_forged_token_of_a_kept_file_is_passed_over(portal, count, token):
    form = fill(portal)
    fields = [*form.submit_fields(), ("kept_files", token)]
    portal.post("/tickets/new", fields, status=303)
    assert count(Attachment) == 0


def test_a_kept_file_is_forgotten_after_a_day():
    assert UPLOAD_LIFE.days == 1


@pytest.mark.parametrize(
    "sent, kept",
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\claire\\capture.png", "capture.png"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("x" * 300 + ".png", "x" * 139 + ".png"),
        ("...", "file"),
        ("été 🙂.png", "été 🙂.png"),
    ],
)
def test_the_name_of_a_file_is_made_harmless(portal, novantic_app, sent, kept):
    attach(fill(portal), Upload(sent, b"x")).submit(status=303)
    with novantic_app.transaction() as session:
        assert session.scalars(select(Attachment.filename)).one() == kept


# ------------------------------------------------------------------ odd requests


@pytest.mark.parametrize("name", ["topic", "company", "email", "name", "phone", "subject", "message"])
def test_a_missing_field_is_an_empty_one(english, name):
    fields = [(key, value) for key, value in fill(english).submit_fields() if key != name]
    page = english.post("/tickets/new", fields, status=422)
    assert error_of(page, name)


def test_missing_optional_fields_are_left_empty(portal, novantic_app):
    keep = {"csrf_token", "topic", "company", "email", "name", "phone", "subject", "message"}
    portal.post("/tickets/new", [pair for pair in fill(portal).submit_fields() if pair[0] in keep], status=303)
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.department, ticket.priority, ticket.critical, ticket.fields) == ("", "normal", False, {})


def test_unknown_fields_are_passed_over(portal, count):
    extra = [("role", "administrator"), ("__start__", "x:mapping"), ("status", "closed"), ("number", "1")]
    portal.post("/tickets/new", [*fill(portal).submit_fields(), *extra], status=303)
    assert count(Ticket) == 1


def test_a_field_sent_twice_counts_once(portal, novantic_app):
    portal.post("/tickets/new", [*fill(portal).submit_fields(), ("subject", "autre")], status=303)
    with novantic_app.transaction() as session:
        assert session.scalars(select(Ticket.subject)).one() in {"autre", GOOD["subject"]}


def test_a_file_where_a_text_is_expected_is_refused(english):
    fields = [pair for pair in fill(english).submit_fields() if pair[0] != "subject"]
    page = english.post("/tickets/new", fields, upload_files=[("subject", "x.txt", b"x")], status=422)
    assert error_of(page, "subject")


def test_a_text_where_a_file_is_expected_is_no_file(portal, count):
    portal.post("/tickets/new", [*fill(portal).submit_fields(), ("attachments", "x")], status=303)
    assert count(Attachment) == 0


def test_bytes_that_are_not_utf8_are_refused_with_a_page(english, count):
    body = b"company=%FF%FE&csrf_token=x"
    page = english.post("/tickets/new", body, content_type="application/x-www-form-urlencoded", status="*")
    assert page.status_int in {400, 422}
    assert "<h1>" in page
    assert nothing_written(count)


@pytest.mark.parametrize(
    "name", ["company", "department", "email", "name", "phone", "subject", "message", "teamviewer_id"]
)
def test_a_nul_byte_never_breaks_the_page(portal, name):
    page = fill(portal, **{name: f"{GOOD[name]}\0"}).submit(status="*")
    assert page.status_int in {303, 422}


def test_emoji_and_every_script_are_kept(portal, novantic_app):
    fill(portal, name="Ünal 🙂 李", subject="مرحبا 🖨️", message="Привет 👋🏽").submit(status=303)
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert ticket.name == "Ünal 🙂 李"
        assert "مرحبا 🖨" in ticket.subject
        assert session.scalars(select(Message.text)).one() == "Привет 👋🏽"


def test_characters_that_turn_the_line_around_are_left_out(portal, novantic_app):
    fill(portal, name="Claire\u202eexe.", subject="a\u2066b").submit(status=303)
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert not set(ticket.name + ticket.subject) & set("\u202e\u2066")


def test_a_line_break_in_a_line_becomes_a_space(portal, novantic_app):
    fields = [pair for pair in fill(portal).submit_fields() if pair[0] != "subject"]
    portal.post("/tickets/new", [*fields, ("subject", "Panne\r\nBcc: x@evil.example")], status=303)
    with novantic_app.transaction() as session:
        assert session.scalars(select(Ticket.subject)).one() == "Panne Bcc: x@evil.example"


def test_a_get_can_not_open_a_ticket(portal, count):
    portal.get("/tickets/new", dict(fill(portal).submit_fields()), status=200)
    assert nothing_written(count)


# ------------------------------------------------------------------ sent late, sent twice


@pytest.mark.parametrize("token", ["", "forged", "é\0"])
def test_an_old_page_loses_no_words(english, count, token):
    form = attach(fill(english), png())
    form["csrf_token"] = token
    page = form.submit(status=400)
    assert "This page had been open for too long" in page.html.find(id="errors").text
    assert nothing_written(count)
    again = page.forms["ticket"]
    assert again["subject"].value == GOOD["subject"]
    again.submit(status=303)
    assert count(Attachment) == 1


def test_the_same_form_sent_twice_at_once_makes_one_ticket(novantic_app, portal, count):
    form = fill(portal)
    fields, cookies = form.submit_fields(), dict(portal.cookies)
    together, answers = threading.Barrier(2), []

    def send():
        client = novantic_app.client()
        for name, value in cookies.items():
            client.set_cookie(name, value)
        together.wait()
        answers.append(client.post("/tickets/new", fields).follow().html.find(class_="num").text)

    threads = [threading.Thread(target=send) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(Ticket) == 1
    assert count(Message) == 1
    assert len(set(answers)) == 1


@pytest.mark.novantic(settings={"novantic.limit_tickets": "3 per hour"})
def test_who_opens_too_many_tickets_is_asked_to_wait(english, count, words):
    for n in range(3):
        fill(english, subject=f"Panne {n}").submit(status=303)
    page = fill(english, subject="Panne 4").submit(status=429)
    said = "You have opened many tickets in a short time. Please wait a while, or call us if it is urgent."
    assert words(said) in page
    assert page.forms["ticket"]["subject"].value == "Panne 4"
    assert count(Ticket) == 3
