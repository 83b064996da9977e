"""What mail servers say of mails that they don't deliver."""

from __future__ import annotations

import pytest
from write_mail import compound, mail, part

from novantic_mail_intake.mail import Bounce
from novantic_mail_intake.reading import read_mail

OURS = "123456.7.8@desk.example"
ORIGINAL = f"Message-ID: <{OURS}>\r\nTo: Camille <camille@client.example>\r\nSubject: [#123456] Imprimante\r\n"


def report(action: str = "failed", status: str = "5.1.1", more: str = "", returned: bytes | None = None,
           words: str = "Your message could not be delivered.") -> bytes:  # fmt: skip
    said = ("Reporting-MTA: dns; mx.client.example\r\n\r\nOriginal-Recipient: rfc822;camille@client.example\r\n"
            f"Final-Recipient: rfc822; c.perrin@client.example\r\nAction: {action}\r\n"
            f"Status: {status}\r\n{more}")  # fmt: skip
    back = returned if returned is not None else part(ORIGINAL + "\r\nBonjour", "message/rfc822")
    return compound("report", part(words), part(said, "message/delivery-status"), back,
                    more="; report-type=delivery-status", From="MAILER-DAEMON@mx.client.example", Return_Path="<>",
                    Subject="Undelivered Mail Returned to Sender")  # fmt: skip


def bounce(raw: bytes) -> Bounce:
    found = read_mail(raw).bounce
    assert found is not None
    return found


def test_a_report_says_whom_it_did_not_reach_and_why() -> None:
    found = bounce(report(more="Diagnostic-Code: smtp; 550 5.1.1 <c.perrin@client.example>: User unknown\r\n"))
    assert found == Bounce(
        "camille@client.example", "5.1.1", "550 5.1.1 <c.perrin@client.example>: User unknown", True, OURS
    )


def test_headers_alone_are_enough_to_know_which_mail_it_was() -> None:
    assert bounce(report(returned=part(ORIGINAL, "text/rfc822-headers"))).message_id == OURS


def test_a_report_without_the_mail_knows_it_by_what_it_answers() -> None:
    raw = report(returned=part("x")).replace(b"Return-Path: <>", b"In-Reply-To: <1@desk.example>")
    assert bounce(raw).message_id == "1@desk.example"


def test_a_delay_is_not_for_good() -> None:
    found = bounce(report("delayed", "4.4.1", words="Delivery is delayed. You do not need to resend."))
    assert (found.permanent, found.status) == (False, "4.4.1")


def test_what_failed_after_days_of_trying_failed_for_good() -> None:
    assert bounce(report(status="4.4.7", words="The delivery was delayed, and expired.")).permanent


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", "nonsense"])
def test_a_receipt_is_no_bounce(action: str) -> None:
    found = read_mail(report(action, "2.0.0", words="Delivered."))
    assert found.bounce is None
    assert found.automatic


def test_the_servers_own_answer_says_more_than_a_general_status() -> None:
    found = bounce(report(status="5.0.0", more="Diagnostic-Code: smtp; 552 5.2.2 Mailbox full\r\n"))
    assert (found.status, found.words) == ("5.2.2", "552 5.2.2 Mailbox full")


def test_a_report_without_a_diagnosis_is_said_in_its_text() -> None:
    assert bounce(report(status="none")).words == "Your message could not be delivered."


