"""An article out of a solved ticket, without those whom it was about."""

from __future__ import annotations

from html import escape
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from novantic_core.plugin import Desk, MaskWords, MessageInfo, Text, TicketInfo, _, clean_html, without_folded
from novantic_faq.desk.write import Author, Written, save, start_article
from novantic_faq.models import TECHNICIANS, Article, ArticleText, Category

NAME, ADDRESS, PHONE = _("[name]"), _("[address]"), _("[phone]")
NUMBER, PICTURE = _("[number]"), _("[picture]")
PROBLEM, SOLUTION, NOTE = _("The problem"), _("The solution"), _("Internal note:")


def articles_of(session: Session, number: str) -> list[tuple[int, str]]:
    """Id and title of the articles that were made of a ticket."""
    statement = (
        select(Article.id, ArticleText.title)
        .join(ArticleText, ArticleText.article_id == Article.id)
        .where(Article.ticket == number)
        .order_by(Article.id, ArticleText.id)
    )
    return list({row.id: (row.id, row.title) for row in reversed(session.execute(statement).all())}.values())


def make_article(desk: Desk, ticket: TicketInfo, shelf: Category, author: Author, *, notes: bool) -> Article:
    """A draft for technicians: what was asked is the problem, what was answered the solution.

    Names, addresses, phone numbers and numbers of computers are masked, as far as they can be found; whoever lets
    others read it has to look it through.

    :param notes: whether technicians' notes are in it too
    """
    say = _words_of(desk, ticket.locale)
    masker = desk.masker(ticket, MaskWords(*(say(word) for word in (NAME, ADDRESS, PHONE, NUMBER, PICTURE))))
    told = [one for one in desk.discussion(ticket) if notes or one.kind != "note"]
    asked = next((one for one in told if one.kind == "message"), None)
    parts = [f"<h2>{escape(say(PROBLEM))}</h2>", masker.html(without_folded(asked.html)) if asked is not None else ""]
    parts.append(f"<h2>{escape(say(SOLUTION))}</h2>")
    parts += [_said(one, masker, say) for one in _answers(told, asked)]
    topics = [ticket.category] if ticket.category else []
    article = start_article(desk, shelf, audience=TECHNICIANS, topics=topics, ticket=ticket.number)
    written = Written(masker.text(ticket.subject)[:200], "", clean_html("".join(parts)))
    save(desk, article, ticket.locale, written, author, publish=False)
    desk.note_action("faq_of_ticket", author.actor, f"#{ticket.number}")
    return article


def _words_of(desk: Desk, locale: str) -> Any:
    catalogue = desk.site.themes.catalogue(desk.site.settings.theme, locale)

    def say(text: Text) -> str:
        return str(catalogue.translate(text))

    return say


def _answers(told: list[MessageInfo], asked: MessageInfo | None) -> list[MessageInfo]:
    """What was said after the question, up to the desk's last word: what follows that is thanks."""
    after = [one for one in told if one is not asked]
    last = max((place for place, one in enumerate(after) if one.kind != "message"), default=-1)
    return after[: last + 1]


def _said(message: MessageInfo, masker: Any, say: Any) -> str:
    html = masker.html(without_folded(message.html))
    if message.kind == "reply":
        return str(html)
    label = f"<p><em>{escape(say(NOTE))}</em></p>" if message.kind == "note" else ""
    return f"<blockquote>{label}{html}</blockquote>"
