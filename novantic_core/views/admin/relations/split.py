"""Making a ticket of a message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import colander
import deform
from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from novantic_core.forms import checks
from novantic_core.forms.base import node, one_line
from novantic_core.forms.desk import DeskForm
from novantic_core.forms.ticket import BAD_TOPIC, CheckboxWidget
from novantic_core.i18n import _
from novantic_core.models import Attachment, Follower, Message, Ticket
from novantic_core.offers import PHONE
from novantic_core.services.split_message import can_be_split, is_first, split_message
from novantic_core.values import FieldError, TicketDraft
from novantic_core.views.admin.base import actor, draw, find_row, find_ticket, to_ticket


class SplitForm(DeskForm):
    """What the new ticket says of itself."""

    name = "split"
    button = _("Create the ticket")

    def __init__(self, request: Request, ticket: Ticket, message: Message) -> None:
        self.ticket = ticket
        self.message = message
        super().__init__(request)

    def nodes(self) -> Iterable[colander.SchemaNode]:
        text, wide = colander.String, deform.widget.TextInputWidget
        yield node(text(), "subject", _("Subject"), preparer=one_line, max_length=200, widget=wide())
        if self.site.categories:
            topics = [("", _("— Choose a topic —")), *((key, one.label) for key, one in self.site.categories.items())]
            yield node(
                text(), "topic", _("Help topic"), widget=deform.widget.SelectWidget(values=topics),
                validator=colander.OneOf(list(self.site.categories)), missing_msg=BAD_TOPIC,
            )  # fmt: skip
        levels = [(level.key, level.label) for level in self.site.priorities.values()]
        yield node(text(), "priority", _("Priority level"), validator=colander.OneOf([key for key, _label in levels]),
                   widget=deform.widget.SelectWidget(values=levels))  # fmt: skip
        yield node(text(), "name", _("Requester"), preparer=one_line, max_length=120, widget=wide(autocomplete="off"))
        yield node(
            text(), "email", _("Requester's e-mail"), preparer=one_line, max_length=254, validator=checks.email_address,
            description=_("They read the message, and get what is said on the new ticket."),
            widget=wide(type="email", autocomplete="off"),
        )  # fmt: skip
        yield node(
            colander.Boolean(), "tell_client", _("Send the client the usual mail"), missing=False,
            widget=CheckboxWidget(true_val="true", false_val="false"),
        )  # fmt: skip

    def initial(self) -> dict[str, Any]:
        name, email = self._who_wrote()
        offered = self.ticket.category_key in self.site.categories
        known = self.ticket.priority in self.site.priorities
        return {
            "subject": self.ticket.subject, "name": name, "email": email, "tell_client": True,
            "priority": self.ticket.priority if known else self.site.default_priority.key,
            **({"topic": self.ticket.category_key} if offered else {}),
        }  # fmt: skip

    def _who_wrote(self) -> tuple[str, str]:
        """The requester, or the follower from outside who said it."""
        ticket, author = self.ticket, self.message.author
        if author == ticket.name:
            return ticket.name, ticket.email
        wrote = self.desk.session.scalar(
            select(Follower).where(
                Follower.ticket_id == ticket.id, Follower.technician_id.is_(None), Follower.name == author
            )
        )
        return (wrote.name, wrote.email) if wrote is not None else (ticket.name, ticket.email)

    def submit(self) -> Ticket | None:
        """Make the ticket; None if something is wrong, which the form then shows."""
        values = self.validate()
        if not self.good:
            return None
        try:
            return split_message(
                self.site, self.desk.session, self.ticket, self.message, self._draft(values), actor(self.request),
                self.desk.now, tell_client=values["tell_client"],
            )  # fmt: skip
        except FieldError as error:
            self.refuse(error)
            return None

    def _draft(self, values: dict[str, Any]) -> TicketDraft:
        ticket = self.ticket
        # somebody else's phone and computer stay on their own ticket
        same = values["email"].casefold() == ticket.email.casefold()
        return TicketDraft(
            channel=ticket.channel if ticket.channel in self.site.intake_channels else PHONE.name,
            email=values["email"], name=values["name"], subject=values["subject"], message=self.message.html,
            category=values.get("topic"), company=ticket.company, department=ticket.department if same else "",
            phone=ticket.phone if same else "", priority=values["priority"],
            fields=dict(ticket.fields) if same else {}, locale=ticket.locale, theme=ticket.theme,
            brand=ticket.brand, submission=self.submission,
        )  # fmt: skip


@view_config(route_name="admin_ticket_split", request_method="GET")
def ask(request: Request) -> Response:
    """The form beside the message."""
    ticket = find_ticket(request)
    message = _message(request, ticket)
    return _draw(request, SplitForm(request, ticket, message))


@view_config(route_name="admin_ticket_split", request_method="POST", require_csrf=False)
def split(request: Request) -> Response:
    """Make a ticket of the message."""
    ticket = find_ticket(request)
    form = SplitForm(request, ticket, _message(request, ticket))
    new = form.submit()
    if new is None:
        return _draw(request, form)
    request.page.tell(_("Ticket #${number} was made of a message of ticket #${other}.",
                        mapping={"number": new.number, "other": ticket.number}))  # fmt: skip
    return to_ticket(request, new)


def _message(request: Request, ticket: Ticket) -> Message:
    """The message of the address.

    :raises HTTPSeeOther: to the ticket, if somebody took it elsewhere meanwhile
    """
    message: Message = find_row(request, Message, "message")
    if not can_be_split(message):
        raise HTTPNotFound
    if message.ticket_id != ticket.id:
        if message.moved_from_id != ticket.id:
            raise HTTPNotFound
        request.page.tell(_("This message has been moved meanwhile."))
        raise HTTPSeeOther(request.route_path("admin_ticket", number=ticket.number))
    return message


def _draw(request: Request, form: SplitForm) -> Response:
    ticket, session = form.ticket, request.dbsession
    files = session.scalars(
        select(Attachment).where(Attachment.message_id == form.message.id, ~Attachment.inline).order_by(Attachment.id)
    ).all()
    back = request.route_path("admin_ticket", number=ticket.number)
    return draw(
        request, "admin/relations/split.pt", form.status, ticket=ticket, message=form.message, files=files,
        form=form.draw_for(request.path, back), copied=is_first(session, form.message),
    )  # fmt: skip
