"""What a mail shows and what it carries, out of its parts."""

from __future__ import annotations

import html
import mimetypes
import re
from collections.abc import Iterator

from novantic_core.plugin import Text, _
from novantic_mail_intake.mail import MailFile
from novantic_mail_intake.reading import words
from novantic_mail_intake.reading.addresses import read_addresses
from novantic_mail_intake.reading.calendars import description_of, summary_of
from novantic_mail_intake.reading.charsets import plain_line
from novantic_mail_intake.reading.headers import Fields, split_head
from novantic_mail_intake.reading.lines import MAX_SIGNS, MAX_TAGS, PICTURE, lines_of, pieces_of
from novantic_mail_intake.reading.parts import Part
from novantic_mail_intake.reading.pictures import Pictures, kind_of_picture
from novantic_mail_intake.reading.plain import linked, plain_to_html, unflow
from novantic_mail_intake.reading.tnef import NoTnef, read_tnef
from novantic_mail_intake.reading.transfer import find_uu

MAX_TEXT = 200_000
"""Characters of plain text that are shown."""
MOST_TAGS = 5 * MAX_TAGS
"""Elements of all texts of a mail together."""
MOST_SPECIAL = 5
"""Files of Outlook's and invitations that are looked into; the others are files as any."""
MAX_HTML = 1_500_000
"""Characters of HTML that are read; pictures within it don't count."""

_SIGNATURES = {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
_OPAQUE = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}
_REPORTS = {"message/delivery-status", "message/disposition-notification", "text/rfc822-headers"}
_MESSAGES = {"message/rfc822", "message/global", "message/news"}
_SHOWN = {"text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-amp-html"}
_HTML_START = re.compile(r"\s{0,100}<(?:!doctype html|html)\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_LINE_TAG = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^<>]*>", re.IGNORECASE)
_PGP_HEAD = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z]+: .*\n)*\n?", re.MULTILINE)
_PGP_SIGNATURE = ("-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----")
_UNFIT = re.compile(r"[^\w .,()-]+")
_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")


