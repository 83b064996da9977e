"""What was sent is kept as it was sent, and opens nothing."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from novantic_core.delivery import outbox
from novantic_core.delivery.hiding import hiding, secret_of_address, secret_of_link
from novantic_core.delivery.worker import Worker
from novantic_core.models import Contact, Delivery, DeliveryArchive
from novantic_core.plugin import Actor
from novantic_core.services.erase_person import erase_person
from novantic_core.services.find_deliveries import sent_words

CLAIRE, HUGO = "claire@lefevre.example.com", "hugo@novantic.example"


@pytest.fixture
def archived(novantic_app):
    """What is kept, by recipient."""

    def read():
        with novantic_app.site.database.session(write=False) as session:
            rows = session.scalars(select(Delivery).order_by(Delivery.id)).all()
            return {one.address: raw for one in rows if (raw := sent_words(session, one)) is not None}

    return read


def parts(raw):
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    return [str(mail["Reply-To"]), *(part.get_content() for part in mail.walk() if not part.is_multipart())]


def test_the_archive_has_the_mail_without_the_token(smtp, novantic_app, open_ticket, archived):
    open_ticket()
    novantic_app.deliver()
    sent, kept = smtp.received[0].raw, archived()[CLAIRE]
    token = sent.replace(b"=\r\n", b"").partition(b"/access/")[2].split()[0].decode()
    text = "".join(parts(sent))
    assert token in text
    assert token not in "".join(parts(kept))
    # the same to the letter else
    assert parts(kept) == [one.replace(token, "*" * len(token)) for one in parts(sent)]
    assert len(kept) == len(sent)


def test_a_technicians_mail_is_kept_whole(smtp, novantic_app, open_ticket, archived):
    novantic_app.add_technician(HUGO)
    open_ticket()
    novantic_app.deliver()
    (sent,) = [one.raw for one in smtp.received if one.recipient == HUGO]
    assert archived()[HUGO].rstrip() == sent.rstrip()


def test_mails_written_to_a_folder_are_kept_too(mailbox, open_ticket, archived):
    open_ticket()
    (mail,) = mailbox.messages
    assert "/access/" in mailbox.text(mail)
    assert b"/access/*" in archived()[CLAIRE]


@pytest.fixture
def _no_archive(novantic_settings):
    novantic_settings["novantic.archive_days"] = "0"


@pytest.mark.usefixtures("_no_archive")
def test_nothing_is_kept_where_nobody_wants_it(novantic_app, open_ticket, archived):
    open_ticket()
    novantic_app.deliver()
    assert archived() == {}


def test_it_is_kept_for_a_year(novantic_app, open_ticket, archived, clock):
    open_ticket()
    worker = Worker(novantic_app.site, clock)
    worker.run_once()
    clock.forward(days=364)
    worker.run_once()
    assert archived()
    clock.forward(days=2)
    worker.run_once()
    assert archived() == {}


def test_who_is_erased_is_erased_there(novantic_app, open_ticket, archived, clock):
    novantic_app.add_technician(HUGO)
    open_ticket()
    open_ticket(email="paul@example.com", name="Paul")
    novantic_app.deliver()
    assert set(archived()) == {CLAIRE, HUGO, "paul@example.com"}
    with novantic_app.transaction() as session:
        contact = session.scalars(select(Contact).where(Contact.email == CLAIRE)).one()
        erase_person(novantic_app.site, session, contact, Actor("system"), clock(), label="x", words="y")
    with novantic_app.site.database.session(write=False) as session:
        # Paul's own, and the technician's about Paul's ticket
        assert session.scalar(select(func.count()).select_from(DeliveryArchive)) == 2


def test_what_arrives_after_the_erasure_is_not_kept(recorder, fill, novantic_app, clock, deliveries, archived):
    fill()
    key = deliveries()[0].id
    with novantic_app.transaction() as session:
        contact = session.scalars(select(Contact)).one()
        erase_person(novantic_app.site, session, contact, Actor("system"), clock(), label="x", words="y")
        outbox.mark_sent(session, key, clock(), b"words of Claire's")
    assert deliveries()[0].state == "sent"
    assert archived() == {}


def test_a_channel_that_writes_plain_text_need_hide_nothing(recorder, fill, novantic_app, archived, monkeypatch):
    link = "https://support.example.com/access/0123456789abcdef"
    monkeypatch.setattr("novantic_core.delivery.parcel._client_link", lambda *_given: link)
    recorder.send_back = lambda parcel: f"see {parcel.link}".encode()
    fill()
    novantic_app.deliver()
    assert archived() == {"0@example.com": b"see https://support.example.com/access/****************"}


def test_what_is_sent_again_takes_the_place_of_what_was_sent_before(
    recorder, fill, novantic_app, clock, deliveries, archived
):
    fill()
    key = deliveries()[0].id
    with novantic_app.transaction() as session:
        outbox.mark_sent(session, key, clock(), b"first")
        outbox.mark_sent(session, key, clock() + timedelta(minutes=1), b"second")
        outbox.mark_sent(session, key + 1, clock(), b"withdrawn meanwhile")
    assert archived() == {"0@example.com": b"second"}


@pytest.mark.parametrize("link, secret", [
    (None, ""), ("", ""), ("https://x.example/access/TOKEN", "TOKEN"), ("https://x.example/a/b/TOKEN", "b/TOKEN"),
    ("https://x.example/?t=TOKEN", "?t=TOKEN"), ("https://x.example/t?k=a/TOKEN", "t?k=a/TOKEN"),
    ("https://x.example/access/TOKEN?b=1#c", "TOKEN?b=1#c"), ("https://x.example/TOKEN", "TOKEN"),
])  # fmt: skip
def test_what_of_a_link_is_secret(link, secret):
    assert secret_of_link(link) == secret


def test_what_of_an_address_is_secret():
    assert secret_of_address("support+reply.123456.abc@example.com") == "reply.123456.abc"
    assert secret_of_address("support@example.com") == ""


def test_a_secret_is_hidden_however_it_is_written():
    hide = hiding(["a&b=0123456789é", "short", ""])
    assert hide("x a&b=0123456789é a&amp;b=0123456789é a%26b%3D0123456789%C3%A9 short") == (
        "x *************** ******************* ************************ short"
    )
