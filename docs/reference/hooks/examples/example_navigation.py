"""A tab that leads to the programme for remote help."""

from pyramid.httpexceptions import HTTPSeeOther

from novantic_core.plugin import NavigationItem, hookimpl

PROGRAMME = "https://get.teamviewer.com/novantic"


@hookimpl
def novantic_navigation(request):
    """A tab names a route; the greater ``order``, the farther right."""
    words = "Prise en main à distance" if request.locale_name == "fr" else "Remote help"
    return [NavigationItem("remote_help", words, order=60)]


@hookimpl
def novantic_configure(config):
    """The route: an address on this site, so that it can be changed here."""
    config.add_route("remote_help", "/remote-help")
    config.allow("remote_help", "everybody")
    config.add_view(lead_there, route_name="remote_help", request_method="GET")


def lead_there(request):
    """Lead on to it."""
    return HTTPSeeOther(PROGRAMME)
