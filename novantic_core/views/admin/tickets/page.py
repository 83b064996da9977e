"""The page of one ticket, around forms that are fresh or came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from sqlalchemy import and_, bindparam, select

from novantic_core.forms.desk_message import DeskMessageForm, DeskNoteForm, DeskReplyForm
from novantic_core.forms.ticket_facts import TicketFactsForm, empty_fields
from novantic_core.i18n import _
from novantic_core.models import CannedReply, Draft, Presence, Technician, Ticket
from novantic_core.security import is_allowed
from novantic_core.services.describe import ticket_info
from novantic_core.services.follow import followers_of
from novantic_core.services.keep_file import attachment_path
from novantic_core.services.look_at_ticket import PRESENT
from novantic_core.services.save_draft import find_drafts
from novantic_core.services.tell_brands import brand_label, has_brands
from novantic_core.values import Text
from novantic_core.views.admin.base import STATUS_WORDS, draw
from novantic_core.views.admin.tickets import cards
from novantic_core.views.admin.tickets.meanwhile import MEANWHILE
from novantic_core.views.admin.tickets.thread import Thread, add_links, attribution, read_events, read_thread
from novantic_core.views.admin.tickets.trail import Line, Trail

# who can be given a ticket, who had one given, and who is looking at this one now
_PEOPLE = (
    select(
        Technician.id, Technician.name, Technician.email, Technician.active, Technician.team,
        Presence.seen_at, Presence.writing,
    )
    .outerjoin(
        Presence, and_(Presence.technician_id == Technician.id, Presence.ticket_id == bindparam("ticket"))
    )
    .order_by(Technician.name, Technician.id)
)  # fmt: skip
_CANNED = (
    select(CannedReply.id, CannedReply.title, CannedReply.category_key)
    .order_by(CannedReply.position, CannedReply.title)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wrong:
    """A change that was refused: of what, and why."""

    what: str
    words: Text


def draw_ticket(
    request: Request, ticket: Ticket, *, reply: DeskReplyForm | None = None, note: DeskNoteForm | None = None,
    facts: TicketFactsForm | None = None, wrong: Wrong | None = None, status: int = 200,
) -> Response:  # fmt: skip
    """The ticket's page.

    :param reply: the form of a reply, where one came back; so ``note`` and ``facts``
    :param wrong: what is said beside one of the small controls
    """
    session, me, page = request.dbsession, request.technician, request.page
    people = session.execute(_PEOPLE, {"ticket": ticket.id}).all()
    names = {one.email: one.name for one in people}
    trail = Trail(request, names)
    events = read_events(request, ticket)
    thread = read_thread(request, ticket, events, trail.lines(events))
    info = ticket_info(ticket)
    add_links(request, info, thread)
    drafts = find_drafts(session, me.id, ticket.id)
    canned = canned_choices(request, ticket)
    # a reply goes to them too: whoever writes it must know
    outside = [one.name or one.email for one in followers_of(session, ticket) if one.technician_id is None]
    shown = note if note is not None else reply
    sheets = {
        one.kind: _sheet(request, ticket, one, drafts.get(one.kind), thread, canned, outside)
        for one in (reply or _fresh(DeskReplyForm, request, ticket, drafts),
                    note or _fresh(DeskNoteForm, request, ticket, drafts))
    }  # fmt: skip
    missing = empty_fields(request, ticket)
    facts_form = facts or TicketFactsForm(request, ticket)
    values = {
        "ticket": ticket, "thread": thread, "sheets": sheets, "drafts": drafts, "trail": trail,
        "writing": shown.kind if shown is not None else "reply",
        "said": lambda entry: not isinstance(entry, Line), "between": _between,
        "quote": lambda message: attribution(request, ticket, message), "path": attachment_path,
        "split": lambda message: page.route("admin_ticket_split", number=ticket.number, message=message.id),
        "status_words": STATUS_WORDS, "status_now": STATUS_WORDS[ticket.status],
        "category": request.registry.site.category_label(ticket.category_key) if ticket.category_key else None,
        "channel": _channel(request, ticket), "brand_of": brand_of(request, ticket),
        "presence": presence_words(request, _others(request, people)),
        "cards": cards(request, ticket), "controls": _controls(request, ticket, people, events, trail),
        "parts": page.parts("admin_ticket", info),
        "meanwhile": [str(words) for words in request.session.pop_flash(MEANWHILE)],
        "wrong": wrong, "facts_form": _draw_facts(request, ticket, facts_form, thread) if facts_form.fields() else None,
        "facts_open": facts is not None or bool(missing), "missing": [field.label for field in missing],
        "why": _address(request, "admin_ticket_why", ticket) if is_allowed(request, "admin_ticket_why") else None,
        "facts_shown": _facts(facts_form), "notes": "notes" in request.GET,
    }  # fmt: skip
    if wrong is not None:
        status = 422
    return draw(request, "admin/tickets/ticket.pt", status, **values)


def _fresh(kind: Any, request: Request, ticket: Ticket, drafts: Mapping[str, Draft]) -> DeskMessageForm:
    kept = drafts.get(kind.kind)
    form: DeskMessageForm = kind(request, ticket, kept.html if kept is not None else "")
    return form


def _sheet(
    request: Request, ticket: Ticket, form: DeskMessageForm, draft: Draft | None, thread: Thread, canned: Any,
    others: list[str],
) -> Any:  # fmt: skip
    reply = form.kind == "reply"
    return form.render(
        ticket=ticket, missed=request.missed_mails.at(ticket.contact_id, ticket.email) if reply else None,
        seen=thread.last_event, canned=canned if reply else [], draft=draft, others=others,
        signature=request.technician.signature if reply else "",
        parts=request.page.parts("admin_reply", ticket_info(ticket)) if reply else [],
    )  # fmt: skip


def _draw_facts(request: Request, ticket: Ticket, form: TicketFactsForm, thread: Thread) -> Any:
    action = request.route_path("admin_ticket_category", number=ticket.number)
    names = " ".join(field.name for _by, field in form.plugin_fields)
    return form.draw_for(action, seen=thread.last_event, asked=names)


def _facts(form: TicketFactsForm) -> list[tuple[Text, Text]]:
    """Label and value of each field that plugins added and somebody filled in."""
    ticket, found = form.ticket, []
    for plugin, field in form.plugin_fields:
        value = ticket.critical if field.name == "critical" else ticket.fields.get(field.name)
        if value not in (None, "", False):
            found.append((field.label, form.site.show_field(plugin, field, value)))
    shown = [field.name for _by, field in form.plugin_fields]
    return [*found, *form.site.facts_of_others(ticket.fields, shown)]


def _between(line: Line) -> Sequence[Text]:
    """What is said of an event that stands in the discussion: of a reply, what it changed besides."""
    return line.words[1:] if line.kind == "replied" else line.words


def _channel(request: Request, ticket: Ticket) -> Text:
    found = request.registry.site.intake_channels.get(ticket.channel)
    return found.label if found is not None else ticket.channel


def brand_of(request: Request, ticket: Ticket) -> str:
    """The name under which the client knows the desk; empty where it has one only."""
    site = request.registry.site
    return brand_label(site, ticket.brand, request.locale_name) if has_brands(site) else ""


# ------------------------------------------------------------------ who else is there


def _others(request: Request, people: Sequence[Any]) -> list[tuple[str, bool]]:
    since = request.desk.now - PRESENT
    return [
        (one.name, one.writing)
        for one in people
        if one.seen_at is not None and one.seen_at > since and one.id != request.technician.id
    ]


def presence_words(request: Request, others: Sequence[tuple[str, bool]]) -> str:
    """Who else is looking or writing now, in a sentence; empty for nobody."""
    writing = [name for name, writes in others if writes]
    looking = [name for name, writes in others if not writes]
    said = []
    if writing:
        said.append(_words_of(request, WRITING, writing))
    if looking:
        said.append(_words_of(request, LOOKING, looking))
    return " ".join(said)


def _words_of(request: Request, forms: tuple[Text, Text], names: list[str]) -> str:
    return str(request.page.words(_(forms[len(names) > 1], mapping={"names": ", ".join(names)})))


WRITING = (_("${names} is writing on this ticket."), _("${names} are writing on this ticket."))
LOOKING = (_("${names} is looking at this ticket too."), _("${names} are looking at this ticket too."))


# ------------------------------------------------------------------ what can be done


def canned_choices(request: Request, ticket: Ticket) -> list[tuple[Text, list[Any]]]:
    """The canned replies in two groups: those of the ticket's category first."""
    rows = request.dbsession.execute(_CANNED).all()
    own = [row for row in rows if row.category_key is not None and row.category_key == ticket.category_key]
    rest = [row for row in rows if row not in own]
    label = request.registry.site.category_label(ticket.category_key) if own else ""
    return [(words, group) for words, group in ((label, own), (_("All others") if own else "", rest)) if group]


