"""How the tasks of workers go: who does each, when it last answered, and why it doesn't."""

from __future__ import annotations

import socket

from novantic_core.models import WorkerTaskRow
from novantic_core.plugins import Plugin
from novantic_core.values import WorkerTask

_LONGEST: int = WorkerTaskRow.__table__.c.name.type.length  # type: ignore[attr-defined]  # it is a String


def row_name(plugin: Plugin, task: WorkerTask, host: str = "") -> str:
    """The name of a task's row: of one that each worker does, the one of its machine.

    :param host: the machine's name; this one's unless told
    """
    name = f"{plugin.name}.{task.name}"
    return (name if task.alone else f"{name}@{host or socket.gethostname()}")[:_LONGEST]
