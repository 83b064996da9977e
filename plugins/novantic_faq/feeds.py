"""What programs read: the feed of new articles, the map of the site, and what crawlers may ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import Row, select

from novantic_core.plugin import Desk, _
from novantic_faq.audience import everybody
from novantic_faq.models import Article, ArticleText

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
NEWEST = 20
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""When a feed without an article was last changed: the format asks for some time."""
MOST_ADDRESSES = 50_000
"""In one file of a site map, says its protocol."""

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

ROBOTS = """User-agent: *
Allow: /tickets/new
Disallow: /admin
Disallow: /tickets/
Disallow: /access/
Disallow: /attachments/
Disallow: /search
Disallow: /kb?

Sitemap: {sitemap}
"""


@view_config(route_name="kb_feed", request_method="GET")
def feed(request: Request) -> Response:
    """The newest articles that everybody may read, in one language: ``?lang=``, or the reader's."""
    lang = request.GET.get("lang")
    if lang in [code for code, _name, _current in request.page.languages]:
        request.answer_in(lang)
    desk, locale = request.desk, request.locale_name
    statement = (
        select(ArticleText, Article.created_at)
        .join(Article, Article.id == ArticleText.article_id)
        .where(ArticleText.published, everybody(request).may_read, ArticleText.locale == locale)
        .order_by(ArticleText.updated_at.desc(), ArticleText.id.desc())
        .limit(NEWEST)
    )
    rows = request.dbsession.execute(statement).all()
    own = desk.url(f"/kb/feed.xml?lang={locale}")
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": locale, "xml:base": desk.url("/")})
    _add(root, "title", f"{request.page.words(_('Knowledge base'))} · {request.page.brand['name']}")
    _add(root, "id", own)
    _add(root, "link", rel="self", type="application/atom+xml", href=own)
    _add(root, "link", rel="alternate", type="text/html", hreflang=locale, href=desk.url("/kb"))
    _add(root, "updated", _moment(row.ArticleText.updated_at for row in rows))
    author = ET.SubElement(root, "author")
    _add(author, "name", request.page.brand["name"])
    for text, created in rows:
        root.append(_entry(desk, text, created))
    response = _xml(root, "application/atom+xml")
    response.vary = ("Accept-Language", "Cookie")
    return response


def _entry(desk: Desk, text: ArticleText, created: datetime) -> ET.Element:
    entry, address = ET.Element("entry"), desk.url(f"/kb/{text.slug}")
    host = urlsplit(desk.url("/")).hostname
    _add(entry, "title", text.title)
    # stays the same when the title, and with it the address, becomes another
    _add(entry, "id", f"tag:{host},2026:kb/{text.article_id}/{text.locale}")
    _add(entry, "link", rel="alternate", type="text/html", hreflang=text.locale, href=address)
    _add(entry, "published", created.isoformat(timespec="seconds"))
    _add(entry, "updated", text.updated_at.isoformat(timespec="seconds"))
    _add(entry, "summary", text.summary)
    _add(entry, "content", text.body, type="html")
    return entry


@view_config(route_name="sitemap", request_method="GET")
def sitemap(request: Request) -> Response:
    """All that search engines should find: the articles for everybody in each of their languages, and the way in."""
    desk = request.desk
    statement = (
        select(ArticleText.article_id, ArticleText.locale, ArticleText.slug, ArticleText.updated_at)
        .join(Article, Article.id == ArticleText.article_id)
        .where(ArticleText.published, everybody(request).may_read)
        .order_by(ArticleText.article_id, ArticleText.locale)
        .limit(MOST_ADDRESSES - 3)
    )
    rows = request.dbsession.execute(statement).all()
    root = ET.Element("urlset", {"xmlns": SITEMAP, "xmlns:xhtml": XHTML})
    newest = _moment(row.updated_at for row in rows) if rows else None
    # the list changes with its articles; of the other pages nobody knows when they last did
    for path, changed in (("/", None), ("/tickets/new", None), ("/kb", newest)):
        if path != "/tickets/new" or request.page.route("new_ticket"):
            _add_address(root, desk.url(path), changed)
    for _article, texts in groupby(rows, lambda row: row.article_id):
        _add_article(desk, root, list(texts))
    return _xml(root, "application/xml")


def _add_article(desk: Desk, root: ET.Element, texts: list[Row[tuple[int, str, str, datetime]]]) -> None:
    for text in texts:
        url = _add_address(root, desk.url(f"/kb/{text.slug}"), text.updated_at.isoformat(timespec="seconds"))
        # each names all of them, itself too
        for other in texts if len(texts) > 1 else ():
            _add(url, "xhtml:link", rel="alternate", hreflang=other.locale, href=desk.url(f"/kb/{other.slug}"))


def _add_address(root: ET.Element, address: str, changed: str | None) -> ET.Element:
    url = ET.SubElement(root, "url")
    _add(url, "loc", address)
    if changed is not None:
        _add(url, "lastmod", changed)
    return url


@view_config(route_name="robots", request_method="GET")
def robots(request: Request) -> Response:
    """What crawlers may ask for: nothing of the back office, nobody's tickets."""
    words = ROBOTS.format(sitemap=request.desk.url("/sitemap.xml"))
    return Response(words, content_type="text/plain", charset="utf-8", cache_control="public, max-age=3600")


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = _NOT_XML.sub("", text) or None


def _moment(times: Iterable[datetime]) -> str:
    return max(times, default=EPOCH).isoformat(timespec="seconds")


def _xml(root: ET.Element, media_type: str) -> Response:
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    response = Response(body, content_type=media_type, charset="utf-8", cache_control="public, max-age=300")
    response.md5_etag()
    response.conditional_response = True
    return response
