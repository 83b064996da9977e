"""Articles in replies: found by words, put in as a link or as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from sqlalchemy import select

from novantic_core.plugin import Desk, TicketInfo
from novantic_faq import finding
from novantic_faq.audience import BACK_OFFICE, shown_under
from novantic_faq.models import ORGANISATIONS, PUBLIC, Article, ArticleText, Reader

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Found:
    """A published article, and whether the client of a ticket may read it, where they know the desk."""

    id: int
    title: str
    summary: str
    locale: str
    audience: str
    readable: bool


def find_for(desk: Desk, ticket: TicketInfo, words: str) -> list[Found]:
    """The articles that have some words, each in the client's language where it has that."""
    entries = [entry for entry, _text in finding.rows(desk, BACK_OFFICE, words, ticket.locale, SHOWN)]
    rows = desk.session.scalars(select(ArticleText).where(ArticleText.slug.in_([one.slug for one in entries]))).all()
    articles = {row.slug: row.article_id for row in rows}
    shown = _shown_to(desk, ticket, list(articles.values()))
    theirs = _readable_by(desk, ticket, list(articles.values()))
    return [
        Found(articles[one.slug], one.title, one.summary, one.locale, one.audience,
              articles[one.slug] in shown and (one.audience == PUBLIC or articles[one.slug] in theirs))
        for one in entries
    ]  # fmt: skip


def _readable_by(desk: Desk, ticket: TicketInfo, ids: Sequence[int]) -> set[int]:
    """Those of some articles that are for the client's organisation."""
    if ticket.organisation_id is None or not ids:
        return set()
    statement = (
        select(Reader.article_id)
        .join(Article, Article.id == Reader.article_id)
        .where(
            Reader.article_id.in_(ids), Article.audience == ORGANISATIONS,
            Reader.organisation_id == ticket.organisation_id,
        )
    )  # fmt: skip
    return set(desk.session.scalars(statement))


def _shown_to(desk: Desk, ticket: TicketInfo, ids: Sequence[int]) -> set[int]:
    """Those of some articles that stand on the portal of the client's brand."""
    statement = select(Article.id).where(Article.id.in_(ids), shown_under(desk.under(ticket.brand).brand.key))
    return set(desk.session.scalars(statement)) if ids else set()


def text_for(desk: Desk, ticket: TicketInfo, article_id: int, how: str) -> str:
    """What is put into the reply: a ``link`` to an article, or its ``text``; nothing for one that isn't there.

    A link is given only to who can follow it. Pictures can't be fetched from a mail: they stay on the article's page.
    """
    article = desk.session.get(Article, article_id)
    texts = desk.session.scalars(
        select(ArticleText).where(ArticleText.article_id == article_id, ArticleText.published)
    ).all()
    if article is None or not texts:
        return ""
    text = next((one for one in texts if one.locale == ticket.locale), texts[0])
    readable = article.audience == PUBLIC or article.id in _readable_by(desk, ticket, [article.id])
    readable = readable and article.id in _shown_to(desk, ticket, [article.id])
    url = desk.under(ticket.brand).url
    link = f'<a href="{escape(url(f"/kb/{text.slug}"))}">{escape(text.title)}</a>'
    if how == "link":
        return f"<p>{link}</p>" if readable else ""
    body = _PICTURE.sub("", text.body)
    body = _OWN_LINK.sub(lambda found: f'href="{escape(url(found[1]))}"', body)
    return f"{body}<p>{link}</p>" if readable and body != text.body else body


_PICTURE = re.compile(r"<img\b[^<>]*>")
_OWN_LINK = re.compile(r'(?<=<a )href="(/[^"/][^"]*)"')
