"""What a technician writes on a ticket: a reply to the client, or a note for technicians only."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

import colander

from novantic_core.cached import cached_property
from novantic_core.forms.message import MessageForm
from novantic_core.forms.time import billable, time_nodes
from novantic_core.html import html_to_text, looks_like_html, without_folded
from novantic_core.i18n import _
from novantic_core.models import Message, Technician, Ticket
from novantic_core.models.message import NOTE, REPLY
from novantic_core.services.discuss import add_message, add_note
from novantic_core.services.note_time import NO_REASON, decide_billing, note_time
from novantic_core.services.save_draft import forget_draft
from novantic_core.values import Actor, FieldError, StoredFile

NOBODY = _("The client was erased: nobody can be told any more. Write a note instead.")


class DeskMessageForm(MessageForm):
    """One of the two sheets of the writing place. What wasn't sent is kept: by the server, or on the page."""

    template = "forms/desk_message.pt"
    kind: str
    placeholder = ""
    blank = _("The text is empty.")

    def __init__(self, request: Any, ticket: Ticket, text: str = "") -> None:
        self.ticket = ticket
        self.text = text
        super().__init__(request)

    def initial(self) -> dict[str, Any]:
        return {"message": self.text} if self.text else {}

    def nodes(self) -> Iterable[colander.SchemaNode]:
        """The text and its files, and the time that it took."""
        yield from super().nodes()
        yield from time_nodes(self._billing, required=False)

    @cached_property
    def _billing(self) -> tuple[bool, str]:
        return decide_billing(self.desk.session, self.ticket.organisation_id)

    def submit(self, actor: Actor, technician: Technician) -> Message | None:
        """Say it; None if something is wrong with it, which the form then shows."""
        values = self.validate()
        decision = self._read_time(values)
        files = self.read_files()
        message, pictures = self.read_message(values["message"]) if "message" in values else ("", ())
        if not self.good:
            self.keep(files)
            return None
        files += pictures
        key = self.key(values, files)
        said = self.add(actor, technician, message, files, key)
        if values["minutes"] is not None:
            note_time(
                self.site, self.desk.session, self.ticket, technician.id, values["minutes"], actor, self.desk.now,
                billable=decision, reason=values["billable_reason"], message_id=said.id, submission=key,
            )  # fmt: skip
        forget_draft(self.desk.session, technician.id, self.ticket.id, self.kind)
        return said

    def _read_time(self, values: dict[str, Any]) -> bool | None:
        """Whether the time is billed; a decision against the contract without a reason is refused before all else."""
        decision = billable(values)
        spent = values.get("minutes") is not None
        if spent and decision not in (None, self._billing[0]) and not values.get("billable_reason"):
            self.refuse(FieldError(NO_REASON, "billable_reason"))
        return decision

    def add(
        self, actor: Actor, technician: Technician, html: str, files: tuple[StoredFile, ...], submission: str
    ) -> Message:
        """Write the message."""
        raise NotImplementedError

    def put_in(self, html: str) -> None:
        """Add a text to what was typed, and keep the files: for a browser that can't do so itself.

        :param html: clean
        """
        typed = self.request.typed("message")
        self.text = join(typed, html) if html else typed
        # the text is read again when the form is made
        self.keep(self.read_files())


class DeskReplyForm(DeskMessageForm):
    """An answer that the client reads. ``close`` and ``wait`` are its other buttons."""

    name = "reply"
    kind = REPLY
    message_title = _("Reply to the client")

    def validate(self) -> dict[str, Any]:
        """As any form's; nobody reads an answer to somebody who was erased."""
        values = super().validate()
        if not self.ticket.email:
            self.refuse(FieldError(NOBODY))
        return values

    def add(
        self, actor: Actor, technician: Technician, html: str, files: tuple[StoredFile, ...], submission: str
    ) -> Message:
        if technician.signature:
            html = f"{html}{technician.signature}"
        posted = self.request.POST
        return add_message(
            self.site, self.desk.session, self.ticket, actor, html, self.desk.now, files=files, submission=submission,
            close=_pressed(posted.get("close")), wait=_pressed(posted.get("wait")),
        )  # fmt: skip


class DeskNoteForm(DeskMessageForm):
    """A note that no client ever reads."""

    name = "note"
    kind = NOTE
    message_title = _("Internal note")

    def add(
        self, actor: Actor, technician: Technician, html: str, files: tuple[StoredFile, ...], submission: str
    ) -> Message:
        return add_note(
            self.site, self.desk.session, self.ticket, actor, html, self.desk.now, files=files, submission=submission
        )


def join(typed: str, html: str) -> str:
    """A text put under another one: as plain words where those are, so that no tags stand between them."""
    if not typed.strip():
        return html_to_text(html)
    return f"{typed}{html}" if looks_like_html(typed) else f"{typed.rstrip()}\n\n{html_to_text(html)}"


def quotation(attribution: str, html: str) -> str:
    """Somebody's words as a quotation, below the line that says whose they are. What is folded of them is left out.

    :param html: clean
    """
    return f"<p>{escape(attribution)}</p><blockquote>{without_folded(html)}</blockquote><p></p>"


def _pressed(value: Any) -> bool:
    return str(value or "").strip().lower() not in {"", "0", "false", "no", "off"}
