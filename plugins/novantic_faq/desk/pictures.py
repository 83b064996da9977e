"""Files of articles: pictures in their texts, and what can be downloaded with them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from novantic_core.plugin import Desk, StoredFile
from novantic_faq.models import ArticleFile

_SHOWN = re.compile(r"""(?P<quote>["'])(?:https?://[^"'/\s]+)?/kb/files/(?P<id>\d{1,9})/[^"'\s]*(?P=quote)""")
_KEY = re.compile(r"""(?<=src=")cid:([0-9a-f]{64})(?=")""")
_ELSEWHERE = re.compile(r'<img\b[^<>]*\bsrc="(?!/kb/files/)[^<>]*>')
# bounded: what anybody can paste must be read in a time that grows with its length only
_PICTURE = re.compile(r"(<img\b[^<>]{0,2000}?\bsrc\s*=\s*)([^<>]*>)", re.IGNORECASE)


def holder(article_id: int) -> str:
    """Who holds the files of an article."""
    return f"faq.article.{article_id}"


def address_of(file: ArticleFile) -> str:
    """The path of a file: its name is for people, its id is what counts."""
    return f"/kb/files/{file.id}/{quote(file.filename, safe='')}"


def pictures_in(session: Session, html: str) -> tuple[str, dict[str, StoredFile]]:
    """A text as an editor sends it, its pictures told by their content, as pasted ones are; and those pictures.

    One that was copied out of another article is this one's too from then on.
    """
    ids = {int(found["id"]) for tag in _PICTURE.finditer(html) for found in _SHOWN.finditer(tag[2])}
    rows = session.scalars(select(ArticleFile).where(ArticleFile.id.in_(ids))).all() if ids else []
    keys = {row.id: row.key for row in rows}

    def by_key(shown: re.Match[str]) -> str:
        key = keys.get(int(shown["id"]))
        return f"{shown['quote']}cid:{key}{shown['quote']}" if key else '""'

    html = _PICTURE.sub(lambda tag: tag[1] + _SHOWN.sub(by_key, tag[2]), html)
    return html, {row.key: StoredFile(row.key, row.filename, row.media_type, row.size) for row in rows}


def place_pictures(desk: Desk, article_id: int, html: str, pictures: Iterable[StoredFile]) -> str:
    """A clean text with the addresses of its pictures, which belong to the article from now on."""
    session = desk.session
    shown = set(_KEY.findall(html))
    own = {
        row.key: row
        for row in session.scalars(
            select(ArticleFile).where(ArticleFile.article_id == article_id, ArticleFile.inline.is_(True))
        )
    }
    for file in pictures:
        if file.key in shown and file.key not in own:
            own[file.key] = _row(article_id, file, inline=True)
            session.add(own[file.key])
    session.flush()
    html = _KEY.sub(lambda found: address_of(own[found[1]]) if found[1] in own else "", html)
    hold(desk, article_id)
    # what lies elsewhere, such as with a ticket, no reader of the article may fetch
    return _ELSEWHERE.sub("", html)


def add_files(desk: Desk, article_id: int, files: Iterable[StoredFile]) -> None:
    """Let files be downloaded with an article."""
    desk.session.add_all(_row(article_id, file, inline=False) for file in files)
    desk.session.flush()
    hold(desk, article_id)


def _row(article_id: int, file: StoredFile, *, inline: bool) -> ArticleFile:
    return ArticleFile(
        article_id=article_id, key=file.key, filename=file.filename, media_type=file.media_type, size=file.size,
        inline=inline,
    )  # fmt: skip


def offered(session: Session, article_id: int) -> list[ArticleFile]:
    """What can be downloaded with an article."""
    statement = select(ArticleFile).where(
        ArticleFile.article_id == article_id, ArticleFile.inline.is_(False), ArticleFile.removed.is_(False)
    )
    return list(session.scalars(statement.order_by(ArticleFile.id)))


def hold(desk: Desk, article_id: int) -> None:
    """Keep the files that any version of an article shows or offers."""
    keys = desk.session.scalars(select(ArticleFile.key).where(ArticleFile.article_id == article_id))
    desk.hold_files(holder(article_id), keys.all())
