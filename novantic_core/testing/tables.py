"""The core's tables, for a test to see what a plugin did to them, or to bring about what no page does.

They are for tests alone, and their columns may change with any version: a plugin itself refers to the core's rows by
``core_key`` and learns of them by values such as ``TicketInfo``.
"""

from __future__ import annotations

from novantic_core.models import (
    AccessGrant,
    AccessRequest,
    Action,
    Attachment,
    Contact,
    Delivery,
    HeldFile,
    Message,
    Organisation,
    Team,
    Technician,
    Ticket,
)

__all__ = [
    "AccessGrant",
    "AccessRequest",
    "Action",
    "Attachment",
    "Contact",
    "Delivery",
    "HeldFile",
    "Message",
    "Organisation",
    "Team",
    "Technician",
    "Ticket",
]
