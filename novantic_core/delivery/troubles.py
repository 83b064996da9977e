"""What lags while the site serves: the one place that knows, for the doctor, ``/readyz``, the dashboard and alarms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, literal, select
from sqlalchemy.orm import Session

from novantic_core.delivery.brake import braked
from novantic_core.delivery.outbox import SILENCE
from novantic_core.i18n import _
from novantic_core.models import Alarm, Delivery, PluginState, SearchPending, Worker
from novantic_core.models.delivery import SENT, is_failed, is_pending
from novantic_core.services.say_fault import say_fault
from novantic_core.services.watch_tasks import WORKER, came_lately, task_states
from novantic_core.site import Site
from novantic_core.values import Text, Trouble

LATE = timedelta(minutes=10)
"""So long what is due may wait before it is said."""
ALARM_KIND = "desk_alarm"
"""The kind of the notices that tell of troubles: what became of those is no trouble to tell of."""
PARTS = ("worker", "deliveries", "tasks", "search", "plugins")
"""What a trouble's name begins with."""


def troubles(site: Site, session: Session, now: datetime) -> list[Trouble]:
    """All that lags now, what is worst first."""
    return [
        *_workers(session, now),
        *_due(site, session, now),
        *_refused(site, session, now),
        *_tasks(site, session, now),
        *_indexing(session, now),
        *_plugins(session),
    ]


def _short(fault: str) -> str:
    """A fault within a sentence; it may stand in the subject of a mail."""
    return " ".join(fault.split())[:300]


def part_of(trouble: Trouble) -> str:
    """One of :data:`PARTS`."""
    return trouble.name.partition(" ")[0]


def any_alive(session: Session, now: datetime) -> bool:
    """Whether a worker is alive. One that is in the future died before the clock was set back."""
    beats = (Worker.heartbeat_at > now - SILENCE, Worker.heartbeat_at < now + SILENCE)
    return session.scalar(select(Worker.id).where(*beats).limit(1)) is not None


def _workers(session: Session, now: datetime) -> Iterator[Trouble]:
    if any_alive(session, now) or came_lately(session, now):
        return
    seen = session.scalar(select(Alarm.since).where(Alarm.name == WORKER))
    words = _("No worker is alive: start `novantic worker`, or the site with novantic.worker = embedded.")
    yield Trouble(WORKER, words, seen, "/admin/workers")


def _waiting() -> Select[int, datetime | None]:
    return select(func.count(), func.min(Delivery.next_attempt_at)).where(is_pending, Delivery.kind != ALARM_KIND)


def _due(site: Site, session: Session, now: datetime) -> Iterator[Trouble]:
    """What is due and nobody takes.

    What waits for a plugin that was set aside is that one's trouble; what a brake holds back is none.
    """
    held = {one.channel for one in braked(site, session, now)}
    free = [channel for channel in _working(site, session) if channel not in held]
    due = _waiting().where(Delivery.next_attempt_at <= now - LATE, Delivery.channel.in_(free))
    count, oldest = session.execute(due).one()
    if oldest is not None:
        words = _("Deliveries are due, and not sent: ${count}.", mapping={"count": count})
        yield Trouble("deliveries", words, oldest, "/admin/deliveries?state=pending")


def _working(site: Site, session: Session) -> list[str]:
    """The channels of plugins that are there and work."""
    aside = set(session.scalars(select(PluginState.plugin).where(PluginState.set_aside)))
    return [name for name, (plugin, _channel) in site.channels.items() if plugin.name not in aside]


def _refused(site: Site, session: Session, now: datetime) -> Iterator[Trouble]:
    """A channel that has carried nothing since it began to refuse. One recipient's full mailbox is no such thing."""
    for channel in _working(site, session):
        refused = and_(is_pending, Delivery.channel == channel, Delivery.attempts > 0, Delivery.last_error != "")
        since = session.scalar(select(func.min(_tried_since)).where(refused, Delivery.kind != ALARM_KIND))
        if since is None or since > now - LATE:
            continue
        # among the latest, lest millions that were sent long ago are looked at in vain
        latest = select(Delivery.sent_at, Delivery.state).where(Delivery.channel == channel)
        sent = latest.order_by(Delivery.id.desc()).limit(1000).subquery()
        carried = select(literal(1)).where(sent.c.state == SENT, sent.c.sent_at > since)
        if session.scalar(carried.limit(1)) is not None:
            continue
        last = session.execute(
            select(Delivery.last_error).where(refused).order_by(Delivery.next_attempt_at.desc()).limit(1)
        ).scalar_one()
        words = _(
            "Nothing goes out by ${channel}: ${error}",
            mapping={"channel": site.channels[channel][1].label, "error": say_fault(_short(last))},
        )
        yield Trouble(f"deliveries {channel}", words, since, "/admin/deliveries?state=pending")


_tried_since = func.coalesce(Delivery.trying_since, Delivery.created_at, type_=Delivery.created_at.type)


def _tasks(site: Site, session: Session, now: datetime) -> Iterator[Trouble]:
    for state in task_states(site, session, now):
        if state.late:
            words = (
                _(
                    "${task} does not answer: ${fault}",
                    mapping={"task": state.label, "fault": say_fault(_short(state.fault))},
                )
                if state.fault
                else _("${task} does not answer.", mapping={"task": state.label})
            )
            yield Trouble(f"tasks {state.name}", words, state.since, "/admin/workers")


def _indexing(session: Session, now: datetime) -> Iterator[Trouble]:
    late = select(func.min(SearchPending.since), func.count()).where(SearchPending.since <= now - LATE)
    oldest, count = session.execute(late).one()
    if count:
        words = _("Documents wait to be found by the search: ${count}.", mapping={"count": count})
        yield Trouble("search", words, oldest, "/admin/workers")


def _plugins(session: Session) -> Iterator[Trouble]:
    aside = select(PluginState).where(PluginState.set_aside).order_by(PluginState.plugin)
    for state in session.scalars(aside):
        words = _(
            "The plugin ${plugin} was set aside: ${fault}",
            mapping={"plugin": state.plugin, "fault": _short(state.last_fault)},
        )
        yield Trouble(f"plugins {state.plugin}", words, state.last_fault_at, f"/admin/plugins#plugin-{state.plugin}")


def still_waiting(site: Site, session: Session, now: datetime) -> list[Text]:
    """What waits and is no trouble: single deliveries that were refused for now, and what a brake holds back."""
    refused = select(func.count()).where(is_pending, Delivery.attempts > 0, Delivery.next_attempt_at > now)
    count = session.scalar(refused.select_from(Delivery)) or 0
    said: list[Text] = [_("Refused for now, to be tried again: ${count}.", mapping={"count": count})] if count else []
    for one in braked(site, session, now):
        facts = {"channel": site.channels[one.channel][1].label, "most": one.per_hour, "count": one.waiting}
        words = _("${channel} carries ${most} an hour, and no more now; what waits for it: ${count}.", mapping=facts)
        said.append(words)
    return said


def given_up(session: Session, since: datetime | None = None) -> int:
    """How many deliveries were given up and nobody has looked after yet.

    :param since: those of after that time only
    """
    lately = () if since is None else (Delivery.given_up_at > since,)
    counted = select(func.count()).select_from(Delivery).where(is_failed, Delivery.kind != ALARM_KIND, *lately)
    return session.scalar(counted) or 0
