"""Header fields: their words (RFC 2047) and parameters (RFC 2231), also as they should never have been written."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from functools import cached_property
from urllib.parse import unquote_to_bytes

from novantic_mail_intake.reading.charsets import decode_text, plain_line
from novantic_mail_intake.reading.transfer import decode_base64

MAX_FIELDS = 1000
MAX_HEAD = 1024 * 1024
MAX_VALUE = 64 * 1024
"""Bytes of a field that are read."""

_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_WORD = re.compile(r"=\?(?P<charset>[^?\s]{1,60})\?(?P<how>[BbQq])\?(?P<text>[^?]*)\?=")
_PARAMETER = re.compile(
    r'(?P<name>[^\s=;"]{1,60})[ \t]{0,9}=[ \t]{0,9}(?:"(?P<quoted>(?:[^"\\]|\\.)*)"?|(?P<token>[^;]*))'
)
_PIECE = re.compile(r"(?P<name>[^*]+)(?:\*(?P<number>\d{1,4}))?(?P<extended>\*)?")
_ESCAPED = re.compile(r'\\(["\\])')
_PERCENT = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]")


class Fields:
    """The fields of a mail or of a part of it, in their order."""

    def __init__(self, head: bytes) -> None:
        self.all = list(_fields(head[:MAX_HEAD]))

    def raw(self, name: str) -> list[str]:
        """Each field of that name as text, its encoded words not read yet."""
        return [value for found, value in self.all if found == name]

    def first(self, name: str) -> str:
        """The first field of that name, not decoded; empty for none."""
        return next(iter(self.raw(name)), "")

    def words(self, name: str) -> str:
        """The first field of that name as people read it."""
        return decode_words(self.first(name))

    def __contains__(self, name: str) -> bool:
        return any(found == name for found, _value in self.all)

    @cached_property
    def content_type(self) -> tuple[str, dict[str, str]]:
        """The media type and its parameters; an empty type for none, or one that is nonsense."""
        kind, parameters = read_parameters(self.first("content-type"))
        kind = kind.lower()
        if kind in {"text", "html"}:
            kind = "text/html" if kind == "html" else "text/plain"
        return kind if re.fullmatch(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,100}", kind) else "", parameters

    @cached_property
    def disposition(self) -> tuple[str, dict[str, str]]:
        """``attachment``, ``inline`` or nothing, and its parameters."""
        how, parameters = read_parameters(self.first("content-disposition"))
        return how.lower(), parameters


def split_head(raw: bytes) -> tuple[bytes, bytes]:
    """The fields and what follows the blank line, also where that line is missing."""
    at = 0
    while at < len(raw):
        stop = raw.find(b"\n", at)
        following = len(raw) if stop < 0 else stop + 1
        line = raw[at:following]
        if not line.strip():
            return raw[:at], raw[following:]
        if not (line[:1] in b" \t" or _FIELD.match(line) or (at == 0 and line.startswith(b"From "))):
            # neither a field nor the rest of one: a line that something broke, or a text without a blank line before it
            upcoming = raw[following : following + 1000]
            if at == 0 or not (_FIELD.match(upcoming) or upcoming[:1] in {b" ", b"\t"}):
                return raw[:at], raw[at:]
        at = following
    return raw, b""


def _fields(head: bytes) -> Iterator[tuple[str, str]]:
    name, pieces, number = "", [], 0
    for line in re.split(rb"\r?\n|\r", head):
        match = _FIELD.match(line)
        if match is None or line[:1] in b" \t":
            if name:
                pieces.append(line.strip())
            continue
        if name:
            yield name, _value(pieces)
        number += 1
        if number > MAX_FIELDS:
            return
        name, pieces = match[1].decode("ascii").lower(), [line[match.end() :].strip()]
    if name:
        yield name, _value(pieces)


def _value(pieces: list[bytes]) -> str:
    value = b" ".join(piece for piece in pieces if piece)[:MAX_VALUE]
    return decode_text(value.replace(b"\0", b""))


def decode_words(value: str) -> str:
    """Encoded words as text, in one line.

    Words that follow each other are put together before they are decoded, where they are of one kind: programs cut them
    in the middle of a character, or of the four letters of base64.
    """
    done: list[str] = []
    run: list[tuple[str, str, str]] = []
    at = 0
    for match in _WORD.finditer(value):
        between = value[at : match.start()]
        if between.strip() or not run:
            done += [_run(run), between]
            run = []
        run.append((match["charset"].partition("*")[0].lower(), match["how"].lower(), match["text"]))
        at = match.end()
    done += [_run(run), value[at:]]
    return plain_line("".join(done))


def _run(run: list[tuple[str, str, str]]) -> str:
    done, at = [], 0
    while at < len(run):
        charset, how = run[at][:2]
        data, rest = [], ""
        while at < len(run) and run[at][0] == charset and (run[at][1] == how or not rest):
            how, text = run[at][1:]
            at += 1
            if how == "q":
                data.append(binascii.a2b_qp(text.encode("utf-8", "replace"), header=True))
                continue
            rest += re.sub(r"[^A-Za-z0-9+/=]", "", text)
            if len(rest) % 4 == 0 or rest.endswith("="):
                data.append(decode_base64(rest.encode("ascii")))
                rest = ""
        data.append(decode_base64(rest.encode("ascii")))
        done.append(decode_text(b"".join(data), charset))
    return "".join(done)


def read_parameters(value: str) -> tuple[str, dict[str, str]]:
    """What stands before the first semicolon, and the parameters by their lower-case names, decoded."""
    head = value.partition(";")[0]
    rest = value[len(head) :]
    if "=" in head:
        # a type was forgotten, or the semicolon after it
        before, _space, after = head.strip().partition(" ")
        head, rest = ("", value) if "=" in before else (before, f";{after}{rest}")
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for match in _PARAMETER.finditer(rest):
        quoted = match["quoted"]
        text = _ESCAPED.sub(r"\1", quoted) if quoted is not None else match["token"].strip()
        named = _PIECE.fullmatch(match["name"])
        if named is not None:
            parts = pieces.setdefault(named["name"].lower(), {})
            number = int(named["number"]) if named["number"] else -1
            # of a name that is given both ways, RFC 2231 is meant (RFC 6266)
            if number not in parts or named["extended"]:
                parts[number] = bool(named["extended"]), text
    return head.strip(), {name: _joined(parts) for name, parts in pieces.items()}


def _joined(parts: dict[int, tuple[bool, str]]) -> str:
    numbered = sorted((number, part) for number, part in parts.items() if number >= 0)
    if -1 in parts and (parts[-1][0] or not numbered):
        numbered = [(0, parts[-1])]
    if not any(extended for _number, (extended, _text) in numbered):
        return _loose("".join(text for _number, (_extended, text) in numbered))
    charset, data = "", b""
    for place, (_number, (extended, text)) in enumerate(numbered):
        coded = text
        if place == 0 and extended and text.count("'") >= 2:
            charset, _language, coded = text.split("'", 2)
        data += unquote_to_bytes(coded) if extended else coded.encode()
    return decode_words(decode_text(data, charset))


def _loose(text: str) -> str:
    """A parameter that isn't encoded by RFC 2231: perhaps in one of the ways that it should not be."""
    if _PERCENT.search(text):
        try:
            return plain_line(unquote_to_bytes(text).decode("utf-8"))
        except UnicodeDecodeError:
            pass
    return decode_words(text)
