"""The TeamViewer ID: a field on the form, checked, shown in groups of three as TeamViewer itself shows it.

On the technicians' page of a ticket a button opens a session with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from novantic_core.plugin import FieldError, FormContext, PagePart, TicketField, TicketInfo, _, hookimpl

novantic_api = ">=1.2,<2"

PROGRAM = "teamviewer10://control?device="
"""What the installed program opens by itself, whatever its version (it has been so since version 10)."""
WEBSITE = "https://start.teamviewer.com/"
"""The page that hands a session to the program, or offers to download it."""


def parse(typed: str) -> str:
    """The nine or ten digits of an ID; spaces, dots and hyphens between them are how people write it."""
    digits = re.sub(r"[\s.\u00a0\u202f-]", "", typed)
    if not re.fullmatch(r"[0-9]{9,10}", digits):
        raise FieldError(_("A TeamViewer ID has nine or ten digits, for example 123 456 789."))
    return digits


def show(digits: str) -> str:
    """``123456789`` as ``123 456 789``, ten digits as ``1 234 567 890``."""
    return re.sub(r"(?<=\d)(?=(?:\d{3})+$)", " ", digits)


@hookimpl
def novantic_ticket_fields(context: FormContext) -> Iterable[TicketField]:
    """One field, after the phone."""
    return [
        TicketField(
            name="teamviewer_id",
            label=_("TeamViewer ID"),
            after="phone",
            help=_("Hover over the TeamViewer icon near the clock, without clicking: nine or ten digits."),
            max_length=30,
            inputmode="numeric",
            parse=parse,
            show=show,
        )
    ]


@hookimpl
def novantic_page_parts(place: str, subject: Any) -> Iterable[PagePart]:
    """A button that opens a session, on the technicians' page of a ticket."""
    if place != "admin_ticket" or not isinstance(subject, TicketInfo):
        return []
    digits = str(subject.fields.get("teamviewer_id", ""))
    # what a plugin of the same field, or an earlier version of this one, once kept is no ID to open
    if not re.fullmatch(r"[0-9]{9,10}", digits):
        return []
    values = {
        "digits": digits, "shown": show(digits), "number": subject.number, "program": PROGRAM + digits,
        "website": WEBSITE + digits,
    }  # fmt: skip
    return [PagePart("teamviewer/session.pt", values, order=20)]
