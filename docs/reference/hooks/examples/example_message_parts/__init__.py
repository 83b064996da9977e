"""Below each message that names a machine by its serial number: the way to what is known of that machine."""

import re

from novantic_core.plugin import MessagePart, hookimpl

SERIAL = re.compile(r"\bSN-\d{6}\b")


@hookimpl
def novantic_message_parts(messages):
    """One call for all messages of the page."""
    found = {message.id: sorted(set(SERIAL.findall(message.text))) for message in messages}
    return [MessagePart(id_, "machine/named.pt", {"serials": serials}) for id_, serials in found.items() if serials]
