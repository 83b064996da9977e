"""Where an article stands, whom it is for, what it is shown with; and its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from novantic_core.plugin import Actor, Desk, FieldError, OrganisationInfo, _
from novantic_faq.desk.addresses import make_slug
from novantic_faq.desk.pictures import holder
from novantic_faq.finding import INDEX
from novantic_faq.models import (
    ORGANISATIONS,
    PUBLIC,
    TECHNICIANS,
    Address,
    Article,
    ArticleText,
    Category,
    Reader,
    Related,
    Revision,
    ShelfBrand,
)

READERS_KINDS = {
    PUBLIC: "faq_for_everybody",
    ORGANISATIONS: "faq_for_organisations",
    TECHNICIANS: "faq_for_technicians",
}
MOST_RELATED = 20
MOST_READERS = 500


@dataclass(frozen=True, slots=True)
class Facts:
    """What is set about an article besides its texts. Lists are in order."""

    shelf: int
    audience: str
    organisations: tuple[int, ...] = ()
    topics: tuple[str, ...] = ()
    related: tuple[int, ...] = ()


def read_facts(session: Session, article: Article) -> Facts:
    """What is set about an article now."""
    readers = select(Reader.organisation_id).where(Reader.article_id == article.id).order_by(Reader.organisation_id)
    related = select(Related.other_id).where(Related.article_id == article.id).order_by(Related.position)
    return Facts(
        article.category_id, article.audience, tuple(session.scalars(readers)), tuple(article.topics),
        tuple(session.scalars(related)),
    )  # fmt: skip


def save_facts(desk: Desk, article: Article, facts: Facts, actor: Actor) -> None:
    """Set them. They hold at once, whatever is published of the article's texts."""
    session, before = desk.session, read_facts(desk.session, article)
    if facts.shelf != article.category_id:
        last = session.scalar(select(func.max(Article.position)).where(Article.category_id == facts.shelf))
        article.category_id, article.position = facts.shelf, 0 if last is None else last + 1
    article.audience, article.topics = facts.audience, list(facts.topics)
    article.version += 1
    wanted = set(facts.organisations) if facts.audience == ORGANISATIONS else set()
    session.execute(delete(Reader).where(Reader.article_id == article.id))
    session.add_all(Reader(article_id=article.id, organisation_id=key) for key in sorted(wanted))
    session.execute(delete(Related).where(Related.article_id == article.id))
    others = [key for key in dict.fromkeys(facts.related) if key != article.id]
    session.add_all(Related(article_id=article.id, other_id=key, position=n) for n, key in enumerate(others))
    session.flush()
    desk.changed(INDEX, *texts_of(session, article))
    if (before.audience, set(before.organisations)) != (facts.audience, wanted):
        names = ", ".join(one.name for one in desk.organisations(ids=wanted)) if wanted else ""
        changes = {"facts": (None, names)} if names else None
        desk.note_action(READERS_KINDS[facts.audience], actor, title_of(session, article.id), changes)


def texts_of(session: Session, article: Article) -> Sequence[int]:
    """The ids of an article's texts."""
    return session.scalars(select(ArticleText.id).where(ArticleText.article_id == article.id)).all()


def title_of(session: Session, article_id: int) -> str:
    """What an article is called in the trail: the title of its first text."""
    statement = select(ArticleText.title).where(ArticleText.article_id == article_id).order_by(ArticleText.id)
    return session.scalar(statement.limit(1)) or ""


def is_own(session: Session, article: Article, technician_id: int) -> bool:
    """Whether nobody but a technician ever wrote in an article."""
    others = select(Revision.id).where(
        Revision.article_id == article.id, Revision.author_id.is_distinct_from(technician_id)
    )
    return session.scalar(others.limit(1)) is None


def remove_article(desk: Desk, article: Article, actor: Actor) -> None:
    """Remove an article with its versions, files and addresses. The trail keeps what it was called."""
    session = desk.session
    desk.changed(INDEX, *texts_of(session, article))
    slugs = session.scalars(select(Address.slug).where(Address.article_id == article.id).order_by(Address.slug))
    desk.note_action(
        "faq_removed", actor, title_of(session, article.id), {"facts": (None, [f"/kb/{s}" for s in slugs])}
    )
    desk.hold_files(holder(article.id), ())
    session.execute(delete(Article).where(Article.id == article.id))


