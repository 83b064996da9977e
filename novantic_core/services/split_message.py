"""Making a ticket of a message: a client often asks for two things in one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from novantic_core.db import insert_or
from novantic_core.models import Attachment, MergedMessage, Message, Ticket, TicketLink
from novantic_core.models.message import MESSAGE
from novantic_core.services.keep_file import attachment_path
from novantic_core.services.merge_tickets import set_last_word
from novantic_core.services.open_ticket import Opening, open_ticket
from novantic_core.services.record_event import record_event
from novantic_core.site import Site
from novantic_core.values import Actor, StoredFile, TicketDraft


def can_be_split(message: Message) -> bool:
    """Whether a ticket can be made of it: of a client's words, not of the desk's answer nor of a note."""
    return message.kind == MESSAGE


def is_first(session: Session, message: Message) -> bool:
    """Whether its ticket begins with it: then it is copied, for a ticket without its request makes no sense."""
    home = message.moved_from_id or message.ticket_id
    where_said = or_(Message.moved_from_id == home, (Message.ticket_id == home) & Message.moved_from_id.is_(None))
    firsts = [
        session.scalar(select(func.min(Message.id)).where(Message.kind == MESSAGE, where))
        for where in (where_said, Message.ticket_id == message.ticket_id)
    ]
    return message.id in firsts


def split_message(
    site: Site, session: Session, ticket: Ticket, message: Message, draft: TicketDraft, actor: Actor, now: datetime, *,
    tell_client: bool = True,
) -> Ticket:  # fmt: skip
    """Open a ticket of a message, which goes there with its files; both tickets refer to one another.

    The same submission twice gives the same ticket.

    :param draft: what the new ticket says of itself; its message and files are not looked at but by plugins
    :raises FieldError: if the draft is refused; nothing is written then
    """
    copied = is_first(session, message)
    before = message.ticket_id

    def first_message(new: Ticket) -> tuple[Message, tuple[StoredFile, ...]]:
        files = session.scalars(
            select(Attachment).where(Attachment.message_id == message.id).order_by(Attachment.id)
        ).all()
        moved = _copy(session, message, new, files) if copied else _move(session, message, new)
        return moved, tuple(StoredFile(one.key, one.filename, one.media_type, one.size) for one in files)

    opening = Opening(actor, tell_client=tell_client, message=first_message)
    new = open_ticket(site, session, draft, now, opening)
    if message.ticket_id == before and not copied:
        # sent twice: it was made by the first
        return new
    pair = sorted((ticket.id, new.id))
    tie = insert_or(session, TicketLink).values(ticket_id=pair[0], other_id=pair[1], created_at=now)
    if session.execute(tie.on_conflict_do_nothing().returning(TicketLink.id)).first() is None:
        return new
    for one in (ticket, new):
        # the new one was opened now, its words are older
        set_last_word(session, one)
    ticket.updated_at = now
    record_event(site, session, ticket, "split", actor, now, changes={"split": (None, new.number)})
    record_event(site, session, new, "split", actor, now, changes={"split_from": (None, ticket.number)})
    return new


def _move(session: Session, message: Message, new: Ticket) -> Message:
    message.moved_from_id = message.moved_from_id or message.ticket_id
    message.ticket_id = new.id
    # it has been given a place of its own: undoing a merge doesn't take it back
    session.execute(delete(MergedMessage).where(MergedMessage.message_id == message.id))
    session.flush()
    return message


def _copy(session: Session, message: Message, new: Ticket, files: Sequence[Attachment]) -> Message:
    copy = Message(
        ticket_id=new.id, kind=message.kind, author=message.author, html=message.html, text=message.text,
        created_at=message.created_at, moved_from_id=message.moved_from_id or message.ticket_id,
    )  # fmt: skip
    session.add(copy)
    session.flush()
    for file in files:
        twin = Attachment(
            message_id=copy.id, key=file.key, filename=file.filename, media_type=file.media_type, size=file.size,
            inline=file.inline,
        )  # fmt: skip
        session.add(twin)
        session.flush()
        # pictures in the text are shown to who may see the new ticket, and not the old one
        copy.html = copy.html.replace(attachment_path(file), attachment_path(twin))
    return copy
