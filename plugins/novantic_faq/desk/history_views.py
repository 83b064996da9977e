"""The versions of a text: who saved what when, what differs, and the way back."""

from __future__ import annotations

from chameleon.utils import Markup
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from novantic_core.plugin import _
from novantic_faq.desk.base import KIND_WORDS, author, draw_article, find_article, find_text, find_version, to
from novantic_faq.desk.compare import compare_html, compare_texts, differs
from novantic_faq.desk.write import restore, working
from novantic_faq.models import Revision


@view_config(route_name="admin_faq_history", request_method="GET")
def history(request: Request) -> Response:
    """All versions, the newest first; two of them compared where they are chosen."""
    article = find_article(request)
    text = find_text(request, article)
    versions = request.dbsession.scalars(
        select(Revision)
        .where(Revision.article_id == article.id, Revision.locale == text.locale)
        .order_by(Revision.id.desc())
    ).all()
    chosen = [find_version(request, article, request.GET[name]) for name in ("old", "new") if name in request.GET]
    compared = None
    if len(chosen) == 2:
        # the older one first, however they were chosen
        old, new = sorted(chosen, key=lambda one: one.id)
        parts = [
            (_("Title"), compare_texts(old.title, new.title)),
            (_("Summary"), compare_texts(old.summary, new.summary)),
            (_("Address"), compare_texts(old.slug, new.slug)),
            (_("Text"), compare_html(old.body, new.body)),
        ]
        compared = {
            "old": old, "new": new, "parts": [(label, pieces) for label, pieces in parts if differs(pieces)],
            "looks": old.body != new.body and not differs(parts[-1][1]),
        }  # fmt: skip
    return draw_article(
        request, article, "admin/faq/history.pt", versions=versions, text=text, compared=compared, kinds=KIND_WORDS,
        chosen=[one.id for one in chosen],
    )  # fmt: skip


@view_config(route_name="admin_faq_version", request_method="GET")
def version(request: Request) -> Response:
    """One of them, whole."""
    article = find_article(request)
    text = find_text(request, article)
    found = find_version(request, article, request.matchdict["version"])
    now = working(request.dbsession, article.id, text.locale)
    return draw_article(
        request, article, "admin/faq/version.pt", text=text, version=found, body=Markup(found.body), kinds=KIND_WORDS,
        is_now=now is not None and now.id == found.id,
    )  # fmt: skip


@view_config(route_name="admin_faq_restore", request_method="POST")
def bring_back(request: Request) -> Response:
    """Make a draft of an older version."""
    article = find_article(request)
    found = find_version(request, article, request.matchdict["version"])
    restore(request.desk, article, found, author(request))
    request.page.tell(_("The older version is a draft now: look at it, then publish it."))
    return to(request, "admin_faq_text", id=article.id, locale=found.locale)
