"""Requests and answers by e-mail: from standard input, from IMAP, by LMTP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from novantic_core.plugin import Brand, IntakeChannel, OwnSettings, Setting, WorkerTask, _, hookimpl
from novantic_mail_intake.mailboxes import SETTINGS
from novantic_mail_intake.sources import source_tasks
from novantic_mail_intake.sources.settings import SOURCE_SETTINGS

novantic_api = ">=1.3,<2"

CHANNEL = "mail"


@hookimpl
def novantic_settings_schema() -> Iterable[Setting]:
    """The mailboxes, and what is made of what comes into them."""
    return (*SETTINGS, *SOURCE_SETTINGS)


@hookimpl
def novantic_intake_channels() -> Iterable[IntakeChannel]:
    """The channel named ``mail``."""
    return [IntakeChannel(CHANNEL, _("by e-mail"))]


@hookimpl
def novantic_worker_tasks(own_settings: OwnSettings, brands: Mapping[str, Brand]) -> Iterable[WorkerTask]:
    """A task for each mailbox that is emptied by IMAP, and one for LMTP."""
    return source_tasks(own_settings, brands)
