"""The AnyDesk ID: a field on the form, checked, kept on the ticket, and a button that opens a session with it."""

import re

from novantic_core.plugin import FieldError, PagePart, TicketField, TicketInfo, _, hookimpl

novantic_api = ">=1.2,<2.0"


def parse(typed):
    """The nine or ten digits of an ID; people write it with spaces, dots or hyphens."""
    digits = re.sub(r"[\s.-]", "", typed)
    if not re.fullmatch(r"[0-9]{9,10}", digits):
        raise FieldError(_("An AnyDesk ID has nine or ten digits, for example 123 456 789."))
    return digits


def show(digits):
    """``123456789`` as ``123 456 789``."""
    return re.sub(r"(?<=\d)(?=(?:\d{3})+$)", " ", digits)


@hookimpl
def novantic_ticket_fields():
    """One field, below the phone number."""
    return [
        TicketField(
            "anydesk_id",
            _("AnyDesk ID"),
            after="phone",
            help=_("It stands in large figures when you open AnyDesk."),
            inputmode="numeric",
            parse=parse,
            show=show,
        )
    ]


@hookimpl
def novantic_page_parts(place, subject):
    """A button beside the discussion, on the technicians' page of a ticket that has an ID."""
    if place != "admin_ticket" or not isinstance(subject, TicketInfo):
        return []
    digits = subject.fields.get("anydesk_id")
    return [PagePart("anydesk/session.pt", {"digits": digits, "shown": show(digits)})] if digits else []
