"""Robots: none is answered, nothing of theirs is lost, and bounces say which notice they are about."""

import pytest
from posted import CLAIRE, HUGO, MAILBOX, PLUGINS, SUPPORT, write
from sqlalchemy import select

from novantic_core.testing.tables import Delivery, Ticket
from novantic_mail_intake.decide import accept_held, discard, open_as_ticket, try_again

pytestmark = pytest.mark.novantic(plugins=PLUGINS, settings=MAILBOX)

MONITOR = "monitor@lefevre.example.com"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-generated"}, {"Precedence": "bulk"}, {"X_Auto_Response_Suppress": "All"},
        {"sender": "noreply@scanner.example.com"}, {"X_Cron_Env": "<SHELL=/bin/sh>"},
    ],
)  # fmt: skip
def test_a_machine_may_ask_for_something_and_is_not_answered(novantic_app, post, mailbox, headers):
    novantic_app.add_technician()
    row = post.bring(write("Le disque C: est plein.", **{"sender": MONITOR, "subject": "Disque plein", **headers}))
    assert row.state == "kept"
    assert "Le disque C: est plein." in post.said(post.number(row))[0][2]
    assert [str(mail["To"]) for mail in mailbox.messages] == [f"Hugo <{HUGO}>"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"}, {"Precedence": "list"}, {"List_Id": "<all.example.com>"},
        {"X_Autoreply": "yes"}, {"sender": "MAILER-DAEMON@example.com"}, {"Return_Path": "<>"},
        {"Auto_Submitted": "auto-generated", "In_Reply_To": "<x@support.example.com>"},
    ],
)  # fmt: skip
def test_what_is_no_request_opens_nothing(post, count, headers):
    row = post.bring(write(**{"sender": MONITOR, **headers}))
    assert (row.state, row.ticket_id) == ("automatic", None)
    assert row.fault
    assert (count(Ticket), count(Delivery)) == (0, 0)


@pytest.mark.parametrize("name", ["<support.novantic.example>", f"Support <{SUPPORT}>"])
def test_the_list_that_clients_write_to_is_no_newsletter(novantic_app, post, mailbox, name):
    row = post.bring(write("L’imprimante est en panne.", List_Id=name, Precedence="list"))
    assert row.state == "kept"
    # it is not answered all the same: an answer might go to the whole list
    assert mailbox.messages == []


def test_a_client_who_writes_through_a_list_goes_on_with_their_ticket(novantic_app, post):
    number = novantic_app.open_ticket().number
    row = post.bring(write("Voilà la suite.", subject=f"Re: [#{number}]", List_Id="<equipe.lefevre.example.com>"))
    assert (row.state, post.number(row)) == ("kept", number)
    stranger = write("Moi aussi.", sender=MONITOR, subject=f"Re: [#{number}]", List_Id="<equipe.lefevre.example.com>")
    assert post.bring(stranger).state == "automatic"


def test_an_absence_notice_through_the_own_list_opens_nothing(post, count):
    row = post.bring(write(List_Id="<support.novantic.example>", Auto_Submitted="auto-replied"))
    assert row.state == "automatic"
    assert count(Ticket) == 0


def test_an_empty_return_path_is_a_servers(post, count):
    assert post.bring(write(), envelope_from="").state == "automatic"
    assert count(Ticket) == 0


def test_an_absence_notice_changes_nothing(novantic_app, post, small_desk, count):
    number = novantic_app.open_ticket().number
    small_desk.set_status(number, "closed")
    before = count(Delivery)
    row = post.bring(
        write("Je suis absente.", subject=f"Réponse automatique : [#{number}]", Auto_Submitted="auto-replied",
              to=post.parcel(CLAIRE).reply_to)
    )  # fmt: skip
    assert (row.state, row.fault) == ("automatic", "Auto-Submitted: auto-replied")
    assert post.number(row) == number
    assert small_desk.look(number).status == "closed"
    assert count(Delivery) == before
    # it was no absence notice after all
    post.decide(accept_held, row.id)
    assert post.said(number)[-1][2] == "Je suis absente."


def test_a_company_whose_server_marks_all_mails_is_heard(novantic_app, post, mailbox):
    number = novantic_app.open_ticket().number
    row = post.bring(write("Voilà.", subject=f"[#{number}]", X_Auto_Response_Suppress="DR, OOF, AutoReply"))
    assert (row.state, post.number(row)) == ("kept", number)


@pytest.mark.parametrize("sender", [SUPPORT, "Support+x@novantic.example", "support@novantic.example"])
def test_our_own_addresses_open_nothing(post, count, sender):
    row = post.bring(write(sender=f"Novantic <{sender}>"))
    assert row.state == "automatic"
    assert row.fault.startswith("one of the desk's own addresses")
    assert count(Ticket) == 0
    # a technician may know better; even then nothing is sent there
    post.decide(open_as_ticket, row.id)
    assert (count(Ticket), count(Delivery)) == (1, 0)


def test_the_sender_of_our_mails_opens_nothing(post, mailbox):
    post.bring(write())
    (receipt,) = mailbox.to(CLAIRE)
    assert post.bring(write(sender=str(receipt["From"]), subject="Rebond")).state == "automatic"


