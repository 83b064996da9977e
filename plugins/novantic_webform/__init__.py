"""Intake by the portal's form."""

from __future__ import annotations

from collections.abc import Iterable

from pyramid.config import Configurator
from pyramid.request import Request

from novantic_core.plugin import IntakeChannel, NavigationItem, _, hookimpl

novantic_api = ">=1.2,<2"


@hookimpl
def novantic_intake_channels() -> Iterable[IntakeChannel]:
    """Tickets that came by the form say so."""
    return [IntakeChannel("web", _("through the portal"))]


@hookimpl
def novantic_navigation(request: Request) -> Iterable[NavigationItem]:
    """The third tab."""
    return [NavigationItem("new_ticket", _("Open a new ticket"), order=30)]


@hookimpl
def novantic_configure(config: Configurator) -> None:
    """The form, and the page that gives the number."""
    for name, pattern in (("new_ticket", "/tickets/new"), ("ticket_opened", "/tickets/opened")):
        config.add_route(name, pattern)
        config.allow(name, "everybody")
    config.scan("novantic_webform.views")
