"""Two tickets about one thing become one: what was said on the first goes on in the second."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pyramid_retry import RetryableException
from sqlalchemy import case, func, insert, null, select, update
from sqlalchemy.orm import Session

from novantic_core.i18n import _
from novantic_core.models import Follower, MergedMessage, Message, Ticket, TicketMerge
from novantic_core.models.message import NOTE
from novantic_core.models.ticket import CLOSED, OPEN
from novantic_core.services.change_status import set_status
from novantic_core.services.family import root_of
from novantic_core.services.follow import MAX_FOLLOWERS, followers_of
from novantic_core.services.record_event import record_event
from novantic_core.site import Site
from novantic_core.values import Actor, FieldError


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What a merge would do, for who is about to do it."""

    ticket: Ticket
    target: Ticket
    messages: int
    notes: int
    same_requester: bool
    newcomers: tuple[Follower, ...]
    """Who will follow the target because of it, not saved yet."""
    raised: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    """What becomes more urgent, or open again, about the target: attribute to (before, after)."""

    @property
    def readers(self) -> list[str]:
        """Names of those outside who will read the whole discussion, its requester aside."""
        return [one.name or one.email for one in self.newcomers if one.technician_id is None]


def plan_merge(site: Site, session: Session, ticket: Ticket, target: Ticket) -> MergePlan:
    """Look at what a merge would do.

    :param target: if it was merged itself, the one in which it goes on is meant
    :raises FieldError: if the two can't be merged
    """
    target = root_of(session, target)
    if target.id == ticket.id:
        raise FieldError(_("This is the ticket itself, or one that was merged into it already."), "into")
    if site.brand(ticket.brand) is not site.brand(target.brand):
        raise FieldError(
            _("Ticket #${number} is another brand’s: merged, its client would meet a name that they don’t know.",
              mapping={"number": target.number}), "into",
        )  # fmt: skip
    per_kind = select(Message.kind, func.count()).where(Message.ticket_id == ticket.id).group_by(Message.kind)
    kinds: dict[str, int] = dict(session.execute(per_kind).all())
    known = followers_of(session, target)
    newcomers = _newcomers(session, ticket, target, {one.email_key for one in known})
    if len(known) + len(newcomers) > MAX_FOLLOWERS:
        raise FieldError(
            _("Ticket #${number} would have more than ${n} followers.",
              mapping={"number": target.number, "n": MAX_FOLLOWERS}), "into",
        )  # fmt: skip
    notes = kinds.pop(NOTE, 0)
    return MergePlan(
        ticket=ticket, target=target, messages=sum(kinds.values()), notes=notes,
        same_requester=ticket.email.casefold() == target.email.casefold(), newcomers=newcomers,
        raised=_raised(site, ticket, target),
    )  # fmt: skip


def _newcomers(session: Session, ticket: Ticket, target: Ticket, known: set[str]) -> tuple[Follower, ...]:
    requester = Follower(email=ticket.email, email_key=ticket.email.casefold(), name=ticket.name, locale=ticket.locale)
    found: dict[str, Follower] = {}
    for one in (requester, *followers_of(session, ticket)):
        # who was erased has no address
        if one.email_key and one.email_key not in known and one.email_key != target.email.casefold():
            found.setdefault(
                one.email_key,
                Follower(
                    technician_id=one.technician_id, email=one.email, email_key=one.email_key, name=one.name,
                    locale=one.locale, merged_from_id=ticket.id,
                ),
            )  # fmt: skip
    return tuple(found.values())


def _raised(site: Site, ticket: Ticket, target: Ticket) -> dict[str, tuple[Any, Any]]:
    """The target becomes as urgent as the other is, and as open: a promise made there holds here."""
    if ticket.status == CLOSED:
        return {}
    raised: dict[str, tuple[Any, Any]] = {}
    if target.status == CLOSED or (ticket.status == OPEN and target.status != OPEN):
        raised["status"] = (target.status, ticket.status)
    if ticket.priority_rank > target.priority_rank and ticket.priority in site.priorities:
        raised["priority"] = (target.priority, ticket.priority)
    for name in ("critical", "call_back"):
        if getattr(ticket, name) and not getattr(target, name):
            raised[name] = (False, True)
    return raised


