"""What the back office calls the states of a mail, and what it says of each."""

from __future__ import annotations

from collections.abc import Mapping

from novantic_core.plugin import Text, _
from novantic_mail_intake.models import (
    AUTOMATIC,
    BOUNCE,
    BRAKED,
    DISCARDED,
    DUPLICATE,
    FAULTY,
    HELD,
    KEPT,
    NEW,
)

STATES: Mapping[str, Text] = {
    HELD: _("Held"),
    FAULTY: _("Set aside"),
    BRAKED: _("Stopped by the brake"),
    AUTOMATIC: _("Automatic"),
    BOUNCE: _("Came back"),
    KEPT: _("In a ticket"),
    DUPLICATE: _("Duplicate"),
    DISCARDED: _("Discarded"),
    NEW: _("Not read yet"),
}
"""In the order of the list's chips: what waits for somebody first."""
TAGS = {HELD: "waiting", BRAKED: "waiting", FAULTY: "alarm", KEPT: "open"}
WHY: Mapping[str, Text] = {
    HELD: _(
        "It names a ticket that isn't its sender's. Only technicians can read it: decide whether it belongs there."
    ),
    FAULTY: _("It couldn't be understood, or not be written down. Nothing of it is lost: it can be tried again."),
    BRAKED: _("Too many mails came from its sender, or the same one too often. Nothing was made of it."),
    AUTOMATIC: _("No person wrote it, says the mail itself. Nothing was made of it, and nobody was answered."),
    BOUNCE: _("A mail server says that a notice of ours didn't arrive. It is noted beside that notice."),
    KEPT: _("It is a message of the ticket."),
    DUPLICATE: _("Another copy of it came in before. Nothing was made of this one."),
    DISCARDED: _("A technician decided that nothing is made of it."),
    NEW: _("It is kept. A worker will read it in a moment; if it stays so, none is running."),
}
SOURCES: Mapping[str, Text] = {
    "command": _("handed over by the mail server"),
    "imap": _("fetched by IMAP"),
    "lmtp": _("delivered by LMTP"),
}

ACCEPT, OPEN, DISCARD, RETRY = DECISIONS = ("accept", "open", "discard", "retry")
OFFERED: Mapping[str, tuple[str, ...]] = {
    HELD: (ACCEPT, OPEN, DISCARD),
    FAULTY: (RETRY, OPEN, DISCARD),
    BRAKED: (RETRY, OPEN, DISCARD),
    AUTOMATIC: (OPEN,),
    DISCARDED: (RETRY, OPEN),
}
"""What may be decided of a mail in each state; nothing in the others."""
