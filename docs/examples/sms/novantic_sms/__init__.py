"""A text message to the client when their ticket is answered, through an HTTP gateway."""

from novantic_core.plugin import Channel, Notice, Recipient, Setting, _, hookimpl
from novantic_sms.gateway import Gateway
from novantic_sms.numbers import mobile

novantic_api = ">=1.2,<2.0"


def parse_url(text):
    """The gateway's address, without a slash at the end; ValueError for what is none."""
    url = text.strip().rstrip("/")
    if not url.startswith(("https://", "http://")):
        raise ValueError(text)
    return url


@hookimpl
def novantic_settings_schema():
    """``novantic.sms.url``, ``novantic.sms.token``, ``novantic.sms.country``."""
    return [
        Setting("url", _("an address that begins with https://"), parse_url, "", label=_("The gateway's address")),
        Setting("token", _("what the gateway gave you"), str.strip, "", secret=True, label=_("Token")),
        Setting("country", _("two letters, as FR"), str.upper, "FR", label=_("Country of numbers without a code")),
    ]


@hookimpl
def novantic_notification_channels(own_settings):
    """The channel; notices name it."""
    gateway = Gateway(own_settings)
    return [Channel("sms", _("Text message"), gateway.send, gateway.check)]


@hookimpl
def novantic_notifications(event, own_settings):
    """The client, when somebody else answers and their phone number is that of a mobile."""
    if event.kind != "replied" or event.actor.kind == "requester" or not own_settings["url"]:
        return []
    number = mobile(event.ticket.phone, own_settings["country"])
    if number is None:
        return []
    return [Notice("replied", Recipient(number, event.ticket.name, event.ticket.locale), channel="sms")]