class Content:
    """Walks through the parts of a mail."""

    def __init__(self, root: Part, translate: words.Translate) -> None:
        self.translate = translate
        self.is_report = root.media_type == "multipart/report"
        self.notes: dict[Text, None] = {}
        self.tags_left = MOST_TAGS
        self.special_left = MOST_SPECIAL
        self.files: list[MailFile] = []
        self.pictures = Pictures((part for part in _every(root) if _may_be_picture(part)), self.file_of)
        self.items: list[tuple[str, Part | list[str]]] = []
        """In their order: texts in pieces, pictures to show in their place, and files."""
        self._walk(root)
        self.pieces = self._gather()
        if self.pictures.remote:
            self.note(words.REMOTE)

    def note(self, said: Text) -> None:
        """Tell technicians something, once."""
        self.notes[said] = None

    # ------------------------------------------------------------------ the walk

    def _walk(self, part: Part) -> None:
        kind = part.media_type
        if kind == "multipart/alternative":
            self._alternative(part)
        elif kind == "multipart/related":
            self._related(part)
        elif kind == "multipart/encrypted":
            self.note(words.ENCRYPTED)
            self._files(part)
        elif part.children:
            self._mixed(part)
        else:
            self._leaf(part)

    def _mixed(self, part: Part) -> None:
        children = part.children
        for number, child in enumerate(children):
            following = children[number + 1] if number + 1 < len(children) else None
            if _is_twice(child, following):
                # both ways of one text, in a multipart that doesn't say so
                continue
            self._walk(child)

    def _alternative(self, part: Part) -> None:
        chosen = None
        for child in part.children:
            if _shows_text(child) and (chosen is None or _rank(child) >= _rank(chosen)):
                chosen = child
        for child in part.children:
            if child is chosen:
                self._walk(child)
            elif child.media_type not in _SHOWN or child.how == "attachment":
                # a calendar, or files that some programs put in here
                self._leaves(child)

    def _leaves(self, part: Part) -> None:
        for leaf in _every(part):
            if not leaf.children and (leaf.media_type not in _SHOWN or leaf.how == "attachment"):
                self._leaf(leaf)

    def _related(self, part: Part) -> None:
        start = part.parameters.get("start", "").strip("<>")
        root = next((child for child in part.children if start and child.content_id == start), None)
        root = root or next((child for child in part.children if _shows_text(child)), None)
        if root is not None:
            self._walk(root)
        for child in part.children:
            if child is root:
                continue
            if child.children:
                self._walk(child)
            elif _may_be_picture(child):
                # shown where the text refers to it, else a file as any
                self.items.append(("file", child))
            else:
                self._leaf(child)

    def _files(self, part: Part) -> None:
        for child in _every(part):
            if not child.children and child.media_type != "application/pgp-encrypted":
                self.items.append(("file", child))

    def _leaf(self, part: Part) -> None:
        kind, attached = part.media_type, part.how == "attachment"
        if kind in _SIGNATURES:
            self.note(words.SIGNED)
        elif kind in _OPAQUE:
            self.note(words.OPAQUE)
            self.items.append(("file", part))
        elif kind in _TNEF or (kind == "application/octet-stream" and part.filename.lower() == "winmail.dat"):
            self._tnef(part)
        elif kind == "text/calendar" or (kind == "application/ics" and not attached):
            self._calendar(part)
        elif kind in _MESSAGES:
            self._message(part)
        elif kind in _SHOWN and not attached and not (part.filename and self._has_text()):
            self._text(part)
        elif _may_be_picture(part) and part.how == "inline":
            self.items.append(("picture", part))
        else:
            self.items.append(("file", part))

    def _has_text(self) -> bool:
        return any(isinstance(item, list) and item for _kind, item in self.items)

    # ------------------------------------------------------------------ kinds of parts

    def _text(self, part: Part) -> None:
        text = _UNSAFE.sub("", part.text())
        if part.media_type in {"text/html", "text/x-amp-html"} or _HTML_START.match(text):
            self._html(text)
            return
        if part.media_type in {"text/enriched", "text/richtext"}:
            text = _TAG.sub("", text.replace("<<", "‹"))
        if part.parameters.get("format", "").lower() == "flowed":
            text = unflow(text[: 2 * MAX_TEXT], delete_space=part.parameters.get("delsp", "").lower() == "yes")
        self._plain(text)

    def _plain(self, text: str) -> None:
        if "begin " in text:
            text = self._without_uu(text)
        end = _end_of(text)
        if end < len(text):
            self._too_long("txt", "text/plain", text)
            text = text[:end]
        if "-----BEGIN PGP" in text:
            text = self._without_armour(text)
        pieces = self._pieces(plain_to_html(text))
        if pieces is None:
            # a paragraph for each line, and thousands of them
            pieces = pieces_of(f"<pre>{html.escape(text, quote=False)}</pre>") or []
        self.items.append(("text", pieces))

    def _without_armour(self, text: str) -> str:
        if "-----BEGIN PGP MESSAGE-----" in text:
            self.note(words.ENCRYPTED)
        head = _PGP_HEAD.search(text)
        if head is None:
            return text
        self.note(words.SIGNED)
        signed, _begin, rest = text[head.end() :].partition(_PGP_SIGNATURE[0])
        after = rest.partition(_PGP_SIGNATURE[1])[2]
        return text[: head.start()] + re.sub(r"^- ", "", signed, flags=re.MULTILINE) + after

    def _without_uu(self, text: str) -> str:
        data = text.encode("utf-8", "replace")
        kept, at = [], 0
        for start, end, named, content in find_uu(data):
            kept.append(data[at:start])
            at = end
            name = plain_line(named)
            self.files.append(MailFile(name, _type_of(name), content))
        return b"".join([*kept, data[at:]]).decode("utf-8", "replace")

    def _html(self, source: str) -> None:
        source = self.pictures.take_data(source)
        if len(source) > MAX_HTML:
            self._too_long("html", "text/html", source)
            source = source[:MAX_HTML]
        pieces = self._pieces(source)
        if pieces is not None and lines_of(pieces):
            self.items.append(("text", pieces))
            return
        # a title that never ends swallows all that follows: what was written is there all the same
        bare = html.unescape(_bare(source))
        if pieces is None or bare.strip():
            self.note(words.TOO_INTRICATE)
            self._plain(bare)

    def _pieces(self, source: str) -> list[str] | None:
        """A text in pieces; None for one with too many tags, by itself or together with those before it."""
        self.tags_left -= min(source.count("<"), MAX_TAGS)
        return pieces_of(source) if self.tags_left >= 0 else None

    def _is_left(self) -> bool:
        self.special_left -= 1
        return self.special_left >= 0

    def _too_long(self, ending: str, media_type: str, text: str) -> None:
        self.note(words.TOO_LONG)
        self.files.append(MailFile(f"message.{ending}", media_type, text.encode("utf-8", "replace")))

    def _calendar(self, part: Part) -> None:
        text = part.text() if self._is_left() else ""
        summary = summary_of(text, self.translate)
        if summary and not self._has_text():
            self._plain(description_of(text))
        if summary:
            self.items.append(("text", pieces_of(summary) or []))
        self.files.append(MailFile(_name_of(part, "invitation.ics"), "text/calendar", part.data()))

    def _message(self, part: Part) -> None:
        data = part.data()
        fields = Fields(split_head(data.lstrip(b"\r\n"))[0])
        subject = fields.words("subject")
        sender = next(iter(read_addresses(fields.first("from"))), ("", ""))
        name = f"{_UNFIT.sub('_', subject)[:100].strip() or 'message'}.eml"
        said = _(words.ATTACHED_MAIL, mapping={
            "subject": subject or self.translate(words.NO_SUBJECT),
            "sender": sender[0] or sender[1] or self.translate(words.UNKNOWN),
        })  # fmt: skip
        if not self.is_report:
            self.items.append(("text", pieces_of(f"<p>{linked(self.translate(said))}</p>") or []))
        self.files.append(MailFile(_name_of(part, name), "message/rfc822", data))

    def _tnef(self, part: Part) -> None:
        try:
            if not self._is_left():
                raise NoTnef
            found = read_tnef(part.data())
        except NoTnef:
            self.note(words.BROKEN_TNEF)
            self.items.append(("file", part))
            return
        if not self._has_text():
            if found.html:
                self._html(found.html)
            else:
                self._plain(found.text)
        self.files += found.files

    # ------------------------------------------------------------------ what comes out

    def _gather(self) -> list[str]:
        texts = [(kind, self.pictures.resolve(item) if isinstance(item, list) else item) for kind, item in self.items]
        done: list[str] = []
        for kind, item in texts:
            if isinstance(item, list):
                done += item
            elif id(item) in self.pictures.used:
                continue
            elif kind == "picture" and (shown := self.pictures.show(item)):
                done += ["<p>", shown, "</p>"]
            else:
                self.files.append(self.file_of(item, item.data()))
        return done

    def file_of(self, part: Part, data: bytes) -> MailFile:
        """A part as a file."""
        kind = kind_of_picture(data)
        media_type = f"image/{kind}" if kind else part.media_type
        ending = mimetypes.guess_extension(media_type) or (".txt" if media_type in _REPORTS else ".bin")
        stem = "image" if kind else "message" if media_type in _SHOWN else "file"
        return MailFile(_name_of(part, f"{stem}{ending.replace('.htm.', '.html')}"), media_type, data)

    def all_files(self) -> tuple[MailFile, ...]:
        """Those that are attached, and those that the text shows."""
        return (*self.files, *self.pictures.files.values())


