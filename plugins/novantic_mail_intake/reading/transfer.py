"""Content-Transfer-Encoding, as right as it was written."""

from __future__ import annotations

import binascii
import re

_LETTERS = re.compile(rb"[^A-Za-z0-9+/=]")
_BASE64_LINE = re.compile(rb"[ \t]*[A-Za-z0-9+/]*=*[ \t]*\r?\n?")
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} (?P<name>[^\r\n]{1,200})\r?$", re.MULTILINE)


def decode_transfer(data: bytes, encoding: str, *, is_text: bool = False) -> bytes:
    """The bytes that were encoded; what is broken is read as far as it goes, an unknown encoding left as it is.

    :param is_text: whether readable lines may stand after base64, as mailing lists add them
    """
    name = encoding.strip().strip('"').lower()
    if name in {"quoted-printable", "qp"}:
        return binascii.a2b_qp(data)
    if name in {"base64", "b"}:
        return _base64_of_text(data) if is_text else decode_base64(data)
    if name in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        found = find_uu(data)
        return found[0][3] if found else data
    return data


def decode_base64(data: bytes) -> bytes:
    """Base64 with whatever else stands in it: strange characters are passed over, padding may be missing or early."""
    done = []
    for piece in re.split(rb"=+", _LETTERS.sub(b"", data)):
        # one letter alone holds no whole byte
        whole = piece[: len(piece) - 1] if len(piece) % 4 == 1 else piece
        done.append(binascii.a2b_base64(whole + b"=" * (-len(whole) % 4)))
    return b"".join(done)


def _base64_of_text(data: bytes) -> bytes:
    """Base64 up to the first line that is none; the rest as it stands."""
    end = 0
    while (match := _BASE64_LINE.match(data, end)) and match.end() > end:
        stop = match.end()
        if stop < len(data) and data[stop - 1 : stop] != b"\n":
            break
        end = stop
    rest = data[end:].strip()
    if not rest:
        return decode_base64(data[:end])
    if not data[:end].strip():
        # nothing of it: either plain text under a wrong label, or base64 with rubbish in each line
        useful = len(_LETTERS.sub(b"", data))
        return decode_base64(data) if b" " not in rest[:200] and useful > 0.9 * len(data) else data
    return decode_base64(data[:end]) + b"\n" + data[end:]


def find_uu(data: bytes) -> list[tuple[int, int, str, bytes]]:
    """The uuencoded files in a text: where each begins and ends, its name and its bytes."""
    found: list[tuple[int, int, str, bytes]] = []
    at = 0
    while begin := _UU_BEGIN.search(data, at):
        at, done, ended = begin.end() + 1, [], False
        while at < len(data) and not ended:
            stop = data.find(b"\n", at)
            stop = len(data) if stop < 0 else stop
            line = data[at:stop].rstrip(b"\r")
            at = stop + 1
            ended = line == b"end"
            if not ended and line not in {b"`", b""}:
                piece = _uu_line(line)
                if piece is None:
                    break
                done.append(piece)
        if ended:
            found.append((begin.start(), min(at, len(data)), begin["name"].decode("latin-1"), b"".join(done)))
    return found


def _uu_line(line: bytes) -> bytes | None:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        pass
    # some programs write a line longer than it says
    length = ((line[0] - 32) & 63) * 4 // 3 + 5
    try:
        return binascii.a2b_uu(line[:length])
    except binascii.Error:
        return None
