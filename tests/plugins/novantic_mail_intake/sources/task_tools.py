"""What a worker hands to a task, small; and waiting for what another thread or process does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Tools:
    """It counts the answers; ``stop_when_answered`` ends the task at the first one."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.stopping = threading.Event()
        self.answers = 0
        self.once = False
        self.stop_when_answered = False

    @contextmanager
    def open_desk(self) -> Iterator[Any]:
        """A desk in a transaction of its own."""
        with self.app.desk() as desk:
            yield desk

    def answered(self) -> None:
        """Count it."""
        self.answers += 1
        if self.stop_when_answered:
            self.stopping.set()


def eventually(condition: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait until something holds, and say what it is."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.01)
    return found
