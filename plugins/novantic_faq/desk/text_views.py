"""Writing a text, looking at it as readers will, publishing and withdrawing it."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select

from novantic_core.plugin import _, draw_page, render_page
from novantic_faq import articles
from novantic_faq.desk.base import (
    author,
    draw_article,
    find_article,
    find_locale,
    find_text,
    languages,
    to,
)
from novantic_faq.desk.forms import ArticleForm, Saved, TextForm, shelf_name
from novantic_faq.desk.pictures import add_files, offered
from novantic_faq.desk.place import read_facts
from novantic_faq.desk.write import Written, save, start_article, text_of, withdraw, working
from novantic_faq.models import ORGANISATIONS, PUBLIC, TECHNICIANS, Article, ArticleText, Category, Revision
from novantic_faq.views import page_values

DRAFT, PREVIEW, PUBLISH = "draft", "preview", "publish"
KEPT = _("The draft is kept: readers don't see it yet.")
LIVE = {
    PUBLIC: _("Published: readers see it now."),
    ORGANISATIONS: _("Published: the people of the chosen organisations see it now, and technicians."),
    TECHNICIANS: _("Published: technicians see it now, nobody else."),
}


# ------------------------------------------------------------------ a new article


def _new_form(request: Request) -> ArticleForm:
    codes = languages(request)
    asked = request.params.get("lang", "")
    return ArticleForm(request, asked if asked in codes else request.locale_name)


def _draw_new(request: Request, form: ArticleForm, status: int = 200) -> Response:
    action = request.route_path("admin_faq_new", _query={"lang": form.locale})
    drawn = form.draw_for(action, request.route_path("admin_faq"), live=False, language=languages(request)[form.locale])
    return draw_page(
        request, "admin/faq/new.pt", status, form=drawn, locale=form.locale, codes=languages(request),
        shelves=form.shelves,
    )  # fmt: skip


@view_config(route_name="admin_faq_new", request_method="GET")
def new(request: Request) -> Response:
    """The form of a new article, in a language."""
    return _draw_new(request, _new_form(request))


@view_config(route_name="admin_faq_new", request_method="POST", require_csrf=False)
def add(request: Request) -> Response:
    """Add it, as a draft or published."""
    form = _new_form(request)
    values, written = form.read()
    files = form.files_of(values) if written is not None else ()
    if written is None or not form.good:
        if written is not None:
            form.keep(files)
        return _draw_new(request, form, form.status)
    desk = request.desk
    shelf = request.dbsession.get_one(Category, int(values["shelf"]))
    article = start_article(desk, shelf, audience=values["audience"])
    add_files(desk, article.id, files)
    return _saved(request, form, article, written)


# ------------------------------------------------------------------ a text


def _saved_of(request: Request, article: Article, locale: str) -> Saved | None:
    revision = working(request.dbsession, article.id, locale)
    if revision is None:
        return None
    newest = select(func.max(Revision.id)).where(Revision.article_id == article.id, Revision.locale == locale)
    return Saved.of(revision, request.dbsession.scalar(newest) or 0)


def _draw_text(request: Request, article: Article, form: TextForm) -> Response:
    text = text_of(request.dbsession, article.id, form.locale)
    live = text is not None and text.published
    drawn = form.draw_for(
        request.path, request.route_path("admin_faq"), live=live, language=languages(request)[form.locale]
    )
    last = working(request.dbsession, article.id, form.locale)
    return draw_article(
        request, article, "admin/faq/text.pt", form.status, form=drawn, text=text, last=last, live=live,
        draft=live and text is not None and last is not None and text.revision_id != last.id,
    )  # fmt: skip


@view_config(route_name="admin_faq_text", request_method="GET")
def show(request: Request) -> Response:
    """The form of an article's text."""
    article, locale = find_article(request), find_locale(request)
    return _draw_text(request, article, TextForm(request, article, locale, _saved_of(request, article, locale)))


@view_config(route_name="admin_faq_text", request_method="POST", require_csrf=False)
def write(request: Request) -> Response:
    """Keep it as a draft, or publish it."""
    article, locale = find_article(request), find_locale(request)
    form = TextForm(request, article, locale, _saved_of(request, article, locale))
    _values, written = form.read()
    if written is None or not form.good:
        return _draw_text(request, article, form)
    return _saved(request, form, article, written)


def _saved(request: Request, form: TextForm, article: Article, written: Written) -> Response:
    what = request.typed("do")
    text = save(request.desk, article, form.locale, written, author(request), publish=what == PUBLISH)
    parts: dict[str, Any] = {"id": article.id, "locale": text.locale}
    if what == PREVIEW:
        return to(request, "admin_faq_preview", **parts)
    request.page.tell(LIVE[article.audience] if what == PUBLISH else KEPT)
    if isinstance(form, ArticleForm) and article.audience == ORGANISATIONS:
        request.page.tell(_("Please choose the organisations now: until then, technicians only read it."))
        return to(request, "admin_faq_facts", id=article.id)
    return to(request, "admin_faq_text", **parts)


@view_config(route_name="admin_faq_withdraw", request_method="POST")
def take_back(request: Request) -> Response:
    """Let readers no longer see it."""
    article = find_article(request)
    text = find_text(request, article)
    withdraw(request.desk, text, author(request))
    request.page.tell(
        _("Withdrawn: readers don't see it any more. Its address leads to nothing until it is published.")
    )
    return to(request, "admin_faq_text", id=article.id, locale=text.locale)


# ------------------------------------------------------------------ as readers will see it


@view_config(route_name="admin_faq_preview", request_method="GET")
def preview(request: Request) -> Response:
    """The page of readers, with what was saved last."""
    article = find_article(request)
    text = find_text(request, article)
    revision = working(request.dbsession, article.id, text.locale)
    assert revision is not None  # noqa: S101 - a text has a version
    live = text.published and text.revision_id == revision.id
    # in its own language, as those read it whom it is for
    own = request.locale_name
    request.answer_in(text.locale)
    shown = draw_page(request, "kb/article.pt", **page_values(request, _as_read(request, article, text, revision)))
    request.answer_in(own)
    bar = render_page(request, "admin/faq/preview_bar.pt", {"article": article, "text": text, "live": live})
    page, end, rest = shown.text.rpartition("</body>")
    shown.text = page + bar + end + rest
    return shown


def _as_read(request: Request, article: Article, text: ArticleText, revision: Revision) -> articles.Page:
    shelf = request.dbsession.get_one(Category, article.category_id)
    related = read_facts(request.dbsession, article).related
    return articles.Page(
        article.id, revision.slug, text.locale, revision.title, revision.summary, revision.body, revision.at,
        shelf.id, shelf.key, shelf_name(shelf, text.locale), article.audience, article.topics,
        article.views, article.useful, article.useless, bool(offered(request.dbsession, article.id)), len(related),
        {text.locale: revision.slug},
    )  # fmt: skip
