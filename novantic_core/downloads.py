"""Handing out kept files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO
from urllib.parse import quote

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response

PIECE = 64 * 1024


def file_response(
    request: Request, key: str, filename: str, media_type: str, size: int, *, public: bool = False
) -> Response:
    """A kept file as a download: whatever it is, no browser runs it in the site's name.

    A picture that a page shows is handed out so too. Who may have it is the caller's to decide.

    :param public: whether caches between the site and its readers may keep it
    :raises HTTPNotFound: if the storage has lost it
    """
    try:
        source = request.registry.site.storage.open(key)
    except KeyError:
        raise HTTPNotFound from None
    response = Response(app_iter=_pieces(source), content_type=media_type, charset=None)
    response.content_length = size
    ascii_name = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in filename)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(filename, safe='')}"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = f"{'public' if public else 'private'}, max-age=3600"
    return response


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    with source:
        while piece := source.read(PIECE):
            yield piece
