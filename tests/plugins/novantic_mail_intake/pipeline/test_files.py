"""Files and pictures of mails, under the limits of the form; what exceeds them is said, and stays in the original."""

import io

import pytest
from posted import CLAIRE, HUGO, MAILBOX, PLUGINS, write
from sqlalchemy import select

from novantic_core.plugin import FieldError, StoredFile, hookimpl
from novantic_core.testing.tables import Attachment, Delivery, Message
from novantic_mail_intake import compose
from novantic_mail_intake.decide import accept_held
from novantic_mail_intake.inside import without_our_notice

pytestmark = pytest.mark.novantic(
    plugins=PLUGINS,
    settings={**MAILBOX, "novantic.attachments.max_count": "2", "novantic.attachments.max_size": "10 kB"},
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080600000025db56ca0000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)


class Scanner:
    @staticmethod
    @hookimpl
    def novantic_scan_attachment(file: StoredFile, source: io.BytesIO) -> None:
        if b"EICAR" in source.read():
            raise FieldError(f"“{file.filename}” is a virus.")


def attach(mail, name, data=b"text", kind="application/octet-stream"):
    main, _slash, sub = kind.partition("/")
    mail.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return mail


def files_of(novantic_app, row):
    with novantic_app.transaction() as session:
        rows = session.scalars(select(Attachment).where(Attachment.message_id == row.message_row_id)).all()
        return {one.filename: one.inline for one in rows}


def test_files_come_with_the_message(novantic_app, post):
    row = post.bring(attach(attach(write(), "devis été.txt"), "plan.pdf", b"%PDF"))
    assert files_of(novantic_app, row) == {"devis été.txt": False, "plan.pdf": False}


def test_what_exceeds_the_limits_is_said_in_the_ticket_and_to_the_sender(novantic_app, post, mailbox):
    mail = write()
    for name, data in (
        ("gros.zip", b"x" * 20_000),
        ("vide.txt", b""),
        ("a.txt", b"a"),
        ("b.txt", b"b"),
        ("c.txt", b"c"),
    ):
        attach(mail, name, data)
    row = post.bring(mail)
    assert files_of(novantic_app, row) == {"a.txt": False, "b.txt": False}
    (message,) = post.said(post.number(row))
    _receipt, notice = mailbox.to(CLAIRE)
    for words in (message[2], mailbox.text(notice), mailbox.html(notice)):
        text = words.replace("\u00a0", " ")
        assert "« gros.zip » dépasse" in text
        assert "« vide.txt » est vide" in text
        assert "« c.txt » est de trop" in text
        assert "« a.txt »" not in text
    assert "n’ont pas été repris" in mailbox.text(notice).splitlines()[0]
    # the original has them
    with novantic_app.desk() as desk, desk.open_file(row.key) as source:
        assert b"gros.zip" in source.read()


def test_it_is_said_of_an_answer_too(novantic_app, post, mailbox, untranslated):
    number = novantic_app.open_ticket(locale="en").number
    post.bring(attach(write(subject=f"[#{number}]"), "big.zip", b"x" * 20_000))
    assert "“big.zip” is larger than the limit for one file." in post.said(number)[-1][2]
    notice = mailbox.to(CLAIRE)[-1]
    assert "big.zip" in mailbox.text(notice)
    assert "Your mail has reached us" in mailbox.text(notice)
    assert untranslated == {}


def test_a_technician_is_told_of_theirs(novantic_app, post, mailbox):
    novantic_app.add_technician()
    novantic_app.open_ticket()
    post.bring(attach(write(sender=f"Hugo <{HUGO}>", to=post.parcel(HUGO).reply_to), "gros.zip", b"x" * 20_000))
    assert "gros.zip" in mailbox.text(mailbox.to(HUGO)[-1])
    with novantic_app.transaction() as session:
        notice = session.scalars(select(Delivery).where(Delivery.kind == "mail_files_refused")).one()
        assert (notice.role, notice.address) == ("technician", HUGO)


def test_a_machine_is_not_told(novantic_app, post, count):
    post.bring(attach(write(sender="scan@x.example", Auto_Submitted="auto-generated"), "gros.zip", b"x" * 20_000))
    assert count(Delivery) == 0


@pytest.mark.novantic(plugins=[*PLUGINS, "scanner"], extra_plugins={"scanner": Scanner}, settings=MAILBOX)
def test_a_refused_file_is_left_out(novantic_app, post, mailbox):
    row = post.bring(attach(attach(write(), "bad.exe", b"EICAR"), "good.txt"))
    assert files_of(novantic_app, row) == {"good.txt": False}
    assert "“bad.exe” is a virus." in post.said(post.number(row))[0][2]
    assert "“bad.exe” is a virus." in mailbox.text(mailbox.to(CLAIRE)[-1])


