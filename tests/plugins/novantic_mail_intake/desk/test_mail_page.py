"""One mail: what was made of it and why, its text and files, its way here, and the original."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import update

from novantic_mail_intake.desk.reasons import OURS
from novantic_mail_intake.models import IncomingMail

BOUNDARY = "\r\n\r\n"


def open_page(client, key, status=200):
    return client.get(f"/admin/mail/{key}", status=status)


def facts(page):
    return {
        name.text: " ".join(name.find_next_sibling("dd").text.split()) for name in page.html.select(".mail-facts dt")
    }


@pytest.fixture
def lose_files(novantic_settings):
    """Take the storage's files away."""

    def lose():
        shutil.rmtree(Path(novantic_settings["novantic.storage.local.path"]))

    return lose


def test_what_names_somebody_elses_ticket_is_told_with_its_reason(back_office, held):
    key, number = held
    page = open_page(back_office, key)
    assert page.html.find("h1").text == f"Re: Panne [#{number}]"
    assert page.html.select_one(".tags .tag").text == "Held"
    assert page.html.select_one(".mail-ticket")["href"] == f"/admin/tickets/{number}"
    reason = page.html.select_one(".mail-reason [lang]")
    assert reason.text == "its sender is neither the ticket's client nor somebody who follows it"
    assert reason["lang"] == "en"
    said = facts(page)
    assert said["Sender"] == "Zoé Martin zoe@ailleurs.example"
    assert said["Recipients"] == "Support support@novantic.example"
    assert said["Envelope"] == "from zoe@ailleurs.example to support@novantic.example"
    assert said["Mailbox it came into"] == "default handed over by the mail server"
    assert said["Message-ID"] == "un@ailleurs.example"
    assert said["Sent, says the sender"] == "16 Mar 2026, 08:42"
    assert "What servers checked" not in said
    assert page.html.select_one(".mail-text .body").text.strip() == "Bonjour, rien ne sort."


def test_what_servers_checked_and_where_answers_go(back_office, receive):
    headers = {"Authentication-Results": "mx.novantic.example; spf=fail smtp.mailfrom=zoe@ailleurs.example",
               "Reply-To": "Zoé <zoe@maison.example>"}  # fmt: skip
    said = facts(open_page(back_office, receive(headers=headers)))
    assert said["What servers checked"] == "mx.novantic.example; spf=fail smtp.mailfrom=zoe@ailleurs.example"
    assert said["Answers to"] == "zoe@maison.example"


def test_its_text_is_shown_with_its_pictures_and_nothing_folded_away(back_office, receive):
    html = (
        '<p>Bonjour <img src="cid:logo"></p><script>alert(1)</script><img src="https://mouchard.example/x.png">'
        '<div class="gmail_quote"><div class="gmail_attr">Le lun. 16 mars 2026 à 08:40, Support a écrit :<br></div>'
        '<blockquote class="gmail_quote">Avant</blockquote></div>'
    )
    answers = {"In-Reply-To": "<zero@ailleurs.example>"}
    key = receive(html=html, subject="Re: Imprimante", headers=answers, files={"plan.pdf": b"%PDF-1.7 x"})
    page = open_page(back_office, key)
    body = page.html.select_one(".mail-text .body")
    assert body.find("script") is None
    assert len(body.select("img")) == 1
    assert body.find("details").has_attr("open")
    assert body.find("summary").text == "Earlier messages"
    picture = back_office.get(body.find("img")["src"])
    assert picture.content_type == "image/png"
    assert picture.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    # what the text shows isn't listed again
    (link,) = page.html.select(".mail-text .attached a")
    assert link.text == "plan.pdf"
    file = back_office.get(link["href"])
    assert (file.body, file.content_type) == (b"%PDF-1.7 x", "application/pdf")
    assert file.headers["Content-Disposition"].startswith('attachment; filename="plan.pdf"')
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    back_office.get(f"/admin/mail/{key}/files/9", status=404)


def test_the_original_is_what_came_byte_for_byte(back_office, write, receive):
    raw = write(body="Où ça ?\n")
    key = receive(raw)
    answer = open_page(back_office, key).click("Download the original")
    assert answer.body == raw
    assert answer.content_type == "message/rfc822"
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="mail-{key}.eml"')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_its_source_is_shown_from_the_start_and_hides_nothing(back_office, receive):
    raw = b"From: a@b.example\r\nSubject: x\xe2\x80\xaetxt.exe\x00\r\n\r\n<b>&amp;\xff\r\n" + b"y" * 70_000
    page = open_page(back_office, receive(raw))
    source = page.html.select_one(".mail-source pre").text
    assert source.startswith("From: a@b.example\nSubject: x\N{REPLACEMENT CHARACTER}txt.exe")
    assert "<b>&amp;" in source
    assert "\u202e" not in source
    assert "This is the beginning" in page.html.select_one(".mail-source").text
    assert len(source) <= 64 * 1024


def test_what_is_no_mail_is_set_aside_with_its_fault_and_shown_all_the_same(back_office, receive):
    page = open_page(back_office, receive(b"\x00\x01 no mail at all"))
    assert page.html.find("h1").text.startswith("Mail no. ")
    assert page.html.select_one(".tags .tag").text == "Set aside"
    assert page.html.select_one(".mail-reason [lang]").text == "This is no mail: it has no header."
    assert "no mail at all" in page.html.select_one(".mail-source pre").text
    assert facts(page)["Sender"] == "unknown"


