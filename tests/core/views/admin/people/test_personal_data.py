"""A copy of all that is kept about a person, and their erasure."""

from __future__ import annotations

import io
import json
import types
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from webtest import Upload

from novantic_core.models import Action, Attachment, Contact, Delivery, Message, StoredFile, Ticket
from novantic_core.plugin import FieldError, hookimpl
from novantic_core.services.keep_file import sweep

MEMORY = types.ModuleType("memory")
ASKED = []


@hookimpl
def novantic_contact_export(contact, session):
    ASKED.append(("export", contact))
    return {"knows": contact.email, "since": datetime(2026, 1, 1, tzinfo=UTC)}


@hookimpl
def novantic_contact_erase(contact, session):
    ASKED.append(("erase", contact))


MEMORY.novantic_contact_export, MEMORY.novantic_contact_erase = novantic_contact_export, novantic_contact_erase


def stubborn(error):
    plugin = types.ModuleType("stubborn")

    @hookimpl
    def novantic_contact_export(contact, session):
        raise error

    @hookimpl
    def novantic_contact_erase(contact, session):
        session.execute(text("UPDATE contact SET company = 'touched'"))
        raise error

    plugin.novantic_contact_export, plugin.novantic_contact_erase = novantic_contact_export, novantic_contact_erase
    return plugin


with_memory = pytest.mark.novantic(plugins=["webform", "email_links", "email", "local_storage", "memory"],
                                   extra_plugins={"memory": MEMORY})  # fmt: skip


def with_stubborn(error):
    return pytest.mark.novantic(
        plugins=["webform", "email_links", "email", "local_storage", "stubborn"],
        extra_plugins={"stubborn": stubborn(error)}, settings={"novantic.debug": "false"},
    )  # fmt: skip


@pytest.fixture
def story(visit, say, novantic_app):
    """Claire's ticket, with an answer of hers that has a file, a reply and a note: its number."""
    page = visit(subject="Claire can't print", message="Bonjour, ici Claire.")
    number = page.request.path.rsplit("/", 1)[-1]
    form = page.forms["reply"]
    form["message"] = "Voici, Claire"
    form["attachments"] = [Upload("claire.txt", b"Claire's own words", "text/plain")]
    form.submit()
    say(number, "<p>Bonjour Claire, appelez-nous ; une lumière claire ? Écrivez à claire@lefevre.example.com.</p>")
    say(number, "<p>Mme LEFÈVRE, +33 1 44 55 66 77</p>", note=True)
    return number


def export(back_office, key=1):
    page = back_office.get(f"/admin/contacts/{key}")
    form = next(form for form in page.forms.values() if form.action.endswith("/export"))
    return form.submit()


def erase(back_office, key=1, address="claire@lefevre.example.com"):
    page = back_office.get(f"/admin/contacts/{key}/erase")
    form = next(form for form in page.forms.values() if form.action.endswith("/erase"))
    form["address"] = address
    return form.submit(expect_errors=True)


# ------------------------------------------------------------------ the copy


def test_the_copy_has_all_that_was_said_and_the_files(back_office, story):
    answer = export(back_office)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="contact-1.zip"'
    assert answer.headers["Cache-Control"] == "no-store"
    archive = zipfile.ZipFile(io.BytesIO(answer.body))
    assert archive.testzip() is None
    ticket = json.loads(archive.read(f"tickets/{story}.json"))
    assert [(said["kind"], said["internal"]) for said in ticket["messages"]] == [
        ("message", False), ("message", False), ("reply", False), ("note", True),
    ]  # fmt: skip
    (file,) = ticket["messages"][1]["files"]
    assert archive.read(file["file"]) == b"Claire's own words"
    assert [event["kind"] for event in ticket["events"]][:2] == ["opened", "replied"]
    person = json.loads(archive.read("person.json"))
    assert person["contacts"][0]["email"] == "claire@lefevre.example.com"
    assert person["links"][0]["use_count"] == 1
    assert {mail["address"] for mail in person["mails"]} == {"claire@lefevre.example.com"}
    assert "GDPR" in archive.read("README.txt").decode()


