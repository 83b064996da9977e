"""Noting what plugins are asked, and how they answer, while something happens to a ticket.

A :class:`Trace` is open while a service works; ``Plugins`` tells it of each call. Where none is open, a call costs one
look at a context variable. Nothing here touches the database: ``services/keep_trace.py`` writes what was noted.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker

from novantic_core.values import FieldError, PermanentFailure

ANSWERED, SILENT, REFUSED, FAILED, SET_ASIDE = "answered", "silent", "refused", "failed", "set aside"
LONGEST_FAULT = 500
"""Letters of a fault's text that are kept."""

_open: ContextVar[Trace | None] = ContextVar("novantic_open_trace", default=None)


@dataclass(slots=True)
class Call:
    """One call of a plugin."""

    hook: str
    plugin: str
    guarded: bool = False
    """Whether what it writes is undone when it fails."""
    outcome: str = SILENT
    took: int = 0
    """In microseconds; its share of the database's work too."""
    fault: str = ""
    given: Any = None
    """What it could change, as it was before."""
    answer: Any = None
    rows: dict[str, int] = field(default_factory=dict)
    """How many rows of which table it wrote."""
    outer: Call | None = None
    """The call in the midst of which this one was made."""

    def gave(self, answer: Any, given: Any = None) -> None:
        """Say what it answered; None is nothing, and so is an empty list."""
        if answer is not None and answer != []:
            self.outcome, self.answer, self.given = ANSWERED, answer, given

    def failed(self, error: BaseException) -> None:
        """Say what it raised."""
        refused = isinstance(error, FieldError | PermanentFailure)
        self.outcome = REFUSED if refused else FAILED
        text = str(error) if refused else f"{type(error).__name__}: {error}"
        self.fault = storable(text)[:LONGEST_FAULT]


def storable(text: str) -> str:
    """A text as every database and page can hold it."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


class Trace:
    """The calls of one event, in the order in which they began. Open within a ``with``, as often as needed.

    :param wanted: False to note nothing
    """

    def __init__(self, *, wanted: bool = True) -> None:
        self.wanted = wanted
        self.calls: list[Call] = []
        self.now: Call | None = None
        """The call that is being made."""
        self._tokens: list[Token[Trace | None]] = []

    def __enter__(self) -> Trace:
        self._tokens.append(_open.set(self if self.wanted else None))
        return self

    def __exit__(self, *_error: object) -> None:
        _open.reset(self._tokens.pop())

    def of(self, hook: str) -> list[Call]:
        """The calls of one hook."""
        return [call for call in self.calls if call.hook == hook]

    def last(self, plugin: str, hook: str) -> Call | None:
        """The latest call of a plugin's hook."""
        return next((c for c in reversed(self.calls) if c.plugin == plugin and c.hook == hook), None)


class _Nobody:
    """Stands for a call that nobody wants to know of."""

    def gave(self, answer: Any, given: Any = None) -> None:
        """Forget it."""


_NOBODY = contextlib.nullcontext(_Nobody())


def watch(plugin: str, hook: str, *, guarded: bool = False) -> contextlib.AbstractContextManager[Call | _Nobody]:
    """Note a call that is made within the ``with``: how long it takes, and what it raises; say what it gave.

    :param guarded: whether what it writes is undone when it fails
    """
    trace = _open.get()
    return _NOBODY if trace is None else _watched(trace, Call(hook, plugin, guarded))


@contextlib.contextmanager
def _watched(trace: Trace, call: Call) -> Iterator[Call]:
    trace.calls.append(call)
    call.outer, trace.now = trace.now, call
    began = time.perf_counter_ns()
    try:
        yield call
    except (Exception, SystemExit) as error:
        call.failed(error)
        raise
    finally:
        call.took = (time.perf_counter_ns() - began) // 1000
        trace.now = call.outer


def note_set_aside(plugin: str, hook: str) -> None:
    """Note that a plugin would have been asked, but is set aside."""
    trace = _open.get()
    if trace is not None:
        trace.calls.append(Call(hook, plugin, outcome=SET_ASIDE))


def note_fault(plugin: str, hook: str, error: BaseException) -> None:
    """Note what a call raised, or what is wrong with what it gave, wherever that was found out."""
    trace = _open.get()
    call = trace.last(plugin, hook) if trace is not None else None
    if call is not None:
        call.failed(error)


# ------------------------------------------------------------------ what it writes


def count_rows(maker: sessionmaker[Any]) -> None:
    """Count the rows that plugins write in sessions of this maker."""
    event.listen(maker, "after_flush", _count_flushed)
    event.listen(maker, "do_orm_execute", _count_written)


def _writer() -> Call | None:
    trace = _open.get()
    return trace.now if trace is not None else None


def _count_flushed(session: Session, _context: Any) -> None:
    call = _writer()
    if call is None:
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        table = row.__tablename__
        call.rows[table] = call.rows.get(table, 0) + 1


def _count_written(state: ORMExecuteState) -> Any:
    call = _writer()
    if call is None or not (state.is_insert or state.is_update or state.is_delete):
        return None
    result = state.invoke_statement()
    table = getattr(getattr(state.statement, "table", None), "name", None)
    # not every result says how many rows it was
    counted = result.rowcount if isinstance(result, CursorResult) else -1
    count = counted if counted >= 0 else len(state.parameters) if isinstance(state.parameters, list) else 1
    if table is not None and count:
        call.rows[table] = call.rows.get(table, 0) + count
    return result
