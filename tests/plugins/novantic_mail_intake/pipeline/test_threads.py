"""Which ticket an answer goes on with, and who may speak there."""

import re
from datetime import timedelta

import pytest
from posted import CLAIRE, HUGO, MAILBOX, PLUGINS, SUPPORT, write
from sqlalchemy import select

from novantic_core.plugin import FieldError
from novantic_core.testing.tables import Contact, Delivery, Message, Ticket
from novantic_mail_intake import addresses
from novantic_mail_intake.decide import accept_held, discard, open_as_ticket, try_again

pytestmark = pytest.mark.novantic(plugins=PLUGINS, settings=MAILBOX)
MARC = "marc@petit.example.com"


@pytest.fixture
def number(novantic_app):
    """A ticket of Claire's, opened by the form."""
    novantic_app.add_technician()
    return novantic_app.open_ticket().number


def delivery_ids(novantic_app, address):
    with novantic_app.transaction() as session:
        query = select(Delivery.message_id).where(Delivery.address == address).order_by(Delivery.id)
        return session.scalars(query).all()


def test_by_what_it_answers(novantic_app, post, number):
    (message_id,) = delivery_ids(novantic_app, CLAIRE)
    for headers in (
        {"In_Reply_To": f"<{message_id}>"},
        {"References": f"<{number}@support.example.com> <{message_id}> <elsewhere@mail.example.com>"},
        # what all mails of a ticket refer to
        {"References": f"<{number}@support.example.com>"},
    ):
        assert post.number(post.bring(write("Voilà.", subject="Tout autre chose", **headers))) == number
    # another site's number is none of ours
    row = post.bring(write("Voilà.", In_Reply_To=f"<{number}@elsewhere.example.com>"))
    assert post.number(row) != number


def test_by_a_mail_of_the_clients_own(post):
    """Somebody who adds something before they were answered goes on with their own mail."""
    first = write()
    row = post.bring(first)
    more = write("J'oubliais : c'est urgent.", In_Reply_To=first["Message-ID"])
    assert post.number(post.bring(more)) == post.number(row)


def test_by_the_address(novantic_app, post, number, mailbox):
    signed = post.parcel(CLAIRE).reply_to
    assert post.number(post.bring(write("Voilà.", to=signed))) == number
    # a server that tells where it delivered it, or the envelope alone; in capitals
    assert post.number(post.bring(write("Voilà 2.", Delivered_To=signed.upper()))) == number
    assert post.number(post.bring(write("Voilà 3."), envelope_to=signed)) == number


@pytest.mark.parametrize("subject", ["RE: [#{}] Imprimante", "Fwd: [# {} ]", "[#999999999] [#{}]"])
def test_by_the_number_in_the_subject(post, number, subject):
    assert post.number(post.bring(write(subject=subject.format(number)))) == number


def test_what_it_answers_has_the_last_word(novantic_app, post, number):
    other = novantic_app.open_ticket(subject="Autre").number
    (first, _second) = delivery_ids(novantic_app, CLAIRE)
    row = post.bring(write(subject=f"Re: [#{other}]", In_Reply_To=f"<{first}>"))
    assert post.number(row) == number


def test_a_number_that_nobody_has_begins_something(post, number):
    row = post.bring(
        write(subject="Facture [#12345678]", In_Reply_To="<x@y.example>", to="support+r.1.aaaaaaaaaaaaaaaa@x.y")
    )
    assert row.state == "kept"
    assert post.number(row) != number


@pytest.mark.parametrize("by", ["subject", "id", "address"])
def test_a_stranger_is_held(novantic_app, post, number, count, by):
    (message_id,) = delivery_ids(novantic_app, CLAIRE)
    headers = {
        "subject": {"subject": f"Re: [#{number}]"}, "id": {"In_Reply_To": f"<{message_id}>"},
        "address": {"to": post.parcel(CLAIRE).reply_to},
    }[by]  # fmt: skip
    before = count(Delivery)
    row = post.bring(write("Donnez-moi tout.", sender=f"Marc <{MARC}>", **headers))
    assert (row.state, row.message_row_id) == ("held", None)
    assert "neither the requester" in row.fault
    assert post.number(row) == number
    assert len(post.said(number)) == 1
    assert count(Delivery) == before
    post.decide(accept_held, row.id)
    assert post.said(number)[-1] == ("message", "Marc", "Donnez-moi tout.")
    decided = post.row(row.id)
    assert (decided.state, decided.decided_by) == ("kept", "Hugo")
    for what in (accept_held, open_as_ticket, discard, try_again):
        with pytest.raises(FieldError, match="already decided"):
            post.decide(what, row.id)


def test_who_follows_a_ticket_may_speak(post, number, small_desk):
    small_desk.follow(number, MARC)
    assert post.bring(write("Moi aussi.", sender=f"Marc <{MARC}>", subject=f"[#{number}]")).state == "kept"
    assert post.said(number)[-1][2] == "Moi aussi."
    small_desk.unfollow(number, MARC)
    assert post.bring(write("Encore moi.", sender=f"Marc <{MARC}>", subject=f"[#{number}]")).state == "held"


def test_on_a_merged_ticket_both_clients_speak(novantic_app, post, number, small_desk):
    other = novantic_app.open_ticket(email=MARC, name="Marc Petit").number
    signed = post.parcel(MARC).reply_to
    kept = small_desk.merge(other, number)
    row = post.bring(write("C'est Marc.", sender=MARC, to=signed))
    assert (row.state, post.number(row)) == ("kept", kept)
    assert post.said(kept)[-1][2] == "C'est Marc."


