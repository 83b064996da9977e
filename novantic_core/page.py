"""What templates of pages may use, and Pyramid's renderer that draws them through the request's theme."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from chameleon.utils import Markup
from pyramid.csrf import get_csrf_token
from pyramid.request import Request
from pyramid.response import Response
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from novantic_core.cached import cached_property
from novantic_core.html import name_folded
from novantic_core.i18n import _
from novantic_core.plugins import Plugin
from novantic_core.security import ADMINISTRATOR, VISITED, is_allowed
from novantic_core.settings import LOCALES
from novantic_core.themes import PLAIN
from novantic_core.values import Brand, NavigationItem, Text

MENU_GROUPS = ("tickets", "clients", "steering", "settings")
LANGUAGES = {"fr": "Français", "en": "English"}
PREVIEW = "theme_preview"
"""Key of the session: the theme that an administrator is looking at. Nobody else's is heeded."""

MOST_TOLD = 1300
"""Bytes of sentences that wait for the next page: the cookie takes 4,096, of two queues and all else together."""


class Page:
    """``page`` in a template: addresses, words, dates, tabs, and the pieces that plugins add."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.site = request.registry.site
        self.locale = request.locale_name

    @cached_property
    def brand(self) -> Mapping[str, Any]:
        """The brand's own facts in the reader's language."""
        facts: Mapping[str, Any] = self.site.brand_words(self.request.brand, self.locale, self.request.theme)
        return facts

    @property
    def csrf_token(self) -> str:
        """The token that every form carries."""
        return str(get_csrf_token(self.request))

    def asset(self, name: str) -> str:
        """The address of a static file of the theme, which can be cached for ever."""
        return self.asset_of(self.request.theme, name)

    def asset_of(self, theme: str, name: str) -> str:
        """The same of another theme's file."""
        return f"/static/{theme}/{self.site.themes.version(theme, name)}/{name}"

    @property
    def editor(self) -> str:
        """The folder of the rich-text editor's files."""
        return str(self.request.registry.editor_url)

    def route(self, name: str, **parts: Any) -> str | None:
        """The path of a route; None where the plugin that has it is not enabled."""
        try:
            return str(self.request.route_path(name, **parts))
        except KeyError:
            return None

    @property
    def languages(self) -> list[tuple[str, str, bool]]:
        """Each language's code, its own name, and whether it is the reader's."""
        return [(code, LANGUAGES[code], code == self.locale) for code in LOCALES]

    @property
    def here(self) -> str:
        """The path of this page, for the language switch to come back to."""
        try:
            return str(self.request.path_qs if self.request.method in {"GET", "HEAD"} else self.request.path)
        except UnicodeDecodeError:  # an address that isn't text has no page to come back to
            return "/"

    def date(self, when: datetime, form: str = "medium") -> str:
        """A time in the reader's words, in the site's zone."""
        return str(self.request.localizer.date(when, self.site.settings.timezone, form))

    def day(self, when: datetime) -> str:
        """The day of a time in the reader's words, in the site's zone."""
        return str(self.request.localizer.day(when, self.site.settings.timezone))

    def size(self, count: int) -> str:
        """A number of bytes in the reader's units."""
        return str(self.request.localizer.size(count))

    def words(self, text: Text) -> str:
        """Text in the reader's language."""
        return str(self.request.localizer.translate(text))

    def said(self, html: str) -> str:
        """A message as it is shown: what was folded of a mail says in the reader's language what it is."""
        return name_folded(html, self.words(_("Earlier messages")), self.words(_("Signature of the mail")))

    def in_each_language(self, text: Text) -> set[str]:
        """Text in all of the site's languages: what somebody may have called it."""
        catalogue = self.site.themes.catalogue
        return {str(catalogue(self.request.theme, locale).translate(text)) for locale in LOCALES}

    @cached_property
    def visited(self) -> str | None:
        """The number of the ticket whose discussion this browser may see."""
        number = self.request.session.get(VISITED, {}).get("number")
        return str(number) if number else None

    def tabs(self, section: str = "portal") -> list[dict[str, Any]]:
        """The tabs of the navigation: the plugins' and the core's own, with addresses and ``aria-current``."""
        items = self.site.plugins.collect_items("novantic_navigation", request=self.request)
        own: list[NavigationItem] = self.request.registry.own_navigation
        current = self.request.matched_route.name if self.request.matched_route else None
        tabs = []
        for item in sorted([*own, *[item for _by, item in items]], key=lambda item: item.order):
            if item.section != section:
                continue
            path, label, route = self.route(item.route), item.label, item.route
            if route == "ticket_status" and self.visited:
                path, label, route = (
                    self.route("ticket", number=self.visited),
                    _("View the ticket's discussion"),
                    "ticket",
                )
            if path is not None:
                # a page below it is still in its part of the house; all of them are below the home page
                within = path != self.route("home") and self.here.startswith(f"{path}/")
                here = "page" if current == route else "true" if within else None
                tabs.append({"path": path, "label": label, "current": here})
        return tabs

    @cached_property
    def menu(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """The back office's menu: for each group its entries that this technician may open."""
        items = self.site.plugins.collect_items("novantic_navigation", request=self.request)
        own: list[NavigationItem] = self.request.registry.own_navigation
        here = self.request.path
        groups: dict[str, list[dict[str, Any]]] = {group: [] for group in MENU_GROUPS}
        for item in sorted([*own, *[item for _by, item in items]], key=lambda item: item.order):
            if item.section != "admin" or not is_allowed(self.request, item.route):
                continue
            path = self.route(item.route)
            if path is not None:
                # a page below it is still in its part of the house; the dashboard is above all of them
                current = here == path or (path != "/admin" and here.startswith(path + "/"))
                groups[item.group].append({"path": path, "label": item.label, "current": current, "count": item.count})
        return [(group, entries) for group, entries in groups.items() if entries]

    def tell(self, words: Text, queue: str = "told") -> None:
        """Say something at the top of the next page that this browser is shown.

        What is told waits in a cookie, which holds little: of too much the oldest is left out, or the end.

        :param queue: where else than at the top it is looked for
        """
        session = self.request.session
        waiting = [*session.pop_flash(queue), self.words(words)]
        while len(json.dumps(waiting)) > MOST_TOLD:
            waiting = waiting[1:] or [f"{waiting[0][: len(waiting[0]) * 3 // 4]}…"]
        for one in waiting:
            session.flash(one, queue)

    def told(self) -> list[str]:
        """What was told to be said, once; the same where a page is drawn again without a file of a theme."""
        return self._told

    @cached_property
    def _told(self) -> list[str]:
        return [str(words) for words in self.request.session.pop_flash("told")]

    def parts(self, place: str, subject: Any = None) -> list[Markup]:
        """The pieces that plugins add at a place, drawn; one that fails is left out."""
        plugins = self.site.plugins
        session = self.request.dbsession if plugins.answers("novantic_page_parts") else None
        found = plugins.collect_items(
            "novantic_page_parts", session=session, request=self.request, place=place, subject=subject
        )
        return [drawn for _part, drawn in draw_parts(self.request, found, session)]


def render_page(request: Request, name: str, values: Mapping[str, Any]) -> str:
    """Draw a page, or a piece of one, for a request."""
    page = request.page
    common = {"request": request, "page": page, "brand": page.brand}
    return str(request.registry.site.themes.render(request.theme, request.locale_name, name, {**common, **values}))


def draw_parts(
    request: Request, parts: Iterable[tuple[Plugin, Any]], session: Session | None
) -> list[tuple[Any, Markup]]:
    """Pieces that plugins gave, in their order, each with what it looks like; one that fails is left out."""
    drawn = []
    for plugin, part in sorted(parts, key=lambda pair: pair[1].order):
        with request.registry.site.plugins.guarded(plugin, f"drawing {part.template}", session):
            drawn.append((part, Markup(render_page(request, part.template, part.values))))
    return drawn


def draw_page(request: Request, template: str, /, status: int = 200, **values: Any) -> Response:
    """A page as an answer, for a view that has more to say than its values."""
    response = Response(render_page(request, template, values))
    response.status_int = status
    return response


class Renderer:
    """Pyramid's renderer for names that end in ``.pt``."""

    def __init__(self, info: Any) -> None:
        self.name = info.name

    def __call__(self, value: Mapping[str, Any], system: Mapping[str, Any]) -> str:
        return render_page(system["request"], self.name, value)


def choose_brand(request: Request) -> Brand:
    """The brand of a request, by its host name."""
    chosen: Brand = request.registry.site.brand_of_host(request.host)
    return chosen


def live_theme(request: Request) -> str:
    """The theme that anybody's request gets: a plugin's answer, or the brand's. What is kept names this one."""
    site = request.registry.site
    answer = site.plugins.first("novantic_theme_for", request=request)
    if answer is not None:
        plugin, name = answer
        if name in site.themes.themes:
            return str(name)
        site.plugins.note_fault(plugin, "novantic_theme_for", LookupError(f"no theme {name!r}"))
    return str(request.brand.theme)


def choose_theme(request: Request) -> str:
    """The theme in which pages are drawn: the live one, or the one that an administrator is looking at."""
    previewed = _previewed(request)
    if previewed is None:
        return str(request.live_theme)
    request.add_response_callback(add_preview_bar)
    return previewed


def _previewed(request: Request) -> str | None:
    name = request.session.get(PREVIEW)
    if name not in request.registry.site.themes.themes:
        return None
    try:
        someone = request.technician
    except SQLAlchemyError:
        # a page that says that the database is away must not need it
        return None
    return str(name) if someone is not None and someone.role == ADMINISTRATOR else None


def add_preview_bar(request: Request, response: Response) -> None:
    """Say on a page that it is a preview, and how to end it; whatever the theme makes of its layout."""
    if response.content_type != "text/html":
        return
    # at the end, though it is shown at the top: the way to the content stays the first thing on a page
    page, end, rest = response.text.rpartition("</body>")
    if not end:
        return
    site = request.registry.site
    values = {"page": request.page, "label": site.themes.themes[request.theme].label}
    bar = site.themes.render(PLAIN, request.locale_name, "admin/preview_bar.pt", values)
    response.text = page + bar + end + rest


def includeme(config: Any) -> None:
    """The ``.pt`` renderer, the request's brand, theme and words; ``own_navigation`` holds the core's tabs."""
    config.registry.own_navigation = []
    config.add_renderer(".pt", Renderer)
    config.add_request_method(choose_brand, "brand", reify=True)
    config.add_request_method(live_theme, reify=True)
    config.add_request_method(choose_theme, "theme", reify=True)
    config.add_request_method(Page, "page", reify=True)
