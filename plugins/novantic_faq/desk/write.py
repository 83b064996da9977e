"""Writing articles: each saved version stays, and readers see the one that was published last."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from novantic_core.plugin import Actor, Desk, StoredFile, html_to_text
from novantic_faq.desk.addresses import claim, give, keep
from novantic_faq.desk.pictures import place_pictures
from novantic_faq.finding import INDEX
from novantic_faq.models import TECHNICIANS, Article, ArticleText, Category, Revision
from novantic_faq.words import fold

DRAFT, PUBLISHED, WITHDRAWN, RESTORED = "draft", "published", "withdrawn", "restored"
LONGEST_SUMMARY = 500


@dataclass(frozen=True, slots=True)
class Author:
    """A technician who writes."""

    id: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class Written:
    """A text as somebody wrote it: ``body`` is clean, its pictures are ``cid:KEY``.

    Without a slug, one is made of the title.
    """

    title: str
    summary: str
    body: str
    slug: str = ""
    pictures: tuple[StoredFile, ...] = ()


def start_article(
    desk: Desk, category: Category, *, audience: str = TECHNICIANS, topics: Iterable[str] = (), ticket: str = ""
) -> Article:
    """An article without any text yet, at the end of its shelf."""
    last = desk.session.scalar(select(func.max(Article.position)).where(Article.category_id == category.id))
    article = Article(
        category_id=category.id, position=0 if last is None else last + 1, audience=audience, topics=list(topics),
        ticket=ticket, created_at=desk.now, views=0, useful=0, useless=0,
    )  # fmt: skip
    desk.session.add(article)
    desk.session.flush()
    return article


def text_of(session: Session, article_id: int, locale: str) -> ArticleText | None:
    """The text of an article in a language."""
    return session.scalar(select(ArticleText).where(ArticleText.article_id == article_id, ArticleText.locale == locale))


def working(session: Session, article_id: int, locale: str) -> Revision | None:
    """The version of a text that is worked on: the last that was saved, published or not."""
    statement = (
        select(Revision)
        .where(Revision.article_id == article_id, Revision.locale == locale, Revision.kind != WITHDRAWN)
        .order_by(Revision.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def save(
    desk: Desk, article: Article, locale: str, written: Written, author: Author, *, publish: bool, kind: str = DRAFT
) -> ArticleText:
    """Keep a version of a text, and let readers see it if it is to be published.

    A new title gives a new address, unless another one was typed.

    :raises FieldError: if the address that was typed belongs to something else
    """
    session = desk.session
    before = working(session, article.id, locale)
    written = _complete(session, article, locale, written, before)
    body = place_pictures(desk, article.id, written.body, written.pictures)
    summary = written.summary
    if not summary or (before is not None and summary == first_words(before.body)):
        # nobody wrote one: it goes on following the text
        summary = first_words(body)
    written = replace(written, body=body, summary=summary)
    text = text_of(session, article.id, locale)
    if text is not None and before is not None and kind == DRAFT and _words(before) == _words(written):
        done = text.published and text.revision_id == before.id if publish else True
        if done:
            return text
    revision = _note(desk, article.id, locale, PUBLISHED if publish else kind, written, author)
    if text is None:
        text = _start_text(desk, article.id, locale, revision)
    if publish or text.revision_id is None:
        give(session, text, revision.slug)
        _copy(desk, text, revision)
    if publish or (text.published and _words(revision) == _words(text)):
        # a draft that says what readers see already is none
        text.revision_id = revision.id
    if publish:
        text.published = True
        session.flush()
        desk.changed(INDEX, text.id)
        desk.note_action("faq_published", author.actor, revision.title)
    return text


def _complete(
    session: Session, article: Article, locale: str, written: Written, before: Revision | None
) -> Written:  # fmt: skip
    typed = written.slug
    if before is not None and typed in ("", before.slug):
        # left as it was: it follows the title
        typed = before.slug if written.title == before.title else ""
    if before is not None and typed == before.slug:
        return replace(written, slug=before.slug)
    return replace(written, slug=claim(session, article.id, locale, typed, written.title))


def _words(one: Revision | Written | ArticleText) -> tuple[str, str, str, str]:
    return one.title, one.summary, one.body, one.slug


def _note(desk: Desk, article_id: int, locale: str, kind: str, written: Written, author: Author) -> Revision:
    revision = Revision(
        article_id=article_id, locale=locale, kind=kind, slug=written.slug, title=written.title,
        summary=written.summary, body=written.body, author=author.actor.name, author_id=author.id, at=desk.now,
    )  # fmt: skip
    desk.session.add(revision)
    desk.session.flush()
    return revision


def _start_text(desk: Desk, article_id: int, locale: str, revision: Revision) -> ArticleText:
    keep(desk.session, article_id, revision.slug)
    text = ArticleText(article_id=article_id, locale=locale, slug=revision.slug, published=False, revision_id=None)
    _copy(desk, text, revision)
    desk.session.add(text)
    desk.session.flush()
    return text


def _copy(desk: Desk, text: ArticleText, revision: Revision) -> None:
    text.title, text.summary, text.body, text.updated_at = revision.title, revision.summary, revision.body, desk.now
    text.folded_title = fold(text.title)
    text.folded_text = fold(f"{text.title} {text.summary} {html_to_text(text.body)}")


_HEADING = re.compile(r"<(h[234])\b[^<>]*>.*?</\1>", re.DOTALL)


def first_words(body: str) -> str:
    """What a list says of an article whose author wrote no summary: how it begins."""
    text = " ".join(html_to_text(_HEADING.sub("", body)).split())
    if len(text) <= 200:
        return text
    return f"{text[:200].rpartition(' ')[0] or text[:200]}…"


def withdraw(desk: Desk, text: ArticleText, author: Author) -> None:
    """Let readers no longer see a text. Its versions and its address stay."""
    if not text.published:
        return
    text.published = False
    shown = Written(text.title, text.summary, text.body, text.slug)
    _note(desk, text.article_id, text.locale, WITHDRAWN, shown, author)
    desk.changed(INDEX, text.id)
    desk.note_action("faq_withdrawn", author.actor, text.title)


def restore(desk: Desk, article: Article, revision: Revision, author: Author) -> None:
    """Make a draft of an older version."""
    # the address it had is the article's still; unless its other language took it, it is that again
    other = select(ArticleText.id).where(ArticleText.slug == revision.slug, ArticleText.locale != revision.locale)
    slug = "" if desk.session.scalar(other) is not None else revision.slug
    older = Written(revision.title, revision.summary, revision.body, slug)
    save(desk, article, revision.locale, older, author, publish=False, kind=RESTORED)