# ------------------------------------------------------------------ brakes


@pytest.mark.novantic(
    plugins=PLUGINS,
    settings={
        **MAILBOX,
        "novantic.mail_intake.limit_by_sender": "3 per hour",
        "novantic.mail_intake.limit_acknowledgements": "2 per hour",
    },
)
def test_a_sender_is_braked(post, mailbox, count):
    rows = [post.bring(write(f"Message {turn}")) for turn in range(4)]
    assert [row.state for row in rows] == ["kept", "kept", "kept", "braked"]
    assert "3 per hour" in rows[3].fault
    # the third ticket was opened without a word to who may be a robot
    assert len(mailbox.to(CLAIRE)) == 2
    assert post.bring(write(sender="marc@petit.example.com")).state == "kept"
    post.decide(open_as_ticket, rows[3].id)
    assert count(Ticket) == 5
    # let through by hand
    more = post.bring(write("Message 5"))
    assert more.state == "braked"
    post.decide(try_again, more.id)
    post.take_up()
    assert post.row(more.id).state == "kept"


def test_the_same_words_are_braked(post):
    assert [post.bring(write()).state for _turn in range(4)] == ["kept", "kept", "kept", "braked"]
    last = post.bring(write())
    post.decide(discard, last.id)
    assert (post.row(last.id).state, post.row(last.id).decided_by) == ("discarded", "Hugo")


def test_a_technician_is_not_braked(novantic_app, post):
    novantic_app.add_technician()
    number = novantic_app.open_ticket().number
    signed = post.parcel(HUGO).reply_to
    rows = [post.bring(write("Redémarrez.", sender=HUGO, to=signed)) for _turn in range(5)]
    assert {row.state for row in rows} == {"kept"}
    assert len(post.said(number)) == 6


# ------------------------------------------------------------------ bounces


def bounce(to: str, message_id: str = "", action: str = "failed", status: str = "5.1.1") -> bytes:
    quoted = f"Message-ID: <{message_id}>\r\n" if message_id else ""
    return (
        f"Return-Path: <>\r\nFrom: MAILER-DAEMON@mail.example.com\r\nTo: {to}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example.com\r\n\r\n"
        f"Final-Recipient: rfc822; {CLAIRE}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 no such user\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{quoted}Subject: x\r\n\r\n--b--\r\n"
    ).encode()


def the_delivery(novantic_app):
    with novantic_app.transaction() as session:
        return session.scalars(select(Delivery).where(Delivery.address == CLAIRE).order_by(Delivery.id)).first()


@pytest.mark.parametrize("by", ["return path", "message id"])
def test_a_bounce_is_noted_on_its_delivery(novantic_app, post, mailbox, count, by):
    number = novantic_app.open_ticket().number
    assert mailbox.to(CLAIRE)
    told = the_delivery(novantic_app)
    back = post.parcel(CLAIRE).return_path
    assert back.startswith(f"support+b.{told.id}.")
    raw = bounce(back) if by == "return path" else bounce(SUPPORT, told.message_id)
    row = post.bring(raw, envelope_from="")
    assert (row.state, row.delivery_id, row.fault) == ("bounce", told.id, "")
    assert post.number(row) == number
    told = the_delivery(novantic_app)
    assert told.bounced_at is not None
    assert "5.1.1" in told.bounce
    assert count(Ticket) == 1


def test_a_delay_is_no_bounce(novantic_app, post):
    novantic_app.open_ticket()
    row = post.bring(bounce(post.parcel(CLAIRE).return_path, action="delayed", status="4.4.1"))
    assert (row.state, row.fault) == ("bounce", "not delivered yet; its server goes on trying")
    assert the_delivery(novantic_app).bounced_at is None


def test_a_bounce_of_somebody_elses_mail_is_left(novantic_app, post, count):
    novantic_app.open_ticket()
    back = post.parcel(CLAIRE).return_path
    for raw in (bounce(SUPPORT, "x@elsewhere.example.com"), bounce(SUPPORT), bounce(back.replace("+b.", "+b.9"))):
        row = post.bring(raw)
        assert (row.state, row.delivery_id) == ("bounce", None)
        assert row.fault.startswith("about a mail that isn't one of ours")
    assert the_delivery(novantic_app).bounced_at is None
    assert count(Ticket) == 1


def test_a_server_that_keeps_to_no_standard_is_understood_at_its_address(novantic_app, post):
    novantic_app.open_ticket()
    back = post.parcel(CLAIRE).return_path
    mail = write("Ça ne marche pas.", sender="postmaster@mail.example.com", to=back, subject="Votre message")
    row = post.bring(mail, envelope_from="")
    assert row.state == "bounce"
    assert "Ça ne marche pas." in the_delivery(novantic_app).bounce
    # a robot of the reader's answers there too, and a person by mistake
    assert post.bring(write("Absent.", to=back, Auto_Submitted="auto-replied"), envelope_from="").state == "automatic"
    assert post.bring(write("Merci.", to=back), envelope_from=CLAIRE).state == "kept"
