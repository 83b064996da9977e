"""Opening a ticket for a client who rings: the same ticket, with a technician's name to it."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from novantic_core.models import Technician, Ticket
from novantic_core.services.discuss import add_note
from novantic_core.services.open_ticket import Opening, open_ticket
from novantic_core.site import Site
from novantic_core.values import Actor, TicketDraft


def open_for_client(
    site: Site, session: Session, draft: TicketDraft, technician: Technician, now: datetime, *,
    assign: bool = False, note: str = "", tell_client: bool = True,
) -> Ticket:  # fmt: skip
    """Open a ticket on behalf of a client.

    :param assign: whether the technician takes it at once
    :param note: HTML, cleaned, that only technicians read; none if empty
    :param tell_client: whether the client gets the usual mail
    :raises FieldError: if the draft is refused; nothing is written then
    """
    actor = Actor("technician", technician.name, technician.email)
    opening = Opening(actor, assignee_id=technician.id if assign else None, tell_client=tell_client)
    ticket = open_ticket(site, session, draft, now, opening)
    if note:
        # the same form sent twice adds one note
        key = hashlib.sha256(f"note {draft.submission}".encode()).hexdigest() if draft.submission else None
        add_note(site, session, ticket, actor, note, now, submission=key)
    return ticket
