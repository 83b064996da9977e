"""The parts of a mail (MIME), within limits, and also where its boundaries are wrong.

The standard library's parser isn't used: its time grows with the depth of the nesting times the number of lines, and a
thousand levels end in a RecursionError. Here each level is cut by one search, and there are :data:`DEEPEST` of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from novantic_mail_intake.reading.charsets import codec_of, decode_text
from novantic_mail_intake.reading.headers import Fields, split_head
from novantic_mail_intake.reading.transfer import decode_transfer

DEEPEST = 20
MAX_PARTS = 300

_STRAY = re.compile(rb"^--(?P<boundary>\S{1,200})[ \t]*\r?\n(?:Content-|MIME-|X-)", re.MULTILINE | re.IGNORECASE)
_META = re.compile(rb"<meta[^<>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.+-]{1,60})", re.IGNORECASE)


@dataclass(slots=True)
class Part:
    """A part: its fields, what stands in it as it stands, and of a multipart its parts."""

    fields: Fields
    payload: bytes
    media_type: str
    children: list[Part] = field(default_factory=list)
    shows: bool | None = None
    """Whether there is something in it to be read; None as long as nobody looked."""

    @property
    def how(self) -> str:
        """``attachment`` or ``inline``; empty where nothing is said."""
        return self.fields.disposition[0]

    @property
    def parameters(self) -> dict[str, str]:
        """Those of its media type."""
        return self.fields.content_type[1]

    @property
    def filename(self) -> str:
        """Its name, if it has one."""
        return self.fields.disposition[1].get("filename") or self.parameters.get("name") or ""

    @property
    def content_id(self) -> str:
        """By what a text refers to it, without angle brackets."""
        return self.fields.first("content-id").strip().strip("<>").strip()

    def data(self) -> bytes:
        """What it holds, decoded."""
        is_text = self.media_type.startswith("text/") and self.how != "attachment"
        return decode_transfer(self.payload, self.fields.first("content-transfer-encoding"), is_text=is_text)

    def text(self) -> str:
        """Its text, with line ends as they are here."""
        data = self.data()
        label = self.parameters.get("charset", "")
        if self.media_type == "text/html" and codec_of(label) is None:
            meta = _META.search(data[:4096])
            label = meta[1].decode("ascii") if meta else label
        return decode_text(data, label).replace("\r\n", "\n").replace("\r", "\n")


class Budget:
    """How many parts may still come."""

    def __init__(self) -> None:
        self.left = MAX_PARTS
        self.exceeded = False

    def take(self) -> bool:
        """Whether there may be one more."""
        self.left -= 1
        self.exceeded = self.exceeded or self.left < 0
        return self.left >= 0


def parse(raw: bytes, budget: Budget, default: str = "text/plain", depth: int = 0) -> Part:
    """A mail, or a part of one, with the parts in it."""
    head, payload = split_head(raw)
    fields = Fields(head)
    media_type = fields.content_type[0] or default
    part = Part(fields, payload, media_type)
    if media_type.startswith("multipart/"):
        if depth >= DEEPEST:
            budget.exceeded = True
            part.media_type = "application/octet-stream"
            return part
        encoding = fields.first("content-transfer-encoding").strip().lower()
        if encoding in {"base64", "quoted-printable"}:
            # forbidden, and some do it
            payload = payload if b"\n--" in payload else decode_transfer(payload, encoding)
        pieces = _pieces(payload, part.parameters.get("boundary", ""))
        inner = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
        part.children = [parse(piece, budget, inner, depth + 1) for piece in pieces if budget.take()]
        if not pieces:
            part.media_type = "text/html" if b"<html" in payload[:2000].lower() else "text/plain"
    return part


def _pieces(payload: bytes, boundary: str) -> list[bytes]:
    """What stands between the boundaries; where none is found, between those that stand there instead."""
    found = _cut(payload, boundary.encode("utf-8", "replace")) if boundary else []
    if not found:
        stray = _STRAY.search(payload)
        found = _cut(payload, stray["boundary"]) if stray else []
    return found


def _cut(payload: bytes, boundary: bytes) -> list[bytes]:
    lines = list(re.finditer(rb"^--%s(?:--)?[ \t]*\r?$\n?" % re.escape(boundary.rstrip()), payload, re.MULTILINE))
    pieces = []
    for number, line in enumerate(lines):
        closing = line[0].rstrip().endswith(b"--") and line[0].rstrip() != b"--" + boundary.rstrip()
        end = lines[number + 1].start() if number + 1 < len(lines) else len(payload)
        piece = payload[line.end() : end]
        if closing or (not piece.strip() and number + 1 < len(lines)):
            continue
        # the line end before a boundary belongs to it
        pieces.append(piece.removesuffix(b"\n").removesuffix(b"\r") if number + 1 < len(lines) else piece)
    return pieces
