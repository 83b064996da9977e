"""What was read out of a mail: plain values, nothing of how it was encoded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from novantic_core.plugin import Text


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file that came with a mail, or a picture in its text."""

    filename: str
    media_type: str
    data: bytes
    cid: str = ""
    """By what the text refers to it, as ``cid:CID``; empty for one that it doesn't show."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a mail server says of a mail of ours that it didn't deliver, or not yet (RFC 3464, or in its own words)."""

    recipient: str
    """Whom it couldn't reach; empty where it doesn't say."""
    status: str
    """The enhanced status code, as ``5.1.1``; empty where it doesn't say."""
    words: str
    permanent: bool
    message_id: str
    """The Message-ID of our mail, without its angle brackets; empty where it isn't quoted."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail. Addresses are as written, Message-IDs without their angle brackets; what is missing is empty."""

    sender: str
    sender_name: str
    subject: str
    html: str
    """Cleaned. What was quoted from earlier mails, and the signature, each stand in ``<details>`` with an empty
    summary, so that they are folded; pictures are ``<img src="cid:…">`` and the SHA-256 of a file's data."""
    several: bool = False
    """Whether it names more than one sender. The first is taken; servers on the way may have looked at another."""
    message_id: str = ""
    reply_to: str = ""
    answers: tuple[str, ...] = ()
    """What it answers: In-Reply-To first, then References from the newest to the oldest, each once."""
    recipients: tuple[str, ...] = ()
    """To and Cc, then where servers say they delivered it (Delivered-To, X-Original-To …), each once."""
    delivered: tuple[str, ...] = ()
    """Those among them that servers say they delivered it to."""
    copies: tuple[tuple[str, str], ...] = ()
    """Name and address of everybody in To and Cc."""
    in_copy: tuple[tuple[str, str], ...] = ()
    """Those among them who stand in Cc, and not in To as well."""
    sent_at: datetime | None = None
    """When its sender says it was sent; in UTC."""
    files: tuple[MailFile, ...] = ()
    automatic: str = ""
    """Why no answer must be sent to it: the header that says so, as it stands there; empty for a person's mail."""
    bounce: Bounce | None = None
    notes: tuple[Text, ...] = ()
    """What couldn't be read of it, and what was left out, for technicians."""
