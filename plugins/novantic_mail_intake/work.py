"""Taking up a mail that was kept: it is read, decided on and written, or set aside with its fault.

Three steps, so that SQLite's only writer isn't held while a mail is read: its bytes are fetched, they are read outside
any transaction, and what becomes of them is written in one.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from pyramid_retry import RetryableException
from sqlalchemy import exc, select

from novantic_core.plugin import Desk, FieldError, TaskTools
from novantic_mail_intake import models
from novantic_mail_intake.decide import decide, note, ticket_named, words_of
from novantic_mail_intake.keep import OpenDesk
from novantic_mail_intake.mail import Mail
from novantic_mail_intake.models import IncomingMail
from novantic_mail_intake.reading import Unreadable, read_mail

log = logging.getLogger(__name__)

AT_ONCE = 3
"""How often a mail is tried in a row that another transaction got in the way of."""
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=2)
BATCH = 20
MOST_BEGUN = 5
NEVER_ENDS = "taking it up never came to its end: each time the process ended before"


def work_off(open_desk: OpenDesk, id_: int) -> str:
    """Make of a mail what it is to become: its state afterwards, ``new`` where it is tried again later.

    Nothing that is wrong with a mail is raised, and nothing that is wrong with anything else costs it: it stays ``new``
    with its next time, or is ``faulty`` and says why.

    :raises SQLAlchemyError: if the database is away, so that not even that could be written; the mail is ``new`` then
    """
    with open_desk() as desk:
        row = desk.session.get(IncomingMail, id_)
        if row is None or row.state != models.NEW:
            return row.state if row is not None else ""
        key, words = row.key, words_of(desk, row)
        if not _begin(desk, row):
            return row.state
    mail = None
    try:
        # the storage isn't the database: no transaction is open by now
        with desk.open_file(key) as source:
            raw = source.read()
        mail = read_mail(raw, words)
        return _decide(open_desk, id_, mail)
    except Exception as error:
        if is_temporary(error):
            log.warning("mail %s can't be taken up now, trying again later: %s", id_, _words(error))
            return _later(open_desk, id_, error)
        log.warning(
            "mail %s is set aside: %s", id_, _words(error), exc_info=not isinstance(error, FieldError | Unreadable)
        )
        return _set_aside(open_desk, id_, error, mail)


def _begin(desk: Desk, row: IncomingMail) -> bool:
    """Note that a mail is taken up, before anything is made of it: False for one that never came to its end.

    A mail that ends the process that reads it must not be the first that the next one reads, again and again. One try
    may be cut short by whatever ends a process; so the second comes at once, and then later and later.
    """
    if row.begun >= MOST_BEGUN:
        row.state, row.fault, row.begun = models.FAULTY, NEVER_ENDS, 0
        return False
    if row.begun:
        row.next_try_at = desk.now + _delay(row.begun)
    row.begun += 1
    return True


def _delay(tries: int) -> timedelta:
    delay: timedelta = min(FIRST_DELAY * 2 ** min(max(tries - 1, 0), 10), LONGEST_DELAY)
    return delay


def _decide(open_desk: OpenDesk, id_: int, mail: Mail) -> str:
    for left in reversed(range(AT_ONCE)):
        try:
            with open_desk() as desk:
                row = _claim(desk, id_)
                if row is not None:
                    decide(desk, row, mail)
                    row.begun = 0
                    return row.state
                return models.NEW  # another one is at it
        except RetryableException:
            if not left:
                raise
    raise AssertionError


def _claim(desk: Desk, id_: int) -> IncomingMail | None:
    statement = select(IncomingMail).where(IncomingMail.id == id_, IncomingMail.state == models.NEW)
    found: IncomingMail | None = desk.session.scalar(statement.with_for_update(skip_locked=True))
    return found


def is_temporary(error: BaseException) -> bool:
    """Whether the same mail may go through later: the database or the storage is away, somebody was in the way.

    A refusal that has a cause isn't a word on the mail: what was to judge it failed.
    """
    if isinstance(error, FieldError):
        return error.__cause__ is not None
    return isinstance(
        error, OSError | exc.OperationalError | exc.InterfaceError | exc.TimeoutError | RetryableException
    )


def _later(open_desk: OpenDesk, id_: int, error: Exception) -> str:
    with open_desk() as desk:
        row = _claim(desk, id_)
        if row is None:
            return models.NEW
        row.tries, row.begun = row.tries + 1, 0
        row.fault = _words(error)
        if desk.now - row.received_at > GIVE_UP_AFTER:
            row.state = models.FAULTY
        else:
            row.next_try_at = desk.now + _delay(row.tries)
        return row.state


def _set_aside(open_desk: OpenDesk, id_: int, error: Exception, mail: Mail | None) -> str:
    with open_desk() as desk:
        row = _claim(desk, id_)
        if row is None:
            return models.NEW
        if mail is not None:
            note(row, mail)
            row.ticket_id = _ticket_named(desk, row, mail)
        row.tries, row.begun = row.tries + 1, 0
        row.state, row.fault = models.FAULTY, _words(error)
        return row.state


def _ticket_named(desk: Desk, row: IncomingMail, mail: Mail) -> int | None:
    """The ticket that a mail names; None as well where looking for it is what goes wrong, which must not be raised."""
    try:
        with desk.session.begin_nested():
            return ticket_named(desk, row, mail)
    except Exception as error:
        if is_temporary(error):
            raise
        return None


def _words(error: Exception) -> str:
    """What is said of it: a sentence of ours, or the error's name with its own words."""
    if isinstance(error, FieldError):
        words = str(getattr(error.message, "interpolate", lambda: error.message)())
    elif isinstance(error, Unreadable):
        words = str(error)
    elif isinstance(error, exc.SQLAlchemyError):
        words = f"{type(error).__name__}: {getattr(error, 'orig', None) or error}"
    else:
        words = f"{type(error).__name__}: {error}"
    return words.replace("\0", "").encode("utf-8", "replace").decode()[:2000]


def take_up(tools: TaskTools) -> None:
    """Take up what lies there: what a process kept and then died, and what is to be tried again."""
    seen: set[int] = set()
    while not tools.stopping.is_set():
        with tools.open_desk() as desk:
            due = select(IncomingMail.id).where(
                IncomingMail.state == models.NEW, IncomingMail.next_try_at <= desk.now, IncomingMail.id.not_in(seen)
            )
            ids = desk.session.scalars(due.order_by(IncomingMail.id).limit(BATCH)).all()
        tools.answered()
        if not ids:
            return
        for id_ in ids:
            if tools.stopping.is_set():
                return
            seen.add(id_)
            work_off(tools.open_desk, id_)
