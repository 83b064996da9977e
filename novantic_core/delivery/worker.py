"""A worker: answers access requests, delivers what is due, runs periodic jobs. In the web process or by itself."""

from __future__ import annotations

import atexit
import logging
import os
import socket
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from novantic_core.delivery import outbox
from novantic_core.delivery.jobs import run_due_jobs
from novantic_core.delivery.parcel import make_parcel
from novantic_core.delivery.tasks import Tasks
from novantic_core.models import AccessRequest, Delivery, PasswordRequest
from novantic_core.plugins import Plugin
from novantic_core.recorder import watch
from novantic_core.services.grant_access import answer_access_requests
from novantic_core.services.keep_index import work_off
from novantic_core.services.keep_trace import SEND, Attempt, new_trace, write_attempt
from novantic_core.services.note_faults import write_faults
from novantic_core.services.note_theme_faults import write_theme_faults
from novantic_core.services.personal_link import answer_password_requests
from novantic_core.site import Site
from novantic_core.values import Channel, Parcel, PermanentFailure

log = logging.getLogger(__name__)

POLL = 1.0
HEARTBEAT = timedelta(seconds=8)
STOP_SECONDS = 25.0
"""How long a worker that is told to stop waits for the delivery at hand, and for its tasks. Whoever runs services
mostly waits thirty seconds before killing them."""


