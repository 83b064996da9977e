"""What plugins add to pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyramid.request import Request

from novantic_core import values as v
from novantic_core.hookspecs.marks import hookspec

# ---------------------------------------------------------------------------------------------- pages


@hookspec
def novantic_navigation(request: Request, own_settings: v.OwnSettings) -> Iterable[v.NavigationItem]:  # type: ignore[empty-body]
    """Tabs to add to the navigation of the portal or of the back office.

    Called for each page. Transaction: the request's.

    :param request: the request
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: :class:`~novantic_core.plugin.NavigationItem` values
    :raises: guarded: the page stands without these tabs.
    :since: 1.0
    """


@hookspec
def novantic_page_parts(  # type: ignore[empty-body]
    request: Request, place: str, subject: Any, own_settings: v.OwnSettings
) -> Iterable[v.PagePart]:
    """Pieces to add to a page at a named place.

    Places: ``home`` (subject None), ``ticket_form`` (the form), ``ticket`` (a ``TicketInfo``, the client's page),
    ``admin_dashboard`` (a ``Period`` of days, what its figures are about), ``admin_ticket`` (a ``TicketInfo``, the
    technicians' page, beside the discussion; there a link with ``data-starts-clock="NUMBER"`` notes when it was
    followed, and the form of the time spent is filled in with what has passed since), ``admin_reply`` (the same, in the
    form of a reply to the client, above its text: fields and buttons of yours go with it, see
    ``novantic_reply_text``). Called when the page is drawn, in the request's transaction, each plugin in a savepoint.

    :param request: the request
    :param place: the name of the place
    :param subject: what the page is about
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: :class:`~novantic_core.plugin.PagePart` values; templates are found on the theme's path
    :raises: guarded: the page stands without these pieces, also when drawing one of them fails.
    :since: 1.0
    """


@hookspec
def novantic_message_links(  # type: ignore[empty-body]
    request: Request, ticket: v.TicketInfo, messages: Iterable[v.MessageInfo], own_settings: v.OwnSettings
) -> Iterable[v.MessageLink]:
    """Links beside the messages of a ticket, on the technicians' page.

    Called once when the page is drawn, in the request's transaction, each plugin in a savepoint.

    :param request: the request
    :param ticket: the ticket
    :param messages: all that the page shows, the oldest first, notes too
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: :class:`~novantic_core.plugin.MessageLink` values
    :raises: guarded: the page stands without these links.
    :since: 1.3
    """


@hookspec
def novantic_message_parts(  # type: ignore[empty-body]
    request: Request, ticket: v.TicketInfo, messages: Iterable[v.MessageInfo], own_settings: v.OwnSettings
) -> Iterable[v.MessagePart]:
    """Pieces below the messages of a ticket, on the technicians' page: what is known of one, and what can be done.

    Called once when the page is drawn, in the request's transaction, each plugin in a savepoint.

    :param request: the request
    :param ticket: the ticket
    :param messages: all that the page shows, the oldest first, notes too
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: :class:`~novantic_core.plugin.MessagePart` values; templates are found on the theme's path
    :raises: guarded: the page stands without these pieces, also when drawing one of them fails.
    :since: 1.3
    """


@hookspec(firstresult=True)
def novantic_reply_text(request: Request, ticket: v.TicketInfo, chosen: str, own_settings: v.OwnSettings) -> str | None:
    """A text to put into a reply, for a technician whose browser runs no script. Stops at the first that isn't None.

    Called when the form of a reply was sent by a button named ``insert`` that a plugin drew at the place
    ``admin_reply``; the page comes back with the text under what was typed. A script of the plugin's does the same by
    an event: ``form.dispatchEvent(new CustomEvent("insert-text", {detail: html}))``. Transaction: the request's.

    :param request: the request; what else was typed into the form is in ``request.POST``
    :param ticket: the ticket
    :param chosen: the button's value: begin yours with the plugin's name
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: clean HTML, empty for nothing to put in; None for a button that isn't the plugin's
    :raises: guarded: the next plugin is asked, and the page comes back without the text.
    :since: 1.1
    """


@hookspec(firstresult=True)
def novantic_theme_for(request: Request, own_settings: v.OwnSettings) -> str | None:
    """The theme of a request, by host name for example. Stops at the first answer that isn't None.

    Called once for each request that draws a page. Transaction: the request's.

    :param request: the request
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: a theme's name, or None for ``novantic.theme``. An unknown name is a fault of the plugin.
    :raises: guarded: the next plugin is asked.
    :since: 1.0
    """