QMAIL = f"""Hi. This is the qmail-send program at mx.client.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<camille@client.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <support@desk.example>
Message-ID: <{OURS}>
To: camille@client.example
"""
EXIM = f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  camille@client.example
    host mx.client.example [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<camille@client.example>:
    550 5.1.1 User unknown

------ This is a copy of the message, including all the headers. ------

Message-ID: <{OURS}>
To: camille@client.example
"""
EXCHANGE_FR = f"""Échec de la remise pour ces destinataires ou groupes :

camille@client.example
Le message n'a pas pu être remis. L'adresse de messagerie que vous avez saisie est introuvable.

Informations de diagnostic pour les administrateurs :
550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient camille@client.example not found

En-têtes de message d'origine :
Message-ID: <{OURS}>
To: camille@client.example
"""
EXCHANGE_EN = f"""Delivery has failed to these recipients or groups:

camille@client.example
The email address you entered couldn't be found.

Diagnostic information for administrators:
550 5.1.10 RESOLVER.ADR.RecipientNotFound

Original message headers:
Message-ID: <{OURS}>
To: camille@client.example
"""
GMAIL = """Adresse introuvable

Votre message n'a pas pu être distribué à camille@client.example, car l'adresse est introuvable.

La réponse était :
550 5.1.1 The email account that you tried to reach does not exist.
"""
ORANGE = """Bonjour,
Votre message n'a pas pu être remis aux destinataires suivants :
<camille@client.example>: 552 5.2.2 OFR_417 Boite aux lettres pleine [417]
"""
FREE = """This is the mail system at host smtp.free.fr.
I'm sorry to have to inform you that your message could not be delivered.
<camille@client.example>: host mx.free.fr said: 550 5.7.1 spam detected
"""


@pytest.mark.parametrize("text, status, fields", [
    (QMAIL, "5.1.1", {"Subject": "failure notice"}),
    (EXIM, "5.1.1", {"Subject": "Mail delivery failed: returning message to sender",
                     "X_Failed_Recipients": "camille@client.example",
                     "From": "Mail Delivery System <root@mx.example>"}),
    (EXCHANGE_FR, "5.1.10", {"Subject": "Non remis : Imprimante", "From": "microsoftexchange329e@client.example"}),
    (EXCHANGE_EN, "5.1.10", {"Subject": "Undeliverable: Printer", "From": "postmaster@client.example"}),
    (GMAIL, "5.1.1", {"Subject": "Delivery Status Notification (Failure)",
                     "In_Reply_To": f"<{OURS}>"}),
    (ORANGE, "5.2.2", {"Subject": "Mail non remis", "In_Reply_To": f"<{OURS}>"}),
    (FREE, "5.7.1", {"Subject": "Undelivered Mail Returned to Sender", "References": f"<0@x> <{OURS}>"}),
])  # fmt: skip
def test_servers_in_their_own_words(text: str, status: str, fields: dict[str, str]) -> None:
    found = bounce(mail(text, **{"From": "MAILER-DAEMON@mx.example", **fields}))
    assert (found.recipient, found.status, found.permanent, found.message_id) == (
        "camille@client.example",
        status,
        True,
        OURS,
    )
    assert status in found.words or "mailbox" in found.words


def test_a_delay_in_words_is_not_for_good() -> None:
    raw = mail("Your message to camille@client.example has been delayed. We will keep trying for 47 hours.",
               From="MAILER-DAEMON@x.example", Subject="Delivery Status Notification (Delay)")  # fmt: skip
    assert bounce(raw).permanent is False
    raw = mail("451 4.7.1 Greylisted, could not be delivered", From="MAILER-DAEMON@x.example", Subject="failure notice")
    assert bounce(raw).permanent is False


def test_an_empty_return_path_and_a_subject_tell_a_bounce() -> None:
    raw = mail(
        "550 5.1.1 camille@client.example unknown",
        Return_Path="<>",
        From="mx@x.example",
        Subject="Échec de la remise : x",
    )
    assert bounce(raw).recipient == "camille@client.example"


@pytest.mark.parametrize("fields", [
    {"Subject": "Undeliverable parcels: what to do?"}, {"From": "postmaster@x.example", "Subject": "Quota"},
    {"Return_Path": "<>", "Subject": "Réponse automatique : absence"},
])  # fmt: skip
def test_other_mails_are_no_bounces(fields: dict[str, str]) -> None:
    assert read_mail(mail("Bonjour", **fields)).bounce is None


def test_a_bounce_that_names_nobody_is_one_all_the_same() -> None:
    found = bounce(mail("Mail could not be delivered", From="mailer-daemon@x.example"))
    assert (found.recipient, found.status, found.message_id, found.permanent) == ("", "", "", True)