# ------------------------------------------------------------------ technicians


@pytest.mark.parametrize("subject", ["RE: Imprimante", "Imprimante"])
def test_a_technicians_answer_is_proved_by_its_address(novantic_app, post, number, mailbox, subject):
    notice = post.parcel(HUGO)
    assert re.fullmatch(rf"support\+r\.{number}\.[a-z2-7]{{16}}@novantic\.example", notice.reply_to)
    words = f"Redémarrez-la.\n\nLe 16 mars, Novantic a écrit :\n> Client : Claire\n> Ouvrir : {notice.link}\n"
    row = post.bring(write(words, sender=f"Hugo <{HUGO}>", to=notice.reply_to, subject=subject))
    assert row.state == "kept"
    kind, author, text = post.said(number)[-1]
    assert (kind, author) == ("reply", "Hugo")
    assert text.startswith("Redémarrez-la.")
    # what was written for technicians doesn't go out with it
    assert "/admin/" not in text
    assert "Redémarrez-la." in mailbox.text(mailbox.to(CLAIRE)[-1])


def test_without_the_proof_it_is_held(novantic_app, post, number):
    hugo = {"sender": f"Hugo <{HUGO}>"}
    (told,) = delivery_ids(novantic_app, HUGO)
    held = post.bring(write("Oui.", In_Reply_To=f"<{told}>", **hugo))
    assert (held.state, held.fault) == ("held", "a technician's address, but nothing proves that it is theirs")
    # the client's address proves nothing for a technician, nor does a colleague's, nor another ticket's
    assert post.bring(write("Oui 2.", to=post.parcel(CLAIRE).reply_to, **hugo)).state == "held"
    signed = post.parcel(HUGO).reply_to
    assert post.bring(write("Oui 3.", to=signed, sender="ada@novantic.example")).state == "held"
    other = novantic_app.open_ticket(subject="Autre").number
    assert post.bring(write("Oui 4.", to=signed.replace(number, other), **hugo)).state == "held"
    # Claire has seen a technician's address: it makes none of her
    assert post.bring(write("Oui 5.", to=signed)).state == "kept"
    assert post.said(number)[-1][0] == "message"
    post.decide(accept_held, held.id)
    assert post.said(number)[-1] == ("reply", "Hugo", "Oui.")


def test_a_technician_may_ask_for_something_themselves(post, number):
    row = post.bring(write(sender=f"Hugo <{HUGO}>", subject="Mon clavier"))
    assert row.state == "kept"
    assert post.said(post.number(row))[0][:2] == ("message", "Hugo")
    again = post.bring(write("J'ajoute.", sender=f"Hugo <{HUGO}>", subject=f"[#{post.number(row)}]"))
    assert post.said(post.number(again))[-1][:2] == ("message", "Hugo")


# ------------------------------------------------------------------ closed tickets


def test_a_closed_ticket_is_opened_again_for_a_while(post, number, small_desk):
    small_desk.set_status(number, "closed")
    assert post.number(post.bring(write("Toujours pas.", subject=f"[#{number}]"))) == number
    assert small_desk.look(number).status == "open"


def test_after_that_a_new_one_refers_to_it(novantic_app, post, number, small_desk, mailbox):
    small_desk.set_status(number, "closed")
    signed = post.parcel(HUGO).reply_to
    post.later = timedelta(days=15)
    row = post.bring(write("Rebonjour.", subject=f"Re: [#{number}] Imprimante"))
    new = post.number(row)
    assert new != number
    text = post.said(new)[0][2]
    assert f"[#{number}]" in text
    assert "Rebonjour." in text
    assert small_desk.look(number).status == "closed"
    with novantic_app.transaction() as session:
        assert session.scalar(select(Message.mail_id).where(Message.id == row.message_row_id)) == row.message_id
        assert session.get_one(Ticket, row.ticket_id).number == new
    # what a technician adds to it stays where it is
    late = post.bring(write("Pour mémoire.", sender=HUGO, to=signed))
    assert post.number(late) == number


# ------------------------------------------------------------------ addresses


def test_addresses_are_read_as_they_were_made(novantic_app):
    with novantic_app.desk() as desk:
        made = addresses.make(desk, "support@novantic.example", "r", "123456", "Claire@Example.com", "requester")
        (signed,) = addresses.read([made.upper(), "claire@example.com", ""])
        assert addresses.is_signed(desk, signed, "claire@example.com", "requester")
        assert not addresses.is_signed(desk, signed, "claire@example.com", "technician")
        # no longer than servers take it
        long = f"{'s' * 50}@novantic.example"
        assert addresses.make(desk, long, "r", "123456", "c", "requester") == long
    assert addresses.plain(" Support+r.1.x@Novantic.example ") == SUPPORT


def test_another_address_of_the_requesters_is_theirs(novantic_app, post, number):
    novantic_app.open_ticket(email="claire.l@home.example.com")
    mail = {"sender": "claire.l@home.example.com", "subject": f"[#{number}]"}
    assert post.bring(write("De chez moi.", **mail)).state == "held"
    with novantic_app.transaction() as session:
        kept, gone = (
            session.scalars(select(Contact).where(Contact.email_key == key)).one()
            for key in (CLAIRE, "claire.l@home.example.com")
        )
        gone.merged_into_id = kept.id
    assert post.bring(write("Encore de chez moi.", **mail)).state == "kept"
    assert post.said(number)[-1][1:] == ("Claire Lefèvre", "Encore de chez moi.")