@pytest.mark.parametrize("state", ["faulty", "held", "kept"])
def test_while_the_storage_is_away_what_was_noted_is_shown(
    back_office, held, lose_files, novantic_app, state, monkeypatch
):
    key, _number = held
    with novantic_app.transaction() as session:
        session.execute(update(IncomingMail).values(state=state))
    lose_files()
    page = open_page(back_office, key)
    assert "no longer kept" in page.html.select_one(".mail-text .notice").text
    back = back_office.get(f"/admin/mail/{key}/original", status=303).follow()
    assert "no longer kept" in back.html.select_one(".done").text
    back_office.get(f"/admin/mail/{key}/files/0", status=404)

    def hang(_key):
        raise OSError("the disk is gone")

    monkeypatch.setattr(novantic_app.site.storage, "open", hang)
    assert "Nothing is lost: try again later." in open_page(back_office, key).html.select_one(".mail-text .notice").text
    assert "try again later" in back_office.get(f"/admin/mail/{key}/original").follow().html.select_one(".done").text


def test_a_storage_that_goes_away_while_it_is_read_is_told_too(back_office, held, novantic_app, monkeypatch):
    class Torn:
        def __enter__(self):
            return self

        def __exit__(self, *_error):
            return None

        def read(self):
            raise OSError("cut")

    monkeypatch.setattr(novantic_app.site.storage, "open", lambda _key: Torn())
    assert "try again later" in open_page(back_office, held[0]).html.select_one(".mail-text .notice").text


def test_of_one_whose_original_was_removed_it_is_told(back_office, held, novantic_app):
    with novantic_app.transaction() as session:
        session.execute(update(IncomingMail).values(key=""))
    page = open_page(back_office, held[0])
    assert "no longer kept" in page.html.select_one(".mail-text .notice").text
    assert "Download the original" not in page


def test_there_is_none_of_that_number(back_office):
    open_page(back_office, 999_999_999, 404)


def test_why_is_told_in_french_where_the_words_are_ours(back_office, held, novantic_app, untranslated):
    key, number = held
    back_office.set_cookie("lang", "fr")
    faults = [
        ("held", "a technician's address, but nothing proves that it is theirs", "technicien"),
        ("braked", "more mails of its sender than 20 per hour", "20 per hour"),
        ("braked", "the same words of the same sender more often than 3 per hour", "3 per hour"),
        ("automatic", "one of the desk's own addresses: support@novantic.example", "support@novantic.example"),
        ("automatic", "auto-submitted: auto-replied", "« auto-submitted: auto-replied »"),
        ("bounce", "not delivered yet; its server goes on trying", "serveur"),
        ("faulty", "Unreadable: This is no mail: it has no header.", "en-tête"),
        ("faulty", "ValueError: its sender has no address that mail could be sent to: 'x'", "'x'"),
        ("faulty", "ValueError: it gives no address of its sender", "l’adresse de son expéditeur"),
    ]
    for state, fault, words in faults:
        with novantic_app.transaction() as session:
            session.execute(update(IncomingMail).values(state=state, fault=fault))
        reason = open_page(back_office, key).html.select_one(".mail-reason [lang]")
        assert reason["lang"] == "fr", fault
        assert words in reason.text.replace("\xa0", " ")
    with novantic_app.transaction() as session:
        session.execute(update(IncomingMail).values(state="faulty", fault="KeyError: 'x'"))
    reason = open_page(back_office, key).html.select_one(".mail-reason [lang]")
    assert (reason.text, reason["lang"]) == ("KeyError: 'x'", "en")
    for path in ("/admin/mail", "/admin/mail?state=all", "/admin", f"/admin/tickets/{number}"):
        back_office.get(path)
    # what is counted is noted by its form, which no catalogue has as a message
    assert {words for words in untranslated.get("fr", ()) if "${n}" not in words} <= {"KeyError: 'x'"}


def test_each_reason_is_one_that_is_noted(novantic_app):
    """What the pipeline writes, and what is told of it here, are the same words."""
    import novantic_mail_intake

    folder = Path(novantic_mail_intake.__file__).parent
    written = "".join(path.read_text() for path in folder.glob("*.py"))
    for pattern, _words in OURS:
        beginning = pattern.partition("(?P")[0].removeprefix("ValueError: ").rstrip()
        assert beginning in written, pattern


def test_of_a_bounce_it_is_told_which_notice_came_back(back_office, small_desk, receive, novantic_app, hugo, board):
    from novantic_core.testing.tables import Delivery

    number = small_desk.open()
    key = receive()
    with novantic_app.transaction() as session:
        notice = session.query(Delivery).filter(Delivery.ticket_id.is_not(None)).first()
        session.execute(
            update(IncomingMail).values(state="bounce", delivery_id=notice.id, ticket_id=None, message_row_id=None)
        )
        address = notice.address
    page = open_page(back_office, key)
    assert f"The notice went to {address}." in page.text.replace("<b>", "").replace("</b>", "")
    open_page(hugo, key)
    small_desk.change(number, team=board)
    open_page(hugo, key, 404)
