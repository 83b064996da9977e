"""What a technician decides of a mail: it is done, or it is said why it can't be, and noted in the audit trail."""

from __future__ import annotations

from pyramid.httpexceptions import HTTPBadRequest, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.plugin import FieldError, Text, TicketInfo, _, actor
from novantic_mail_intake import decide
from novantic_mail_intake.copies import let_follow
from novantic_mail_intake.desk.find import find_mail, forget_counts
from novantic_mail_intake.desk.mail_views import draw
from novantic_mail_intake.desk.show import AWAY
from novantic_mail_intake.desk.words import ACCEPT, DISCARD, OFFERED, OPEN, RETRY
from novantic_mail_intake.models import IncomingMail

KINDS = {
    ACCEPT: "mail_intake_accepted",
    OPEN: "mail_intake_opened",
    DISCARD: "mail_intake_discarded",
    RETRY: "mail_intake_tried",
}
"""Of the entries in the audit trail."""


@view_config(route_name="admin_mail_decision", request_method="POST")
def decide_on(request: Request) -> Response:
    """Do what was decided; whoever decides after somebody else is told, and nothing happens twice."""
    row = find_mail(request, lock=True)
    decision, before = request.typed("decision"), row.state
    if decision not in KINDS:
        raise HTTPBadRequest
    if before != request.typed("state") or decision not in OFFERED.get(before, ()):
        by = row.decided_by
        request.page.tell(
            _("Nothing was done: ${name} has decided on this mail meanwhile.", mapping={"name": by})
            if by
            else _("Nothing was done: this mail isn't what it was when you looked at it.")
        )
        return _back(request, row)
    session = request.dbsession
    try:
        with session.begin_nested():
            ticket = _do(request, row, decision)
            _note(request, row, decision, ticket)
    except FieldError as error:
        session.refresh(row)
        return draw(request, row, 422, error.message)
    except OSError:
        session.refresh(row)
        return draw(request, row, 503, AWAY)
    forget_counts(request)
    return _back(request, row)


def _do(request: Request, row: IncomingMail, decision: str) -> TicketInfo | None:
    """Do it, and say so: the ticket that it is part of now."""
    desk, who, tell = request.desk, actor(request), request.page.tell
    if decision == DISCARD:
        decide.discard(desk, row, who)
        tell(_("Nothing is made of this mail. It stays here for a while, and can be taken up again."))
        return None
    if decision == RETRY:
        decide.try_again(desk, row, who)
        tell(_("It will be taken up again in a moment: come back to this page to see what became of it."))
        return None
    if decision == OPEN:
        ticket: TicketInfo = decide.open_as_ticket(desk, row, who)
        tell(_("Ticket #${number} was opened of this mail.", mapping={"number": ticket.number}))
        return ticket
    decide.accept_held(desk, row, who)
    found = decide.ticket_of(desk, row)
    assert found is not None  # noqa: S101 - it was just made a message of it
    tell(_("The mail is a message of ticket #${number} now.", mapping={"number": found.number}))
    if request.typed("follow") == "true":
        tell(_let_follow(request, row, found))
    return found


def _let_follow(request: Request, row: IncomingMail, ticket: TicketInfo) -> Text:
    """Let the sender follow the ticket, so that the next mail needs no decision; in words what became of it."""
    try:
        with request.dbsession.begin_nested():
            let_follow(request.desk, ticket, row.sender, row.sender_name or row.sender, actor(request))
    except FieldError as error:
        return error.message
    return _("${address} follows the ticket from now on.", mapping={"address": row.sender})


def _note(request: Request, row: IncomingMail, decision: str, ticket: TicketInfo | None) -> None:
    # no name and no subject: the trail outlives what is known of a person
    numbered = {} if ticket is None else {"ticket": (None, f"#{ticket.number}")}
    request.desk.note_action(KINDS[decision], actor(request), f"{row.mailbox} {row.id}", numbered)


def _back(request: Request, row: IncomingMail) -> Response:
    return HTTPSeeOther(request.route_path("admin_mail_one", id=row.id))
