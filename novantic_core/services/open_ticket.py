"""Opening a ticket: a draft in, a ticket with its message, files, event and notices out, in one transaction."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyramid_retry import RetryableException
from sqlalchemy import bindparam, case, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from novantic_core.db import insert_for
from novantic_core.html import html_to_text
from novantic_core.i18n import _
from novantic_core.models import Contact, Message, Organisation, OrganisationDomain, Technician, Ticket
from novantic_core.models.fold import contact_words
from novantic_core.models.message import MESSAGE
from novantic_core.plugins import Plugin, PluginFault
from novantic_core.services.describe import organisation_info
from novantic_core.services.keep_category import keep_category
from novantic_core.services.keep_file import attach
from novantic_core.services.keep_trace import new_trace
from novantic_core.services.mail_domain import domain_of
from novantic_core.services.number_ticket import free_number
from novantic_core.services.record_event import record_event
from novantic_core.site import Site
from novantic_core.values import Actor, FieldError, OrganisationInfo, PriorityProposal, Route, StoredFile, TicketDraft

_OF_LATEST_TICKET = ("name", "phone", "company", "words")
"""What a contact takes over from a ticket."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How a ticket comes about that a technician opens for its requester, or that isn't opened as others are."""

    actor: Actor | None = None
    """Who opens it, where its requester doesn't."""
    assignee_id: int | None = None
    """Who takes it at once, whatever the routing says."""
    tell_client: bool = True
    message: Callable[[Ticket], tuple[Message, tuple[StoredFile, ...]]] | None = None
    """Gives the new ticket its first message, with its files, where that was written before."""


def open_ticket(
    site: Site, session: Session, draft: TicketDraft, now: datetime, opening: Opening | None = None
) -> Ticket:
    """Open a ticket. The same submission twice gives the same ticket, and one only.

    :param opening: for one that a technician opens, or of which its requester isn't told
    :raises FieldError: if the draft is refused; nothing is written then
    :raises RetryableException: if another transaction took the number or the submission meanwhile: try again
    """
    if draft.submission:
        before = session.scalar(select(Ticket).where(Ticket.submission == draft.submission))
        if before is not None:
            return before
    if draft.channel not in site.intake_channels:
        raise LookupError(f"no intake channel {draft.channel!r}")
    asked = site.brand(draft.brand)
    trace = new_trace(site)
    with trace:
        _check(site, draft)
        draft = _prepare(site, session, draft)
        if draft.category is not None:
            _keep_category(site, session, draft.category)
        contact_id, organisation_id, merged_contact_id = _contact(session, draft, now)
        organisation = _organisation(site, session, organisation_id)
        priority, call_back, reasons = _prioritise(site, session, draft, organisation, opening)
        route, route_reason = _route(site, session, draft, organisation)
    brand = site.brand(draft.brand)
    assignee_id = _assignee(session, route)
    if opening is not None and opening.assignee_id is not None:
        assignee_id = opening.assignee_id
    ticket = Ticket(
        number=free_number(session), subject=draft.subject, category_key=draft.category, priority=priority,
        priority_rank=site.priorities[priority].rank, critical=draft.critical, call_back=call_back,
        reasons=[*reasons, *route_reason], channel=draft.channel, team=route.team or site.settings.default_team,
        assignee_id=assignee_id, contact_id=contact_id, organisation_id=organisation_id,
        merged_contact_id=merged_contact_id, name=draft.name,
        email=draft.email, phone=draft.phone, company=draft.company, department=draft.department,
        fields=dict(draft.fields),
        locale=draft.locale, theme=draft.theme if draft.theme and brand is asked else brand.theme, brand=brand.key,
        submission=draft.submission,
        created_at=now, updated_at=now, last_author=draft.name, last_kind=MESSAGE, last_word_at=now,
    )  # fmt: skip
    session.add(ticket)
    try:
        session.flush()
    except IntegrityError as error:
        raise RetryableException("the number or the submission was taken meanwhile") from error
    if opening is not None and opening.message is not None:
        message, files = opening.message(ticket)
    else:
        message, files = _first_message(session, ticket, draft, now), draft.files
    by = opening.actor if opening is not None else None
    actor = by or Actor("requester", draft.name, draft.email)
    record_event(
        site, session, ticket, "opened", actor, now, message=message, files=files,
        tell_clients=opening is None or opening.tell_client, trace=trace,
    )  # fmt: skip
    return ticket


def _first_message(session: Session, ticket: Ticket, draft: TicketDraft, now: datetime) -> Message:
    message = Message(
        ticket_id=ticket.id, kind=MESSAGE, author=draft.name, html=draft.message, text=html_to_text(draft.message),
        created_at=now, mail_id=draft.mail_id,
    )  # fmt: skip
    session.add(message)
    session.flush()
    attach(session, message, draft.files)
    return message


def _check(site: Site, draft: TicketDraft) -> None:
    try:
        for _answer in site.plugins.each("novantic_check_draft", draft=draft):
            pass
    except PluginFault as fault:
        if site.plugins.raise_faults:
            raise
        sentence = _("Your request can't be checked at the moment. Please try again later, or call us.")
        raise FieldError(sentence) from fault


