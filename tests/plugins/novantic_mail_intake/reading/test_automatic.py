"""Which mails nobody wrote."""

from __future__ import annotations

import pytest
from write_mail import compound, mail, part

from novantic_mail_intake.reading import is_list, is_robot, read_mail


@pytest.mark.parametrize("fields, reason", [
    ({"Auto_Submitted": "auto-replied"}, "Auto-Submitted: auto-replied"),
    ({"Auto_Submitted": "auto-generated; owner-email=x"}, "Auto-Submitted: auto-generated; owner-email=x"),
    ({"Precedence": "bulk"}, "Precedence: bulk"), ({"Precedence": " List"}, "Precedence: List"),
    ({"Precedence": "auto_reply"}, "Precedence: auto_reply"), ({"X_Precedence": "junk"}, "X-Precedence: junk"),
    ({"X_Auto_Response_Suppress": "All"}, "X-Auto-Response-Suppress: All"),
    ({"X_Auto_Response_Suppress": "DR, OOF, AutoReply"}, "X-Auto-Response-Suppress: DR, OOF, AutoReply"),
    ({"X_Autoreply": "yes"}, "X-Autoreply: yes"), ({"X_Autorespond": "Absence"}, "X-Autorespond: Absence"),
    ({"List_Id": "<x.example>"}, "List-Id: <x.example>"),
    ({"List_Unsubscribe": "<mailto:x>"}, "List-Unsubscribe: <mailto:x>"),
    ({"List_Post": "<mailto:x>"}, "List-Post: <mailto:x>"),
    ({"Return_Path": "<>"}, "Return-Path: <>"),
    ({"From": "MAILER-DAEMON@x.example"}, "From: MAILER-DAEMON@x.example"),
    ({"From": "Postmaster <postmaster@x.example>"}, "From: Postmaster <postmaster@x.example>"),
    ({"From": "no-reply@x.example"}, "From: no-reply@x.example"),
    ({"From": "ne-pas-repondre@x.example"}, "From: ne-pas-repondre@x.example"),
    ({"Sender": "bounces+12@x.example"}, "Sender: bounces+12@x.example"),
    ({"X_Failed_Recipients": "a@x.example"}, "X-Failed-Recipients: a@x.example"),
    ({"X_MS_Exchange_Inbox_Rules_Loop": "c@x.example"}, "X-Ms-Exchange-Inbox-Rules-Loop: c@x.example"),
    ({"Subject": "Absence du bureau : x", "In_Reply_To": "<1@x>"}, "Subject: Absence du bureau : x"),
    ({"Subject": "=?utf-8?Q?R=C3=A9ponse_automatique_=3A_x?=", "References": "<1@x>"},
     "Subject: Réponse automatique : x"),
    ({"Subject": "Out of office", "X_MS_Exchange_Generated_Message_Source": "Mailbox Rules Agent"},
     "Subject: Out of office"),
])  # fmt: skip
def test_a_mail_of_a_program_says_why(fields: dict[str, str], reason: str) -> None:
    assert read_mail(mail(**fields)).automatic == reason


@pytest.mark.parametrize("fields", [
    {}, {"Auto_Submitted": "no"}, {"Auto_Submitted": "No; x=y"}, {"Precedence": "first-class"},
    {"X_Auto_Response_Suppress": "DR, RN, NRN"}, {"Return_Path": "<c@x.example>"},
    {"From": "Nora Reply <nora.reply@x.example>"}, {"From": "Roots <roots@x.example>"},
    {"Subject": "Absence du bureau : comment la régler ?"}, {"Subject": "Question", "In_Reply_To": "<1@x>"},
    {"Feedback_ID": "i1:Fastmail"},
])  # fmt: skip
def test_a_mail_of_a_person_says_nothing(fields: dict[str, str]) -> None:
    assert read_mail(mail(**fields)).automatic == ""


def test_a_read_receipt_is_automatic_and_no_bounce() -> None:
    said = "Final-Recipient: rfc822;c@x.example\r\nDisposition: automatic-action/MDN-sent-automatically; displayed"
    receipt = part(said, "message/disposition-notification")
    found = read_mail(compound("report", part("Lu"), receipt, more="; report-type=disposition-notification",
                               Subject="Lu : Imprimante", References="<1@desk.example>"))  # fmt: skip
    assert found.automatic.startswith("Content-Type: multipart/report")
    assert found.bounce is None


@pytest.mark.parametrize("address, read", [
    ("no-reply@shop.example", "robot"), ("notifications@github.example", "robot"), ("MAILER-DAEMON@x.example", "robot"),
    ("tous@petit.example", "list"), ("equipe-all@petit.example", "list"), ("Liste.Diffusion@petit.example", "list"),
    ("linux-l@univ.example", "list"), ("dev@lists.example.org", "list"), ("amis@googlegroups.com", "list"),
    ("dev-request@petit.example", "list"), ("claire@lefevre.example", ""), ("alliance@petit.example", ""),
    ("toussaint@petit.example", ""), ("compta@groupe-petit.example", ""), ("evangelista@petit.example", ""),
])  # fmt: skip
def test_an_address_that_nobody_or_everybody_reads(address: str, read: str) -> None:
    assert ("robot" if is_robot(address) else "list" if is_list(address) else "") == read
