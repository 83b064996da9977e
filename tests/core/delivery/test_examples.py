"""Every mail that the house sends, with example values: in each theme, in each language, as text and as HTML."""

from __future__ import annotations

import re

import pytest

from novantic_core.delivery.examples import KINDS, NUMBER, Choice, kind_of, mail_kinds
from novantic_core.delivery.trial import draw

THEMES = ("novantic", "boreal", "plain")


@pytest.fixture
def look(novantic_app):
    """``look("ticket_opened", "boreal", "fr", variant="critical")``: how it is drawn."""

    def drawn(kind, theme="novantic", locale="fr", variant="", **more):
        return draw(novantic_app.site, Choice(kind, "main", theme, locale, variant, **more))

    return drawn


def words(html):
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


@pytest.mark.parametrize("theme", THEMES)
def test_all_kinds_in_all_they_may_say_in_both_languages(novantic_app, look, theme):
    """Nothing is left to draw, to fill in or to translate, and no two say the same."""
    kinds = mail_kinds(novantic_app.site.themes, theme)
    assert set(kinds) >= set(KINDS)
    seen = {}
    for kind in KINDS:
        for variant in ("", *(one.key for one in kind_of(kind).variants)):
            french, english = (look(kind, theme, locale, variant) for locale in ("fr", "en"))
            for mail, locale in ((french, "fr"), (english, "en")):
                where = f"{kind} {variant} in {locale}"
                assert not mail.problems, where
                assert mail.subject, where
                assert f'<html lang="{locale}"' in mail.html, where
                assert "http://support.example.com/" in mail.text, f"{where}: it has no link"
                assert "${" not in mail.subject + mail.text + mail.html, where
                for name in re.findall(r"href=\"(http[^\"]*)\"", mail.html):
                    assert name in mail.text, f"{where}: a link that its text lacks"
            assert french.subject != english.subject
            assert french.text != english.text
            assert words(french.html) != words(english.html)
            assert (french.text, kind) not in seen, f"{kind} {variant} says what {seen.get((french.text, kind))} says"
            seen[french.text, kind] = variant


def test_whom_it_is_for_is_told_in_its_own_language(look):
    assert "Bonjour Claire Lefèvre" in look("ticket_opened").text
    assert "Hello Claire Lefèvre" in look("ticket_opened", locale="en").text


def test_where_answers_are_taken_nobody_is_told_not_to_answer(look):
    kept, taken = look("ticket_replied", locale="en"), look("ticket_replied", locale="en", reply_to=True)
    for words_of in (lambda mail: mail.text, lambda mail: mail.html):
        assert "don't reply" in words_of(kept).replace("&#39;", "'")
        assert "don't reply" not in words_of(taken).replace("&#39;", "'")
        assert "what you write is added to the ticket" in words_of(taken)
    to_technician = look("technician_replied", locale="en", reply_to=True)
    assert "your words go to the client" in to_technician.text
    assert "your words go to the client" in look("technician_replied", "boreal", "en", reply_to=True).html


def test_who_follows_a_ticket_is_told_why(look):
    mail = look("ticket_replied", locale="en", follower=True)
    assert "because you follow this ticket of Claire Lefèvre" in mail.text
    assert "Hello Paul Girard" in mail.text


def test_what_needs_looking_after_has_its_words_and_no_button(look):
    began, over = look("desk_alarm", locale="en"), look("desk_alarm", locale="en", variant="over")
    assert began.subject.startswith("The desk needs you: The mailbox")
    assert "http://support.example.com/admin/workers" in began.text
    assert over.subject == "The desk: all is well again"
    assert "/example" not in began.text


def test_it_is_nobodys_and_opens_nothing(look):
    mail = look("ticket_opened")
    assert f"[#{NUMBER}]" in mail.subject
    assert "http://support.example.com/access/example" in mail.text
    assert "http://support.example.com/admin/password/example" in look("technician_invitation").text
    assert f"http://support.example.com/admin/tickets/{NUMBER}" in look("technician_opened").text
