"""What is kept of a person's mails: the copy, the erasure, and how long."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from posted import CLAIRE, HUGO, MAILBOX, PLUGINS, SUPPORT, write
from sqlalchemy import func, select

from novantic_core.plugin import SettingsError
from novantic_core.testing.tables import Contact, HeldFile, Ticket
from novantic_mail_intake.forget import forget_old_mails
from novantic_mail_intake.limits import parse_days
from novantic_mail_intake.models import Copy, IncomingMail

pytestmark = pytest.mark.novantic(plugins=PLUGINS, settings=MAILBOX)


def contact_id(novantic_app, email):
    with novantic_app.transaction() as session:
        return session.scalars(select(Contact.id).where(Contact.email_key == email)).one()


def rows(novantic_app):
    with novantic_app.transaction() as session:
        return session.scalars(select(IncomingMail).order_by(IncomingMail.id)).all()


def held(novantic_app):
    with novantic_app.transaction() as session:
        return session.scalar(select(func.count()).select_from(HeldFile))


def test_the_copy_names_the_mails(novantic_app, post, back_office):
    post.bring(write(sender=f"Claire Lefèvre <{CLAIRE.upper()}>"))
    post.bring(write(sender="marc@petit.example.com"))
    page = back_office.get(f"/admin/contacts/{contact_id(novantic_app, CLAIRE)}")
    form = next(form for form in page.forms.values() if form.action.endswith("/export"))
    with zipfile.ZipFile(io.BytesIO(form.submit().body)) as archive:
        text = archive.read("person.json").decode()
    assert text.count('"subject": "Imprimante"') >= 1
    (own,) = list(_find(json.loads(text), "mails"))
    assert [mail["from"] for mail in own] == [CLAIRE.upper()]


def _find(value, name):
    if isinstance(value, dict):
        for key, one in value.items():
            if key == name and isinstance(one, list) and one and "message_id" in one[0]:
                yield one
            else:
                yield from _find(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from _find(one, name)


def erase(novantic_app, email, office=None):
    """As an administrator does it."""
    office = office or novantic_app.sign_in("admin@novantic.example", "Ada", "administrator")
    page = office.get(f"/admin/contacts/{contact_id(novantic_app, email)}/erase")
    form = next(form for form in page.forms.values() if form.action.endswith("/erase"))
    form["address"] = email
    form.submit(status=303)


def test_an_erased_person_leaves_no_mail(novantic_app, post):
    novantic_app.add_technician()
    first = post.bring(write())
    number = post.number(first)
    post.bring(write("Voilà.", sender=f"Hugo <{HUGO}>", to=post.parcel(HUGO).reply_to))
    post.bring(write("Moi.", sender="marc@petit.example.com", subject=f"[#{number}]"))
    absent = post.bring(write("Absente.", Auto_Submitted="auto-replied"))
    other = post.bring(write(sender="zoe@other.example.com"))
    assert held(novantic_app) == 5
    gone = [row.key for row in rows(novantic_app) if row.id != other.id]
    erase(novantic_app, CLAIRE)
    left = rows(novantic_app)
    assert absent.id not in {row.id for row in left}
    for row in left[:3]:
        assert (row.key, row.sender, row.subject, row.message_id, row.envelope_to) == ("", "", "", "", "")
    assert (left[-1].key, left[-1].sender) == (other.key, "zoe@other.example.com")
    assert held(novantic_app) == 1
    # the sweep takes their bytes, and leaves the others'
    novantic_app.deliver()
    storage = novantic_app.site.storage
    for key in gone:
        with pytest.raises(KeyError):
            storage.open(key)
    storage.open(other.key).close()


@pytest.mark.novantic(
    plugins=PLUGINS,
    settings={**MAILBOX, "novantic.mail_intake.keep_days": "100", "novantic.mail_intake.keep_rest_days": "30"},
)
def test_old_mails_are_removed(novantic_app, post, count):
    for turn in range(2):
        post.bring(write(f"Message {turn}"))
    post.bring(write(Auto_Submitted="auto-replied"))
    forget_old_mails(post)
    assert held(novantic_app) == 3
    post.later = timedelta(days=31)
    forget_old_mails(post)
    assert [row.state for row in rows(novantic_app)] == ["kept", "kept"]
    assert held(novantic_app) == 2
    post.later = timedelta(days=101)
    forget_old_mails(post)
    assert [(row.state, row.key, row.subject) for row in rows(novantic_app)] == [("kept", "", "Imprimante")] * 2
    assert held(novantic_app) == 0
    assert count(Ticket) == 2


@pytest.mark.novantic(plugins=PLUGINS, settings={**MAILBOX, "novantic.mail_intake.keep_rest_days": "0"})
def test_without_an_end_nothing_is_removed(novantic_app, post):
    post.bring(write(Auto_Submitted="auto-replied"))
    post.later = timedelta(days=9999)
    forget_old_mails(post)
    assert held(novantic_app) == 1
    post.stopping.set()
    forget_old_mails(post)


def test_a_number_of_days_is_read():
    assert parse_days("0") == 0
    for text in ("-1", "x", "40000"):
        with pytest.raises(ValueError):  # noqa: PT011 - any is one
            parse_days(text)


@pytest.mark.parametrize("address", ["support", "a b@c.example", ""])
def test_a_bad_address_stops_the_start(novantic_settings, request, address):
    novantic_settings["novantic.mail_intake.mailbox.support.address"] = address
    with pytest.raises(SettingsError, match=r"mailbox\.support\.address"):
        request.getfixturevalue("novantic_app")


def test_the_worker_has_both_tasks(novantic_app):
    names = {task.name for plugin, task in novantic_app.site.tasks if plugin.name == "mail_intake"}
    assert {"mail", "forget mails"} <= names
    assert SUPPORT


def test_who_was_in_copy_has_that_in_their_copy_and_is_forgotten(novantic_app, post, back_office):
    novantic_app.open_ticket(email="marc@petit.example.com")
    row = post.bring(write(Cc="Marc Petit <marc@petit.example.com>, anne@other.example.com"))
    page = back_office.get(f"/admin/contacts/{contact_id(novantic_app, 'marc@petit.example.com')}")
    form = next(form for form in page.forms.values() if form.action.endswith("/export"))
    with zipfile.ZipFile(io.BytesIO(form.submit().body)) as archive:
        text = archive.read("person.json").decode()
    assert '"field": "cc"' in text
    assert "anne@other.example.com" not in text
    erase(novantic_app, "marc@petit.example.com", back_office)
    with novantic_app.transaction() as session:
        assert list(session.scalars(select(Copy.address).order_by(Copy.place))) == [SUPPORT, "anne@other.example.com"]
    left = post.row(row.id)
    # the original names them; that Claire wrote stays
    assert (left.key, left.sender, left.state) == ("", CLAIRE, "kept")
    erase(novantic_app, CLAIRE, back_office)
    with novantic_app.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Copy)) == 0
    assert post.row(row.id).copied == 0