def _controls(
    request: Request, ticket: Ticket, people: Sequence[Any], events: Sequence[Any], trail: Trail
) -> dict[str, Any]:
    site = request.registry.site
    changed = [event for event in events if "priority" in event.changes]
    teams = [team for team in site.teams.values() if not team.hidden or team.key == ticket.team]
    if ticket.team not in site.teams:
        teams.insert(0, site.teams[site.settings.default_team].__class__(ticket.team, ticket.team))
    return {
        "people": [one for one in people if one.active or one.id == ticket.assignee_id],
        "teams": teams,
        "priorities": list(site.priorities.items()) if ticket.priority in site.priorities
        else [(ticket.priority, None), *site.priorities.items()],
        "reasons": [] if changed else _reasons_of(ticket),
        "chosen_by": trail.by(changed[-1]) if changed else None,
        "assigned": next((one.name for one in people if one.id == ticket.assignee_id), site.team_label(ticket.team)),
        "priority": site.priority_label(ticket.priority),
        "acknowledge": _address(request, "admin_ticket_acknowledge", ticket)
        if ticket.critical and ticket.acknowledged_at is None else None,
        "called_back": _address(request, "admin_ticket_called_back", ticket) if ticket.call_back else None,
    }  # fmt: skip


def _reasons_of(ticket: Ticket) -> list[Any]:
    """Why a ticket has the priority it has: what spoke for a lesser one stands in the trail."""
    return [one for one in ticket.reasons if one["what"] == "priority" and one["value"] == ticket.priority]


def _address(request: Request, route: str, ticket: Ticket) -> str | None:
    address: str | None = request.page.route(route, number=ticket.number)
    return address
