"""How urgent the tickets of an organisation are, as its contract says."""

from novantic_core.plugin import ActionKind, NavigationItem, PriorityProposal, _, hookimpl
from novantic_service_levels.models import ServiceLevel

novantic_api = ">=1.2,<2.0"


@hookimpl
def novantic_propose_priority(organisation, priorities, session):
    """The level of the requester's organisation. The most urgent of all proposals wins."""
    level = session.get(ServiceLevel, organisation.id) if organisation is not None else None
    if level is None or level.priority not in {priority.key for priority in priorities}:
        return None
    return PriorityProposal(level.priority, _("agreed with this organisation"))


@hookimpl
def novantic_organisation_merged(kept, gone, session):
    """The organisation that stays takes over what was agreed with the other, unless it has a level itself."""
    level = session.get(ServiceLevel, gone.id)
    if level is not None and session.get(ServiceLevel, kept.id) is None:
        session.add(ServiceLevel(organisation_id=kept.id, priority=level.priority))


@hookimpl
def novantic_configure(config):
    """Two pages for administrators."""
    config.add_route("service_levels", "/admin/service-levels")
    config.add_route("service_level", r"/admin/service-levels/{id:\d{1,9}}")
    for route in ("service_levels", "service_level"):
        config.allow(route, "administrator")
    config.scan("novantic_service_levels.views")


@hookimpl
def novantic_navigation():
    """Their entry in the back office's menu, among what is about clients."""
    return [NavigationItem("service_levels", _("Service levels"), 30, section="admin", group="clients")]


@hookimpl
def novantic_action_kinds():
    """What the audit trail says of a change."""
    return [ActionKind("service_levels_set", _("Service level set: ${what}"))]
