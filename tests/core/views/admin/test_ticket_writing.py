"""Replies and notes of technicians: what is sent, what is kept when it can't be, canned replies, two people at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from webtest import Upload

from novantic_core.models import CannedReply, Draft, Message, Organisation, Technician, Ticket
from novantic_core.services.keep_category import keep_category
from novantic_core.services.save_draft import save_draft

CLAIRE = "claire@lefevre.example.com"


def words(element):
    return " ".join(element.get_text(" ").split())


def told(page):
    return [words(one) for one in page.html.find_all(class_="done")]


def said(page):
    return [words(one.find(class_="body")) for one in page.html.find_all("article")]


@pytest.fixture
def number(open_ticket):
    return open_ticket()


@pytest.fixture
def write(desk, number):
    """Write on the ticket's page with one of its forms, and press one of its buttons: the answer."""

    def fill(kind, message, button=None, **options):
        form = desk.get(f"/admin/tickets/{number}").forms[kind]
        form["message"] = message
        return form.submit(button, **options)

    return fill


def test_a_reply_reaches_the_client_and_leads_back_to_itself(write, desk, mailbox):
    answer = write("reply", "<p>Bonjour <b>Claire</b></p>", status=303)
    assert answer.location.split("#")[1].startswith("m")
    page = desk.get(answer.location)
    assert told(page) == ["Your reply is on its way."]
    assert said(page)[-1] == "Bonjour Claire"
    assert "Bonjour Claire" in mailbox.text(mailbox.to(CLAIRE)[-1])


@pytest.mark.parametrize(
    "button, status, sentence",
    [
        ("close", "closed", "Your reply is on its way and the ticket is closed."),
        ("wait", "waiting", "Your reply is on its way; the ticket waits for the client."),
    ],
)
def test_a_reply_may_close_or_wait(write, row, number, button, status, sentence):
    page = write("reply", "Bonjour", button).follow()
    assert told(page) == [sentence]
    assert row(number).status == status


def test_a_note_never_reaches_the_client(write, number, mailbox, portal):
    page = write("note", "Entre nous").follow()
    assert told(page) == ["The note is kept: technicians only can read it."]
    mails = mailbox.to(CLAIRE)
    assert len(mails) == 1
    assert "Entre nous" not in portal.get(mailbox.link(mails[0])).follow()


def test_the_file_of_a_note_never_reaches_the_client(desk, number, mailbox, portal):
    form = desk.get(f"/admin/tickets/{number}").forms["note"]
    form["message"], form["attachments"] = "Voir", [Upload("plan.txt", b"x", "text/plain")]
    link = form.submit().follow().html.find(class_="attached").a["href"]
    portal.get(mailbox.link(mailbox.to(CLAIRE)[0])).follow()
    portal.get(link, status=404)


def test_a_signature_stands_under_a_reply_and_not_under_a_note(write, novantic_app, desk, number):
    with novantic_app.transaction() as session:
        session.execute(update(Technician).values(signature="<p>Ada, Support</p>"))
    assert (
        words(desk.get(f"/admin/tickets/{number}").html.find(class_="signature").find(class_="body")) == "Ada, Support"
    )
    assert said(write("reply", "Bonjour").follow())[-1] == "Bonjour Ada, Support"
    assert said(write("note", "Vu").follow())[-1] == "Vu"


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_an_empty_text_is_refused_and_its_files_are_kept(desk, number, kind):
    form = desk.get(f"/admin/tickets/{number}").forms[kind]
    form["attachments"] = [Upload("plan.txt", b"x", "text/plain")]
    page = form.submit(status=422)
    assert words(page.html.find(id=f"{kind}-message-error")) == "The text is empty."
    assert page.html.find(class_="write")["data-writing"] == kind
    form = page.forms[kind]
    form["message"] = "Maintenant"
    assert "plan.txt" in form.submit(status=303).follow()


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_an_expired_page_gives_the_words_back(desk, number, kind, count):
    form = desk.get(f"/admin/tickets/{number}").forms[kind]
    form["message"] = "Un long texte"
    form["csrf_token"] = "x" * 64
    page = form.submit(status=400)
    assert page.forms[kind]["message"].value == "Un long texte"
    assert count(Message) == 1
    page.forms[kind].submit(status=303)


def test_the_same_form_twice_says_it_once(desk, number, count):
    form = desk.get(f"/admin/tickets/{number}").forms["reply"]
    form["message"] = "Bonjour"
    form.submit(status=303)
    form.submit(status=303)
    assert count(Message) == 2


def test_what_was_sent_is_no_draft_any_more(write, novantic_app, row, number, technician, now, count):
    ticket, ada = row(number).id, technician("Ada")
    with novantic_app.transaction() as session:
        save_draft(session, ada, ticket, "reply", "<p>Bonj</p>", now)
        save_draft(session, ada, ticket, "note", "<p>Vu</p>", now)
    write("reply", "Bonjour")
    with novantic_app.transaction() as session:
        assert [draft.kind for draft in session.scalars(select(Draft))] == ["note"]


# ------------------------------------------------------------------ canned replies


@pytest.fixture
def canned(novantic_app):
    """Three canned replies, one of them for printers: the id of that one."""
    with novantic_app.transaction() as session:
        keep_category(novantic_app.site, session, "printer")
        printer = CannedReply(
            title="Redémarrer", category_key="printer",
            html="<p>Bonjour {{requester.first_name}} ({{organisation}})</p><p>Éteignez l’imprimante.</p>",
        )  # fmt: skip
        session.add_all(
            [CannedReply(title="Merci", html="<p>Merci</p>"), printer, CannedReply(title="Au revoir", html="x")]
        )
        session.flush()
        return printer.id


