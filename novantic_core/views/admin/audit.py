"""What was done to the desk, in plain words: a sentence for each kind of action.

A kind that :func:`novantic_core.services.record_action.record_action` is given anywhere has its sentence here; a test
looks whether it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request

from novantic_core.i18n import _
from novantic_core.models import Action
from novantic_core.values import Text

SENTENCES: Mapping[str, Text] = {
    # categories, priorities, teams
    "category_added": _("Category added: ${what}"),
    "category_renamed": _("Category renamed: ${what}"),
    "category_hidden": _("Category no longer offered: ${what}"),
    "category_shown": _("Category offered again: ${what}"),
    "category_moved": _("Category moved to another place: ${what}"),
    "priority_renamed": _("Priority renamed: ${what}"),
    "team_added": _("Team added: ${what}"),
    "team_changed": _("Team changed: ${what}"),
    "team_hidden": _("Team no longer offered: ${what}"),
    "team_shown": _("Team offered again: ${what}"),
    "team_moved": _("Team moved to another place: ${what}"),
    # canned replies
    "canned_reply_added": _("Canned reply added: ${what}"),
    "canned_reply_changed": _("Canned reply changed: ${what}"),
    "canned_reply_moved": _("Canned reply moved to another place: ${what}"),
    "canned_reply_removed": _("Canned reply removed: ${what}"),
    # technicians, and how they come in
    "technician_invited": _("Technician invited: ${what}"),
    "technician_link_sent": _("Another link to choose a password mailed: ${what}"),
    "technician_link_printed": _("Link to choose a password printed on the server: ${what}"),
    "technician_changed": _("Technician changed: ${what}"),
    "technician_off": _("Account closed: ${what}"),
    "technician_on": _("Account opened again: ${what}"),
    "technician_signed_out": _("Signed out of all browsers: ${what}"),
    "invitation_accepted": _("Invitation accepted: ${what}"),
    "password_reset": _("Password chosen by a mailed link: ${what}"),
    "password_changed": _("Own password changed: ${what}"),
    "account_changed": _("Own account changed: ${what}"),
    "second_factor_on": _("Own second factor set up: ${what}"),
    "second_factor_off": _("Own second factor taken away: ${what}"),
    "second_factor_reset": _("Second factor of somebody else taken away: ${what}"),
    "second_factor_required": _("Whether everybody needs a second factor"),
    "recovery_codes_made": _("Own recovery codes made anew: ${what}"),
    "recovery_code_used": _("Signed in by a recovery code: ${what}"),
    # people and organisations; of a person the trail keeps no name
    "contact_saved": _("What is known of a person changed: ${what}"),
    "contacts_merged": _("Contacts merged: ${what}"),
    "contact_separated": _("Merge of contacts undone: ${what}"),
    "contact_exported": _("Copy of a person's data handed out: ${what}"),
    "contact_erased": _("Person erased: ${what}"),
    "organisation_added": _("Organisation added: ${what}"),
    "organisation_saved": _("Organisation changed: ${what}"),
    "organisation_deleted": _("Organisation deleted: ${what}"),
    "organisations_merged": _("Organisation merged into: ${what}"),
    "organisation_domain_added": _("Mail domain given to an organisation: ${what}"),
    "organisation_domain_removed": _("Mail domain taken from an organisation: ${what}"),
    # plugins and deliveries
    "plugin_set_up": _("Settings of a plugin changed: ${what}"),
    "theme_file_tried_again": _("Broken file of a theme tried again: ${what}"),
    "plugin_brought_back": _("Plugin used again after it was set aside: ${what}"),
    "plugin_removed": _("Plugin removed for good: ${what}"),
    "delivery_retried": _("Delivery to be tried again at once: ${what}"),
    "delivery_cancelled": _("Delivery cancelled: ${what}"),
    "mail_tested": _("Mail sent to oneself as a test: ${what}"),
    "deliveries_retried": _("Deliveries to be tried again: ${what}"),
    "deliveries_cancelled": _("Deliveries that are not to be sent: ${what}"),
}

ATTRIBUTES: Mapping[str, Text] = {
    "fr": _("In French"),
    "en": _("In English"),
    "label": _("Name"),
    "private": _("Private"),
    "title": _("Title"),
    "name": _("Name"),
    "email": _("E-mail"),
    "role": _("Role"),
    "team": _("Team"),
    "locale": _("Language"),
    "required": _("Required"),
    "category": _("Category"),
    "text": _("Text"),
    "state": _("State"),
    "data": _("Its data"),
    "rows": _("Rows in its tables"),
    "facts": _("What changed"),
    "merged": _("Merged"),
    "contract": _("Contract"),
    "contacts": _("Contacts"),
    "tickets": _("Tickets"),
    "ticket": _("Ticket"),
    "files": _("Files"),
    "domain": _("Mail domain"),
    "domains": _("Mail domains"),
    "time": _("Time entries"),
}
"""What changed, in "Name: Réseau → Réseaux"; a plugin's setting keeps its own name."""

SAID_BY_ITSELF = frozenset({"delivery_retried", "delivery_cancelled"})
"""Kinds whose sentence says all that changed."""


def sentences(request: Request) -> Mapping[str, Text]:
    """The sentences of the core's kinds and of those that plugins bring."""
    brought = request.registry.site.action_kinds
    return {**SENTENCES, **{name: kind.words for name, (_by, kind) in brought.items()}}


class DeskTrail:
    """The desk's own trail, told to one reader."""

    def __init__(self, request: Request) -> None:
        self.request = request

    def by(self, action: Action) -> Text:
        """Who did it."""
        return action.actor_name or _("by itself")

    def sentence(self, action: Action) -> Text:
        """What was done to what."""
        # a kind that a later version of the house brings is shown as it is
        own = _("${kind}: ${what}", mapping={"kind": action.kind.replace("_", " ")})
        words = sentences(self.request).get(action.kind, own)
        mapping = {**(getattr(words, "mapping", None) or {}), "what": action.subject}
        return _(words, mapping=mapping)

    def changes(self, action: Action) -> list[Text]:
        """What changed with it, one thing a line."""
        if action.kind in SAID_BY_ITSELF:
            return []
        return [self._change(name, *pair) for name, pair in action.changes.items()]

    def _change(self, name: str, before: Any, after: Any) -> Text:
        pair = {"label": ATTRIBUTES.get(name, name), "before": self._value(before), "after": self._value(after)}
        if before is None:
            return _("${label}: ${after}", mapping=pair)
        return _("${label}: ${before} → ${after}", mapping=pair)

    def _value(self, value: Any) -> Text:
        if value is None or value == "":
            return _("nothing")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