def _prepare(site: Site, session: Session, draft: TicketDraft) -> TicketDraft:
    return site.plugins.chain("novantic_prepare_draft", "draft", draft, session=session)  # type: ignore[no-any-return]


def _organisation(site: Site, session: Session, id_: int | None) -> OrganisationInfo | None:
    """Whose people the requester is one of, for the plugins that are going to ask."""
    asks = site.plugins.asks_for("novantic_propose_priority", "organisation")
    if id_ is None or not (asks or site.plugins.asks_for("novantic_route", "organisation")):
        return None
    return organisation_info(session.get_one(Organisation, id_))


def _prioritise(
    site: Site, session: Session, draft: TicketDraft, organisation: OrganisationInfo | None, opening: Opening | None
) -> tuple[str, bool, list[dict[str, Any]]]:  # fmt: skip
    """The most urgent proposal's priority, whether anyone asks for a call-back, and all the reasons."""
    proposals: list[tuple[Plugin | None, PriorityProposal]] = []
    if draft.priority in site.priorities:
        by_requester = opening is None or opening.actor is None
        chosen = _("chosen by the requester") if by_requester else _("chosen by the technician")
        proposals.append((None, PriorityProposal(str(draft.priority), chosen)))
    for plugin, proposal in site.plugins.collect(
        "novantic_propose_priority", session=session, draft=draft, priorities=tuple(site.priorities.values()),
        organisation=organisation,
    ):  # fmt: skip
        if proposal.priority in site.priorities:
            proposals.append((plugin, proposal))
        else:
            site.plugins.note_fault(
                plugin, "novantic_propose_priority", LookupError(f"no priority {proposal.priority!r}")
            )
    # a level that nobody asked for is the default one, and needs no reason
    levels = [site.priorities[proposal.priority] for _by, proposal in proposals] or [site.default_priority]
    winner = max(levels, key=lambda level: level.rank)
    reasons = [
        {"what": "priority", "value": proposal.priority, "plugin": plugin.name if plugin else "",
         "reason": _words(proposal.reason)}
        for plugin, proposal in proposals
    ]  # fmt: skip
    return winner.key, any(proposal.call_back for _by, proposal in proposals), reasons


def _words(text: Any) -> str:
    """The message id of a translatable text, so that each reader gets it in their own language."""
    return str.__str__(text)


def _route(
    site: Site, session: Session, draft: TicketDraft, organisation: OrganisationInfo | None
) -> tuple[Route, list[dict[str, Any]]]:
    answer = site.plugins.first("novantic_route", session=session, draft=draft, organisation=organisation)
    if answer is None:
        return Route(), []
    plugin, route = answer
    reason = {
        "what": "route",
        "value": route.team or route.assignee,
        "plugin": plugin.name,
        "reason": _words(route.reason),
    }
    return route, [reason]


def _assignee(session: Session, route: Route) -> int | None:
    if route.assignee is None:
        return None
    return session.scalar(
        select(Technician.id).where(Technician.email_key == route.assignee.casefold(), Technician.active)
    )


def _keep_category(site: Site, session: Session, key: str) -> None:
    if key not in site.categories:
        raise FieldError(_("Please choose a topic from the list."), "topic")
    keep_category(site, session, key)


def _contact(session: Session, draft: TicketDraft, now: datetime) -> tuple[int, int | None, int | None]:
    """The ids of the person whose address it is, new or known, of their organisation, and of the merged address.

    A known person's name and phone are only taken over while nobody proved to own the address, which anybody can type,
    and no technician put them right.
    Somebody of whom nothing is known belongs to the organisation whose mail domain it is.
    """
    connection = session.connection()
    values = {
        "email_key": draft.email.casefold(), "email": draft.email, "name": draft.name, "phone": draft.phone,
        "company": draft.company, "created_at": now, "domain": domain_of(draft.email),
    }  # fmt: skip
    values["words"] = contact_words(values)
    row = connection.execute(_keep_contact(connection.dialect.name), values).one()
    if row.merged_into_id is None:
        return row.id, row.organisation_id, None
    person = session.get_one(Contact, row.merged_into_id)
    return person.id, person.organisation_id, row.id


@functools.cache
def _keep_contact(dialect: str) -> Any:
    # made once: making it takes longer than running it, and SQLite's only writer waits meanwhile
    by_domain = select(OrganisationDomain.organisation_id).where(OrganisationDomain.domain == bindparam("domain"))
    columns = ("email_key", "email", "created_at", *_OF_LATEST_TICKET)
    given: dict[str, Any] = {column: bindparam(column) for column in columns}
    statement = insert_for(dialect, Contact.__table__).values(
        {**given, "organisation_id": by_domain.scalar_subquery(), "notes": "", "version": 1}
    )
    untouched = Contact.version == 1
    unproved = Contact.verified_at.is_(None) & untouched
    latest: dict[str, Any] = {
        name: case((unproved, statement.excluded[name]), else_=getattr(Contact, name)) for name in _OF_LATEST_TICKET
    }
    by_itself = func.coalesce(Contact.organisation_id, statement.excluded.organisation_id)
    latest["organisation_id"] = case((untouched, by_itself), else_=Contact.organisation_id)
    return statement.on_conflict_do_update(index_elements=["email_key"], set_=latest).returning(
        Contact.id, Contact.merged_into_id, Contact.organisation_id
    )
