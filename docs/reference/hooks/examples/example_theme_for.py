"""Browsers that show text only get the plain theme, without pictures and columns."""

from novantic_core.plugin import hookimpl

TEXT_BROWSERS = ("Lynx/", "w3m/", "ELinks/")


@hookimpl
def novantic_theme_for(request):
    """The name of a theme; None for the brand's own."""
    return "plain" if (request.user_agent or "").startswith(TEXT_BROWSERS) else None
