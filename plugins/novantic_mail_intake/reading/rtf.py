"""Rich text as Outlook puts it into winmail.dat: unpacked, and read as the HTML or the text that it was made of."""

from __future__ import annotations

import re
import struct

MAX_RTF = 4 * 1024 * 1024

_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArial"
    rb"Times New RomanCourier{\colortbl\red0\green0\blue0" b"\r\n" rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)  # fmt: skip
_TOKEN = re.compile(
    rb"\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\(?P<sign>[^a-zA-Z'])|(?P<open>\{)|"
    rb"(?P<close>\})|(?P<text>[^\\{}\r\n]+)"
)
_SKIPPED = frozenset({
    b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer", b"listtable",
    b"listoverridetable", b"generator", b"themedata", b"datastore", b"latentstyles", b"xmlnstbl", b"rsidtbl", b"fldinst",
})  # fmt: skip
_SIGNS = {
    b"par": "\n", b"line": "\n", b"tab": "\t", b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘",
    b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"cell": "\t", b"row": "\n",
}  # fmt: skip


def unpack_rtf(data: bytes) -> bytes:
    """Compressed RTF (MS-OXRTFCP) as it was; empty for what isn't any."""
    if len(data) < 16:
        return b""
    _compressed, size, kind, _checksum = struct.unpack("<IIII", data[:16])
    size = min(size, MAX_RTF)
    if kind == 0x414C454D:
        return data[16 : 16 + size]
    if kind != 0x75465A4C:
        return b""
    window = bytearray(_DICTIONARY.ljust(4096, b"\0"))
    place, at, done = len(_DICTIONARY), 16, bytearray()
    while at < len(data) and len(done) < size:
        flags = data[at]
        at += 1
        for bit in range(8):
            if not flags >> bit & 1:
                run = data[at : at + 1]
                at += 1
            else:
                pair = int.from_bytes(data[at : at + 2], "big")
                at += 2
                offset, length = pair >> 4, (pair & 15) + 2
                if offset == place or at > len(data):
                    return bytes(done[:size])
                run = b""
                for step in range(length):
                    byte = window[(offset + step) % 4096]
                    window[(place + step) % 4096] = byte
                    run += bytes((byte,))
            for step, byte in enumerate(run):
                window[(place + step) % 4096] = byte
            place = (place + len(run)) % 4096
            done += run
    return bytes(done[:size])


def read_rtf(rtf: bytes) -> tuple[str, str]:
    """The HTML that a rich text was made of (MS-OXRTFEX), or else its words as plain text: one of the two is empty."""
    from_html = b"\\fromhtml1" in rtf[:1000]
    done: list[str] = []
    skipped: list[bool] = []
    hidden: list[bool] = []
    codec, skip, hide, starred, unicode_skip = "cp1252", False, False, False, 0
    for match in _TOKEN.finditer(rtf[:MAX_RTF]):
        words = ""
        if match["open"]:
            skipped.append(skip)
            hidden.append(hide)
            starred = False
            continue
        if match["close"]:
            skip, hide = (skipped.pop() if skipped else False), (hidden.pop() if hidden else False)
            continue
        if match["sign"]:
            if match["sign"] == b"*":
                starred = True
                continue
            words = {b"~": "\u00a0", b"_": "-", b"-": ""}.get(match["sign"], match["sign"].decode("latin-1"))
        elif match["word"]:
            word, number = match["word"], int(match["number"] or 1)
            if word == b"htmltag":
                skip, starred = not from_html, False
            elif starred or word in _SKIPPED:
                skip, starred = True, False
            elif word == b"htmlrtf":
                hide = match["number"] != b"0"
            elif word == b"ansicpg":
                codec = f"cp{number}" if 437 <= number <= 1258 else codec
            elif word == b"u" and match["number"]:
                words, unicode_skip = chr(number % 65536), 1
                words = words if not "\ud800" <= words <= "\udfff" else "\ufffd"
            else:
                words = _SIGNS.get(word, "")
        elif match["hex"]:
            words = _letter(bytes.fromhex(match["hex"].decode("ascii")), codec)
        else:
            words = match["text"].decode("latin-1")
        if not skip and not (hide and from_html):
            if unicode_skip and not (match["word"] == b"u"):
                # what programs show that don't know the letter
                words, unicode_skip = words[1:], 0
            done.append(words)
    text = "".join(done)
    return (text, "") if from_html else ("", text.strip())


def _letter(byte: bytes, codec: str) -> str:
    try:
        return byte.decode(codec, "replace")
    except LookupError:
        return byte.decode("cp1252", "replace")
