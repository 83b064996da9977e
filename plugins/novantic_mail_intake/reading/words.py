"""What reading a mail has to say."""

from __future__ import annotations

from collections.abc import Callable

from novantic_core.plugin import Text, _

Translate = Callable[[Text], str]

NO_MAIL = _("This is no mail: it has no header.")
REMOTE = _("Pictures that lie elsewhere were left out: whoever fetches them tells their owner.")
TOO_MANY_PARTS = _("The mail has too many parts, or too deep ones. What isn't here is in the original.")
TOO_LONG = _("The text is very long. All of it is in an attached file.")
TOO_INTRICATE = _("The text's formatting is too intricate, or broken: only its words are shown.")
SIGNED = _("The mail is signed. The signature wasn't checked; it is in the original.")
ENCRYPTED = _("The mail is encrypted and couldn't be read.")
OPAQUE = _("The mail is signed or encrypted as a whole: its content is in an attached file.")
BROKEN_TNEF = _("An Outlook file (winmail.dat) couldn't be read. It is attached as it is.")
UNREAD = (ENCRYPTED, OPAQUE, BROKEN_TNEF)
"""Why there may be no text though somebody wrote one."""
NO_SENDER = _("The mail doesn't say who sent it.")
ATTACHED_MAIL = _("Attached mail: “${subject}”, from ${sender}")
NO_SUBJECT = _("no subject")
UNKNOWN = _("unknown")
INVITATION = _("Invitation: ${subject}")
CANCELLED = _("Cancelled: ${subject}")
ANSWERED = _("Answer to an invitation: ${subject}")
WHEN = _("When: ${when}")
WHERE = _("Where: ${where}")
ORGANISER = _("Organiser: ${who}")


def in_english(words: Text) -> str:
    """The words as they stand in the code, with what is to be filled in."""
    interpolate = getattr(words, "interpolate", None)
    return str(interpolate()) if interpolate is not None else str(words)
