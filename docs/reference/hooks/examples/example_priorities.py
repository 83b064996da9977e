"""Levels as the contract of this MSP names them, in the place of the core's four."""

from novantic_core.plugin import Priority, hookimpl


@hookimpl
def novantic_priorities():
    """The greater ``rank``, the more urgent; ``default`` is that of a form that nobody touched."""
    return [
        Priority("p1", "P1 – arrêt de production", 40),
        Priority("p2", "P2 – gêne importante", 30),
        Priority("p3", "P3 – gêne mineure", 20, default=True),
        Priority("p4", "P4 – question", 10),
    ]