@with_memory
def test_the_copy_has_what_plugins_keep_of_each_address(back_office, person, change):
    ASKED.clear()
    one, other = person("claire@lefevre.example.com"), person("claire@private.example.com")
    change(Contact, other, merged_into_id=one)
    archive = zipfile.ZipFile(io.BytesIO(export(back_office, one).body))
    person = json.loads(archive.read("person.json"))
    assert person["plugins"]["memory"] == {
        str(one): {"knows": "claire@lefevre.example.com", "since": "2026-01-01T00:00:00+00:00"},
        str(other): {"knows": "claire@private.example.com", "since": "2026-01-01T00:00:00+00:00"},
    }
    assert [what for what, _contact in ASKED] == ["export", "export"]


@with_stubborn(FieldError("There is a lawsuit."))
def test_a_plugin_may_stop_the_copy_with_a_sentence(back_office, person, count):
    person()
    assert "No copy was made: There is a lawsuit." in export(back_office).follow()
    assert count(Action) == 0


@with_stubborn(RuntimeError("broken"))
def test_a_plugin_that_fails_stops_the_copy(back_office, person):
    person()
    assert "the plugin “stubborn” failed" in export(back_office).follow()


def test_a_file_that_the_storage_lost_is_said(back_office, story, novantic_app):
    with novantic_app.transaction() as session:
        key = session.scalars(select(StoredFile.key)).one()
    novantic_app.site.storage.delete(key)
    archive = zipfile.ZipFile(io.BytesIO(export(back_office).body))
    assert any(name.endswith(".missing.txt") for name in archive.namelist())


def test_the_trail_says_that_a_copy_was_made(back_office, person, novantic_app):
    person()
    export(back_office)
    with novantic_app.transaction() as session:
        action = session.scalars(select(Action)).one()
    assert (action.kind, action.subject, action.actor_name) == ("contact_exported", "contact 1", "Ada")


def test_technicians_get_no_copy_and_erase_nobody(sign_in, person):
    person()
    hugo = sign_in()
    page = hugo.get("/admin/contacts/1")
    assert "Erase" not in page.html.find(id="main").text
    hugo.get("/admin/contacts/1/erase", status=403)
    token = page.html.select_one("input[name=csrf_token]")["value"]
    hugo.post("/admin/contacts/1/export", {"csrf_token": token}, status=403)
    hugo.post("/admin/contacts/1/erase", {"csrf_token": token, "address": "claire@lefevre.example.com"}, status=403)


# ------------------------------------------------------------------ the erasure


def test_the_page_says_what_goes_and_what_stays(back_office, person):
    person()
    page = back_office.get("/admin/contacts/1/erase")
    assert [title.text for title in page.html.select("main h2")] == ["What goes", "What stays", "What can't be found"]


def test_a_wrong_address_erases_nothing(back_office, person, look_up):
    person()
    page = erase(back_office, address="claire@elsewhere.example.com")
    assert page.status_int == 422
    assert "This is not the address of this person. Nothing was erased." in page
    assert look_up(Contact, 1).erased_at is None


def test_nothing_in_the_database_names_the_person_any_more(back_office, story, novantic_app, look_up, mailbox):
    mailbox.to("x")
    page = erase(back_office).follow()
    assert "The person is erased. Tickets: 1, messages: 2, files: 1." in page
    found = {}
    with novantic_app.transaction() as session:
        for table in Contact.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                words = json.dumps(dict(row), default=str, ensure_ascii=False)
                for trace in ("Claire", "Lefèvre", "LEFÈVRE", "lefevre", "44 55 66", "Boulangerie"):
                    if trace in words:
                        found[table.name, trace] = words
    assert found == {}
    ticket = look_up(Ticket, story)
    assert (ticket.number, ticket.status, ticket.email) == (story, "open", "")
    assert ticket.created_at is not None


def test_what_technicians_said_stays_without_the_name(back_office, story, novantic_app):
    erase(back_office)
    with novantic_app.transaction() as session:
        reply, note = session.scalars(select(Message).where(Message.kind != "message").order_by(Message.id)).all()
    assert "appelez-nous ; une lumière claire ?" in reply.text
    assert reply.author == "Hugo"
    assert "Personne effacée" in reply.html
    assert note.text.strip().startswith("Mme Personne effacée")


def test_her_files_leave_the_storage_with_the_next_sweep(back_office, story, novantic_app, count):
    erase(back_office)
    assert count(Attachment) == 0
    with novantic_app.transaction() as session:
        key = session.scalars(select(StoredFile.key)).one()
        assert sweep(novantic_app.site, session, datetime.now(UTC)) == 1
    with pytest.raises(KeyError):
        novantic_app.site.storage.open(key)


