"""Mails as bytes, written by hand so that they may be as wrong as real ones."""

from __future__ import annotations

import base64
import quopri
from itertools import count

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
GIF = base64.b64decode("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=")
PDF = b"%PDF-1.4\nfacture\n%%EOF\n"

CLIENT = "Camille Perrin <camille@client.example>"
_numbers = count(1)


def headers(**given: str | bytes | None) -> bytes:
    """Fields: an underline in a name is a hyphen; None leaves out what a mail would have."""
    fields: dict[str, str | bytes | None] = {
        "From": CLIENT, "To": "support@desk.example", "Subject": "Imprimante", "Message-ID": "<m1@client.example>",
        "Date": "Sun, 29 Nov 2026 10:00:00 +0100", "MIME-Version": "1.0",
    }  # fmt: skip
    names = {name.lower(): name for name in fields}
    for name, value in given.items():
        shown = name.replace("_", "-")
        fields[names.get(shown.lower(), shown)] = value
    lines = []
    for name, value in fields.items():
        if value is not None:
            lines.append(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()))
    return b"\r\n".join(lines) + b"\r\n"


def mail(body: str | bytes = "Bonjour", kind: str = "text/plain; charset=utf-8", **given: str | bytes | None) -> bytes:
    """A mail of one part."""
    data = body.encode() if isinstance(body, str) else body
    return headers(**given) + b"Content-Type: " + kind.encode() + b"\r\n\r\n" + data


def page(body: str, **given: str | bytes | None) -> bytes:
    """A mail of HTML alone."""
    return mail(f"<html><head><style>p {{ color: red }}</style></head><body>{body}</body></html>",
                "text/html; charset=utf-8", **given)  # fmt: skip


def part(data: str | bytes, kind: str = "text/plain; charset=utf-8", encoding: str = "", **given: str) -> bytes:
    """A part; ``encoding`` encodes it, too."""
    raw = data.encode() if isinstance(data, str) else data
    lines = [f"Content-Type: {kind}".encode()] if kind else []
    if encoding:
        lines.append(f"Content-Transfer-Encoding: {encoding}".encode())
    lines += [f"Content-{name.replace('_', '-')}: {value}".encode() for name, value in given.items()]
    coded = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(encoding, bytes)(raw)
    return b"\r\n".join(lines) + b"\r\n\r\n" + coded


def multi(kind: str, *parts: bytes, boundary: str = "", closed: bool = True, more: str = "") -> bytes:
    """A multipart, to stand in a mail or in another one."""
    boundary = boundary or f"=_{next(_numbers)}"
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + one + b"\r\n" for one in parts)
    end = f"--{boundary}--\r\n" if closed else ""
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}\r\n\r\n'.encode() + body + end.encode()


def compound(kind: str, *parts: bytes, more: str = "", **given: str | bytes | None) -> bytes:
    """A mail of several parts."""
    return headers(**given) + multi(kind, *parts, more=more)


def file(data: bytes, name: str, kind: str = "application/pdf", **given: str) -> bytes:
    """An attached file."""
    return part(data, f'{kind}; name="{name}"', "base64", Disposition=f'attachment; filename="{name}"', **given)
