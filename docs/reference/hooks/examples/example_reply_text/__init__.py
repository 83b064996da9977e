"""A button above each reply that puts the salutation in."""

from html import escape

from novantic_core.plugin import PagePart, hookimpl


@hookimpl
def novantic_page_parts(place):
    """The button: part of the reply's form."""
    return [PagePart("polite/button.pt")] if place == "admin_reply" else []


@hookimpl
def novantic_reply_text(ticket, chosen):
    """The text for it, for a browser without a script; None for other plugins' buttons."""
    if chosen != "polite":
        return None
    greeting = "Bonjour" if ticket.locale == "fr" else "Hello"
    return f"<p>{greeting} {escape(ticket.name)},</p>"
