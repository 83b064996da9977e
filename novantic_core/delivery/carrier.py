"""Carrying what is due: claim, make, hand over to the channel, write down what became of it.

Few at a time are made in one transaction, so that a mail costs one commit and not two: the one that notes what became
of it also confirms the next. That note is each mail's own. Were it written for several, a worker that is killed would
leave as many to be sent again.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from novantic_core.delivery import brake, outbox
from novantic_core.delivery.parcel import make_parcel
from novantic_core.models import Delivery
from novantic_core.plugins import Plugin
from novantic_core.recorder import watch
from novantic_core.services.keep_trace import SEND, Attempt, new_trace, write_attempt
from novantic_core.site import Site
from novantic_core.values import Channel, Parcel, PermanentFailure

log = logging.getLogger(__name__)

MADE_AT_ONCE = 10
FRESH = timedelta(seconds=5)
"""What was made longer ago is made again before it goes: with a link of now, and of what is on the ticket now."""
LOOK_AT_BRAKE = timedelta(seconds=20)
"""A channel that may carry no more is looked at so often."""


@dataclass(frozen=True)
class Ready:
    """A delivery, its channel and what that is to carry."""

    id: int
    plugin: Plugin
    channel: Channel
    parcel: Parcel
    attempt: Attempt


@dataclass(frozen=True)
class Accepted:
    """What a channel took, and the database doesn't know yet."""

    id: int
    attempt: Attempt
    raw: bytes | None


