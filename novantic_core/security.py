"""Who may do what, and what every answer carries to keep others out.

The table of permissions is the routes' own: a route without a line stops the start.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from pyramid.config import Configurator
from pyramid.csrf import CookieCSRFStoragePolicy
from pyramid.httpexceptions import (
    HTTPForbidden,
    HTTPLengthRequired,
    HTTPNotFound,
    HTTPRequestEntityTooLarge,
    HTTPSeeOther,
)
from pyramid.interfaces import IRoutesMapper
from pyramid.request import Request
from pyramid.response import Response
from pyramid.session import SignedCookieSessionFactory
from pyramid.tweens import EXCVIEW, INGRESS
from sqlalchemy.exc import OperationalError

from novantic_core.brands import host_name
from novantic_core.models import AccessGrant, Technician, TechnicianSession, Ticket
from novantic_core.services.find_reader import organisation_of
from novantic_core.services.grant_access import is_alive
from novantic_core.services.second_factor import is_required
from novantic_core.services.sight import Sight
from novantic_core.services.sign_in import SEEN_EVERY, find_session, note_seen
from novantic_core.settings import Settings, SettingsError
from novantic_core.values import Actor, TicketInfo

log = logging.getLogger(__name__)

EVERYBODY, REQUESTER, TECHNICIAN, ADMINISTRATOR = ROLES = ("everybody", "requester", "technician", "administrator")

VISITED = "ticket"
"""Key of the visitor's session: the grant it was opened with, and the ticket's number for the tab."""

VISIT_SECONDS = 8 * 3600
TECHNICIAN_COOKIE = "technician"
SETTING_UP = frozenset({"admin_second_factor", "admin_logout"})
"""Routes open to somebody who must set up a second factor and has not done so yet."""

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # the address of an access link must not travel to a site that a message links to
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


# ---------------------------------------------------------------- who


def visitor(request: Request) -> AccessGrant | None:
    """The grant by which this browser sees one ticket, if it is still good."""
    visit = request.session.get(VISITED)
    if not isinstance(visit, dict) or not isinstance(visit.get("grant"), int):
        return None
    grant: AccessGrant | None = request.dbsession.get(AccessGrant, visit["grant"])
    if grant is None or not is_alive(grant, request.desk.now):
        return None
    if len(request.registry.site.brands) > 1:
        ticket = request.dbsession.get_one(Ticket, grant.ticket_id)
        if request.registry.site.brand(ticket.brand) is not request.brand:
            # a cookie carried to another of the desk's hosts opens nothing there: one brand's client would meet another
            return None
    return grant


def visitor_organisation(request: Request) -> int | None:
    """The id of the organisation whose contact reads by a mailed link; nothing is asked for who came without one."""
    return organisation_of(request.dbsession, request.visitor.email) if request.visitor is not None else None


def signed_in(request: Request) -> tuple[TechnicianSession, Technician] | None:
    """The session that this browser is signed in with, and whose it is."""
    token = request.cookies.get(TECHNICIAN_COOKIE)
    if not token:
        return None
    now = datetime.now(UTC)
    found = find_session(request.dbsession, token, now)
    if found is not None and (found[0].last_seen_at is None or found[0].last_seen_at <= now - SEEN_EVERY):
        request.add_response_callback(partial(_note_seen_afterwards, session_id=found[0].id))
    return found


def lacks_second_factor(request: Request) -> bool:
    """Whether whoever is signed in must set a second factor up before anything else."""
    found = request.signed_in
    return found is not None and found[1].totp_secret is None and is_required(request.registry.site)


def technician(request: Request) -> Technician | None:
    """The technician who signed in with this browser.

    Who still has to set up a second factor is nobody yet, but on the pages where that is done.
    """
    route = request.matched_route
    if request.lacks_second_factor and (route is None or route.name not in SETTING_UP):
        return None
    return request.signed_in[1] if request.signed_in is not None else None


def actor(request: Request) -> Actor:
    """Who does it, on a page of the back office: the technician who is signed in."""
    return Actor("technician", request.technician.name, request.technician.email)


def visible_ticket(request: Request) -> TicketInfo:
    """The ticket whose ``number`` is in the address of a page of the back office; for a merged one, where it goes on.

    :raises HTTPNotFound: if there is none that this technician may see; which of the two is not told
    """
    found = Sight(request.registry.site, request.dbsession, request.technician).ticket(request.matchdict["number"])
    if found is None:
        raise HTTPNotFound
    return found


class _Afterwards:
    """An answer's body that does something once the server has sent it."""

    def __init__(self, body: Iterable[bytes], then: Callable[[], None]) -> None:
        self._body = body
        self._then = then

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        """By PEP 3333 the server calls this when it has sent the answer."""
        if hasattr(self._body, "close"):
            self._body.close()
        self._then()


