"""Mails that have lain there for long enough."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from novantic_core.plugin import Desk, TaskTools
from novantic_mail_intake import models
from novantic_mail_intake.keep import holder
from novantic_mail_intake.models import IncomingMail

REST = (models.AUTOMATIC, models.BOUNCE, models.DUPLICATE, models.DISCARDED)
BATCH = 200


def forget_old_mails(tools: TaskTools) -> None:
    """Remove the originals of mails that were made messages long ago, and the rest altogether, some at a time."""
    while not tools.stopping.is_set():
        with tools.open_desk() as desk:
            settings = desk.plugin_settings("mail_intake")
            done = _forget(desk, (models.KEPT,), settings["keep_days"]) if settings["keep_days"] else 0
            done += _forget(desk, REST, settings["keep_rest_days"]) if settings["keep_rest_days"] else 0
        tools.answered()
        if not done:
            return


def _forget(desk: Desk, states: tuple[str, ...], days: int) -> int:
    old = select(IncomingMail).where(
        IncomingMail.state.in_(states),
        IncomingMail.received_at < desk.now - timedelta(days=days),
        IncomingMail.key != "",
    )
    rows = desk.session.scalars(old.order_by(IncomingMail.id).limit(BATCH).with_for_update(skip_locked=True)).all()
    for row in rows:
        remove_original(desk, row)
        if row.state != models.KEPT:
            desk.session.delete(row)
    return len(rows)


def remove_original(desk: Desk, row: IncomingMail) -> None:
    """Let a mail's bytes go; the sweep takes them once nothing else holds them."""
    desk.hold_files(holder(row.mailbox, row.key), ())
    row.key = ""
