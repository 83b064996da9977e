"""New tickets in the team's Mattermost (Slack and Teams take much the same)."""

import json
import urllib.error
import urllib.request

from novantic_core.plugin import Channel, Notice, PermanentFailure, Recipient, Setting, hookimpl


@hookimpl
def novantic_settings_schema():
    """``novantic.chat.url``: an incoming webhook; whoever knows it can write there, so it is secret."""
    return [Setting("url", "the URL of an incoming webhook", str.strip, secret=True)]


@hookimpl
def novantic_notifications(event):
    """One notice, for the channel below by its name."""
    return [Notice("chat_opened", Recipient("support"), "chat")] if event.kind == "opened" else []


@hookimpl
def novantic_notification_channels(own_settings):
    """``send`` returns when the message is accepted; what it raises is kept, and tried again later."""

    def send(parcel):
        ticket = parcel.ticket
        words = json.dumps({"text": f"#{ticket.number} {ticket.subject} ({ticket.company})"}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(own_settings["url"], words, headers)  # noqa: S310 - the .ini file's own URL
        try:
            with urllib.request.urlopen(request, timeout=10):  # noqa: S310
                return
        except urllib.error.HTTPError as error:
            if error.code in {404, 410}:
                raise PermanentFailure("the webhook is gone") from error
            raise

    return [Channel("chat", "Mattermost", send)]