def _note_seen_afterwards(request: Request, response: Response, session_id: int) -> None:
    database = request.registry.site.database

    def note() -> None:
        try:
            with database.transaction() as session:
                note_seen(session, session_id, datetime.now(UTC))
        except OperationalError as error:
            # the next request of the session will say it
            log.warning("could not note when a session was last used: %s", error.orig)

    # a page that only reads must not wait for the database's writers to be told that somebody reads it
    length = response.content_length
    response.app_iter = _Afterwards(response.app_iter, note)
    response.content_length = length


def _allowed(request: Request, role: str) -> bool:
    if role == EVERYBODY:
        return True
    if role == REQUESTER:
        return request.visitor is not None
    if request.technician is None:
        return False
    return role == TECHNICIAN or request.technician.role == ADMINISTRATOR


def is_allowed(request: Request, route: str) -> bool:
    """Whether the table lets whoever asks open a route."""
    role = request.registry.permissions.get(route)
    return role is not None and _allowed(request, role)


class VisitOver(HTTPForbidden):
    """A script sent a form for a ticket that this browser may not see, or no longer."""


def lead_to_status(request: Request) -> Response:
    """The way for who may not see a ticket: the page that mails a link.

    :raises VisitOver: for a script, which shows the sentence beside what was typed; going elsewhere would lose it
    """
    if request.is_xhr:
        raise VisitOver
    return HTTPSeeOther(request.page.route("ticket_status") or request.route_path("home"))


def _guard_view(view: Callable[..., Any], info: Any) -> Callable[..., Any]:
    """A view deriver: a route's view runs only for whom the table names."""
    if info.exception_only or not info.options.get("route_name"):
        return view
    route = info.options["route_name"]
    if route.startswith("__"):
        # a static view: Pyramid names its route so, and no table line is asked of it
        return view

    def guarded(context: Any, request: Request) -> Any:
        role = request.registry.permissions[route]
        if not _allowed(request, role):
            if role == REQUESTER:
                if VISITED in request.session:
                    # the visit has run out: its tab and its button go with it
                    del request.session[VISITED]
                return lead_to_status(request)
            if request.lacks_second_factor and not request.is_xhr:
                return HTTPSeeOther(request.route_path("admin_second_factor"))
            if request.technician is None and request.method in {"GET", "HEAD"}:
                return HTTPSeeOther(request.route_path("admin_login", _query={"next": request.path_qs}))
            raise HTTPForbidden
        return view(context, request)

    return guarded


def allow(config: Configurator, route: str, role: str) -> None:
    """``config.allow("route", "everybody")``: the route's line in the table of permissions."""
    if role not in ROLES:
        raise SettingsError(f"route {route}: {role!r} is none of {', '.join(ROLES)}")
    config.registry.permissions[route] = role


def check_permissions(config: Configurator) -> None:
    """Stop the start for a route without a line. Static views have no state and need none."""
    for route in config.registry.getUtility(IRoutesMapper).get_routes(include_static=False):
        # Pyramid names the routes of static views so
        if not route.name.startswith("__") and route.name not in config.registry.permissions:
            raise SettingsError(
                f"route {route.name} ({route.pattern}) has no line in the table of permissions: "
                f'call config.allow("{route.name}", …) with one of {", ".join(ROLES)}'
            )


# ---------------------------------------------------------------- every request, every answer


def secure_cookies(settings: Settings) -> bool:
    """Whether cookies may only travel encrypted: whenever the site itself is reached so."""
    return settings.https


