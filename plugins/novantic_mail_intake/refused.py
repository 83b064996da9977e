"""Telling who sent a mail which of its files were not taken in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from novantic_core.plugin import Notice, Recipient, TicketEvent

KIND = "mail_files_refused"
EMAIL = "email"
"""The channel: it is a mail that is answered."""

_REFUSED: ContextVar[tuple[str, tuple[str, ...]]] = ContextVar("novantic_mail_intake.refused", default=("", ()))


@contextmanager
def telling(sender: str, refused: tuple[str, ...]) -> Iterator[None]:
    """While a mail is written to a ticket: whose it is, and a sentence for each file that was refused.

    The notice has to be of the event that the mail causes, and only its hook can give it.
    """
    token = _REFUSED.set((sender, refused))
    try:
        yield
    finally:
        _REFUSED.reset(token)


def notices(event: TicketEvent) -> Iterable[Notice]:
    """The notice of the event at hand, if a mail brings it about that lost files."""
    sender, refused = _REFUSED.get()
    if not refused or event.kind not in {"opened", "replied"} or event.actor.email.casefold() != sender.casefold():
        return []
    inside = event.actor.kind == "technician"
    locale = next((one.locale for one in event.followers if one.address.casefold() == sender.casefold()), None)
    to = Recipient(
        event.actor.email, event.actor.name, locale or event.ticket.locale, "technician" if inside else "requester"
    )
    return [Notice(KIND, to, EMAIL, data={"sentences": "\n".join(refused[:20])})]
