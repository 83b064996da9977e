"""Every hook of Novantic, in the order of a ticket's life. This text is the contract.

Each says when it is called, in which transaction, what it gets, what to return, and what happens if it raises.
"Guarded" means: at run time an exception costs the plugin this one call and its own savepoint, is logged under
``novantic.plugin.NAME``, counted, shown by ``novantic plugins``, and after repeated faults the plugin is set aside
until somebody brings it back or the next start; the ticket and the page go on. With ``novantic.debug`` it is raised.

Order: that of ``novantic.plugins`` in the .ini file; ``hookimpl(tryfirst=True)`` and ``trylast=True`` go before and
after. An implementation takes the parameters it wants, by name; ``own_settings``, which every hook but the one that
says what there is to set has, is a mapping that can be kept: it gives the values of the moment in which it is read, in
a rule, a job or a channel too.
"""

from __future__ import annotations

from novantic_core.hookspecs import intake, life, pages, people, search, start
from novantic_core.hookspecs.intake import (
    novantic_categories,
    novantic_check_draft,
    novantic_intake_channels,
    novantic_prepare_draft,
    novantic_priorities,
    novantic_propose_priority,
    novantic_route,
    novantic_ticket_fields,
)
from novantic_core.hookspecs.life import (
    novantic_access_link,
    novantic_account_notices,
    novantic_alarm_notices,
    novantic_notification_channels,
    novantic_notifications,
    novantic_return_addresses,
    novantic_scan_attachment,
    novantic_storage_backends,
    novantic_ticket_event,
)
from novantic_core.hookspecs.marks import API_VERSION, PROJECT, Deprecated, hookimpl, hookspec
from novantic_core.hookspecs.pages import (
    novantic_message_links,
    novantic_message_parts,
    novantic_navigation,
    novantic_page_parts,
    novantic_reply_text,
    novantic_theme_for,
)
from novantic_core.hookspecs.people import (
    novantic_contact_erase,
    novantic_contact_export,
    novantic_organisation_merged,
)
from novantic_core.hookspecs.search import (
    novantic_search_engines,
    novantic_search_indexes,
    novantic_search_sources,
)
from novantic_core.hookspecs.start import (
    novantic_action_kinds,
    novantic_commands,
    novantic_configure,
    novantic_periodic_jobs,
    novantic_settings_schema,
    novantic_worker_tasks,
)

ROOMS = (start, intake, life, pages, search, people)
"""The specs, in the order in which a ticket meets them."""

__all__ = [
    "API_VERSION",
    "PROJECT",
    "ROOMS",
    "Deprecated",
    "hookimpl",
    "hookspec",
    "novantic_access_link",
    "novantic_account_notices",
    "novantic_action_kinds",
    "novantic_alarm_notices",
    "novantic_categories",
    "novantic_check_draft",
    "novantic_commands",
    "novantic_configure",
    "novantic_contact_erase",
    "novantic_contact_export",
    "novantic_intake_channels",
    "novantic_message_links",
    "novantic_message_parts",
    "novantic_navigation",
    "novantic_notification_channels",
    "novantic_notifications",
    "novantic_organisation_merged",
    "novantic_page_parts",
    "novantic_periodic_jobs",
    "novantic_prepare_draft",
    "novantic_priorities",
    "novantic_propose_priority",
    "novantic_reply_text",
    "novantic_return_addresses",
    "novantic_route",
    "novantic_scan_attachment",
    "novantic_search_engines",
    "novantic_search_indexes",
    "novantic_search_sources",
    "novantic_settings_schema",
    "novantic_storage_backends",
    "novantic_theme_for",
    "novantic_ticket_event",
    "novantic_ticket_fields",
    "novantic_worker_tasks",
]
