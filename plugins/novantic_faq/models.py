"""Tables of the knowledge base.

An article is one thing with a text in each language. Every address that a text ever had stays in ``faq_address`` and
leads to the article, so that a new title, or a reader of another language, breaks no link.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from novantic_core.plugin import NAMING_CONVENTION, UTCDateTime


class Base(DeclarativeBase):
    """The plugin's tables: none refers to the core's, so that the plugin can be taken away."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {datetime: UTCDateTime, dict[str, str]: JSON}  # noqa: RUF012 - SQLAlchemy reads it


class Category(Base):
    """A shelf of articles. ``names`` has its name by language."""

    __tablename__ = "faq_category"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    position: Mapped[int]
    names: Mapped[dict[str, str]]


class Article(Base):
    """An article, whatever its languages, and its place among those of its category."""

    __tablename__ = "faq_article"
    __table_args__ = (Index("ix_faq_article_category", "category_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("faq_category.id"))
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
    __table_args__ = (UniqueConstraint("article_id", "locale"),)

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
    updated_at: Mapped[datetime]
