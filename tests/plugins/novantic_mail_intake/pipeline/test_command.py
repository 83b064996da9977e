"""``novantic mail receive``: its exit status is what a mail server goes by."""

import click
import pytest
from click.testing import CliRunner
from posted import CLAIRE, MAILBOX, PLUGINS, SUPPORT, write
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from novantic_core.testing.tables import Ticket
from novantic_mail_intake import command
from novantic_mail_intake.models import IncomingMail

TWO = {**MAILBOX, "novantic.mail_intake.mailbox.network.address": "reseau@novantic.example"}
pytestmark = pytest.mark.novantic(plugins=PLUGINS, settings=TWO)


@pytest.fixture
def receive(post, monkeypatch):
    """Pipe a mail into the command: click's result."""
    for name in ("RECIPIENT", "ORIGINAL_RECIPIENT"):
        monkeypatch.delenv(name, raising=False)

    def run(raw, *options, env=None):
        group = click.Group("novantic")
        with post.open_desk() as desk:
            settings = desk.plugin_settings("mail_intake")
        command.add_command(group, post.open_desk, settings)
        data = raw if isinstance(raw, bytes) else raw.as_bytes()
        return CliRunner().invoke(group, ["mail", "receive", *options], input=data, env=env)

    return run


@pytest.fixture
def kept(novantic_app):
    def rows():
        with novantic_app.transaction() as session:
            return session.scalars(select(IncomingMail).order_by(IncomingMail.id)).all()

    return rows


def test_a_mail_is_kept_and_worked_off(receive, kept, count):
    result = receive(write(), "--from", CLAIRE, "--to", f"{SUPPORT}")
    assert (result.exit_code, result.output) == (0, "")
    (row,) = kept()
    assert (row.state, row.source, row.mailbox) == ("kept", "command", "support")
    assert (row.envelope_from, row.envelope_to) == (CLAIRE, SUPPORT)
    assert count(Ticket) == 1


def test_what_cannot_be_understood_is_kept_all_the_same(receive, kept):
    assert receive(b"no mail at all").exit_code == 0
    assert [row.state for row in kept()] == ["faulty"]


@pytest.mark.parametrize(
    "to, options, env, mailbox",
    [
        ("reseau@novantic.example", (), None, "network"),
        ("Reseau+r.1.x@Novantic.example", (), None, "network"),
        ("somebody@example.com", (), None, "support"),
        (SUPPORT, ("--to", "reseau@novantic.example"), None, "network"),
        (SUPPORT, ("--mailbox", "network"), None, "network"),
        (SUPPORT, (), {"RECIPIENT": "reseau@novantic.example"}, "network"),
    ],
)  # fmt: skip
def test_which_mailbox_it_is_for(receive, kept, to, options, env, mailbox):
    assert receive(write(to=to), *options, env=env).exit_code == 0
    assert [row.mailbox for row in kept()] == [mailbox]


def test_a_header_says_where_it_was_delivered(receive, kept):
    receive(write(Delivered_To="reseau@novantic.example"))
    assert [row.mailbox for row in kept()] == ["network"]


def test_a_bounce_comes_from_nobody(receive, kept):
    assert receive(write(), "--from", "").exit_code == 0
    assert [(row.envelope_from, row.state) for row in kept()] == [("", "automatic")]


@pytest.mark.novantic(plugins=PLUGINS)
def test_without_a_mailbox_in_the_file_it_works(receive, kept):
    assert receive(write()).exit_code == 0
    assert receive(write(), "--mailbox", "default").exit_code == 0
    assert [(row.mailbox, row.state) for row in kept()] == [("default", "kept"), ("default", "kept")]


def test_bad_words_are_said(receive, kept):
    result = receive(write(), "--mailbox", "nowhere")
    assert result.exit_code == 2
    assert "there is no mailbox 'nowhere'" in result.output
    for nothing in (b"", b"\r\n\r\n"):
        result = receive(nothing)
        assert (result.exit_code, result.output) == (64, "novantic: there is no mail on standard input\n")
    assert kept() == []


@pytest.mark.novantic(plugins=PLUGINS, settings={**TWO, "novantic.mail_intake.max_size": "2 kB"})
def test_a_mail_that_is_too_large_goes_back(receive, kept):
    assert receive(write("x" * 500)).exit_code == 0
    result = receive(write("x" * 5_000_000))
    assert result.exit_code == 65
    assert result.output == "novantic: the mail is larger than novantic.mail_intake.max_size = 2048 bytes\n"
    assert len(kept()) == 1


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), OperationalError("x", {}, Exception("gone\naway")), ValueError()]
)
def test_what_cannot_be_kept_now_is_tried_again(receive, kept, monkeypatch, error):
    def fail(*_given):
        raise error

    monkeypatch.setattr(command, "keep_mail", fail)
    result = receive(write())
    assert result.exit_code == 75
    assert result.output.startswith("novantic: the mail can't be kept now: ")
    assert result.output.count("\n") == 1
    assert kept() == []


def test_once_it_is_kept_it_is_kept(receive, kept, monkeypatch):
    def fail(*_given):
        raise OperationalError("x", {}, Exception("gone away"))

    monkeypatch.setattr(command, "work_off", fail)
    result = receive(write())
    assert result.exit_code == 0
    assert result.output == "novantic: the mail is kept, and will be taken up later: gone away\n"
    assert [row.state for row in kept()] == ["new"]


def test_its_table_fits_its_model(novantic_app):
    assert novantic_app.changed_tables(IncomingMail.metadata) == []


def test_it_is_a_command_of_the_sites(novantic_app):
    result = novantic_app.command("mail", "receive")
    assert (result.exit_code, result.output) == (64, "novantic: there is no mail on standard input\n")
