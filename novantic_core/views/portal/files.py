"""Files of a discussion, to whom may see it."""

from __future__ import annotations

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.downloads import file_response
from novantic_core.models import Attachment, Message, Ticket
from novantic_core.models.message import NOTE
from novantic_core.services.find_reader import find_reader
from novantic_core.services.visibility import may_see


@view_config(route_name="attachment", request_method="GET")
def attachment(request: Request) -> Response:
    """A file as a download: whatever it is, no browser runs it in the site's name.

    What isn't there and what isn't yours are the same answer.
    """
    number = int(request.matchdict["id"])
    row = request.dbsession.get(Attachment, number) if number < 2**31 else None
    message = request.dbsession.get(Message, row.message_id) if row is not None else None
    if row is None or message is None or not _may_see(request, message):
        raise HTTPNotFound
    return file_response(request, row.key, row.filename, row.media_type, row.size)


def _may_see(request: Request, message: Message) -> bool:
    if request.technician is not None:
        ticket = request.dbsession.get_one(Ticket, message.ticket_id)
        if may_see(request.registry.site, request.technician, ticket):
            return True
    if request.visitor is None or message.kind == NOTE:
        return False
    reader = find_reader(request.dbsession, request.visitor)
    return reader is not None and reader.ticket.id == message.ticket_id
