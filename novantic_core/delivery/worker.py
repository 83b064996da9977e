"""A worker: answers access requests, delivers what is due, runs periodic jobs. In the web process or by itself."""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from novantic_core.delivery import outbox
from novantic_core.delivery.jobs import run_due_jobs
from novantic_core.delivery.parcel import make_parcel
from novantic_core.models import Worker as WorkerRow
from novantic_core.services.grant_access import answer_access_requests
from novantic_core.services.note_faults import write_faults
from novantic_core.site import Site
from novantic_core.values import PermanentFailure

log = logging.getLogger(__name__)

POLL = 1.0
HEARTBEAT = timedelta(seconds=8)


class Worker:
    """One worker of a site. ``run`` works until ``stop``; ``run_once`` does what is due now."""

    def __init__(self, site: Site, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.site = site
        self.clock = clock
        self.id = uuid.uuid4().hex
        self.wake = threading.Event()
        self._stopping = threading.Event()
        self._registered = False
        self._beating: threading.Thread | None = None

    # ------------------------------------------------------------------ life

    def run(self) -> None:
        """Work until stopped. A database that is away for a while is waited for."""
        self._beating = threading.Thread(target=self._beat, name="novantic-heartbeat", daemon=True)
        self._beating.start()
        while not self._stopping.is_set():
            try:
                busy = self.run_once()
            except SQLAlchemyError as error:
                log.error("the database can't be worked with, trying again: %s", error)
                busy = 0
            if not busy:
                self.wake.wait(POLL)
                self.wake.clear()
        self.leave()

    def stop(self) -> None:
        """Ask ``run`` to end after the delivery at hand; its claims are given back."""
        self._stopping.set()
        self.wake.set()

    def _beat(self) -> None:
        # a thread of its own: a slow mail server must not make this worker look dead
        while not self._stopping.wait(HEARTBEAT.total_seconds()):
            try:
                self.heartbeat()
            except SQLAlchemyError as error:
                log.warning("no heartbeat: %s", error)

    def heartbeat(self) -> None:
        """Say that this worker is alive; forget those that have long been silent."""
        now = self.clock()
        with self.site.database.transaction() as session:
            row = session.get(WorkerRow, self.id)
            if row is None:
                session.add(WorkerRow(
                    id=self.id, host=socket.gethostname()[:255], pid=os.getpid(), started_at=now, heartbeat_at=now
                ))  # fmt: skip
            else:
                row.heartbeat_at = now
            session.execute(delete(WorkerRow).where(WorkerRow.heartbeat_at < now - timedelta(days=1)))
        self._registered = True

    def leave(self) -> None:
        """Give claims back and sign off."""
        with self.site.database.transaction() as session:
            outbox.release(session, self.id)
            session.execute(delete(WorkerRow).where(WorkerRow.id == self.id))

    # ------------------------------------------------------------------ work

    def run_once(self) -> int:
        """Do what is due: how many things were done."""
        if not self._registered:
            self.heartbeat()
        done = self._answer_requests()
        done += self._deliver()
        done += run_due_jobs(self.site, self.clock())
        write_faults(self.site)
        return done

    def _answer_requests(self) -> int:
        with self.site.database.session(write=False) as session:
            from novantic_core.models import AccessRequest

            if session.scalar(select(AccessRequest.id).limit(1)) is None:
                return 0
        with self.site.database.transaction() as session:
            return answer_access_requests(self.site, session, self.clock())

    def _deliver(self) -> int:
        with self.site.database.session(write=False) as session:
            # a look without a lock: an idle worker writes nothing
            if not outbox.any_due(session, self.clock()):
                return 0
        with self.site.database.transaction() as session:
            ids = outbox.claim(session, self.id, self.clock())
        for delivery_id in ids:
            if self._stopping.is_set():
                break
            self._deliver_one(delivery_id)
        return len(ids)

    def _deliver_one(self, delivery_id: int) -> None:
        permanent, error = False, ""
        try:
            with self.site.database.transaction() as session:
                delivery = outbox.confirm(session, delivery_id, self.id)
                if delivery is None:
                    return
                found = self.site.channels.get(delivery.channel)
                if found is None:
                    raise LookupError(f"no enabled plugin has the channel {delivery.channel!r}")
                parcel = make_parcel(self.site, session, delivery, self.clock())
            channel = found[1]
            channel.send(parcel)
        except PermanentFailure as failure:
            permanent, error = True, str(failure)
        except SQLAlchemyError:
            raise
        except Exception as failure:  # noqa: BLE001 - a channel may fail in any way; it is said and tried again
            error = f"{type(failure).__name__}: {failure}"
            log.warning("delivery %s was not accepted: %s", delivery_id, error)
        with self.site.database.transaction() as session:
            if error or permanent:
                outbox.mark_refused(session, delivery_id, error, self.clock(), permanent=permanent)
            else:
                outbox.mark_sent(session, delivery_id, self.clock())


def start_embedded(site: Site) -> Worker:
    """Start a worker in a thread of this process."""
    worker = Worker(site)
    threading.Thread(target=worker.run, name="novantic-worker", daemon=True).start()
    return worker