def test_a_file_that_somebody_else_sent_too_stays(back_office, story, novantic_app, visit):
    page = visit(email="denis@garage.example.com", name="Denis")
    form = page.forms["reply"]
    form["message"] = "the same"
    form["attachments"] = [Upload("same.txt", b"Claire's own words", "text/plain")]
    form.submit()
    erase(back_office)
    with novantic_app.transaction() as session:
        assert sweep(novantic_app.site, session, datetime.now(UTC) + timedelta(minutes=1)) == 0


def test_links_are_dead_and_pages_cope(back_office, story, portal, mailbox):
    link = mailbox.link(mailbox.to("claire@lefevre.example.com")[-1])
    erase(back_office)
    assert portal.get(f"/tickets/{story}").status_int == 303
    portal.get(link, expect_errors=True)
    page = back_office.get(f"/admin/tickets/{story}")
    assert "This person was erased." in page
    assert "Personne effacée" in back_office.get("/admin/tickets")
    assert "This person was erased on" in back_office.get("/admin/contacts/1")
    assert "there is nothing left to change" in back_office.get("/admin/contacts/1/edit").follow()
    assert "Personne effacée" not in back_office.get("/admin/contacts")


def test_nobody_is_mailed_about_an_erased_ticket(back_office, story, say, count, mailbox):
    mailbox.to("x")
    erase(back_office)
    before = count(Delivery)
    say(story, "<p>To nobody</p>")
    assert count(Delivery) == before


def test_a_later_ticket_from_the_address_makes_a_fresh_contact(back_office, person, look_up, open_ticket):
    person()
    erase(back_office)
    ticket = look_up(Ticket, open_ticket())
    assert ticket.contact_id != 1
    assert look_up(Contact, ticket.contact_id).email == "claire@lefevre.example.com"


def test_merged_addresses_go_too(back_office, person, change, look_up):
    one, other = person("claire@lefevre.example.com"), person("claire@private.example.com")
    change(Contact, other, merged_into_id=one)
    erase(back_office, one)
    assert look_up(Contact, other).email == ""
    assert look_up(Contact, other).erased_at is not None


def test_what_she_said_on_a_ticket_that_went_to_another_goes_too(back_office, story, person, novantic_app):
    person("denis@garage.example.com", name="Denis Morel")
    page = back_office.get(f"/admin/tickets/{story}/contact?q=denis").click("Denis Morel")
    next(form for form in page.forms.values() if "contact" in form.fields).submit()
    erase(back_office)
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == story)).one()
        said = session.scalars(select(Message).where(Message.ticket_id == ticket.id)).all()
    assert ticket.name == "Denis Morel"
    assert {one.author for one in said} == {"Personne effacée", "Hugo"}
    assert not any("Claire" in one.text for one in said)


@with_memory
def test_plugins_are_told_whom_to_forget(back_office, person):
    ASKED.clear()
    person()
    erase(back_office)
    ((what, contact),) = ASKED
    assert (what, contact.id, contact.email) == ("erase", 1, "claire@lefevre.example.com")


@with_stubborn(FieldError("There is a lawsuit."))
def test_a_plugin_may_stop_the_erasure_with_a_sentence(back_office, person, look_up, count):
    person()
    page = erase(back_office)
    assert page.status_int == 422
    assert "Nothing was erased: There is a lawsuit." in page
    row = look_up(Contact, 1)
    assert (row.erased_at, row.name, row.company) == (None, "Claire Lefèvre", "Boulangerie Lefèvre")
    assert count(Action) == 0


@with_stubborn(RuntimeError("broken"))
def test_a_plugin_that_fails_stops_the_erasure(back_office, person, look_up):
    person()
    assert "Nothing was erased: the plugin “stubborn” failed" in erase(back_office)
    assert look_up(Contact, 1).erased_at is None


def test_the_trail_names_nobody(back_office, story, novantic_app):
    erase(back_office)
    with novantic_app.transaction() as session:
        action = session.scalars(select(Action)).one()
    assert (action.kind, action.subject, action.actor_name) == ("contact_erased", "contact 1", "Ada")
    assert action.changes == {"tickets": [1, None], "messages": [2, None], "files": [1, None]}