def headers_tween_factory(handler: Callable[..., Any], registry: Any) -> Callable[..., Any]:
    """Headers that every answer has; a view may have set its own stricter ones."""
    headers = dict(HEADERS)
    if registry.site.settings.https:
        headers["Strict-Transport-Security"] = "max-age=31536000"

    def tween(request: Request) -> Response:
        response = handler(request)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if response.content_type == "text/html":
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return tween


def proxies_tween_factory(handler: Callable[..., Any], registry: Any) -> Callable[..., Any]:
    """Believe ``X-Forwarded-*`` only from ``novantic.trusted_proxies``: whoever else sends them made them up."""
    trusted = set(registry.site.settings.trusted_proxies)
    hosts = {host for brand in registry.site.brands.values() for host in brand.hosts}

    def tween(request: Request) -> Response:
        environ = request.environ
        forwarded = environ.pop("HTTP_X_FORWARDED_FOR", None)
        scheme = environ.pop("HTTP_X_FORWARDED_PROTO", None)
        asked = environ.pop("HTTP_X_FORWARDED_HOST", None)
        if environ.get("REMOTE_ADDR") in trusted:
            # from the right: the last address that isn't a proxy of ours is the one they saw
            for address in reversed([part.strip() for part in (forwarded or "").split(",")]):
                if not _is_address(address):
                    break
                environ["REMOTE_ADDR"] = address
                if address not in trusted:
                    break
            if scheme in {"http", "https"}:
                environ["wsgi.url_scheme"] = scheme
            # from the right too: what a client made up stands before what the proxies saw
            for host in reversed([part.strip() for part in (asked or "").split(",")]):
                if host_name(host) in hosts:
                    environ["HTTP_HOST"] = host
                    break
        return handler(request)

    return tween


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def body_limit_tween_factory(handler: Callable[..., Any], registry: Any) -> Callable[..., Any]:
    """Refuse a body over the limit before it is read."""
    limit = registry.site.settings.max_body

    def tween(request: Request) -> Response:
        if is_oversized(request, limit):
            if request.content_length is None:
                raise HTTPLengthRequired
            raise HTTPRequestEntityTooLarge
        return handler(request)

    return tween


def is_oversized(request: Request, limit: int) -> bool:
    """Whether a request's body is larger than the limit, or doesn't say how large it is."""
    if request.content_length is None:
        return bool(request.environ.get("HTTP_TRANSFER_ENCODING"))
    return int(request.content_length) > limit


def retry_attempts(request: Request) -> int | None:
    """For pyramid_retry: a body that is going to be refused must not be copied first."""
    return 1 if is_oversized(request, request.registry.site.settings.max_body) else None


def includeme(config: Configurator) -> None:
    """Sessions, CSRF on every form, the table of permissions, headers."""
    site = config.registry.site
    secure = secure_cookies(site.settings)
    config.registry.permissions = {}
    config.add_directive("allow", allow)
    config.add_view_deriver(_guard_view, "novantic_permission", under="csrf_view")
    config.set_session_factory(
        SignedCookieSessionFactory(
            site.key("session"), cookie_name="session", httponly=True, samesite="Lax", secure=secure,
            timeout=VISIT_SECONDS, reissue_time=600, hashalg="sha256",
        )
    )  # fmt: skip
    config.set_csrf_storage_policy(
        CookieCSRFStoragePolicy(cookie_name="csrf_token", httponly=True, samesite="Lax", secure=secure)
    )
    config.set_default_csrf_options(require_csrf=True)
    config.add_request_method(visitor, reify=True)
    config.add_request_method(visitor_organisation, reify=True)
    config.add_request_method(signed_in, reify=True)
    config.add_request_method(lacks_second_factor, reify=True)
    config.add_request_method(technician, reify=True)
    config.add_tween("novantic_core.security.body_limit_tween_factory", under=EXCVIEW)
    config.add_tween(
        "novantic_core.security.headers_tween_factory", under="novantic_core.security.proxies_tween_factory"
    )
    config.add_tween("novantic_core.security.proxies_tween_factory", under=INGRESS)