def html_mail(html, *pictures):
    mail = write()
    mail.set_content("texte")
    mail.add_alternative(html, subtype="html")
    part = mail.get_payload()[1]
    for cid, data in pictures:
        part.add_related(data, "image", "png", cid=f"<{cid}>", filename=f"{cid}.png", disposition="inline")
    return mail


def test_pictures_stay_in_the_text(novantic_app, post, portal, mailbox):
    mail = html_mail('<p>Voyez :</p><img src="cid:one"><img src="cid:one"><img src="cid:gone">', ("one", PNG))
    row = post.bring(mail)
    assert list(files_of(novantic_app, row).values()) == [True]
    with novantic_app.transaction() as session:
        html = session.get_one(Message, row.message_row_id).html
    assert "/attachments/" in html
    assert "cid:" not in html


def test_too_many_pictures_are_left_out(novantic_app, post, monkeypatch):
    monkeypatch.setattr(compose, "MOST_PICTURES", 1)
    mail = html_mail('<p>Voyez</p><img src="cid:one"><img src="cid:two">', ("one", PNG), ("two", PNG + b"2"))
    row = post.bring(mail)
    assert len(files_of(novantic_app, row)) == 1
    assert "two.png" in post.said(post.number(row))[0][2]


def test_a_picture_alone_is_a_message(novantic_app, post):
    row = post.bring(html_mail('<img src="cid:one">', ("one", PNG)))
    assert "pas de texte" not in post.said(post.number(row))[0][2]


def test_a_held_mail_brings_its_files(novantic_app, post):
    number = novantic_app.open_ticket().number
    mail = attach(write(sender="marc@petit.example.com", subject=f"[#{number}]"), "plan.pdf", b"%PDF")
    row = post.bring(mail)
    assert row.state == "held"
    post.decide(accept_held, row.id)
    assert files_of(novantic_app, post.row(row.id)) == {"plan.pdf": False}


def test_a_text_that_is_too_long_is_cut_and_says_so(post, monkeypatch):
    monkeypatch.setattr(compose, "LONGEST", 100)
    monkeypatch.setattr(compose, "SHORTENED", 60)
    text = post.said(post.number(post.bring(write("Ligne un.\n\n" + "mot " * 100))))[0][2]
    assert text.startswith("Ligne un.")
    assert "La suite de cet e-mail était trop longue" in text


def test_a_long_history_is_left_out_before_a_word_of_the_answer_is_and_that_is_said(post, monkeypatch):
    monkeypatch.setattr(compose, "LONGEST", 100)
    mail = html_mail(f"<p>Une <b>réponse</b>.</p><blockquote type='cite'>{'mot ' * 100}</blockquote>")
    mail.replace_header("Subject", "RE: Panne")
    text = post.said(post.number(post.bring(mail)))[0][2]
    assert text.startswith("Une réponse.")
    assert "mot" not in text
    assert "La suite de cet e-mail était trop longue" in text


def test_our_notice_is_taken_out_of_what_is_folded():
    path = "/admin/tickets/123456"
    cut = without_our_notice
    assert cut(f"a<details><summary></summary>x<details>y</details>{path}</details>b") == "ab"
    assert cut("a<details>signature</details>b") == "a<details>signature</details>b"
    # of a ticket that was merged since, or in a link that a server rewrote
    assert cut("a<details>https://links.example/?url=https%3A%2F%2Fdesk%2Fadmin%2Ftickets%2F9999</details>b") == "ab"
    assert cut(f"a<blockquote>{path}</blockquote>b<blockquote>c</blockquote>") == "ab<blockquote>c</blockquote>"
    # what isn't closed isn't cut
    assert cut(f"a<details>{path}") == f"a<details>{path}"
    assert cut("a</details>b") == "a</details>b"


@pytest.mark.parametrize("kind, said", [
    ("multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b", "est chiffré"),
    ("multipart/mixed; boundary=b", "ne contient pas de texte"),
])  # fmt: skip
def test_of_an_encrypted_mail_it_is_said_that_it_is(novantic_app, post, kind, said):
    raw = (
        f"From: {CLAIRE}\r\nSubject: Confidentiel\r\nMIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n--b\r\n"
        "Content-Type: application/octet-stream; name=encrypted.asc\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n--b--\r\n"
    )
    row = post.bring(raw.encode())
    assert said in post.said(post.number(row))[0][2]
    assert files_of(novantic_app, row) == {"encrypted.asc": False}
