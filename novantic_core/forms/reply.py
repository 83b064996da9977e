"""The form of an answer by the requester."""

from __future__ import annotations

from chameleon.utils import Markup

from novantic_core.forms.message import MessageForm
from novantic_core.i18n import _
from novantic_core.models import Ticket
from novantic_core.services.discuss import add_message
from novantic_core.values import Actor, FieldError

TOO_OFTEN = _("You have sent many answers in a short time. Please wait a while.")


class ReplyForm(MessageForm):
    """An answer on the ticket's page."""

    template = "forms/reply.pt"
    name = "reply"
    message_title = _("Your message")
    placeholder = ""

    def submit(self, ticket: Ticket, actor: Actor) -> bool:
        """Add the answer; False if something is wrong with it, which the form then shows."""
        values = self.validate()
        if self.good and not self.desk.within_limit(self.site.settings.limit_tickets, "replies", actor.email):
            self.refuse(FieldError(TOO_OFTEN), status=429)
        files = self.read_files()
        message, pictures = self.read_message(values["message"]) if "message" in values else ("", ())
        if not self.good:
            self.keep(files)
            return False
        add_message(
            self.site, self.desk.session, ticket, actor, message, self.desk.now, files=files + pictures,
            submission=self.key(values, files + pictures),
        )  # fmt: skip
        return True

    def untouched(self, ticket: Ticket) -> Markup:
        """The form for somebody who just came."""
        return self.render_untouched((ticket.status,), number=ticket.number)