class Worker:
    """One worker of a site. ``run`` works until ``stop``; ``run_once`` does what is due now."""

    def __init__(self, site: Site, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.site = site
        self.clock = clock
        self.id = uuid.uuid4().hex
        self.wake = threading.Event()
        self.ended = threading.Event()
        self.left_behind = False
        """Whether it stopped without waiting any longer for what it had begun: only the process's end ends that."""
        self.tasks = Tasks(site, self.id, lambda session: self._give_sign(session, clock()), clock)
        self._stopping = threading.Event()
        self._idle = threading.Event()
        self._beaten_at: datetime | None = None
        self._accepted: list[tuple[int, Attempt]] = []
        self._duties = (self._answer_requests, self._deliver, self._keep_indexes, self._run_jobs, self._write_faults)

    # ------------------------------------------------------------------ life

    def run(self) -> None:
        """Work until stopped. A database that is away for a while is waited for."""
        beating = threading.Thread(target=self._beat, name="novantic-heartbeat", daemon=True)
        beating.start()
        self.tasks.start()
        try:
            while not self._stopping.is_set():
                if not self._round():
                    self.wake.wait(POLL)
                    self.wake.clear()
        finally:
            self.stop()
            self._idle.set()
            self.ended.wait()

    def stop(self) -> None:
        """Ask ``run`` to end after the delivery at hand; its claims are given back."""
        self._stopping.set()
        self.tasks.stop()
        self.wake.set()

    def _round(self) -> int:
        """Each duty by itself: one that can't be done must not keep the others from being done."""
        done = 0
        for duty in self._duties:
            if self._stopping.is_set():
                break
            try:
                done += duty()
            except (OperationalError, InterfaceError) as error:
                log.error("the database can't be worked with, trying again: %s", error.orig)
                return 0
            except Exception:
                log.exception("a worker's duty failed, trying again")
        return done

    # ------------------------------------------------------------------ heartbeat and end

    def _beat(self) -> None:
        # a thread of its own: a slow mail server must not make this worker look dead
        while not self._stopping.is_set():
            self._beat_once()
            self._stopping.wait(POLL)
        try:
            self._end()
        finally:
            self.ended.set()

    def _beat_once(self) -> None:
        try:
            self.tasks.look()
            self._beat_if_due()
        except SQLAlchemyError as error:
            log.warning("no heartbeat: %s", error)

    def _end(self) -> None:
        """Sign off once all has ended; or when it has lasted too long, so that others can take over.

        It looks alive as long as it waits. What it holds longer may have been accepted when the process ends, as with
        one that is killed, and not before: whoever left something behind has to end at once.
        """
        until = time.monotonic() + STOP_SECONDS
        while not self._idle.wait(POLL) and time.monotonic() < until:
            self._beat_once()
        hanging = self.tasks.join(max(until - time.monotonic(), 0))
        if not self._idle.is_set():
            hanging.append("a delivery")
        if hanging:
            self.left_behind = True
            log.warning("stopped without waiting any longer for %s", ", ".join(hanging))
        try:
            self.leave()
        except SQLAlchemyError as error:
            log.warning("could not sign off, claims are free in %s s: %s", outbox.SILENCE.seconds, error)

    def _beat_if_due(self) -> None:
        now = self.clock()
        # a clock that was set back must not keep it silent until it has caught up
        if self._beaten_at is None or not timedelta() <= now - self._beaten_at < HEARTBEAT:
            self.heartbeat()

    def heartbeat(self) -> None:
        """Say that this worker is alive, and take the claims of those that are not."""
        now = self.clock()
        with self.site.database.transaction() as session:
            self._give_sign(session, now)
            outbox.bury_the_dead(session, now)
            self.tasks.note(session)
        self._beaten_at = now

    def _give_sign(self, session: Session, now: datetime) -> None:
        outbox.give_sign(session, self.id, socket.gethostname(), os.getpid(), now)

    def leave(self) -> None:
        """Give claims back and sign off."""
        self._mark_accepted()
        with self.site.database.transaction() as session:
            outbox.leave(session, self.id)

    # ------------------------------------------------------------------ work

    def run_once(self) -> int:
        """Do what is due: how many things were done."""
        self._beat_if_due()
        return sum(duty() for duty in self._duties)

    def _answer_requests(self) -> int:
        waiting = select(select(AccessRequest.id).exists() | select(PasswordRequest.id).exists())
        with self.site.database.session(write=False) as session:
            if not session.scalar(waiting):
                return 0
        return self.site.plugins.in_time(self._answer)

    def _answer(self) -> int:
        with self.site.database.transaction() as session:
            done = answer_access_requests(self.site, session, self.clock())
            return done + answer_password_requests(self.site, session, self.clock())

    def _keep_indexes(self) -> int:
        return self.site.plugins.in_time(lambda: work_off(self.site, self.clock()))

    def _run_jobs(self) -> int:
        return run_due_jobs(self.site, self.clock())

    def _write_faults(self) -> int:
        write_faults(self.site)
        write_theme_faults(self.site)
        return 0

    # ------------------------------------------------------------------ deliveries

    def _deliver(self) -> int:
        self._mark_accepted()
        with self.site.database.session(write=False) as session:
            # a look without a lock: an idle worker writes nothing
            if not outbox.any_due(session, self.id, self.clock(), self._carried()):
                return 0
        with self.site.database.transaction() as session:
            # with the claim, so that there is no claim without a worker, however long this one was stopped
            self._give_sign(session, self.clock())
            ids = outbox.claim(session, self.id, self.clock(), self._carried())
        for delivery_id in ids:
            if self._stopping.is_set():
                break
            self._deliver_one(delivery_id)
        return len(ids)

    def _deliver_one(self, delivery_id: int) -> None:
        prepared = self.site.plugins.in_time(lambda: self._prepare(delivery_id))
        if prepared is None:
            return
        plugin, channel, parcel, attempt = prepared
        try:
            self.site.plugins.in_time(lambda: self._send(plugin, channel, parcel, attempt), again=False)
        except Exception as failure:  # noqa: BLE001 - whatever a channel raises is kept with the delivery and shown
            with self.site.database.transaction() as session:
                self._refuse(session, delivery_id, failure, attempt)
        else:
            self._accepted.append((delivery_id, attempt))
            self._mark_accepted()

    def _send(self, plugin: Plugin, channel: Channel, parcel: Parcel, attempt: Attempt) -> None:
        with (
            self.site.plugins.timed(plugin, f"sending by {channel.name}", channel.seconds),
            attempt.trace,
            watch(plugin.name, SEND),
        ):
            channel.send(parcel)

    def _prepare(self, delivery_id: int) -> tuple[Plugin, Channel, Parcel, Attempt] | None:
        """The channel and what it carries, committed with the link's token; None if there is nothing to send."""
        with self.site.database.transaction() as session:
            delivery = outbox.confirm(session, delivery_id, self.id)
            if delivery is None:
                return None
            if not outbox.is_carried(delivery.channel, self._carried()):
                # its plugin was set aside since it was claimed: it waits, and was not tried
                delivery.claimed_by, delivery.attempts = None, delivery.attempts - 1
                return None
            attempt = Attempt.of(new_trace(self.site), delivery)
            try:
                with session.begin_nested(), attempt.trace:
                    plugin, channel = self._channel(delivery)
                    return plugin, channel, make_parcel(self.site, session, delivery, self.clock()), attempt
            except Exception as failure:  # noqa: BLE001 - what can't be made must not block what comes after it
                self._refuse(session, delivery_id, failure, attempt)
                return None

    def _carried(self) -> outbox.Carried:
        """What can be carried now; the rest waits for the plugin that carries it."""
        plugins = self.site.plugins
        working = {name for name, (plugin, _channel) in self.site.channels.items() if not plugin.hung}
        if plugins.left_out:
            # what theirs are called is not known while they are not there
            return outbox.Carried(only=frozenset(working))
        return outbox.Carried(others_than=frozenset(self.site.channels) - working)

    def _channel(self, delivery: Delivery) -> tuple[Plugin, Channel]:
        found = self.site.channels.get(delivery.channel)
        if found is None:
            raise LookupError(f"no enabled plugin has the channel {delivery.channel!r}")
        return found

    def _refuse(self, session: Session, delivery_id: int, failure: Exception, attempt: Attempt) -> None:
        # a mail server's refusal is an everyday thing; anything else is a fault that somebody will look for
        everyday = isinstance(failure, OSError | PermanentFailure)
        permanent = isinstance(failure, PermanentFailure)
        error = str(failure) if permanent else f"{type(failure).__name__}: {failure}"
        error = self._without_secrets(error)
        where = "" if everyday else "\n" + self._without_secrets("".join(traceback.format_exception(failure)))
        log.warning("delivery %s was not accepted: %s%s", delivery_id, error, where)
        outbox.mark_refused(session, delivery_id, self.id, error, self.clock(), permanent=permanent)
        write_attempt(self.site, session, attempt, self.clock())

    def _without_secrets(self, text: str) -> str:
        # a channel's, or that of a plugin that took part in making what it carries
        for plugin in self.site.plugins:
            text = self.site.without_secrets(plugin.name, text)
        return text

    def _mark_accepted(self) -> None:
        """Write down what was accepted; kept in mind until the database has it, so that it isn't sent again."""
        while self._accepted:
            with self.site.database.transaction() as session:
                delivery_id, attempt = self._accepted[0]
                outbox.mark_sent(session, delivery_id, self.clock())
                write_attempt(self.site, session, attempt, self.clock())
            self._accepted.pop(0)


def start_embedded(site: Site) -> Worker:
    """Start a worker in a thread of this process; at the process's orderly end it gives its claims back."""
    worker = Worker(site)
    threading.Thread(target=worker.run, name="novantic-worker", daemon=True).start()

    def end() -> None:
        worker.stop()
        worker.ended.wait(STOP_SECONDS + HEARTBEAT.total_seconds())

    atexit.register(end)
    return worker
