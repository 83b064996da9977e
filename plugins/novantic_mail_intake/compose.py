"""What a mail says and brings, as the message of a ticket: its text, its files, and what was left out of them."""

from __future__ import annotations

import hashlib
import html
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from novantic_core.plugin import (
    Desk,
    FieldError,
    StoredFile,
    Text,
    TicketDraft,
    _,
    html_to_text,
    one_line,
    without_folded,
)
from novantic_mail_intake.loops import said_by
from novantic_mail_intake.mail import Mail, MailFile
from novantic_mail_intake.mailboxes import Mailbox, is_address
from novantic_mail_intake.models import IncomingMail
from novantic_mail_intake.reading.words import UNREAD

CHANNEL = "mail"
LONGEST = 200_000
"""Characters of a message, as of the form's."""
SHORTENED = 100_000
LONGEST_ID = 500
MOST_PICTURES = 20
MOST_NAMED = 20
"""How many files that were left out are named; the original has them all."""

_PICTURE = re.compile(r"<img\b[^>]*\bsrc=\"cid:([^\"]*)\"[^>]*>")

_KEY = re.compile(r"(?:/|%2F|%252F)access(?:/|%2F|%252F)([A-Za-z0-9_-]{16,})", re.IGNORECASE)

LEFT_OUT = _("These files came with the mail and were not taken in. The original mail has them.")
ONE_TOO_MANY = _("“${name}” is one file too many: at most ${n} are taken with a message.")
NO_TEXT = _("This mail has no text.")
TOO_LONG = _("The rest of this mail was too long for a message. The original mail has all of it.")
FOLLOWS = _("This message follows the ticket [#${number}], which was closed.")
NO_SUBJECT = _("(no subject)")


@dataclass(frozen=True, slots=True)
class Content:
    """A mail's message: clean HTML, its files, and a sentence for each that was refused."""

    html: str
    files: tuple[StoredFile, ...]
    refused: tuple[str, ...]


Translate = Callable[[Text], str]


def translator(desk: Desk, brand: str, locale: str) -> Translate:
    """The words of a brand in a language."""
    catalogue = desk.site.themes.catalogue(desk.site.brand(brand).theme, locale)
    return lambda text: str(catalogue.translate(text))


def compose(desk: Desk, mail: Mail, translate: Translate, before: Iterable[Text] = ()) -> Content:
    """Make a message of a mail; its files are in the storage then.

    :param before: sentences that stand above it
    :raises OSError: if the storage is away
    """
    text, cut = _fit(without_keys(mail.html))
    shown = set(_PICTURE.findall(text))
    pictures = {file: _key(file) for file in mail.files if file.cid and _key(file) in shown}
    kept, refused = _keep_all(desk, mail.files, pictures, translate)
    keys = {file.key for file in kept}
    # a picture that isn't there is left out: a broken one says nothing
    text = _PICTURE.sub(lambda match: match[0] if match[1] in keys else "", text)
    if not html_to_text(text).strip() and "<img" not in text:
        # what is encrypted has a text, which nobody sees here
        text = _said(translate(next((note for note in mail.notes if note in UNREAD), NO_TEXT)))
    parts = [*(_said(translate(sentence)) for sentence in before), text]
    if cut:
        parts.append(_said(translate(TOO_LONG)))
    if refused:
        names = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in refused[:MOST_NAMED])
        parts.append(f"{_said(translate(LEFT_OUT))}<ul>{names}</ul>")
    return Content("\n".join(parts), tuple(kept), tuple(refused))


def without_keys(text: str) -> str:
    """A text without the links of our own mails that it quotes: each opens the ticket in the name of its reader.

    Who else reads the ticket must not get them; servers that look into links put them into their own, encoded.
    """
    return _KEY.sub(lambda match: match[0][: match.start(1) - match.start()] + "…", text)


def _said(sentence: str) -> str:
    return f"<p><em>{html.escape(sentence)}</em></p>"


