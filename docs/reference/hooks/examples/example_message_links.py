"""A link beside each message to where the technician's translator shows it in another language."""

from novantic_core.plugin import MessageLink, hookimpl

TRANSLATOR = "https://translate.novantic.example/?message="


@hookimpl
def novantic_message_links(messages):
    """One call for all messages of the page; links for those that clients wrote."""
    return [
        MessageLink(message.id, "Translate", f"{TRANSLATOR}{message.id}")
        for message in messages
        if message.kind == "message"
    ]
