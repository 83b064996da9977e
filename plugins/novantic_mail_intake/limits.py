"""The settings that don't belong to one mailbox."""

from __future__ import annotations

from novantic_core.plugin import Setting, _, parse_count, parse_rate, parse_size


def parse_days(text: str) -> int:
    """A number of days, none for 0."""
    days = int(text)
    if not 0 <= days <= 36500:
        raise ValueError
    return days


def parse_copies(text: str) -> str:
    """Who of those in copy follows the ticket."""
    if text not in COPIES:
        raise ValueError
    return text


COLLEAGUES, FOLLOW, ASK, OFF = COPIES = ("colleagues", "follow", "ask", "off")
"""Who of those in copy of a mail follows its ticket: the client's colleagues, everybody, who a technician lets; nobody
is even asked about."""

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
    Setting("copies", _("colleagues, follow, ask or off"), parse_copies, COLLEAGUES,
            label=_("Who follows of those in copy"),
            help=_("Of a mail that opens a ticket: “colleagues” lets follow who is of the client's own organisation or "
                   "mail domain, “follow” everybody, “ask” whom a technician chooses beside the message, “off” only "
                   "shows who was in copy.")),
    Setting("copies_most", _("a whole number"), parse_count, 5, label=_("Most who follow by themselves"),
            help=_("Where a mail has more people in copy, a technician chooses.")),
    Setting("keep_days", _DAYS, parse_days, 0, label=_("Days for which originals are kept"),
            help=_("The original of a mail that became a message is removed after that.")),
    Setting("keep_rest_days", _DAYS, parse_days, 30, label=_("Days for which the rest is kept"),
            help=_("Mails that nobody wrote, copies, bounces and what was discarded are removed after that.")),
)  # fmt: skip
