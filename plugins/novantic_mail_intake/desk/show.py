"""One mail for the eyes of a technician: read again out of what was kept, changing nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO

from chameleon.utils import Markup
from pyramid.request import Request

from novantic_core.plugin import Text, _, name_folded
from novantic_mail_intake.mail import Mail, MailFile
from novantic_mail_intake.models import IncomingMail
from novantic_mail_intake.reading import Unreadable, read_mail

SHOWN = 64 * 1024
"""How many bytes of a mail's source are shown; all of them are in the download."""

AWAY = _("The storage doesn't answer, so the mail itself can't be shown now. Nothing is lost: try again later.")
GONE = _("The mail itself is no longer kept; what is shown here is what was noted of it.")

# what a page can't show, and what would turn the order of the letters round
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SEEN = re.compile(r'<img [^<>]*src="cid:([0-9a-f]{64})"')
_UNFOLDED = re.compile(r"<details\b")
_CHECKED = re.compile(rb"^authentication-results:[ \t]*((?:[^\r\n]|\r?\n[ \t])*)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shown:
    """What can be shown of a mail. ``trouble`` says in words why there is less than there should be."""

    mail: Mail | None = None
    body: Markup | None = None
    files: Sequence[tuple[int, MailFile]] = ()
    """Those that are listed: pictures stand in the text."""
    source: str = ""
    whole: bool = True
    """Whether the source is all of it."""
    checked: Sequence[str] = ()
    """What the servers that took it in say of who sent it."""
    trouble: Text = ""

    @property
    def sent_at(self) -> datetime | None:
        """When its sender says it was sent."""
        return self.mail.sent_at if self.mail is not None else None


def open_original(request: Request, row: IncomingMail) -> tuple[IO[bytes] | None, Text]:
    """What was kept of a mail, or why there is nothing to open."""
    if not row.key:
        return None, GONE
    try:
        return request.desk.open_file(row.key), ""
    except KeyError:
        return None, GONE
    except OSError:
        return None, AWAY


def show(request: Request, row: IncomingMail) -> Shown:
    """Read a mail again, for its page."""
    file, trouble = open_original(request, row)
    if file is None:
        return Shown(trouble=trouble)
    try:
        with file:
            raw = file.read()
    except OSError:
        return Shown(trouble=AWAY)
    source = _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", raw[:SHOWN].decode("utf-8", "replace").replace("\r\n", "\n"))
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0][:SHOWN]
    checked = [_one_line(found[1]) for found in _CHECKED.finditer(head)]
    shown = Shown(source=source, whole=len(raw) <= SHOWN, checked=checked)
    try:
        mail = read_mail(raw, request.page.words)
    except Unreadable as error:
        return replace(shown, trouble=error.words)
    within = _addresses(request, row, mail)
    seen = set(_SEEN.findall(mail.html))
    files = [(place, one) for place, one in enumerate(mail.files) if _key(one) not in seen]
    return replace(shown, mail=mail, body=_body(request, mail, within), files=files)


def _one_line(value: bytes) -> str:
    return _UNSEEN.sub("", " ".join(value.decode("utf-8", "replace").split()))[:500]


def _key(file: MailFile) -> str:
    return hashlib.sha256(file.data).hexdigest()


def _addresses(request: Request, row: IncomingMail, mail: Mail) -> dict[str, str]:
    """Where the pictures in the text are handed out."""
    return {
        _key(file): request.route_path("admin_mail_file", id=row.id, file=place)
        for place, file in enumerate(mail.files)
    }


def _body(request: Request, mail: Mail, within: dict[str, str]) -> Markup | None:
    if not mail.html:
        return None
    words = request.page.words
    html = re.sub(r"\bcid:([0-9a-f]{64})", lambda found: within.get(found[1], found[0]), mail.html)
    html = name_folded(html, words(_("Earlier messages")), words(_("Signature")))
    # who decides on a mail must see all of it
    return Markup(_UNFOLDED.sub("<details open", html))


def file_of(request: Request, row: IncomingMail, place: int) -> MailFile | None:
    """One of the files that came with a mail."""
    mail = show(request, row).mail
    return mail.files[place] if mail is not None and place < len(mail.files) else None
