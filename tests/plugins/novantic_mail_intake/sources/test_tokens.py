"""Mailboxes that are opened with an OAuth2 token: Dovecot asks the server that gave it whose it is."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from novantic_mail_intake.models import RefreshToken
from novantic_mail_intake.sources.connection import LoginRefusedError

MAIL = b"From: Claire <claire@lefevre.example.com>\r\nSubject: Imprimante\r\nMessage-ID: <%d@x>\r\n\r\nBonjour\r\n"


@pytest.fixture
def forget_token(task):
    """Have the next round ask for another token, as a new process would."""
    return task("imap support").run.__self__._tokens.forget


def test_a_refresh_token_gives_one_that_opens_the_mailbox(dovecot, tokens, empty, kept):
    dovecot.put(MAIL % 1)
    empty()
    assert kept() == [MAIL % 1]
    assert tokens.asked == [{
        "grant_type": "refresh_token", "refresh_token": "first refresh token", "client_id": "desk",
        "scope": "https://outlook.office365.com/.default",
    }]  # fmt: skip
    assert "method=XOAUTH2" in next(line for line in reversed(dovecot.log.splitlines()) if "Login:" in line)


def test_it_is_used_until_it_expires(dovecot, tokens, empty):
    empty()
    empty()
    assert len(tokens.asked) == 1


@pytest.mark.parametrize("lasts", [0.001, "0.001"])
def test_then_another_one_is_asked_for(dovecot, tokens, empty, lasts):
    tokens.lasts = lasts
    empty()
    empty()
    assert len(tokens.asked) == 2


@pytest.mark.parametrize("lasts", [None, "soon", []])
def test_one_of_which_it_is_not_said_when_it_expires_is_good_for_a_while(dovecot, tokens, empty, lasts):
    tokens.lasts = lasts
    empty()
    empty()
    assert len(tokens.asked) == 1


@pytest.fixture
def application(mailbox_settings):
    mailbox_settings.pop("oauth2_refresh_token")
    mailbox_settings["oauth2_client_secret"] = "application’s secret"


def test_an_application_that_has_access_itself_needs_no_refresh_token(dovecot, tokens, application, empty, kept):
    dovecot.put(MAIL % 1)
    empty()
    assert kept() == [MAIL % 1]
    assert tokens.asked == [{
        "grant_type": "client_credentials", "client_id": "desk", "client_secret": "application’s secret",
        "scope": "https://outlook.office365.com/.default",
    }]  # fmt: skip


def test_a_refresh_token_that_follows_another_is_kept_sealed_and_used(
    dovecot, tokens, empty, forget_token, novantic_app
):
    tokens.next_refresh = "second refresh token"
    empty()
    with novantic_app.transaction() as session:
        row = session.scalars(select(RefreshToken)).one()
        assert row.mailbox == "support"
        assert "second" not in row.sealed
    tokens.refresh = {"second refresh token"}
    tokens.next_refresh = "third refresh token"
    forget_token()
    empty()
    tokens.refresh = {"third refresh token"}
    forget_token()
    empty()
    assert [one["refresh_token"].split()[0] for one in tokens.asked] == ["first", "second", "third"]


def test_one_that_was_called_back_gives_way_to_the_files(dovecot, tokens, empty, forget_token):
    tokens.next_refresh = "second refresh token"
    empty()
    forget_token()
    empty()
    assert [one["refresh_token"].split()[0] for one in tokens.asked] == ["first", "second", "first"]


def test_one_that_followed_another_than_the_files_is_not_used(dovecot, tokens, empty, forget_token, novantic_app):
    tokens.next_refresh = "second refresh token"
    empty()
    with novantic_app.transaction() as session:
        session.execute(update(RefreshToken).values(instead="0" * 64))
    forget_token()
    empty()
    assert tokens.asked[-1]["refresh_token"] == "first refresh token"


def test_neither_is_one_that_another_secret_sealed(dovecot, tokens, empty, forget_token, novantic_app):
    tokens.next_refresh = "second refresh token"
    empty()
    with novantic_app.transaction() as session:
        session.execute(update(RefreshToken).values(sealed="gAAAA"))
    forget_token()
    empty()
    assert tokens.asked[-1]["refresh_token"] == "first refresh token"


def test_what_cannot_be_kept_costs_nothing_now(dovecot, tokens, empty, novantic_app, monkeypatch, caplog):
    tokens.next_refresh = "second refresh token"
    monkeypatch.setattr(
        "novantic_mail_intake.sources.tokens.insert_or", lambda *_given: delete(RefreshToken).where("x")
    )
    empty()
    assert "the new refresh token of the mailbox support could not be kept" in caplog.text


# ------------------------------------------------------------------------------------------- what goes wrong


def test_a_refusal_is_told_with_its_words(dovecot, tokens, empty):
    tokens.refresh = set()
    with pytest.raises(
        LoginRefusedError, match="refuses a token for support: invalid_grant: It was called back"
    ) as told:
        empty()
    assert "refresh token" not in str(told.value)


@pytest.mark.parametrize("fault, words", [
    ((400, "<html>"), "refuses a token for support: HTTP 400"),
    ((200, "{}"), "answers without a token for support"),
    ((200, '"token"'), "answers without a token for support"),
    ((200, '{"access_token": 5}'), "answers without a token for support"),
])  # fmt: skip
def test_so_are_answers_that_are_none(dovecot, tokens, empty, fault, words):
    tokens.fault = fault
    with pytest.raises(LoginRefusedError, match=words):
        empty()


@pytest.mark.parametrize("fault, words", [
    ((503, ""), "gives nobody a token now: HTTP 503"),
    ((429, '{"error": "slow_down"}'), "gives nobody a token now: slow_down"),
])  # fmt: skip
def test_a_server_of_tokens_that_has_no_time_refuses_nobody(dovecot, tokens, empty, fault, words):
    tokens.fault = fault
    with pytest.raises(OSError, match=words) as told:
        empty()
    assert not isinstance(told.value, LoginRefusedError)


def test_neither_does_one_that_is_away(dovecot, tokens, empty):
    tokens.stop()
    with pytest.raises(OSError, match=r"/token can't be reached: .*refused") as told:
        empty()
    assert not isinstance(told.value, LoginRefusedError)


def test_a_token_that_the_mail_server_refuses_is_asked_for_anew(dovecot, tokens, empty, kept):
    dovecot.put(MAIL % 1)
    empty()
    tokens.tokens.clear()
    with pytest.raises(LoginRefusedError, match=r"refuses the login of support@example\.com"):
        empty()
    empty()
    assert len(tokens.asked) == 2


def test_a_mail_server_that_cannot_ask_whose_it_is_refuses_nobody(dovecot, tokens, empty):
    empty()
    tokens.stop()
    with pytest.raises(OSError, match=r"lets nobody log in now: .*UNAVAILABLE") as told:
        empty()
    assert not isinstance(told.value, LoginRefusedError)
