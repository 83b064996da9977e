"""The people of one client come by their intranet, which signs them in; all others by the built-in mailed link."""

from novantic_core.plugin import hookimpl

INTRANETS = {"lefevre.example.com": "https://intranet.lefevre.example.com/support?ticket="}


@hookimpl
def novantic_access_link(ticket, recipient):
    """Stands before ``email_links`` in ``novantic.plugins``, which is asked when this one has no answer."""
    domain = recipient.address.rpartition("@")[2].lower()
    return INTRANETS[domain] + ticket.number if domain in INTRANETS else None
