"""Bytes to text, whatever their label says.

Labels are often wrong or missing. What is read as UTF-8 without a fault and has other than ASCII in it is UTF-8: text
in another encoding is never so by accident. Of the Latin ones the label of the web is meant (windows-1252 for
iso-8859-1 and us-ascii), since no mail program ever wrote the control characters by which they differ.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from charset_normalizer import from_bytes

SAMPLE = 16 * 1024
"""Bytes that are looked at for a guess."""
FEWEST = 20
"""Bytes beyond ASCII that a statistic needs to be worth anything."""

_SUPERSETS = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "big5": "cp950", "shift_jis": "cp932", "euc_kr": "cp949",
    "utf-8-sig": "utf-8", "cp65001": "utf-8",
}  # fmt: skip
"""What is read in the place of an encoding: all of it, and what programs write under its name besides."""
_ALIASES = {
    "ansi": "cp1252", "x-ansi": "cp1252", "windows-ansi": "cp1252", "cp-1252": "cp1252", "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman", "x-sjis": "cp932", "x-gbk": "gb18030", "x-euc-jp": "euc_jp", "ks_c_5601-1987": "cp949",
    "x-windows-949": "cp949", "unicode-1-1-utf-7": "utf-7", "unicode-1-1-utf-8": "utf-8", "utf8mb4": "utf-8",
    "utf": "utf-8", "x-utf-8": "utf-8", "iso-8859-8-i": "iso8859-8", "iso-8859-6-i": "iso8859-6",
    "x-windows-1252": "cp1252", "cp-850": "cp850", "windows-874": "cp874",
}  # fmt: skip
_NOT_FOR_MAIL = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "palmos"})
_CLEAN_LABEL = re.compile(r"[^a-z0-9_.:+-]")


def _one_by_one(error: UnicodeError) -> tuple[str, int]:
    """A byte that has no place in UTF-8 is taken for the Latin letter that it would be."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("novantic-mail-latin", _one_by_one)


def codec_of(label: str) -> str | None:
    """The name of Python's codec for a label, None for one that means no encoding of text."""
    cleaned = _CLEAN_LABEL.sub("", label.lower().partition("*")[0])[:60]
    if not cleaned:
        return None
    try:
        found = codecs.lookup(_ALIASES.get(cleaned, cleaned))
    except (LookupError, ValueError):
        return None
    name = found.name.replace("iso8859_", "iso8859-")
    # base64 and the like are codecs, too
    if not getattr(found, "_is_text_encoding", True) or name.replace("-", "_") in _NOT_FOR_MAIL:
        return None
    return _SUPERSETS.get(name, name)


def decode_text(data: bytes, label: str = "") -> str:
    """Text out of bytes; never fails. What can't be read at all stands as U+FFFD.

    :param label: the encoding that they are said to be in
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return _whole(data[len(mark) :].decode(name, "replace"))
    codec = codec_of(label)
    if codec is not None and codec.startswith(("utf-16", "utf-32")):
        return _whole(_wide(data, codec))
    if codec in {"utf-7", "hz"} or (codec is not None and codec.startswith("iso2022")):
        return _whole(data.decode(codec, "replace"))
    if data.isascii() and codec is None and b"\x1b$" in data:
        return data.decode("iso2022_jp", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _broken_utf8(data) if codec == "utf-8" else _whole(data.decode(codec or _guess(data), "replace"))


def _whole(text: str) -> str:
    """Without halves of characters, which no database takes."""
    return text.encode("utf-8", "replace").decode("utf-8") if any("\ud800" <= c <= "\udfff" for c in text) else text


def _wide(data: bytes, codec: str) -> str:
    if codec == "utf-16" and data:
        # without a mark: the half of it that is zero is the upper one
        codec = "utf-16-be" if data[:SAMPLE:2].count(0) > data[1:SAMPLE:2].count(0) else "utf-16-le"
    if codec.startswith("utf-16") and data.isascii() and 0 not in data:
        # the label of a program that converted the text and forgot it
        return data.decode("ascii")
    return data.decode(codec, "replace")


def _broken_utf8(data: bytes) -> str:
    """What is said to be UTF-8 and isn't quite: cut in the middle of a character, or all of it in something else."""
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(1 for c in text if c > "\x7f") - wrong
    if wrong > right:
        return _whole(data.decode(_guess(data), "replace"))
    cut = data.rstrip(b"\r\n \t")
    for length in range(1, 4):
        # one that was cut off at the end is left out
        if wrong == 1 and len(cut) >= length and cut[-length] >= 0xC2:
            return data[: len(cut) - length].decode("utf-8", "novantic-mail-latin")
    return data.decode("utf-8", "novantic-mail-latin")


def _guess(data: bytes) -> str:
    """The encoding of text without a right label.

    In the languages of the Latin alphabet a letter in five is accented at most: those are taken for windows-1252,
    since what a statistic says of some words is more often wrong than that.
    """
    sample = data[:SAMPLE]
    letters = sum(1 for byte in sample if byte > 0x7F or chr(byte).isalpha())
    above = sum(1 for byte in sample if byte > 0x7F)
    if above < FEWEST or above * 3 <= letters:
        return "cp1252"
    best = from_bytes(sample).best()
    codec = codec_of(best.encoding) if best is not None else None
    return codec or "cp1252"


def plain_line(text: str) -> str:
    """Text of a header as one line, without control characters and those that turn the direction of writing."""
    text = re.sub(r"\r\n|[\t\r\n]", " ", text)
    kept = (c for c in text if unicodedata.category(c) not in {"Cc", "Cs"} and c not in "\u202a\u202b\u202d\u202e")
    return "".join(kept).strip()
