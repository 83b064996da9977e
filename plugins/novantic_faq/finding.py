"""Finding articles by words."""

from __future__ import annotations

from sqlalchemy import case, func, literal, or_, select
from sqlalchemy.orm import Session

from novantic_faq import articles
from novantic_faq.audience import Audience
from novantic_faq.models import Article, ArticleText
from novantic_faq.words import search_words


def find(session: Session, audience: Audience, typed: str, locale: str, limit: int) -> list[articles.Entry]:
    """The articles that have the most of the words, in any language; a title that has them goes first.

    Whatever was typed is taken as words: there are no operators. An article that has fewer of the words than the best
    one isn't an answer.
    """
    words = search_words(typed)
    if not words:
        return []
    hits = [ArticleText.folded_text.contains(f" {word}", autoescape=True) for word in words]
    titles = [ArticleText.folded_title.contains(f" {word}", autoescape=True) for word in words]
    matched, entitled = (
        func.max(sum((case((hit, 1), else_=0) for hit in group), literal(0))) for group in (hits, titles)
    )
    scores = session.execute(
        select(func.min(ArticleText.id).label("id"), matched.label("matched"))
        .join(Article, Article.id == ArticleText.article_id)
        .where(ArticleText.published, audience.may_read, or_(*hits))
        .group_by(ArticleText.article_id)
        .order_by(matched.desc(), entitled.desc(), ArticleText.article_id)
        .limit(limit)
    ).all()
    texts = [row.id for row in scores if row.matched == scores[0].matched]
    return [entry for entry, _body in articles.of_texts(session, audience, texts, locale)]