class Carrier:
    """What a worker does with the outbox.

    :param give_sign: writes in a transaction that the worker is alive
    :param is_stopping: whether the worker was told to stop
    :param tell: is told in words what wasn't accepted
    """

    def __init__(
        self, site: Site, worker: str, clock: Callable[[], datetime], give_sign: Callable[[Session, datetime], None],
        is_stopping: Callable[[], bool], tell: Callable[[str], object],
    ) -> None:  # fmt: skip
        self.site = site
        self.worker = worker
        self.clock = clock
        self._give_sign = give_sign
        self._is_stopping = is_stopping
        self._tell = tell
        self._accepted: list[Accepted] = []
        self._taken: dict[int, str] = {}
        """Of deliveries by a channel with a brake, in which minute they are counted."""
        self._resting: dict[str, tuple[int, datetime]] = {}
        """Channels that may carry no more, with the brake that said so, and when to look again."""

    def deliver(self) -> int:
        """Carry some of what is due: how many deliveries were claimed."""
        self.mark_accepted()
        now, brakes = self.clock(), brake.brakes(self.site)
        carried = self._carried().but(self._at_rest(brakes, now))
        with self.site.database.session(write=False) as session:
            # a look without a lock: an idle worker writes nothing
            if not outbox.any_due(session, self.worker, now, carried):
                return 0
        with self.site.database.transaction() as session:
            # with the claim, so that there is no claim without a worker, however long this one was stopped
            self._give_sign(session, now)
            ids = outbox.claim(session, self.worker, now, carried.but(brakes))
            for channel, per_hour in brakes.items():
                if outbox.is_carried(channel, carried):
                    ids += self._claim_braked(session, channel, per_hour, now)
        try:
            self._carry(ids)
        finally:
            self._give_back_room()
        return len(ids)

    def _carry(self, ids: Sequence[int]) -> None:
        at_once = MADE_AT_ONCE
        while ids and not self._is_stopping():
            some = ids[:at_once]
            since, monotonic = self.clock(), time.monotonic()
            ready = self.site.plugins.in_time(lambda some=some: self._prepare(some))  # type: ignore[misc]
            at_hand = ready.pop(0) if ready else None
            while at_hand is not None:
                failure, raw = self._hand_over(at_hand)
                old = self.clock() - since > FRESH or time.monotonic() - monotonic > FRESH.total_seconds()
                # with a server that is so slow, the next ones would be too old as well
                at_once = 1 if old else MADE_AT_ONCE
                if old or self._is_stopping():
                    self._note(at_hand, failure, raw, [])
                    break
                at_hand = self._note(at_hand, failure, raw, ready)
            # it has this frame in its traceback: together they would keep open what the channel's error holds
            failure = None
            rest = {one.id for one in ready}
            ids = [*(key for key in some if key in rest), *ids[len(some) :]]

    # ------------------------------------------------------------------ claiming

    def _carried(self) -> outbox.Carried:
        """What can be carried now; the rest waits for the plugin that carries it."""
        plugins = self.site.plugins
        working = {name for name, (plugin, _channel) in self.site.channels.items() if not plugin.hung}
        if plugins.left_out:
            # what theirs are called is not known while they are not there
            return outbox.Carried(only=frozenset(working))
        return outbox.Carried(others_than=frozenset(self.site.channels) - working)

    def _at_rest(self, brakes: dict[str, int], now: datetime) -> list[str]:
        self._resting = {
            channel: (per_hour, until)
            for channel, (per_hour, until) in self._resting.items()
            if brakes.get(channel) == per_hour and now < until <= now + LOOK_AT_BRAKE
        }
        return list(self._resting)

    def _claim_braked(self, session: Session, channel: str, per_hour: int, now: datetime) -> list[int]:
        """Claim no more than the channel may carry; links that somebody waits for first."""
        left, only = brake.room(session, channel, per_hour, now, hold=True), outbox.Carried(only=frozenset({channel}))
        found: list[int] = []
        if left.for_all:
            most = min(left.for_all, 20)
            found = outbox.claim(session, self.worker, now, only, most, links_first=True)
        elif left.for_links:
            found = outbox.claim(session, self.worker, now, only, min(left.for_links, 20), only_links=True)
        if found:
            self._taken |= dict.fromkeys(found, brake.take(session, channel, len(found), now))
        if not left.for_all and not found:
            self._resting[channel] = (per_hour, min(now + LOOK_AT_BRAKE, left.until or now))
        return found

    def _give_back_room(self) -> None:
        if self._taken:
            keys = Counter(self._taken.values())
            self._taken.clear()
            with self.site.database.transaction() as session:
                brake.give_back(session, keys)

    # ------------------------------------------------------------------ making

    def _prepare(self, ids: Sequence[int]) -> list[Ready]:
        """The channels and what they are to carry, committed with the links' tokens; the first one confirmed."""
        with self.site.database.transaction() as session:
            ready = []
            for delivery in outbox.held(session, ids, self.worker):
                one = self._make(session, delivery)
                if one is not None:
                    ready.append(one)
            while ready and not outbox.confirm(session, ready[0].id, self.worker):
                ready.pop(0)
            return ready

    def _make(self, session: Session, delivery: Delivery) -> Ready | None:
        if not outbox.is_carried(delivery.channel, self._carried()):
            # its plugin was set aside since it was claimed: it waits, and was not tried
            delivery.claimed_by = None
            return None
        attempt = Attempt.of(new_trace(self.site), delivery)
        try:
            with session.begin_nested(), attempt.trace:
                plugin, channel = self._channel(delivery)
                parcel = make_parcel(self.site, session, delivery, self.clock())
                return Ready(delivery.id, plugin, channel, parcel, attempt)
        except Exception as failure:  # noqa: BLE001 - what can't be made must not block what comes after it
            delivery.attempts += 1
            session.flush()
            self._refuse(session, delivery.id, failure, attempt)
            return None

    def _channel(self, delivery: Delivery) -> tuple[Plugin, Channel]:
        found = self.site.channels.get(delivery.channel)
        if found is None:
            raise LookupError(f"no enabled plugin has the channel {delivery.channel!r}")
        return found

    # ------------------------------------------------------------------ handing over

    def _hand_over(self, one: Ready) -> tuple[Exception | None, bytes | None]:
        """What the channel raised, if it did; what it gave to be archived."""
        try:
            return None, self.site.plugins.in_time(lambda: self._send(one), again=False)
        except Exception as failure:  # noqa: BLE001 - whatever a channel raises is kept with the delivery and shown
            return failure, None

    def _send(self, one: Ready) -> bytes | None:
        plugin, channel = one.plugin, one.channel
        with (
            self.site.plugins.timed(plugin, f"sending by {channel.name}", channel.seconds),
            one.attempt.trace,
            watch(plugin.name, SEND),
        ):
            sent = channel.send(one.parcel)
        if not isinstance(sent, bytes) or not self.site.settings.archive_days:
            return None
        # latin-1 leaves bytes as they are: a channel that writes plain text need not hide anything itself
        return one.parcel.without_secrets(sent.decode("latin-1")).encode("latin-1")

    # ------------------------------------------------------------------ noting

    def _note(self, one: Ready, failure: Exception | None, raw: bytes | None, after: list[Ready]) -> Ready | None:
        """Write down what became of a delivery, and confirm the next one in the same transaction.

        :param after: those that are ready; what is confirmed, or is another's by now, is taken out
        :return: the one that is confirmed
        """
        if failure is None:
            self._accepted.append(Accepted(one.id, one.attempt, raw))
            self._taken.pop(one.id, None)
        with self.site.database.transaction() as session:
            self._mark_accepted(session)
            if failure is not None:
                self._refuse(session, one.id, failure, one.attempt)
            confirmed = None
            while after and confirmed is None and not after[0].plugin.hung:
                candidate = after.pop(0)
                if outbox.confirm(session, candidate.id, self.worker):
                    confirmed = candidate
        self._accepted.clear()
        return confirmed

    def mark_accepted(self) -> None:
        """Write down what was accepted; kept in mind until the database has it, so that it isn't sent again."""
        if self._accepted:
            with self.site.database.transaction() as session:
                self._mark_accepted(session)
            self._accepted.clear()

    def _mark_accepted(self, session: Session) -> None:
        for one in self._accepted:
            outbox.mark_sent(session, one.id, self.clock(), one.raw)
            write_attempt(self.site, session, one.attempt, self.clock())

    def _refuse(self, session: Session, delivery_id: int, failure: Exception, attempt: Attempt) -> None:
        # a mail server's refusal is an everyday thing; anything else is a fault that somebody will look for
        everyday = isinstance(failure, OSError | PermanentFailure)
        permanent = isinstance(failure, PermanentFailure)
        error = str(failure) if permanent else f"{type(failure).__name__}: {failure}"
        error = self._without_secrets(error)
        where = "" if everyday else "\n" + self._without_secrets("".join(traceback.format_exception(failure)))
        log.warning("delivery %s was not accepted: %s%s", delivery_id, error, where)
        self._tell(f"delivery {delivery_id} was not accepted: {error}")
        outbox.mark_refused(session, delivery_id, self.worker, error, self.clock(), permanent=permanent)
        write_attempt(self.site, session, attempt, self.clock())

    def _without_secrets(self, text: str) -> str:
        # a channel's, or that of a plugin that took part in making what it carries
        for plugin in self.site.plugins:
            text = self.site.without_secrets(plugin.name, text)
        return text