def _end_of(text: str) -> int:
    """How much of a plain text is shown."""
    signs = [match.start() for match in re.finditer(r"[<>&]", text[:MAX_TEXT])]
    return signs[MAX_SIGNS // 2] if len(signs) > MAX_SIGNS // 2 else min(len(text), MAX_TEXT)


def _bare(source: str) -> str:
    """The words of HTML, found without a parser."""
    return _TAG.sub("", _LINE_TAG.sub("\n", _without_hidden(source)))


def _without_hidden(source: str) -> str:
    """HTML without what is in it for programs only."""
    for begin, ends in (("<!--", "-->"), ("<head>", "</head>"), ("<style", "</style"), ("<script", "</script")):
        kept, at, lower = [], 0, source.lower()
        while (start := lower.find(begin, at)) >= 0 and (end := lower.find(ends, start)) >= 0:
            kept.append(source[at:start])
            at = end + (len(ends) if ends == "-->" else 0)
        source = "".join([*kept, source[at:]])
    return source


def _every(part: Part) -> Iterator[Part]:
    yield part
    for child in part.children:
        yield from _every(child)


def _may_be_picture(part: Part) -> bool:
    if part.children:
        return False
    if part.media_type.startswith("image/"):
        return True
    return part.media_type == "application/octet-stream" and _type_of(part.filename).startswith("image/")


def _type_of(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _name_of(part: Part, otherwise: str) -> str:
    return part.filename.strip() or otherwise


def _rank(part: Part) -> int:
    """Which of several ways to say one thing is taken: HTML before plain text, of equals the last."""
    if part.media_type == "text/html":
        return 3
    if part.children:
        return max((_rank(child) for child in part.children), default=0)
    return {"text/enriched": 2, "text/richtext": 2, "text/plain": 1, "text/markdown": 1}.get(part.media_type, 0)


def _shows_text(part: Part) -> bool:
    """Whether there are words or pictures in it to be read."""
    if part.children:
        return any(_shows_text(child) for child in part.children)
    if part.media_type not in _SHOWN or part.how == "attachment":
        return False
    if part.shows is None:
        text = part.text()
        if part.media_type == "text/html":
            text = text[:MAX_HTML]
            text = PICTURE if "<img" in text.lower() else html.unescape(_bare(text))
        part.shows = bool(text.strip())
    return part.shows


def _letters(part: Part) -> str:
    text = part.text()[:MAX_TEXT]
    if part.media_type == "text/html":
        text = html.unescape(_bare(text))
    return "".join(c for c in text if c.isalnum() and c != PICTURE).lower()


def _is_twice(part: Part, following: Part | None) -> bool:
    """Whether a plain text is followed by the same as HTML."""
    if following is None or part.media_type != "text/plain" or following.media_type != "text/html":
        return False
    if "attachment" in {part.how, following.how}:
        return False
    plain = _letters(part)
    return bool(plain) and plain[:2000] == _letters(following)[: min(len(plain), 2000)]
