"""Requests and answers by e-mail: from standard input, from IMAP, by LMTP."""

from __future__ import annotations

from collections.abc import Iterable

from novantic_core.plugin import IntakeChannel, Setting, _, hookimpl
from novantic_mail_intake.mailboxes import SETTINGS

novantic_api = ">=1.3,<2"

CHANNEL = "mail"


@hookimpl
def novantic_settings_schema() -> Iterable[Setting]:
    """The mailboxes, and what is made of what comes into them."""
    return SETTINGS


@hookimpl
def novantic_intake_channels() -> Iterable[IntakeChannel]:
    """The channel named ``mail``."""
    return [IntakeChannel(CHANNEL, _("by e-mail"))]
