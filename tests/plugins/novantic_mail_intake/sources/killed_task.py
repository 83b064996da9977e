"""A program that empties the mailbox and is killed (SIGKILL) when the first mail is kept, before it is marked."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from types import SimpleNamespace
from typing import Any

from novantic_core.plugin import Desk
from novantic_core.site import build
from novantic_mail_intake.sources.connection import Line


def kill(_line: Any, _uid: str) -> None:
    """End at once, as a power cut or the kernel would."""
    os.kill(os.getpid(), signal.SIGKILL)
    signal.pause()


def main() -> None:
    """Do it, with the settings on standard input."""
    from contextlib import contextmanager

    site = build(json.load(sys.stdin))
    Line.acknowledge = kill  # type: ignore[method-assign]

    @contextmanager
    def open_desk() -> Any:
        with site.database.transaction() as session:
            yield Desk(site, session)

    tools = SimpleNamespace(stopping=threading.Event(), open_desk=open_desk, answered=lambda: None)
    next(one for _plugin, one in site.tasks if one.name == "imap support").run(tools)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
