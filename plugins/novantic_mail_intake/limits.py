"""The settings that don't belong to one mailbox."""

from __future__ import annotations

from novantic_core.plugin import Setting, _, parse_rate, parse_size


def parse_days(text: str) -> int:
    """A number of days, none for 0."""
    days = int(text)
    if not 0 <= days <= 36500:
        raise ValueError
    return days


_RATE = _("a rate, as 20 per hour")
_DAYS = _("a number of days, 0 for without end")

LIMITS = (
    Setting("max_size", _("a size, as 25 MB"), parse_size, 25 * 1024**2, label=_("Largest mail"),
            help=_("A larger one isn't taken from the mail server, which tells its sender.")),
    Setting("reopen_days", _("a number of days"), parse_days, 14, label=_("Days in which an answer opens it again"),
            help=_("An answer to a ticket that was closed before that opens a new one, which refers to it.")),
    Setting("limit_by_sender", _RATE, parse_rate, "20 per hour", label=_("Mails of one sender"),
            help=_("What comes above that waits for a technician.")),
    Setting("limit_same", _RATE, parse_rate, "3 per hour", label=_("Mails of one sender with the same words"),
            help=_("What comes above that waits for a technician: a robot says the same again and again.")),
    Setting("limit_acknowledgements", _RATE, parse_rate, "5 per hour", label=_("Acknowledgements to one sender"),
            help=_("Above that tickets are opened without telling who wrote.")),
    Setting("keep_days", _DAYS, parse_days, 0, label=_("Days for which originals are kept"),
            help=_("The original of a mail that became a message is removed after that.")),
    Setting("keep_rest_days", _DAYS, parse_days, 30, label=_("Days for which the rest is kept"),
            help=_("Mails that nobody wrote, copies, bounces and what was discarded are removed after that.")),
)  # fmt: skip
