"""A page of one's own: where somebody who finds a hole in the portal can say so (RFC 9116)."""

from pyramid.response import Response

from novantic_core.plugin import hookimpl


@hookimpl
def novantic_configure(config):
    """The route, who may open it, and its view."""
    config.add_route("security_txt", "/.well-known/security.txt")
    config.allow("security_txt", "everybody")
    config.add_view(security_txt, route_name="security_txt", request_method="GET")


def security_txt(request):
    """The page: an address on the brand's own host."""
    lines = [f"Contact: {request.desk.url('/tickets/new')}", "Preferred-Languages: fr, en"]
    return Response("\n".join(lines) + "\n", content_type="text/plain", charset="utf-8")
