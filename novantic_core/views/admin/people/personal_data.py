"""What the law lets a person ask for: a copy of all that is kept, and its erasure. For administrators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.i18n import _
from novantic_core.models import Contact
from novantic_core.plugins import PluginFault
from novantic_core.services.erase_person import erase_person
from novantic_core.services.export_person import export_person
from novantic_core.services.keep_contact import contact_subject
from novantic_core.services.person import find_person
from novantic_core.services.record_action import record_action
from novantic_core.values import FieldError, Text
from novantic_core.views.admin.base import actor, draw
from novantic_core.views.admin.people.contacts import find_known
from novantic_core.views.admin.people.lists import to_contact

ERASED_NAME, ERASED_WORDS = _("Erased person"), _("[erased]")
NOT_THE_ADDRESS = _("This is not the address of this person. Nothing was erased.")


@view_config(route_name="admin_contact_export", request_method="POST")
def export(request: Request) -> Response:
    """The copy, as a file."""
    row = find_known(request)
    pieces = export_person(request.registry.site, row.id, request.desk.now, request.page.words)
    try:
        first = next(pieces)
    except (FieldError, PluginFault) as stopped:
        return to_contact(request, row, _stopped(request, stopped, _("No copy was made: ${why}")))
    record_action(request.dbsession, "contact_exported", actor(request), request.desk.now, contact_subject(row))
    response = Response(app_iter=_all(first, pieces), content_type="application/zip", charset=None)
    response.headers["Content-Disposition"] = f'attachment; filename="contact-{row.id}.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _all(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _stopped(request: Request, error: FieldError | PluginFault, sentence: Any) -> Text:
    """Why it could not be done, in a sentence; a plugin's fault is in the log, with all of it."""
    if isinstance(error, FieldError):
        why: Text = error.message
    else:
        why = _(
            "the plugin “${name}” failed. Its fault is on the page of plugins.", mapping={"name": error.plugin.name}
        )
    return _(sentence, mapping={"why": request.page.words(why)})


@view_config(route_name="admin_contact_erase", request_method="GET")
def ask(request: Request) -> Response:
    """What would go and what would stay."""
    return _ask(request, find_known(request))


def _ask(request: Request, row: Contact, error: Text | None = None, typed: str = "") -> Response:
    return draw(
        request, "admin/people/erase.pt", 422 if error else 200, contact=row, error=error, typed=typed,
        person=find_person(request.dbsession, row),
    )  # fmt: skip


@view_config(route_name="admin_contact_erase", request_method="POST")
def erase(request: Request) -> Response:
    """Erase them, if their address was typed."""
    row = find_known(request)
    typed = request.typed("address").strip()[:254]
    if typed.casefold() != row.email_key:
        return _ask(request, row, NOT_THE_ADDRESS, typed)
    site, session = request.registry.site, request.dbsession
    # the site's language, not the administrator's: everybody reads these words
    catalogue = site.themes.catalogue(site.settings.theme, site.settings.default_locale)
    label, words = catalogue.translate(ERASED_NAME), catalogue.translate(ERASED_WORDS)
    try:
        with session.begin_nested():
            done = erase_person(site, session, row, actor(request), request.desk.now, label=label, words=words)
    except (FieldError, PluginFault) as stopped:
        session.expire_all()
        return _ask(request, row, _stopped(request, stopped, _("Nothing was erased: ${why}")), typed)
    sentence = _("The person is erased. Tickets: ${tickets}, messages: ${messages}, files: ${files}.", mapping={
        "tickets": done.tickets, "messages": done.messages, "files": done.files
    })  # fmt: skip
    return to_contact(request, row, sentence)
