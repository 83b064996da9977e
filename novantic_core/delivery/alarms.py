"""Telling administrators what lags: once when it has lasted, once when it is over, and not every minute.

A trouble is told when it has lasted :data:`LASTS`, and is over when it has been gone as long: one that comes and goes
is told once. That no worker was alive can be told only by one that is, afterwards. Deliveries that were given up are no
state but events: they are told together, at most once an hour.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from novantic_core.db import insert_or
from novantic_core.delivery.outbox import SILENCE
from novantic_core.delivery.troubles import LATE, given_up, troubles
from novantic_core.i18n import Catalogue, _
from novantic_core.models import Alarm, Technician, Worker
from novantic_core.models.technician import ADMINISTRATOR
from novantic_core.services.describe import technician_recipient
from novantic_core.services.record_event import queue_alarm
from novantic_core.services.watch_tasks import NOW_AND_AGAIN, WORKER
from novantic_core.site import Site
from novantic_core.values import MAIN, DeskAlarm, Text, Trouble

LASTS = timedelta(minutes=2)
GIVEN_UP = "given_up"
"""The name of the alarm that says up to when those that were given up have been told."""
AT_MOST_EVERY = timedelta(hours=1)


def look_for_alarms(site: Site, session: Session, now: datetime) -> int:
    """Tell what is to be told now: how many notices were queued."""
    known = {row.name: row for row in session.scalars(select(Alarm))}
    began = [*_silence(session, known.pop(WORKER, None), now), *_given_up(session, known.pop(GIVEN_UP, None), now)]
    found = {one.name: one for one in troubles(site, session, now) if one.name != WORKER}
    began += [one for one in found.values() if _begins(session, known, one, now)]
    over = [_over(row) for name, row in known.items() if name not in found and _ends(session, row, now)]
    if not began and not over:
        return 0
    new = {one.name for one in began}
    still = [one for name, one in found.items() if known[name].told_at is not None and name not in new]
    return _tell(site, session, began, over, still, now)


def _begins(session: Session, known: dict[str, Alarm], trouble: Trouble, now: datetime) -> bool:
    """Note that it is there; whether it is to be told now."""
    row = known.get(trouble.name)
    if row is None:
        row = known[trouble.name] = Alarm(name=trouble.name, since=now, words="")
        session.add(row)
    row.gone_at, row.words = None, _kept(trouble.words)
    # a time to come was written before the clock was set back
    row.since = min(row.since, now)
    if row.told_at is not None or now - row.since < LASTS:
        return False
    row.told_at = now
    return True


def _ends(session: Session, row: Alarm, now: datetime) -> bool:
    """Note that it is gone; whether that is to be told now."""
    if row.told_at is not None:
        row.gone_at = min(row.gone_at or now, now)
        if now - row.gone_at < LASTS:
            return False
    session.delete(row)
    return row.told_at is not None


def _over(row: Alarm) -> Trouble:
    words = _(
        "${words} (from ${begin} to ${end})",
        mapping={"words": _read(row.words), "begin": row.since, "end": row.gone_at},
    )
    return Trouble(row.name, words, row.since)


def _silence(session: Session, seen: Alarm | None, now: datetime) -> list[Trouble]:
    """That no worker was alive since the last look, if that is long ago."""
    if seen is None:
        session.add(Alarm(name=WORKER, since=now, words=""))
        return []
    since, seen.since = seen.since, now
    if seen.words == NOW_AND_AGAIN:
        seen.words = ""
        return []
    # one that was at work all the time was busy
    busy = select(Worker.id).where(Worker.started_at <= since, Worker.heartbeat_at > now - SILENCE)
    if now - since < LATE or session.scalar(busy.limit(1)) is not None:
        return []
    words = _("No worker was alive from ${begin} to ${end}.", mapping={"begin": since, "end": now})
    return [Trouble(WORKER, words, path="/admin/workers")]


def expect_no_worker(session: Session, now: datetime) -> None:
    """Note that a worker was there that comes now and again: whoever has it so knows that it is gone by now."""
    row = insert_or(session, Alarm).values(name=WORKER, since=now, words=NOW_AND_AGAIN)
    seen = {"since": now, "words": NOW_AND_AGAIN}
    session.execute(row.on_conflict_do_update(index_elements=["name"], set_=seen))


def _given_up(session: Session, told: Alarm | None, now: datetime) -> list[Trouble]:
    """Those that were given up since some were told, together."""
    if told is None:
        session.add(Alarm(name=GIVEN_UP, since=now - AT_MOST_EVERY, told_at=now, words=""))
        return []
    told.since, told.told_at = min(told.since, now), min(told.told_at or now, now)
    if now - told.since < AT_MOST_EVERY:
        return []
    count = given_up(session, told.told_at)
    if not count:
        return []
    told.told_at = told.since = now
    words = _("Deliveries were given up: ${count}.", mapping={"count": count})
    return [Trouble("deliveries given_up", words, path="/admin/deliveries?state=failed")]


# ------------------------------------------------------------------ telling


def _tell(
    site: Site, session: Session, began: list[Trouble], over: list[Trouble], still: list[Trouble], now: datetime
) -> int:
    count = 0
    administrators = select(Technician).where(Technician.active, Technician.role == ADMINISTRATOR)
    for one in session.scalars(administrators.order_by(Technician.id)).all():
        to = technician_recipient(one)
        catalogue = site.themes.catalogue(site.brand(MAIN).theme, to.locale)

        alarm = DeskAlarm(
            now, to, *(tuple(_said(site, catalogue, one) for one in some) for some in (began, over, still))
        )
        notices = site.plugins.collect_items("novantic_alarm_notices", session=session, alarm=alarm)
        count += queue_alarm(site, session, notices, now)
    return count


def _said(site: Site, catalogue: Catalogue, trouble: Trouble) -> Trouble:
    """A trouble in somebody's language, with the times in it as they read them."""
    words = trouble.words
    if trouble.since is not None and "begin" not in (getattr(words, "mapping", None) or {}):
        words = _("${words} (since ${begin})", mapping={"words": words, "begin": trouble.since})
    return replace(trouble, words=_in_words(site, catalogue, words))


def _in_words(site: Site, catalogue: Catalogue, words: Text) -> str:
    parts = {
        name: catalogue.date(part, site.settings.timezone) if isinstance(part, datetime) else part
        for name, part in (getattr(words, "mapping", None) or {}).items()
    }
    return str(catalogue.translate(_(words, mapping=parts) if parts else words))


def _kept(words: Text) -> str:
    """A sentence as the database keeps it: it is said again in each reader's language when the trouble is over."""
    return json.dumps(_told(words))


def _told(words: Any) -> Any:
    if not hasattr(words, "interpolate"):
        return str(words)
    mapping = getattr(words, "mapping", None) or {}
    return {"words": str.__str__(words), "mapping": {name: _told(part) for name, part in mapping.items()}}


def _read(text: str) -> Text:
    return _understood(json.loads(text))


def _understood(told: Any) -> Text:
    if isinstance(told, str):
        return told
    return _(told["words"], mapping={name: _understood(part) for name, part in told["mapping"].items()})