def merge_tickets(
    site: Site, session: Session, ticket: Ticket, target: Ticket, actor: Actor, now: datetime
) -> Ticket:  # fmt: skip
    """Merge a ticket into another; the one in which both go on.

    :raises FieldError: if the two can't be merged
    """
    root = root_of(session, target)
    lock(session, ticket, root)
    if ticket.merged_into_id is not None:
        raise FieldError(_("This ticket has been merged meanwhile."), "into")
    plan = plan_merge(site, session, ticket, root)
    target = plan.target
    if target is not root:
        raise RetryableException("the other ticket was merged meanwhile")
    session.add(
        TicketMerge(
            ticket_id=ticket.id, merged_at=now, status=ticket.status, closed_at=ticket.closed_at,
            call_back=ticket.call_back, raised={name: list(pair) for name, pair in plan.raised.items()},
        )
    )  # fmt: skip
    session.flush()
    _move_messages(session, ticket, target)
    changes = set_status(ticket, CLOSED, now)
    ticket.updated_at = now
    ticket.merged_into_id = target.id
    _raise(site, ticket, target, plan.raised, now)
    set_last_word(session, ticket)
    set_last_word(session, target)
    for one in plan.newcomers:
        one.ticket_id, one.created_at = target.id, now
        session.add(one)
    shared = {} if plan.same_requester else {"shared": (False, True)}
    record_event(
        site, session, ticket, "merged", actor, now,
        changes={"merged_into": (None, target.number), **shared, **changes},
    )  # fmt: skip
    names = [one.name or one.email for one in plan.newcomers]
    record_event(
        site, session, target, "merged", actor, now,
        changes={"merged": (None, ticket.number), **({"followers": ([], names)} if names else {}), **plan.raised},
    )  # fmt: skip
    return target


def lock(session: Session, *tickets: Ticket) -> None:
    """Hold tickets, always in one order, and see them as they are now."""
    session.flush()
    for key in sorted({one.id for one in tickets}):
        session.get_one(Ticket, key, with_for_update=True, populate_existing=True)


def _move_messages(session: Session, ticket: Ticket, target: Ticket) -> None:
    session.execute(
        insert(MergedMessage).from_select(
            ["ticket_id", "message_id", "moved_from_id"],
            select(TicketMerge.ticket_id, Message.id, Message.moved_from_id)
            .join(TicketMerge, TicketMerge.ticket_id == Message.ticket_id)
            .where(Message.ticket_id == ticket.id),
        )
    )
    session.execute(
        update(Message)
        .where(Message.ticket_id == ticket.id)
        # what was split from the target is at home again
        .values(
            ticket_id=target.id,
            moved_from_id=case(
                (Message.moved_from_id == target.id, null()), else_=func.coalesce(Message.moved_from_id, ticket.id)
            ),
        )
        .execution_options(synchronize_session=False)
    )
    _forget_read(session)


def _forget_read(session: Session) -> None:
    """What was read of messages isn't true any more."""
    for row in list(session.identity_map.values()):
        if isinstance(row, Message):
            session.expire(row)


def _raise(site: Site, ticket: Ticket, target: Ticket, raised: dict[str, tuple[Any, Any]], now: datetime) -> None:
    target.updated_at = now
    for name, (_before, after) in raised.items():
        if name == "status":
            set_status(target, after, now)
        else:
            setattr(target, name, after)
    if "priority" in raised:
        target.priority_rank = site.priorities[target.priority].rank
    if "critical" in raised:
        # whoever took note of the one needn't do so again
        target.acknowledged_at, target.acknowledged_by_id = ticket.acknowledged_at, ticket.acknowledged_by_id


def set_last_word(session: Session, ticket: Ticket) -> None:
    """Note who said last what the requester can read, and when, after messages came or went."""
    session.flush()
    last = session.execute(
        select(Message.author, Message.kind, Message.created_at)
        .where(Message.ticket_id == ticket.id, Message.kind != NOTE)
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(1)
    ).first()
    if last is None:
        # who spoke last is still worth showing, the words are elsewhere
        ticket.last_word_at = None
    else:
        ticket.last_author, ticket.last_kind, ticket.last_word_at = last
