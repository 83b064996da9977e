"""winmail.dat, in which Outlook sends its rich text and the files with it (MS-OXTNEF).

Read here because the library for it has been left alone since 2021 and takes a time that grows with the square of the
number of attributes, which anybody may send.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from novantic_mail_intake.mail import MailFile
from novantic_mail_intake.reading.charsets import decode_text, plain_line
from novantic_mail_intake.reading.rtf import read_rtf, unpack_rtf

SIGNATURE = 0x223E9F78
MAX_FILES = 200
MAX_PROPERTIES = 5000

_BODY, _PROPERTIES, _CODEPAGE = 0x800C, 0x9003, 0x9007
_RENDER, _TITLE, _DATA, _ATTACHMENT = 0x9002, 0x8010, 0x800F, 0x9005
_TEXT, _RTF, _HTML = 0x1000, 0x1009, 0x1013
_LONG_NAME, _NAME, _MIME, _OBJECT = 0x3707, 0x3704, 0x370E, 0x3701
_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
_COUNTED = frozenset({13, 30, 31, 258})


class NoTnef(Exception):
    """The bytes are none."""


@dataclass(slots=True)
class Tnef:
    """What was in it; of ``text`` and ``html`` what there was."""

    text: str = ""
    html: str = ""
    files: list[MailFile] = field(default_factory=list)


@dataclass(slots=True)
class _File:
    title: str = ""
    name: str = ""
    media_type: str = ""
    data: bytes = b""


def read_tnef(data: bytes) -> Tnef:
    """The text and the files; what is cut off is read as far as it goes.

    :raises NoTnef: for anything else
    """
    if len(data) < 6 or struct.unpack("<I", data[:4])[0] != SIGNATURE:
        raise NoTnef
    reader = _Reader()
    for name, value in _attributes(data):
        reader.take(name, value)
    found = reader.found
    if reader.rtf and not found.html:
        html, text = read_rtf(unpack_rtf(reader.rtf))
        found.html, found.text = html, found.text or text
    for number, file in enumerate(reader.files[:MAX_FILES], 1):
        if file.data:
            label = plain_line(file.name or file.title) or f"file-{number}"
            found.files.append(MailFile(label, file.media_type or "application/octet-stream", file.data))
    return found


@dataclass(slots=True)
class _Reader:
    found: Tnef = field(default_factory=Tnef)
    files: list[_File] = field(default_factory=list)
    codec: str = "cp1252"
    rtf: bytes = b""

    def take(self, name: int, value: bytes) -> None:
        if name == _CODEPAGE and len(value) >= 4:
            self.codec = f"cp{struct.unpack('<I', value[:4])[0]}"
        elif name == _BODY:
            self.found.text = self.found.text or decode_text(value.rstrip(b"\0"), self.codec)
        elif name == _PROPERTIES:
            self.properties(value)
        elif name == _RENDER:
            self.files.append(_File())
        elif self.files:
            _fill(self.files[-1], name, value, self.codec)

    def properties(self, data: bytes) -> None:
        for key, kind, value in _properties(data):
            if key == _TEXT:
                self.found.text = _string(value, kind, self.codec) or self.found.text
            elif key == _HTML:
                self.found.html = _string(value, kind, self.codec)
            elif key == _RTF:
                self.rtf = value


def _fill(file: _File, name: int, value: bytes, codec: str) -> None:
    if name == _TITLE:
        file.title = decode_text(value.rstrip(b"\0"), codec)
    elif name == _DATA:
        file.data = value
    elif name == _ATTACHMENT:
        for key, kind, one in _properties(value):
            if key == _LONG_NAME or (key == _NAME and not file.name):
                file.name = _string(one, kind, codec)
            elif key == _MIME:
                file.media_type = _string(one, kind, codec).strip().lower()
            elif key == _OBJECT and not file.data:
                # behind the 16 bytes that say what kind of object it is
                file.data = one[16:]


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6
    while at + 11 <= len(data):
        name, _kind, length = struct.unpack_from("<HHI", data, at + 1)
        yield name, data[at + 9 : at + 9 + length]
        # two bytes of a checksum follow
        at += 9 + length + 2


def _string(value: bytes, kind: int, codec: str) -> str:
    if kind == 31:
        return value.decode("utf-16-le", "replace").rstrip("\0")
    return decode_text(value.rstrip(b"\0"), codec)


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Key, type and value of each property that has one value; the rest is passed over."""
    try:
        yield from _whole_properties(data)
    except struct.error:
        # cut off
        return


def _whole_properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    at, number = 4, 0
    while at + 4 <= len(data) and number < MAX_PROPERTIES:
        kind, key = struct.unpack_from("<HH", data, at)
        at += 4
        if key >= 0x8000:
            at += _name_length(data, at)
        many, plain = bool(kind & 0x1000), kind & 0x0FFF
        if plain not in _COUNTED and plain not in _FIXED:
            return
        count = 1
        if many or plain in _COUNTED:
            count = struct.unpack_from("<I", data, at)[0]
            at += 4
        for _one in range(min(count, MAX_PROPERTIES)):
            number += 1
            length = _FIXED.get(plain, 0)
            if plain in _COUNTED:
                length = struct.unpack_from("<I", data, at)[0]
                at += 4
            if not many:
                yield key, plain, data[at : at + length]
            at += length + -length % 4


def _name_length(data: bytes, at: int) -> int:
    kind, length = struct.unpack_from("<II", data, at + 16)
    return 24 if kind == 0 else 24 + length + -length % 4
