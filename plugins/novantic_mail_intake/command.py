"""``novantic mail receive``: one mail from standard input, as mail servers hand them to programs.

Its exit status is what sendmail and all after it understand: 0 once the mail is kept, 75 for "try again later".
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import IO, Any

import click
from sqlalchemy.exc import SQLAlchemyError

from novantic_mail_intake.keep import Arrival, OpenDesk, keep_mail
from novantic_mail_intake.mailboxes import Mailbox, first_mailbox, mailbox_of, read_mailboxes
from novantic_mail_intake.reading.addresses import read_addresses
from novantic_mail_intake.reading.headers import Fields, split_head
from novantic_mail_intake.work import work_off

USAGE, DATA, TRY_AGAIN = 64, 65, 75
_FOR_WHOM = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")


def add_command(cli: click.Group, open_desk: OpenDesk, settings: Mapping[str, Any]) -> None:
    """Add ``mail`` with ``receive``."""
    group = click.Group("mail", help="Mails that come in.")
    cli.add_command(group)

    @group.command("receive")
    @click.option("-c", "--config", metavar="FILE.ini", expose_value=False, help="The site's .ini file.")
    @click.option("--mailbox", metavar="NAME", help="The mailbox it came into, as the .ini file names it.")
    @click.option("--to", "to", metavar="ADDRESS", help="To whom the mail server delivers it.",
                  envvar=["ORIGINAL_RECIPIENT", "RECIPIENT"])  # fmt: skip
    @click.option("--from", "sender", metavar="ADDRESS", help="From whom the mail server got it; empty for a bounce.")
    def receive(mailbox: str | None, to: str | None, sender: str | None) -> None:
        """Take in one e-mail from standard input.

        Exit status: 0 it is kept, 75 try again later, 64 there is none, 65 it is too large.
        """
        chosen = _named(settings, mailbox) if mailbox is not None else None
        _receive(open_desk, settings, chosen, to or "", sender)


def _named(settings: Mapping[str, Any], name: str) -> Mailbox:
    first = first_mailbox(settings)
    found = read_mailboxes(settings).get(name) or (first if name == first.name else None)
    if found is None:
        raise click.BadParameter(f"there is no mailbox {name!r} in the .ini file", param_hint="--mailbox")
    return found


def _receive(
    open_desk: OpenDesk, settings: Mapping[str, Any], chosen: Mailbox | None, to: str, sender: str | None
) -> None:  # fmt: skip
    try:
        limit = settings["max_size"]
        raw = _read(sys.stdin.buffer, limit)
        if not raw.strip():
            _end(USAGE, "there is no mail on standard input")
        if len(raw) > limit:
            _end(DATA, f"the mail is larger than novantic.mail_intake.max_size = {limit} bytes")
        box = chosen or mailbox_of(settings, [to, *_recipients(raw)]) or first_mailbox(settings)
        whom = to[:320]
        id_, _new = keep_mail(open_desk, Arrival(box.name, "command", raw, sender and sender[:320], whom))
    except (OSError, SQLAlchemyError) as error:
        _end(TRY_AGAIN, f"the mail can't be kept now: {_first_line(error)}")
    except Exception as error:  # noqa: BLE001 - whatever it is, the mail server still has the mail, and keeps it
        _end(TRY_AGAIN, f"the mail can't be kept now: {type(error).__name__}: {_first_line(error)}")
    # it is kept: nothing that happens from here on makes the mail server think otherwise
    try:
        work_off(open_desk, id_)
    except Exception as error:  # noqa: BLE001 - a worker takes it up
        click.echo(f"novantic: the mail is kept, and will be taken up later: {_first_line(error)}", err=True)


def _read(source: IO[bytes], limit: int) -> bytes:
    """At most one byte more than is taken, so that nobody fills the memory; the rest is read and forgotten."""
    raw = source.read(limit + 1)
    while len(raw) > limit and source.read(1024 * 1024):
        pass
    return raw


def _recipients(raw: bytes) -> list[str]:
    # not the standard library's reader: on some headers it ends in an error, and the mail would never be kept
    head = Fields(split_head(raw[: 256 * 1024].lstrip(b"\r\n"))[0])
    return [address for name in _FOR_WHOM for value in head.raw(name) for _name, address in read_addresses(value)]


def _first_line(error: Exception) -> str:
    words = str(getattr(error, "orig", None) or error).strip()
    return words.splitlines()[0] if words else type(error).__name__


def _end(status: int, words: str) -> None:
    click.echo(f"novantic: {words}", err=True)
    sys.exit(status)