def move_article(desk: Desk, article: Article, step: int) -> None:
    """Let an article change places with its neighbour on the shelf, above (-1) or below (1)."""
    _swap(desk.session.scalars(
        select(Article).where(Article.category_id == article.category_id).order_by(Article.position, Article.id)
    ).all(), article, step)  # fmt: skip


def _swap(rows: Sequence[Any], row: Any, step: int) -> None:
    order = list(rows)
    here = order.index(row)
    there = here + step
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    for place, one in enumerate(order):
        one.position = place


# ------------------------------------------------------------------ shelves


def all_shelves(session: Session) -> list[Category]:
    """In order."""
    return list(session.scalars(select(Category).order_by(Category.position, Category.id)))


def brands_of_shelves(session: Session) -> dict[int, list[str]]:
    """By shelf, the keys of the brands that it is shown under; a shelf that isn't there is shown under all."""
    found: dict[int, list[str]] = {}
    for row in session.scalars(select(ShelfBrand).order_by(ShelfBrand.brand)):
        found.setdefault(row.category_id, []).append(row.brand)
    return found


def show_under(desk: Desk, shelf: Category, brands: Sequence[str], actor: Actor) -> None:
    """Show a shelf under some brands, and under no other; under all for none."""
    before = brands_of_shelves(desk.session).get(shelf.id, [])
    if sorted(set(brands)) == before:
        return
    desk.session.execute(delete(ShelfBrand).where(ShelfBrand.category_id == shelf.id))
    desk.session.add_all(ShelfBrand(category_id=shelf.id, brand=key) for key in sorted(set(brands)))
    desk.session.flush()
    changes = {"facts": (", ".join(before) or None, ", ".join(sorted(set(brands))) or None)}
    desk.note_action("faq_shelf_shown", actor, next(iter(shelf.names.values()), ""), changes)


def likely_shelf(session: Session, topic: str | None) -> int | None:
    """The shelf on which most articles on a topic stand; None if there is no telling."""
    rows = session.execute(select(Article.category_id, Article.topics))
    found = Counter(row.category_id for row in rows if topic in row.topics)
    return found.most_common(1)[0][0] if found else None


def save_shelf(desk: Desk, shelf: Category | None, names: dict[str, str], actor: Actor) -> Category:
    """Add a shelf at the end, or give one other names.

    :param names: by language, one at least; languages without one read another's
    """
    kept = {locale: name for locale, name in names.items() if name}
    label = next(iter(kept.values()))
    if shelf is not None:
        before = next(iter(shelf.names.values()), "")
        shelf.names = kept
        shelf.version += 1
        desk.note_action("faq_shelf_renamed", actor, label, {"name": (before, label)})
        return shelf
    shelves = all_shelves(desk.session)
    key = base = make_slug(label)[:50]
    number, known = 1, {one.key for one in shelves}
    while key in known:
        number += 1
        key = f"{base}-{number}"
    shelf = Category(key=key, position=max((one.position for one in shelves), default=-1) + 1, names=kept)
    desk.session.add(shelf)
    desk.session.flush()
    desk.note_action("faq_shelf_added", actor, label)
    return shelf


def move_shelf(desk: Desk, shelf: Category, step: int) -> None:
    """Let a shelf change places with its neighbour, above (-1) or below (1)."""
    _swap(all_shelves(desk.session), shelf, step)


def count_on(session: Session, shelf: Category) -> int:
    """How many articles stand on a shelf."""
    return session.scalar(select(func.count()).where(Article.category_id == shelf.id)) or 0


def remove_shelf(desk: Desk, shelf: Category, actor: Actor) -> None:
    """Remove an empty shelf.

    :raises FieldError: if articles stand on it
    """
    if count_on(desk.session, shelf):
        raise FieldError(_("Articles stand on this shelf: move or remove them first."))
    desk.note_action("faq_shelf_removed", actor, next(iter(shelf.names.values()), ""))
    desk.session.delete(shelf)


def follow_organisation(session: Session, kept: OrganisationInfo, gone: OrganisationInfo) -> None:
    """When one organisation is merged into another, its people go on reading what they could read."""
    both = select(Reader.article_id).where(Reader.organisation_id == kept.id)
    for reader in session.scalars(
        select(Reader).where(Reader.organisation_id == gone.id, Reader.article_id.not_in(both))
    ).all():
        session.add(Reader(article_id=reader.article_id, organisation_id=kept.id))
    session.execute(delete(Reader).where(Reader.organisation_id == gone.id))
    session.flush()
