"""The card of time on a ticket's page."""

from __future__ import annotations

from chameleon.utils import Markup
from pyramid.request import Request

from novantic_core.forms.time import TimeForm, show_minutes
from novantic_core.models import Ticket
from novantic_core.page import render_page
from novantic_core.services.note_time import may_change
from novantic_core.services.sum_time import ticket_entries

SHOWN = 5
"""Entries that stand on the card at once; the others are behind a line that opens."""


def time_card(request: Request, ticket: Ticket) -> Markup:
    """The sum, what of it is billed, the entries, and the form for another."""
    noted = ticket_entries(request.dbsession, ticket)
    entries = [{"entry": entry, "name": name, "mine": may_change(request.technician, entry)} for entry, name in noted]
    spent = sum(entry.minutes for entry, _name in noted)
    billed = sum(entry.minutes for entry, _name in noted if entry.billable)
    action = request.route_path("admin_ticket_time", number=ticket.number)
    return Markup(
        render_page(request, "admin/time/card.pt", {
            "ticket": ticket, "first": entries[:SHOWN], "rest": entries[SHOWN:], "spent": spent, "billed": billed,
            "show": show_minutes, "form": TimeForm(request, ticket).draw_for(action),
        })
    )  # fmt: skip