def test_those_of_the_tickets_category_come_first(desk, number, canned):
    select_ = desk.get(f"/admin/tickets/{number}").html.find(id="canned")
    groups = {one["label"]: [option.text for option in one.find_all("option")] for one in select_.find_all("optgroup")}
    assert groups == {"Printer": ["Redémarrer"], "All others": ["Au revoir", "Merci"]}


def test_without_one_for_the_category_there_are_no_groups(desk, open_ticket, canned):
    select_ = desk.get(f"/admin/tickets/{open_ticket(topic='internet')}").html.find(id="canned")
    assert not select_.find_all("optgroup")
    assert [option.text for option in select_.find_all("option")][1:] == ["Au revoir", "Merci", "Redémarrer"]


def test_without_any_there_is_nothing_to_choose(desk, number):
    assert desk.get(f"/admin/tickets/{number}").html.find(id="canned") is None


def test_without_a_script_a_button_puts_one_into_the_text(desk, number, canned, count):
    form = desk.get(f"/admin/tickets/{number}").forms["reply"]
    form["message"], form["canned"] = "D’abord :", str(canned)
    form["attachments"] = [Upload("plan.txt", b"x", "text/plain")]
    page = form.submit("insert", status=200)
    typed = page.forms["reply"]["message"].value
    assert typed.split("\n\n") == ["D’abord :", "Bonjour Claire (Boulangerie Lefèvre)", "Éteignez l’imprimante."]
    assert "plan.txt" in page
    assert count(Message) == 1


def test_tags_that_were_typed_stay_tags(desk, number, canned):
    form = desk.get(f"/admin/tickets/{number}").forms["reply"]
    form["message"], form["canned"] = "<p>D’abord</p>", str(canned)
    typed = form.submit("insert", status=200).forms["reply"]["message"].value
    assert typed.startswith("<p>D’abord</p><p>Bonjour Claire")


@pytest.mark.parametrize("chosen", ["", "x", "4711", "99999999999"])
def test_without_a_choice_the_text_stays_as_it_was(desk, number, canned, chosen):
    page = desk.get(f"/admin/tickets/{number}")
    values = {"message": "D’abord", "insert": "1", "canned": chosen}
    page = desk.post(f"/admin/tickets/{number}/replies", values, status=200)
    assert page.forms["reply"]["message"].value.strip() == "D’abord"


def test_the_script_is_given_a_canned_reply_with_the_organisations_name(desk, number, canned, novantic_app, row, now):
    with novantic_app.transaction() as session:
        session.add(Organisation(name="Lefèvre & Fils", name_key="lefèvre & fils", created_at=now))
        session.flush()
        session.execute(update(Ticket).values(organisation_id=select(Organisation.id).scalar_subquery()))
    answer = desk.get(f"/admin/tickets/{number}/canned-replies/{canned}")
    assert answer.json["html"].startswith("<p>Bonjour Claire (Lefèvre &amp; Fils)</p>")
    desk.get(f"/admin/tickets/{number}/canned-replies/4711", status=404)


# ------------------------------------------------------------------ two people at once


def test_the_later_of_two_is_kept_and_told_what_happened(write, desk, colleague, number):
    mine = desk.get(f"/admin/tickets/{number}").forms["reply"]
    theirs = colleague.get(f"/admin/tickets/{number}").forms["reply"]
    theirs["message"] = "C’est fait."
    assert theirs.submit("close").follow().html.find(class_="notice") is None
    mine["message"] = "Je regarde."
    page = mine.submit(status=303).follow()
    assert said(page)[1:] == ["C’est fait.", "Je regarde."]
    assert words(page.html.find(class_="notice")) == "Meanwhile: Léa replied just now and closed the ticket."


def test_it_is_said_at_once_where_the_form_comes_back(desk, colleague, number):
    mine = desk.get(f"/admin/tickets/{number}").forms["note"]
    theirs = colleague.get(f"/admin/tickets/{number}").forms["note"]
    theirs["message"] = "Vu"
    theirs.submit()
    page = mine.submit(status=422)
    assert words(page.html.find(class_="notice")) == "Meanwhile: Léa wrote a note just now."


def test_only_the_first_of_many_news_are_told_one_by_one(desk, number, say):
    form = desk.get(f"/admin/tickets/{number}").forms["reply"]
    for _time in range(5):
        say(number, "<p>x</p>", note=True)
    form["message"] = "Bonjour"
    sentence = words(form.submit().follow().html.find(class_="notice"))
    assert sentence.count("Hugo wrote a note just now") == 3
    assert sentence.endswith("; and more.")


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30])
def test_a_form_without_a_past_is_told_nothing(desk, number, seen):
    form = desk.get(f"/admin/tickets/{number}").forms["reply"]
    form["message"], form["seen"] = "Bonjour", seen
    assert form.submit(status=303).follow().html.find(class_="notice") is None


def test_nobody_answers_who_was_erased(desk, open_ticket, row):
    number = open_ticket()
    row(number, email="", name="")
    page = desk.get(f"/admin/tickets/{number}")
    assert "The client was erased" in page.html.find(id="reply").text
    form = page.forms["reply"]
    form["message"] = "Bonjour"
    refused = form.submit(status=422)
    assert "The client was erased" in refused.html.find(id="errors").text
