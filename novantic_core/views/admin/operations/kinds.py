"""What a delivery is, in words, by the kind of its notice; a plugin's own kind is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping

from novantic_core.delivery.trial import TEST
from novantic_core.i18n import _
from novantic_core.values import Text

KINDS: Mapping[str, Text] = {
    "ticket_opened": _("To the client: ticket opened"),
    "ticket_replied": _("To the client: reply"),
    "ticket_answered": _("To a follower: the client's answer"),
    "ticket_waiting": _("To the client: we wait for an answer"),
    "ticket_closed": _("To the client: ticket closed"),
    "ticket_reopened": _("To the client: ticket opened again"),
    "ticket_resumed": _("To the client: we go on"),
    "ticket_merged": _("To the client: tickets merged"),
    "ticket_unmerged": _("To the client: merge undone"),
    "follower_added": _("To a follower: added to a ticket"),
    "access_link": _("To the client: access link"),
    "mail_files_refused": _("To the client: files of an e-mail not taken"),
    "technician_opened": _("To a technician: new ticket"),
    "technician_replied": _("To a technician: the client's answer"),
    "technician_status": _("To a technician: change by the client"),
    "technician_assigned": _("To a technician: ticket assigned"),
    "technician_invitation": _("To a technician: invitation"),
    "technician_reset": _("To a technician: new password"),
    "desk_alarm": _("To an administrator: what needs looking after"),
    TEST: _("To an administrator: mail sent as a test"),
}


def kind_words(kind: str) -> Text:
    """A kind's words."""
    return KINDS.get(kind, kind)
