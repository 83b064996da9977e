"""Rich text as Outlook puts it into winmail.dat: unpacked, and read as the HTML or the text that it was made of."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

MAX_RTF = 4 * 1024 * 1024

_DICTIONARY = b"".join((
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif",
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0", b"\r\n",
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx",
))  # fmt: skip
_TOKEN = re.compile(
    rb"\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\(?P<sign>[^a-zA-Z'])|"
    rb"(?P<open>\{)|(?P<close>\})|(?P<text>[^\\{}\r\n]+)"
)
_SKIPPED = frozenset({
    b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer", b"listtable",
    b"listoverridetable", b"generator", b"themedata", b"datastore", b"latentstyles", b"xmlnstbl", b"rsidtbl",
    b"fldinst",
})  # fmt: skip
_WORDS = {
    b"par": "\n", b"line": "\n", b"tab": "\t", b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘",
    b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"cell": "\t", b"row": "\n",
}  # fmt: skip
_SIGNS = {b"~": "\u00a0", b"_": "-", b"-": ""}
_UNPACKED, _PACKED = 0x414C454D, 0x75465A4C


def unpack_rtf(data: bytes) -> bytes:
    """Compressed RTF (MS-OXRTFCP) as it was; empty for what isn't any."""
    if len(data) < 16:
        return b""
    _compressed, size, kind, _checksum = struct.unpack("<IIII", data[:16])
    size = min(size, MAX_RTF)
    if kind == _UNPACKED:
        return data[16 : 16 + size]
    return _unpack(data, size) if kind == _PACKED else b""


def _unpack(data: bytes, size: int) -> bytes:
    done = bytearray(_DICTIONARY)
    at, whole = 16, len(_DICTIONARY) + size
    while at < len(data) and len(done) < whole:
        flags = data[at]
        at += 1
        for bit in range(8):
            if not flags >> bit & 1:
                done += data[at : at + 1]
                at += 1
                continue
            pair = int.from_bytes(data[at : at + 2], "big")
            at += 2
            # the window is a ring of 4,096 bytes: how far back the run lies that comes again
            back = (len(done) - (pair >> 4)) % 4096
            if not back or back > len(done) or at > len(data):
                return bytes(done[len(_DICTIONARY) : whole])
            for _step in range((pair & 15) + 2):
                done.append(done[-back])
    return bytes(done[len(_DICTIONARY) : whole])


@dataclass(slots=True)
class _Rtf:
    """Reads token by token; what stands in a group ends with it."""

    from_html: bool
    skip: bool = False
    """Whether the group is none of the text's."""
    hide: bool = False
    """Whether it stands in for HTML that is there itself."""
    starred: bool = False
    codec: str = "cp1252"
    doubled: bool = False
    """Whether the next letter is shown by programs that don't know the one before."""
    groups: list[tuple[bool, bool]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def take(self, match: re.Match[bytes]) -> None:
        if match["open"]:
            self.groups.append((self.skip, self.hide))
            self.starred = False
        elif match["close"]:
            self.skip, self.hide = self.groups.pop() if self.groups else (False, False)
        elif match["sign"] == b"*":
            self.starred = True
        elif match["word"]:
            self.word(match["word"], match["number"])
        elif match["sign"]:
            self.say(_SIGNS.get(match["sign"], match["sign"].decode("latin-1")))
        elif match["hex"]:
            self.say(bytes.fromhex(match["hex"].decode("ascii")).decode(self.codec, "replace"))
        else:
            self.say(match["text"].decode("latin-1"))

    def word(self, word: bytes, number: bytes | None) -> None:
        if word == b"htmltag":
            self.skip, self.starred = not self.from_html, False
        elif self.starred or word in _SKIPPED:
            self.skip, self.starred = True, False
        elif word == b"htmlrtf":
            self.hide = number != b"0"
        elif word == b"ansicpg" and number in {b"1250", b"1251", b"1253", b"1254", b"1255", b"1256", b"932", b"936"}:
            self.codec = f"cp{int(number)}"
        elif word == b"u" and number:
            letter = chr(int(number) % 65536)
            self.say("\ufffd" if "\ud800" <= letter <= "\udfff" else letter)
            self.doubled = True
        else:
            self.say(_WORDS.get(word, ""))

    def say(self, words: str) -> None:
        if self.skip or (self.hide and self.from_html):
            return
        if self.doubled and words:
            words, self.doubled = words[1:], False
        self.done.append(words)


def read_rtf(rtf: bytes) -> tuple[str, str]:
    """The HTML that a rich text was made of (MS-OXRTFEX), or else its words as plain text: one of the two is empty."""
    reader = _Rtf(b"\\fromhtml1" in rtf[:1000])
    for match in _TOKEN.finditer(rtf[:MAX_RTF]):
        reader.take(match)
    text = "".join(reader.done)
    return (text, "") if reader.from_html else ("", text.strip())
