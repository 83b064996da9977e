"""An erased person in articles that were made of their tickets.

Such an article is masked when it is made, and looked through by whoever publishes it; a name may have been overlooked,
or typed again. So all of its versions are gone through, old ones too: the only way in which one is ever changed.
Articles that weren't made of a ticket of theirs are left alone: a "Petit" or a "Claire" there is a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from novantic_core.plugin import ContactInfo, Scrubber, core_key, html_to_text
from novantic_faq.finding import INDEX
from novantic_faq.models import Article, ArticleText, Revision
from novantic_faq.words import fold

TICKET = core_key("ticket").column.table
FORGOTTEN = "[…]"


def forget_person(contact: ContactInfo, session: Session) -> Mapping[str, list[int]]:
    """Take somebody out of the articles made of their tickets; which texts are found another way now."""
    own = (TICKET.c.contact_id == contact.id) | (TICKET.c.merged_contact_id == contact.id)
    # what was said on a ticket of theirs that was merged went into an article of the other one
    roots = select(TICKET.c.merged_into_id).where(own)
    numbers = select(TICKET.c.number).where(own | TICKET.c.id.in_(roots))
    articles = session.scalars(select(Article.id).where(Article.ticket.in_(numbers))).all()
    # as they said it of themselves, which may be another name, address or phone than is known of them
    given = session.execute(select(TICKET.c.name, TICKET.c.email, TICKET.c.phone).where(own)).all()
    said = [(contact.name, contact.email, contact.phone), *given]
    names, emails, phones = ({one for one in column if one} for column in zip(*said, strict=True))
    scrub = Scrubber(names, emails, phones, FORGOTTEN)
    for version in session.scalars(select(Revision).where(Revision.article_id.in_(articles))):
        _scrub(version, scrub)
    changed = []
    for text in session.scalars(select(ArticleText).where(ArticleText.article_id.in_(articles))):
        if _scrub(text, scrub):
            text.folded_title = fold(text.title)
            text.folded_text = fold(f"{text.title} {text.summary} {html_to_text(text.body)}")
            # so that whoever keeps something of it, in memory or as a feed's reader, forgets them too
            text.updated_at = datetime.now(UTC)
            changed.append(text.id)
    session.flush()
    return {INDEX: changed} if changed else {}


def _scrub(one: Revision | ArticleText, scrub: Scrubber) -> bool:
    """Whether anything was found."""
    before = one.title, one.summary, one.body
    title, summary, body = scrub.text(one.title)[:200], scrub.text(one.summary)[:500], scrub.html(one.body)
    one.title, one.summary, one.body = title, summary, body
    return (title, summary, body) != before
