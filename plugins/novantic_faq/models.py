"""Tables of the knowledge base.

An article is one thing with a text in each language. Every address that a text ever had stays in ``faq_address`` and
leads to the article, so that a new title, or a reader of another language, breaks no link.

What readers see of a text is in ``faq_article_text``; each version of it that was ever saved, published or not, is in
``faq_revision``: one that is younger than the published one is its draft.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from novantic_core.plugin import NAMING_CONVENTION, UTCDateTime, core_key

PUBLIC, ORGANISATIONS, TECHNICIANS = AUDIENCES = ("public", "organisations", "technicians")


class Base(DeclarativeBase):
    """The plugin's tables. What refers to the core's goes with its row, so that the plugin can be taken away."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {datetime: UTCDateTime, dict[str, str]: JSON, list[str]: JSON}  # noqa: RUF012 - SQLAlchemy reads it


class Category(Base):
    """A shelf of articles. ``names`` has its name by language."""

    __tablename__ = "faq_category"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    position: Mapped[int]
    names: Mapped[dict[str, str]]
    version: Mapped[int] = mapped_column(default=1)


class ShelfBrand(Base):
    """A brand of the desk on whose portal a shelf is shown; a shelf that has none here is shown on all."""

    __tablename__ = "faq_shelf_brand"

    category_id: Mapped[int] = mapped_column(ForeignKey("faq_category.id", ondelete="CASCADE"), primary_key=True)
    brand: Mapped[str] = mapped_column(String(40), primary_key=True)


class Article(Base):
    """An article, whatever its languages, and its place among those of its category."""

    __tablename__ = "faq_article"
    __table_args__ = (Index("ix_faq_article_category", "category_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("faq_category.id"))
    position: Mapped[int]
    audience: Mapped[str] = mapped_column(String(20), default=PUBLIC)
    """Who may read it: everybody, some organisations and technicians, or technicians only."""
    topics: Mapped[list[str]] = mapped_column(default=list)
    """Keys of the tickets' categories that it helps with."""
    ticket: Mapped[str] = mapped_column(String(20), default="")
    """Number of the ticket that it was made of."""
    views: Mapped[int] = mapped_column(default=0)
    useful: Mapped[int] = mapped_column(default=0)
    useless: Mapped[int] = mapped_column(default=0)
    """How many readers said that it was of use to them, and how many that it wasn't."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Reader(Base):
    """An organisation whose people may read an article that isn't for everybody."""

    __tablename__ = "faq_reader"

    article_id: Mapped[int] = mapped_column(ForeignKey("faq_article.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(core_key("organisation"), primary_key=True, index=True)


class Related(Base):
    """Another article that somebody chose to be shown with one."""

    __tablename__ = "faq_related"

    article_id: Mapped[int] = mapped_column(ForeignKey("faq_article.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(
        ForeignKey("faq_article.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int]


class Address(Base):
    """A name in an address that leads to an article, now or once: it is never given to another one."""

    __tablename__ = "faq_address"

    slug: Mapped[str] = mapped_column(String(120), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("faq_article.id", ondelete="CASCADE"), index=True)


class ArticleText(Base):
    """An article in one language.

    ``body`` is clean HTML. ``folded_title`` and ``folded_text`` (the title, the summary and the body) are what is
    searched: see :mod:`novantic_faq.words`.
    """

    __tablename__ = "faq_article_text"
    __table_args__ = (
        UniqueConstraint("article_id", "locale"),
        # how many there are, and when one was changed last: asked by whatever keeps something of all of them
        Index("ix_faq_article_text_published", "published", "updated_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("faq_article.id", ondelete="CASCADE"))
    locale: Mapped[str] = mapped_column(String(10))
    slug: Mapped[str] = mapped_column(ForeignKey("faq_address.slug", ondelete="CASCADE"), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(500))
    body: Mapped[str] = mapped_column(Text)
    folded_title: Mapped[str] = mapped_column(String(400))
    folded_text: Mapped[str] = mapped_column(Text)
    published: Mapped[bool]
    revision_id: Mapped[int | None]
    """The version of it that readers see; that is the last published one, also where it was withdrawn since."""
    updated_at: Mapped[datetime]


class Revision(Base):
    """A version of a text as somebody saved it: never changed, only added to."""

    __tablename__ = "faq_revision"
    __table_args__ = (Index("ix_faq_revision_text", "article_id", "locale", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("faq_article.id", ondelete="CASCADE"))
    locale: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(20))
    """What became of it: ``draft``, ``published``, ``withdrawn``, or ``restored`` from an older one."""
    slug: Mapped[str] = mapped_column(String(120))
    """The address that it has, or will have once it is published."""
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(500))
    body: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(120))
    author_id: Mapped[int | None] = mapped_column(core_key("technician", ondelete="SET NULL"))
    """The technician of that name; None for what came with the plugin."""
    at: Mapped[datetime]


class ArticleFile(Base):
    """A file or a picture of an article, for all of its languages and versions."""

    __tablename__ = "faq_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("faq_article.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(64))
    """Of the file in the storage, which is held for the article: see ``Desk.hold_files``."""
    filename: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    inline: Mapped[bool] = mapped_column(default=False)
    """A picture shown in the text rather than in the list of files."""
    removed: Mapped[bool] = mapped_column(default=False)
    """No longer offered; kept for the versions that show it."""


class Answer(Base):
    """What a visitor said of an article's use, once; ``visitor`` is a key that tells nobody who they were."""

    __tablename__ = "faq_answer"

    article_id: Mapped[int] = mapped_column(ForeignKey("faq_article.id", ondelete="CASCADE"), primary_key=True)
    visitor: Mapped[str] = mapped_column(String(64), primary_key=True)
    useful: Mapped[bool]
    at: Mapped[datetime] = mapped_column(index=True)


class Avoided(Base):
    """A ticket that nobody had to open: "this solved it", said beside the form. Nothing of the person is kept."""

    __tablename__ = "faq_avoided"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int | None] = mapped_column(ForeignKey("faq_article.id", ondelete="SET NULL"), index=True)
    topic: Mapped[str] = mapped_column(String(80), default="")
    """Key of the category that had been chosen on the form, if any."""
    submission: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the form beside which it was said: saying it twice avoids one ticket."""
    at: Mapped[datetime] = mapped_column(index=True)