def _fit(text: str) -> tuple[str, bool]:
    """A text that isn't too long for a message, and whether words were left out.

    As it is, else without what is folded of it (years of answers may be quoted below a line), else as plain text, else
    its beginning.
    """
    if len(text) <= LONGEST:
        return text, False
    short = without_folded(text)
    if len(short) <= LONGEST:
        return short, True
    words = html_to_text(short)
    lines = words[:SHORTENED].splitlines()
    shown = "".join(f"<p>{html.escape(line)}</p>" for line in lines if line.strip())
    return shown, short != text or len(words) > SHORTENED


def _key(file: MailFile) -> str:
    return hashlib.sha256(file.data).hexdigest()


def _keep_all(
    desk: Desk, files: Sequence[MailFile], pictures: dict[MailFile, str], translate: Translate
) -> tuple[list[StoredFile], list[str]]:  # fmt: skip
    limit = desk.site.settings.attachments_max_count
    kept: list[StoredFile] = []
    refused: list[str] = []
    count = {True: 0, False: 0}
    seen: set[str] = set()
    for file in files:
        inline = file in pictures
        if inline and pictures[file] in seen:
            continue  # the same picture twice in a text is one file
        most = MOST_PICTURES if inline else limit
        if count[inline] >= most:
            words = _(ONE_TOO_MANY, mapping={"name": file.filename, "n": most})
            refused.append(translate(words))
            continue
        try:
            stored = desk.keep_file(io.BytesIO(file.data), file.filename, file.media_type)
        except FieldError as error:
            if isinstance(error.__cause__, OSError):
                raise error.__cause__ from None  # the storage is away: the whole mail waits
            refused.append(translate(error.message))
            continue
        count[inline] += 1
        seen.add(stored.key)
        kept.append(stored)
    return kept, refused


def draft_of(
    desk: Desk, row: IncomingMail, mail: Mail, mailbox: Mailbox, before: Iterable[Text] = ()
) -> tuple[TicketDraft, Content]:  # fmt: skip
    """The draft of a new ticket, of the same kind as the form's.

    :raises ValueError: if nobody could be answered
    """
    if not mail.sender:
        raise ValueError("it gives no address of its sender")
    if not is_address(mail.sender):
        raise ValueError(f"its sender has no address that mail could be sent to: {mail.sender[:200]!r}")
    brand = desk.site.brand(mailbox.brand_key)
    contact = desk.contact(mail.sender)
    latest = desk.latest_ticket(contact) if contact is not None else None
    locale = latest.locale if latest is not None else brand.locale
    translate = translator(desk, brand.key, locale)
    content = compose(desk, mail, translate, before)
    name = mail.sender_name or (contact.name if contact is not None else "") or mail.sender.rpartition("@")[0]
    draft = TicketDraft(
        channel=CHANNEL, email=mail.sender, name=_line(name, 120), subject=_line(mail.subject, 200)
        or translate(NO_SUBJECT), message=content.html, files=content.files, locale=locale, brand=brand.key,
        category=mailbox.category if mailbox.category in desk.site.categories else None,
        # what is known of who writes, which the form asks for at each ticket
        phone=contact.phone if contact is not None else "", company=latest.company if latest is not None else "",
        department=latest.department if latest is not None else "",
        origin=mailbox.name, mail_id=known_id(mail.message_id), submission=submission_of(row, mail, "ticket"),
    )  # fmt: skip
    return draft, content


def known_id(message_id: str) -> str:
    """A Message-ID as it is kept and looked up: an index takes no longer ones, and nobody's are."""
    return message_id.replace("\0", "").encode("utf-8", "replace").decode()[:LONGEST_ID]


def submission_of(row: IncomingMail, mail: Mail, *what: str) -> str:
    """A key by which the same mail, taken up twice at once, makes one message."""
    which = f"{mail.message_id} {said_by(mail)}" if mail.message_id else row.key
    said = "\0".join(("mail", row.mailbox, which, mail.sender.casefold(), *what))
    return hashlib.sha256(said.encode()).hexdigest()


def _line(text: str, most: int) -> str:
    return str(one_line(text) or "")[:most].strip()
