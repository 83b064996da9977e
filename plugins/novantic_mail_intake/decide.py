"""What becomes of a mail: by itself, and as a technician decides on one that was held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from novantic_core.plugin import Actor, Desk, FieldError, MessageInfo, Text, TicketInfo, _
from novantic_mail_intake import bounces, copies, loops, models
from novantic_mail_intake.compose import (
    CHANNEL,
    FOLLOWS,
    Translate,
    compose,
    draft_of,
    known_id,
    submission_of,
    translator,
)
from novantic_mail_intake.copies import storable
from novantic_mail_intake.inside import SHOWN, outward
from novantic_mail_intake.mail import Mail
from novantic_mail_intake.mailboxes import mailbox_named
from novantic_mail_intake.models import IncomingMail
from novantic_mail_intake.reading import Unreadable, read_mail
from novantic_mail_intake.refused import telling
from novantic_mail_intake.threads import Thread, find_thread

MOST_COMPARED = 3
"""How many earlier mails of the same id are read again, to see whether they say the same."""

ALREADY = _("Somebody has already decided on this mail.")
NO_TICKET = _("This mail is about no ticket.")
NO_BYTES = _("The original of this mail was removed.")


def decide(desk: Desk, row: IncomingMail, mail: Mail) -> None:
    """Make of a mail what it is to become, and note it on its row.

    :raises FieldError: if a plugin refuses it
    :raises ValueError: if nothing can be made of it
    """
    note(row, mail)
    settings = desk.plugin_settings("mail_intake")
    copied = _copied(desk, row, mail)
    if copied is not None:
        # it says what the first one says: who may not see that one's ticket doesn't see this either
        row.state, row.ticket_id = models.DUPLICATE, copied.ticket_id
        return
    came_to = (*mail.recipients, row.envelope_to)
    if bounces.take(desk, row, mail, came_to):
        return
    thread = find_thread(desk, mail, came_to)
    own = loops.is_own(desk, settings, mail.sender)
    automatic = _why_automatic(row, mail, own=own)
    if automatic and (own or not _asks(settings, mail, automatic, thread)):
        row.state, row.fault = models.AUTOMATIC, automatic
        row.ticket_id = thread.ticket.id if thread is not None else None
        return
    proved = thread is not None and thread.writer is not None and thread.writer.kind == "technician"
    # what a technician lets through isn't held back again
    braked = "" if proved or row.decided_by else loops.brake(desk, settings, mail)
    if braked:
        row.state, row.fault = models.BRAKED, braked
        row.ticket_id = thread.ticket.id if thread is not None else None
        return
    # nobody writes to a return path by hand: an answer of ours would be answered again
    tell = not automatic and bounces.returned(desk, came_to) is None
    if thread is None:
        _open(desk, row, mail, tell=tell)
    elif thread.writer is None:
        row.state, row.fault, row.ticket_id = models.HELD, thread.why_not, thread.ticket.id
    elif proved and not row.decided_by and not outward(desk, thread.ticket, mail)[1]:
        row.state, row.fault, row.ticket_id = models.HELD, SHOWN, thread.ticket.id
    else:
        _go_on(desk, row, mail, thread, thread.writer, tell=tell)


def _asks(settings: Mapping[str, Any], mail: Mail, automatic: str, thread: Thread | None) -> bool:
    """Whether a mail that must not be answered asks for something all the same.

    Nothing goes back to a machine, and what it says goes on with nothing, but it may open something. What came through
    a list is a person's where the list is the desk's own address, or where it goes on with a ticket of theirs.
    """
    if loops.is_quiet(automatic) or loops.is_of_own_list(settings, automatic):
        return True
    if thread is not None:
        return thread.writer is not None and loops.is_list(automatic)
    return loops.is_report(mail, automatic)


def _why_automatic(row: IncomingMail, mail: Mail, *, own: bool) -> str:
    if own:
        return f"one of the desk's own addresses: {mail.sender}"
    return mail.automatic or ("Return-Path: <>" if row.envelope_from == "" else "")


def note(row: IncomingMail, mail: Mail) -> None:
    """What lists show of a mail."""
    row.message_id, row.sender = known_id(mail.message_id), storable(mail.sender, 320)
    row.sender_name, row.subject = storable(mail.sender_name, 200), storable(mail.subject, 200)
    row.fault = ""


def ticket_named(desk: Desk, row: IncomingMail, mail: Mail) -> int | None:
    """The id of the ticket that a mail is about, of which nothing could be made: only who may see it reads the mail."""
    thread = find_thread(desk, mail, (*mail.recipients, row.envelope_to))
    return thread.ticket.id if thread is not None else None


def _copied(desk: Desk, row: IncomingMail, mail: Mail) -> IncomingMail | None:
    """The same mail, if it came before in other bytes: by another road, with another server's header.

    Other words under the same id are another mail: some programs give all of theirs one, and anybody may take one.

    :raises OSError: if the storage is away
    """
    if not row.message_id or row.decided_by:
        return None
    same = select(IncomingMail).where(
        IncomingMail.mailbox == row.mailbox, IncomingMail.message_id == row.message_id,
        IncomingMail.sender == row.sender, IncomingMail.id != row.id,
        IncomingMail.state.not_in((models.NEW, models.FAULTY, models.DUPLICATE)),
    )  # fmt: skip
    said = loops.said_by(mail)
    earlier = desk.session.scalars(same.order_by(IncomingMail.id.desc()).limit(MOST_COMPARED)).all()
    return next((one for one in reversed(earlier) if _said_in(desk, one) == said), None)


def _said_in(desk: Desk, row: IncomingMail) -> str:
    """What an earlier mail said, as a key; empty where nobody can tell any more."""
    try:
        with desk.open_file(row.key) as source:
            return loops.said_by(read_mail(source.read(), words_of(desk, row)))
    except (KeyError, Unreadable):
        return ""


def _open(desk: Desk, row: IncomingMail, mail: Mail, *, tell: bool, before: tuple[Text, ...] = ()) -> TicketInfo:
    settings = desk.plugin_settings("mail_intake")
    draft, content = draft_of(desk, row, mail, mailbox_named(settings, row.mailbox), before)
    tell = tell and loops.may_acknowledge(desk, settings, draft.email)
    with telling(draft.email, content.refused if tell else ()):
        ticket = desk.open_ticket(draft, tell_client=tell)
    first = desk.discussion(ticket)
    row.state, row.ticket_id, row.message_row_id = models.KEPT, ticket.id, first[0].id if first else None
    # what no person wrote, or too often, and what was stopped until a technician let it through, lets nobody follow
    sure = tell and not row.decided_by and not mail.several
    copies.take(desk, row, mail, ticket, Actor("requester", draft.name, draft.email), None if sure else "")
    return ticket


def _go_on(desk: Desk, row: IncomingMail, mail: Mail, thread: Thread, writer: Actor, *, tell: bool) -> None:
    ticket = thread.ticket
    days = desk.plugin_settings("mail_intake")["reopen_days"]
    is_over = ticket.closed_at is not None and desk.now - ticket.closed_at > timedelta(days=days)
    if is_over and writer.kind == "requester":
        follows = _(FOLLOWS, mapping={"number": ticket.number})
        opened = _open(desk, row, mail, tell=tell, before=(follows,))
        desk.link_tickets(opened, ticket, writer)
        return
    add(
        desk, row, mail, ticket, writer, tell=tell, why_not=(None if thread.proved else copies.UNPROVED) if tell else ""
    )


def add(
    desk: Desk, row: IncomingMail, mail: Mail, ticket: TicketInfo, writer: Actor, *, tell: bool = True,
    why_not: str | None = copies.UNPROVED,
) -> MessageInfo:  # fmt: skip
    """Make a mail a message of a ticket.

    :param tell: whether its sender is told of files that were left out
    :param why_not: why nobody in copy follows by themselves; None where they may
    """
    if writer.kind == "technician":
        mail = replace(mail, html=outward(desk, ticket, mail)[0])
    content = compose(desk, mail, translator(desk, ticket.brand, ticket.locale))
    with telling(writer.email, content.refused if tell else ()):
        message = desk.add_message(
            ticket, writer, content.html, content.files, mail_id=known_id(mail.message_id),
            submission=submission_of(row, mail, "message", str(ticket.id)),
        )  # fmt: skip
    row.state, row.ticket_id, row.message_row_id = models.KEPT, ticket.id, message.id
    copies.take(desk, row, mail, ticket, writer, why_not)
    return message


# ------------------------------------------------------------------ a technician's decisions


def accept_held(desk: Desk, row: IncomingMail, actor: Actor) -> MessageInfo:
    """Make a mail that is about a ticket a message of it, though its sender isn't known there.

    A technician's own, which only lacked the proof, becomes their reply; all others a client's words, in the sender's
    name.

    :raises FieldError: if it is no longer to be decided on, or about no ticket
    :raises OSError: if the storage is away
    """
    mail = _begin(desk, row, actor)
    ticket = ticket_of(desk, row)
    if ticket is None:
        raise FieldError(NO_TICKET)
    writer = desk.client_who_writes(ticket, mail.sender) or desk.technician_who_writes(ticket, mail.sender)
    return add(desk, row, mail, ticket, writer or Actor("requester", mail.sender_name or mail.sender, mail.sender))


def open_as_ticket(desk: Desk, row: IncomingMail, actor: Actor) -> TicketInfo:
    """Open a ticket of a mail that was held, braked or left alone. What no person wrote isn't answered even then.

    :raises FieldError: if it is no longer to be decided on, or refused
    :raises OSError: if the storage is away
    """
    mail = _begin(desk, row, actor)
    automatic = mail.automatic or row.envelope_from == "" or mail.bounce is not None
    settings = desk.plugin_settings("mail_intake")
    try:
        return _open(desk, row, mail, tell=not automatic and not loops.is_own(desk, settings, mail.sender))
    except ValueError as error:
        raise FieldError(_("No ticket can be opened of this mail: it has no sender.")) from error


def discard(desk: Desk, row: IncomingMail, actor: Actor) -> None:
    """Make nothing of a mail; it stays for a while, then it is removed.

    :raises FieldError: if something was made of it already
    """
    _lock(desk, row, actor)
    row.state = models.DISCARDED


def try_again(desk: Desk, row: IncomingMail, actor: Actor) -> None:
    """Have a mail taken up again, as if it had just come, and not braked.

    :raises FieldError: if something was made of it already
    """
    _lock(desk, row, actor)
    row.state, row.fault, row.tries, row.begun, row.next_try_at = models.NEW, "", 0, 0, desk.now


def ticket_of(desk: Desk, row: IncomingMail) -> TicketInfo | None:
    """The ticket that a mail names or became part of; the one in which it goes on, where it was merged."""
    number = desk.session.scalar(select(models.TICKET.c.number).where(models.TICKET.c.id == row.ticket_id))
    return desk.ticket(number) if number is not None else None


def _lock(desk: Desk, row: IncomingMail, actor: Actor) -> None:
    """Two technicians who decide at once: the second one hears of the first."""
    desk.session.refresh(row, with_for_update=True)
    if row.state in {models.KEPT, models.NEW}:
        raise FieldError(ALREADY)
    row.decided_by = actor.name[:120]


def _begin(desk: Desk, row: IncomingMail, actor: Actor) -> Mail:
    _lock(desk, row, actor)
    try:
        with desk.open_file(row.key) as source:
            mail = read_mail(source.read(), words_of(desk, row))
    except KeyError:
        raise FieldError(NO_BYTES) from None
    except Unreadable as error:
        raise FieldError(error.words) from None
    note(row, mail)
    return mail


def words_of(desk: Desk, row: IncomingMail) -> Translate:
    """What is put into a mail's text is said in the language of the mailbox's brand."""
    brand = desk.site.brand(mailbox_named(desk.plugin_settings("mail_intake"), row.mailbox).brand_key)
    return translator(desk, brand.key, brand.locale)


__all__ = ["CHANNEL", "accept_held", "decide", "discard", "open_as_ticket", "ticket_of", "try_again", "words_of"]
