"""Files of themes that can't be drawn: which one it was, where, and doing without it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chameleon.exc import TemplateError

from novantic_core.themes.template import ThemeTemplate

NEEDED = ("main", "subject")
"""Blocks of a layout without which there is no page, no mail."""


@dataclass(frozen=True)
class Fault:
    """A file of a theme's path that could not be drawn, or read."""

    theme: str
    """The theme in which it was drawn: the file's own, or a child of it."""
    name: str
    """Its relative name, as ``home.pt``."""
    file: Path
    line: int | None
    words: str
    at: datetime


class LacksBlock(LookupError):
    """A page's text has no place in the layout that it stands on."""

    def __init__(self, file: Path, block: str) -> None:
        super().__init__(f"it lacks the block {block}, in which pages have their text")
        self.file = file


def places(error: BaseException) -> list[tuple[Path, int | None]]:
    """The templates that were being drawn when an exception was raised, and where in them, the innermost first."""
    found: list[tuple[Path, int | None]] = []
    trace = error.__traceback__
    while trace is not None:
        frame, trace = trace.tb_frame, trace.tb_next
        if frame.f_code is ThemeTemplate.cook_check.__code__:
            # it was not drawn yet: reading or compiling it failed
            found.append((Path(str(frame.f_locals["self"].filename)), None))
        elif "__filename" in frame.f_globals and "__tokens" in frame.f_globals:
            token = frame.f_globals["__tokens"].get(frame.f_locals.get("__token"))
            found.append((Path(str(frame.f_globals["__filename"])), token[1] if token else None))
    if isinstance(error, TemplateError):
        # what can't be compiled knows its place itself
        found.append((Path(str(error.token.filename)), error.token.location[0]))
    return found[::-1]


def one_line(error: BaseException) -> str:
    """An exception in one line."""
    # the template engine puts a page of its own below it
    first = str(error).strip().partition("\n")[0].strip()
    kind = next(kind for kind in type(error).__mro__ if kind.__module__ != "chameleon.exc" or kind is TemplateError)
    return f"{kind.__name__}: {first}" if first else kind.__name__


class Broken:
    """What is left out of the themes' paths because it is broken, and what of it nobody was told yet."""

    def __init__(self) -> None:
        self._left_out: dict[tuple[str, Path], float] = {}
        self._lock = threading.Lock()
        self.news: list[Fault] = []
        """Faults that are not in the database yet."""
        self.noted: dict[tuple[str, str], Fault] = {}
        """The latest of each file since the start, by theme and name."""
        self.heard: int | None = None
        """What this process knows of how often themes were to be tried again; None as long as nothing was left out."""

    def __bool__(self) -> bool:
        return bool(self._left_out)

    def has(self, theme: str, file: Path) -> bool:
        """Whether a file is left out of a theme's path."""
        return (theme, file) in self._left_out

    def leave_out(self, theme: str, file: Path) -> None:
        """Look for a template as if that file weren't there, until it changes."""
        self._left_out[theme, file] = _changed_at(file)

    def take_back(self, theme: str, file: Path) -> None:
        """Use a file again."""
        self._left_out.pop((theme, file), None)

    def changed(self, theme: str | None = None) -> Iterator[tuple[str, Path]]:
        """What is left out of a theme and has changed since; without a theme, all that is left out."""
        for (owner, file), at in list(self._left_out.items()):
            if theme is None or (owner == theme and _changed_at(file) != at):
                yield owner, file

    def note(self, fault: Fault, error: BaseException | None = None) -> None:
        """Say it in the log, and keep it for the database."""
        log = logging.getLogger(f"novantic.theme.{fault.theme}")
        line = "" if fault.line is None else f", line {fault.line}"
        log.error("%s%s: %s; its parent's is drawn", fault.file, line, fault.words, exc_info=error)
        with self._lock:
            self.news.append(fault)
            self.noted[fault.theme, fault.name] = fault

    def told(self, faults: list[Fault]) -> None:
        """Forget what was written down."""
        with self._lock:
            self.news = [fault for fault in self.news if fault not in faults]


def draw_without(
    draw: Callable[[], str], error: Exception, suspects: Callable[[Exception], list[tuple[Path, int | None]]],
    leave_out: Callable[[Path], None], take_back: Callable[[Path], None],
) -> tuple[str, list[tuple[Path, int | None, Exception]]]:  # fmt: skip
    """Draw again without the files that may have failed, and find out which of them it was.

    Only what helps is blamed: where it fails without them too, the fault is not the theme's.

    :param suspects: files that may have failed, the likeliest first
    :return: what was drawn, and each file that must be left out, with its line and its exception
    :raises Exception: the first one again, where it can't be drawn without any of them either
    """
    first = error
    tried: list[tuple[Path, int | None, Exception]] = []
    while True:
        left = [place for place in suspects(error) if place[0] not in {file for file, _line, _error in tried}]
        if not left:
            for file, _line, _error in tried:
                take_back(file)
            raise first
        file, line = left[0]
        tried.append((file, line, error))
        leave_out(file)
        try:
            drawn = draw()
        except Exception as again:  # noqa: BLE001 - whatever a template raises is what this is about
            error = again
        else:
            break
    # those before the last were left out in vain, unless each has a fault of its own
    for guess in tried[:-1]:
        take_back(guess[0])
        try:
            drawn = draw()
        except Exception:  # noqa: BLE001
            leave_out(guess[0])
        else:
            tried.remove(guess)
    return drawn, tried


def _changed_at(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
