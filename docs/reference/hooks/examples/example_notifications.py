"""Whoever is on call gets a mail of each critical ticket, beside those whom the built-in ``email`` writes to."""

from novantic_core.plugin import Notice, Recipient, Setting, hookimpl


@hookimpl
def novantic_settings_schema():
    """``novantic.on_call.address``: it changes every week, so it is set in the back office."""
    return [Setting("address", "an e-mail address", str.strip, "", label="Who is on call")]


@hookimpl
def novantic_notifications(event, own_settings):
    """A notice is a row of the outbox, in the ticket's transaction; its kind names the template of the mail."""
    if event.kind != "opened" or not event.ticket.critical or not own_settings["address"]:
        return []
    return [Notice("technician_opened", Recipient(own_settings["address"], role="technician"), "email")]
