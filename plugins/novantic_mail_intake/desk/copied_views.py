"""A technician makes somebody a follower who was in copy of a mail."""

from __future__ import annotations

from collections.abc import Sequence

from pyramid.httpexceptions import HTTPBadRequest, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.plugin import FieldError, TicketInfo, _, actor, visible_ticket
from novantic_mail_intake.copies import let_follow
from novantic_mail_intake.desk.copied import Person, offered_on
from novantic_mail_intake.desk.find import held_for

ALL = "all"


@view_config(route_name="admin_mail_copied", request_method="POST")
def follow(request: Request) -> Response:
    """Make one of those in copy of a mail a follower, or all of them."""
    ticket = visible_ticket(request)
    mail, chosen = request.typed("mail"), request.typed("copy")
    if not (mail.isascii() and mail.isdecimal()) or len(mail) > 9:
        raise HTTPBadRequest
    offered = offered_on(request, ticket, int(mail))
    wanted = [one for one in offered if chosen == str(one.id) or (chosen == ALL and one.at_once)]
    if not wanted:
        # somebody was quicker, or pressed twice
        request.page.tell(_("Nothing was done: this isn't what it was when you looked at it."))
    added = [one for one in wanted if _follow(request, ticket, one)]
    _tell(request, ticket, added)
    return HTTPSeeOther(request.route_path("admin_ticket", number=ticket.number))


def _follow(request: Request, ticket: TicketInfo, person: Person) -> bool:
    try:
        with request.dbsession.begin_nested():
            let_follow(request.desk, ticket, person.address, person.name, actor(request))
    except FieldError as error:
        why = request.page.words(error.message)
        request.page.tell(_("${name} was not added: ${why}", mapping={"name": _called(person), "why": why}))
        return False
    return True


def _tell(request: Request, ticket: TicketInfo, added: Sequence[Person]) -> None:
    """Say who follows now, and of whose mails somebody has to decide."""
    names = [_called(one) for one in added]
    if len(names) == 1:
        request.page.tell(_("${name} follows this ticket.", mapping={"name": names[0]}))
    elif names:
        request.page.tell(_("${names} now follow this ticket.", mapping={"names": ", ".join(names)}))
    waiting = {one.sender.casefold() for one in held_for(request, ticket)} if added else ()
    for one in added:
        if one.address.casefold() in waiting:
            words = _("A mail of ${name} was held: decide whether it is to be added to the ticket.",
                      mapping={"name": _called(one)})  # fmt: skip
            request.page.tell(words)


def _called(person: Person) -> str:
    return person.name or person.address
