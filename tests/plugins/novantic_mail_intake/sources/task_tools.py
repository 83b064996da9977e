"""What a worker hands to a task, small."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Tools:
    """It counts the answers; ``stop_when_answered`` ends the task at the first one."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.stopping = threading.Event()
        self.answers = 0
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
