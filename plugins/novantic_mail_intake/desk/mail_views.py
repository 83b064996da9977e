"""A mail that came in: what was made of it, its text and files, and the original."""

from __future__ import annotations

from functools import partial

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.plugin import Text, bytes_response, draw_page, file_response
from novantic_mail_intake.desk.find import find_mail
from novantic_mail_intake.desk.reasons import no_subject, reason
from novantic_mail_intake.desk.show import file_of, open_original, show
from novantic_mail_intake.desk.words import OFFERED, SOURCES, STATES, TAGS, WHY
from novantic_mail_intake.models import HELD, IncomingMail


@view_config(route_name="admin_mail_one", request_method="GET")
def page(request: Request) -> Response:
    """All that is known of it, and what can be decided."""
    return draw(request, find_mail(request))


def draw(request: Request, row: IncomingMail, status: int = 200, error: Text = "") -> Response:
    """Its page.

    :param error: why what was decided couldn't be done
    """
    sight = request.desk.visible_to(request.technician)
    ticket = sight.ticket_of(row.ticket_id) if row.ticket_id is not None else None
    offered = [one for one in OFFERED.get(row.state, ()) if one != "accept" or ticket is not None]
    follows = (
        row.state == HELD and ticket is not None and request.desk.client_who_writes(ticket, row.sender) is not None
    )
    notice = request.desk.delivery(id=row.delivery_id) if row.delivery_id is not None else None
    return draw_page(
        request, "admin/mail/mail.pt", status, row=row, shown=show(request, row), ticket=ticket, offered=offered,
        notice=notice, error=error, follows=follows, state=STATES.get(row.state, row.state),
        tag=TAGS.get(row.state, ""), why=WHY.get(row.state, ""), source=SOURCES.get(row.source, row.source),
        reason=partial(reason, request), no_subject=partial(no_subject, request),
    )  # fmt: skip


@view_config(route_name="admin_mail_original", request_method="GET")
def original(request: Request) -> Response:
    """The mail as it came, byte for byte; never shown by the browser itself."""
    row = find_mail(request)
    file, trouble = open_original(request, row)
    if file is None:
        request.page.tell(trouble)
        raise HTTPSeeOther(request.route_path("admin_mail_one", id=row.id))
    file.close()
    return file_response(request, row.key, f"mail-{row.id}.eml", "message/rfc822", row.size)


@view_config(route_name="admin_mail_file", request_method="GET")
def file(request: Request) -> Response:
    """A file that came with it, or a picture in its text."""
    row = find_mail(request)
    found = file_of(request, row, int(request.matchdict["file"]))
    if found is None:
        raise HTTPNotFound
    return bytes_response(found.data, found.filename, found.media_type)
