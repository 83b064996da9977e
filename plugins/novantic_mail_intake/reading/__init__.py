"""A mail's bytes as plain values. Nothing here knows the database, nor where a mail came from."""

from __future__ import annotations

from novantic_mail_intake.reading.automatic import is_list, is_robot
from novantic_mail_intake.reading.read import Unreadable, read_mail

__all__ = ["Unreadable", "is_list", "is_robot", "read_mail"]
