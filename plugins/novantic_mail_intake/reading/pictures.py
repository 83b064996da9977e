"""The pictures in a mail's text: those that came with it are shown, those from elsewhere are not fetched."""

from __future__ import annotations

import base64
import binascii
import hashlib
import html
import re
from collections.abc import Callable, Iterable
from urllib.parse import unquote

from novantic_mail_intake.mail import MailFile
from novantic_mail_intake.reading.lines import attributes_of
from novantic_mail_intake.reading.parts import Part

_DATA = re.compile(
    r"(?P<quote>[\"'])data:image/(?:png|jpe?g|gif|webp);base64,(?P<data>[A-Za-z0-9+/=\s]+)(?P=quote)", re.IGNORECASE
)
_SIGNS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"))


def kind_of_picture(data: bytes) -> str:
    """``png``, ``jpeg``, ``gif`` or ``webp`` by its first bytes; empty for what a browser doesn't show."""
    for sign, kind in _SIGNS:
        if data.startswith(sign):
            return kind
    return "webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


class Pictures:
    """The parts that a text may refer to, and those that it did."""

    def __init__(self, parts: Iterable[Part], make_file: Callable[[Part, bytes], MailFile]) -> None:
        self.make_file = make_file
        self.by_name: dict[str, Part] = {}
        self.used: set[int] = set()
        """The parts that the text shows, by their ``id()``."""
        self.files: dict[str, MailFile] = {}
        self.remote = 0
        """How many were left out because they lie elsewhere."""
        self._shown: dict[int, str] = {}
        for part in parts:
            for name in (part.content_id, part.fields.words("content-location"), part.filename):
                if name:
                    self.by_name.setdefault(name.lower(), part)

    def take_data(self, source: str) -> str:
        """HTML whose pictures in ``data:`` addresses became files."""

        def take(match: re.Match[str]) -> str:
            try:
                data = base64.b64decode(re.sub(r"\s", "", match["data"]))
            except binascii.Error:
                return '""'
            kind = kind_of_picture(data)
            if not kind:
                return '""'
            name = f"image-{len(self.files) + 1}.{kind.replace('jpeg', 'jpg')}"
            return f'"cid:{self._keep(MailFile(name, f"image/{kind}", data))}"'

        return _DATA.sub(take, source)

    def show(self, part: Part) -> str:
        """A part as a picture; empty for one that a browser doesn't show."""
        if id(part) not in self._shown:
            # once, however often the text shows it
            self._shown[id(part)] = self._show(part)
        return self._shown[id(part)]

    def _show(self, part: Part) -> str:
        data = part.data()
        kind = kind_of_picture(data)
        if not kind:
            return ""
        self.used.add(id(part))
        file = self.make_file(part, data)
        key = self._keep(MailFile(file.filename, f"image/{kind}", data))
        return f'<img src="cid:{key}" alt="{html.escape(file.filename)}">'

    def _keep(self, file: MailFile) -> str:
        key = hashlib.sha256(file.data).hexdigest()
        self.files.setdefault(key, MailFile(file.filename, file.media_type, file.data, key))
        return key

    def resolve(self, pieces: list[str]) -> list[str]:
        """The pieces of a text with its pictures in their places."""
        return [self._picture(piece) if piece.startswith("<img") else piece for piece in pieces]

    def _picture(self, piece: str) -> str:
        attributes = attributes_of(piece)
        source, alt = attributes.get("src", "").strip(), attributes.get("alt", "").strip()
        if source.removeprefix("cid:") in self.files:
            return piece
        part = self._find(source)
        if part is not None:
            shown = self.show(part)
            if shown:
                sizes = "".join(
                    f' {name}="{attributes[name]}"'
                    for name in ("width", "height")
                    if attributes.get(name, "").isdigit()
                )
                words = f' alt="{html.escape(alt)}"' if alt else ""
                return re.sub(r' alt="[^"]*"', lambda match: f"{words or match[0]}{sizes}", shown)
        elif source.startswith(("http:", "https:", "//")):
            self.remote += 1
        # what it would have shown, in words: a link of a picture alone is a link still
        return html.escape(f"[{alt[:200]}]", quote=False) if alt else ""

    def _find(self, source: str) -> Part | None:
        name = unquote(source).lower()
        if name.startswith("cid:"):
            name = name[4:].strip().strip("<>")
            # some refer to image001.png@01D9… and name the part image001.png
            return self.by_name.get(name) or self.by_name.get(name.partition("@")[0])
        return self.by_name.get(source.lower()) or (self.by_name.get(name) if ":" not in name and name else None)
