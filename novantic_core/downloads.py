"""What is handed out as a file: kept files, and tables for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any
from urllib.parse import quote

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response

from novantic_core.values import Text

PIECE = 64 * 1024
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,80}/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}")


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
    return _harmless_download(response, filename, f"{'public' if public else 'private'}, max-age=3600")


def bytes_response(data: bytes, filename: str, media_type: str) -> Response:
    """The same of what isn't a kept file of its own, as one that lies within a mail. Since 1.3.

    :param media_type: as whoever sent it says; what is no media type is handed out as mere bytes
    """
    plain = media_type if _MEDIA_TYPE.fullmatch(media_type) else "application/octet-stream"
    return _harmless_download(Response(data, content_type=plain, charset=None), filename, "private, no-store")


def _harmless_download(response: Response, filename: str, cache: str) -> Response:
    ascii_name = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in filename)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(filename, safe='')}"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = cache
    return response


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    with source:
        while piece := source.read(PIECE):
            yield piece


def csv_response(request: Request, filename: str, header: Sequence[Text], rows: Iterable[Sequence[Any]]) -> Response:
    """A table as a file that spreadsheets open: UTF-8 with a mark, and no cell that one would run as a formula."""
    sheet = io.StringIO()
    # French spreadsheets read a comma as the decimal sign
    writer = csv.writer(sheet, delimiter=";" if request.locale_name == "fr" else ",")
    writer.writerow([request.page.words(word) for word in header])
    writer.writerows([_written(request, harmless(cell)) for cell in row] for row in rows)
    response = Response(sheet.getvalue().encode("utf-8-sig"), content_type="text/csv", charset="utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _written(request: Request, cell: Any) -> Any:
    # a French spreadsheet reads 1.5 as a text, or as the first of May
    return str(cell).replace(".", ",") if isinstance(cell, float) and request.locale_name == "fr" else cell


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection); numbers stay numbers."""
    if not isinstance(cell, str):
        return cell
    # a sign counts behind blanks and invisible characters too, and wide ones (as ＝) are taken for the plain ones
    first = next((c for c in cell if not c.isspace() and unicodedata.category(c)[0] != "C"), "")
    if unicodedata.normalize("NFKC", first)[:1] in SIGNS or cell[:1] in {"\t", "\r", "\n"}:
        return f"'{cell}"
    return cell


SIGNS = frozenset("=+-@\N{MINUS SIGN}")
"""What begins a formula."""
