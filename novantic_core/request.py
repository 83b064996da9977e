"""Requests whose forms are read within limits.

WebOb reads them with the standard library's ``cgi``, which has none: a body of a few megabytes can hold a million
fields, open a file for each of thousands of parts, or keep a processor busy for minutes with one endless header.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import parse_qsl

from multipart import MultipartError, MultipartParser, ParserLimitReached, parse_options_header
from pyramid.httpexceptions import HTTPBadRequest, HTTPRequestEntityTooLarge
from pyramid.request import Request as PyramidRequest
from webob.multidict import MultiDict, NoVars

MAX_FIELDS = 200
"""Fields and files of a form."""
MAX_PLAIN_BODY = 4 * 1024**2
"""Bytes of a form without files. Our own forms with a long text are sent as ``multipart/form-data``."""
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"


@dataclass
class UploadedFile:
    """A file of a form: its name and type as the browser says them."""

    name: str
    filename: str
    type: str
    file: IO[bytes]


class Request(PyramidRequest):
    """Pyramid's request, with a ``POST`` that can't be made to cost more than its bytes."""

    request_body_tempfile_limit = 256 * 1024
    """Bytes above which WebOb copies a body into a file: most forms without files stay below.

    It holds twice as much while it makes up its mind.
    """

    _form: Any = None

    @property
    def POST(self) -> Any:  # noqa: N802 - WebOb's name
        """The posted fields.

        :raises HTTPBadRequest: if they can't be read
        :raises HTTPRequestEntityTooLarge: for more of them than any form has
        """
        if self._form is None:
            # WebOb's attributes go to the environment, which outlives this attempt of the request
            object.__setattr__(self, "_form", self._read_form())
        return self._form

    def typed(self, name: str) -> str:
        """What was typed into a field of the posted form; nothing for one that isn't there, or that a file came in.

        Without the character that no database keeps as text.
        """
        value = self.POST.get(name, "")
        return value.replace("\0", "") if isinstance(value, str) else ""

    def _read_form(self) -> Any:
        kind = self.content_type
        if (self.method != "POST" and not kind) or kind not in {"", URLENCODED, MULTIPART}:
            return NoVars(f"not a form: {kind}")
        self.make_body_seekable()
        self.body_file_raw.seek(0)
        try:
            return self._read_parts() if kind == MULTIPART else self._read_fields()
        except ParserLimitReached as error:
            raise HTTPRequestEntityTooLarge from error
        except (MultipartError, LookupError, ValueError) as error:
            raise HTTPBadRequest from error

    def _read_fields(self) -> MultiDict:
        if (self.content_length or 0) > MAX_PLAIN_BODY:
            raise HTTPRequestEntityTooLarge
        body = self.body_file.read(MAX_PLAIN_BODY)
        if body.count(b"&") >= MAX_FIELDS:
            raise HTTPRequestEntityTooLarge
        return MultiDict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))

    def _read_parts(self) -> MultiDict:
        boundary = parse_options_header(self.headers["Content-Type"])[1].get("boundary", "")
        if not boundary:
            raise ValueError("no boundary")
        form = MultiDict()
        parts = MultipartParser(
            self.body_file,
            boundary,
            self.content_length or -1,
            part_limit=MAX_FIELDS,
            disk_limit=self.content_length or 0,
        )
        for part in parts:
            if part.filename:
                form.add(part.name, UploadedFile(part.name, part.filename, part.content_type, part.file))
                self.add_finished_callback(lambda _request, part=part: part.close())
            else:
                form.add(part.name, part.value)
                part.close()
        return form
