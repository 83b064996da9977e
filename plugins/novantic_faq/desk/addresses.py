"""The names by which articles are found in addresses: made of titles, kept for ever, never given to another article."""

from __future__ import annotations

import re
import unicodedata

from pyramid_retry import RetryableException
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from novantic_core.plugin import FieldError, _, insert_or
from novantic_faq.models import Address, ArticleText, Revision

LONGEST = 80
"""Signs of a name that is made of a title; one that is typed may have more."""
_SPELLED = str.maketrans(
    {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l"}
)
OWN_PAGES = frozenset(("solved", "suggest"))
"""Names at which the knowledge base has pages of its own."""
OWN = _("The knowledge base has a page of its own at this address.")
TAKEN = _("Another article has or had this address.")
TAKEN_HERE = _("The article has this address in its other language.")


def make_slug(title: str) -> str:
    """``L’imprimante est « hors connexion »`` is ``l-imprimante-est-hors-connexion``; cut between two words."""
    plain = unicodedata.normalize("NFKD", title.translate(_SPELLED))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()
    words = re.findall(r"[a-z0-9]+", plain)
    slug = ""
    for word in words:
        if slug and len(slug) + len(word) >= LONGEST:
            break
        slug = f"{slug}-{word}" if slug else word[:LONGEST]
    return slug or "article"


def claim(session: Session, article_id: int | None, locale: str, typed: str, title: str) -> str:
    """A name for a text: the one that was typed, or one made of the title that nothing else has.

    :param article_id: None for an article that is only being made
    :raises FieldError: if what was typed belongs to something else
    """
    if typed:
        slug = make_slug(typed)
        wrong = _wrong(session, article_id, locale, slug)
        if wrong is not None:
            raise FieldError(wrong, "slug")
        return slug
    slug = first = make_slug(title)
    number = 1
    while _wrong(session, article_id, locale, slug) is not None:
        number += 1
        slug = f"{first}-{number}"
    return slug


def _wrong(session: Session, article_id: int | None, locale: str, slug: str) -> object:
    """Why a text can't have a name; None if it can."""
    if slug in OWN_PAGES:
        return OWN
    owner = session.get(Address, slug)
    # a draft that isn't published yet waits for its name too
    waiting = select(Revision.id).where(Revision.slug == slug, Revision.article_id != (article_id or 0)).limit(1)
    if (owner is not None and owner.article_id != article_id) or session.scalar(waiting) is not None:
        return TAKEN
    other = select(ArticleText.id).where(ArticleText.slug == slug, ArticleText.article_id == article_id)
    return TAKEN_HERE if session.scalar(other.where(ArticleText.locale != locale)) is not None else None


def keep(session: Session, article_id: int, slug: str) -> None:
    """Keep a name for an article, for ever.

    :raises RetryableException: if somebody else was given it this moment: another one is looked for then
    """
    row = {"slug": slug, "article_id": article_id}
    session.execute(insert_or(session, Address).values(row).on_conflict_do_nothing())
    if session.scalar(select(Address.article_id).where(Address.slug == slug)) != article_id:
        raise RetryableException("the address was taken meanwhile")


def give(session: Session, text: ArticleText, slug: str) -> None:
    """Let a text be found by a name from now on. Its old ones go on leading to it, if anybody may know them."""
    before = text.slug
    if before == slug:
        return
    keep(session, text.article_id, slug)
    text.slug = slug
    session.flush()
    if text.revision_id is None and before:
        # a name under which nothing was ever published is nobody's bookmark
        own = select(ArticleText.slug).where(ArticleText.article_id == text.article_id)
        known = or_(Address.slug.in_(own), Address.slug == slug)
        session.execute(delete(Address).where(Address.slug == before, Address.article_id == text.article_id, ~known))
