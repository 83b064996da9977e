"""``/dev/mailbox``: the mails that were written, for who develops without a mail server. Only with debugging on."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.security import EVERYBODY

SHOWN = 100


def _folder(request: Request) -> Path:
    return Path(request.registry.site.settings.raw.get("mail.top_level_directory", "var/mail"))


def _read(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


@view_config(route_name="dev_mailbox", request_method="GET", renderer="dev/mailbox.pt")
def mailbox(request: Request) -> dict[str, Any]:
    """The latest mails, newest first."""
    folder = _folder(request)
    paths = sorted(folder.glob("*.eml"), key=lambda path: (path.stat().st_mtime, path.name), reverse=True)[:SHOWN]
    return {"mails": [{"name": path.name, "mail": _read(path)} for path in paths], "folder": folder}


@view_config(route_name="dev_mail", request_method="GET", renderer="dev/mail.pt")
def mail(request: Request) -> dict[str, Any]:
    """One mail: its headers, its text, and its HTML as a recipient would see it."""
    path = _folder(request) / request.matchdict["name"]
    if path.suffix != ".eml" or path.parent != _folder(request) or not path.is_file():
        raise HTTPNotFound
    message = _read(path)
    text = message.get_body(("plain",))
    return {"mail": message, "name": path.name, "text": text.get_content() if text else "", "links": _links(message)}


@view_config(route_name="dev_mail_html", request_method="GET")
def mail_html(request: Request) -> Response:
    """The HTML part by itself, without the site's headers that would forbid a mail's inline styles."""
    path = _folder(request) / request.matchdict["name"]
    if path.suffix != ".eml" or path.parent != _folder(request) or not path.is_file():
        raise HTTPNotFound
    part = _read(path).get_body(("html",))
    if part is None:
        raise HTTPNotFound
    response = Response(part.get_content())
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-top-navigation-by-user-activation "
        "allow-popups; frame-ancestors 'self'"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _links(message: EmailMessage) -> list[str]:
    import re

    text = message.get_body(("plain",))
    return re.findall(r"https?://\S+", text.get_content()) if text else []


def includeme(config: Configurator) -> None:
    """Not even a route in production."""
    if not config.registry.site.settings.debug:
        return
    for name, pattern in (
        ("dev_mailbox", "/dev/mailbox"),
        ("dev_mail", "/dev/mailbox/{name}"),
        ("dev_mail_html", "/dev/mailbox/{name}/html"),
    ):
        config.add_route(name, pattern)
        config.allow(name, EVERYBODY)
    config.scan("novantic_core.views.dev_mailbox")
