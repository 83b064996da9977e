"""The ways in which a mailbox is emptied: by IMAP, and by LMTP."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from novantic_core.plugin import WorkerTask
from novantic_mail_intake.sources.settings import check_mailboxes, read_accesses
from novantic_mail_intake.work import work_off


def source_tasks(settings: Mapping[str, Any], brands: Iterable[str]) -> Iterator[WorkerTask]:
    """What goes on in workers: a task for each mailbox with a server, and one for LMTP.

    :param brands: the keys of the site's
    :raises SettingsError: for what can't be
    """
    mailboxes = check_mailboxes(settings, brands)
    accesses = read_accesses(settings)
    if accesses:
        from novantic_mail_intake.sources.imap import Emptied

        yield from (Emptied(mailboxes[one.name], one, settings, work_off).task() for one in accesses)
    if settings["lmtp"] is not None:
        from novantic_mail_intake.sources.lmtp import Taken

        yield Taken(settings["lmtp"], settings, work_off).task()
