"""The network team gets what is about the network, and one technician all of the client that they look after."""

from novantic_core.plugin import Route, hookimpl

LOOKED_AFTER = {"Boulangerie Lefèvre": "hugo@novantic.example"}
TEAMS = {"internet": "network", "telephony": "network"}


@hookimpl
def novantic_route(draft, organisation):
    """None leaves it to the next plugin, and at last to the default team."""
    if organisation is not None and organisation.name in LOOKED_AFTER:
        return Route(assignee=LOOKED_AFTER[organisation.name], reason="s’occupe de ce client")
    if draft.category in TEAMS:
        return Route(team=TEAMS[draft.category], reason="une question de réseau")
    return None
