"""Answers to mails about printers go to the printer's mailbox, and so does what can't be delivered."""

from novantic_core.plugin import ReturnAddresses, hookimpl


@hookimpl
def novantic_return_addresses(delivery):
    """Stands before ``mail_intake`` in ``novantic.plugins``, which is asked when this one has no answer."""
    if delivery.ticket is None or delivery.ticket.category != "printer":
        return None
    return ReturnAddresses(reply_to="printers@novantic.example", return_path="printers-bounces@novantic.example")
