"""Tickets opened by a monitoring system: it posts signed JSON to ``/alerts``."""

from novantic_core.plugin import IntakeChannel, Setting, _, hookimpl

novantic_api = ">=1.2,<2.0"


def parse_secret(text):
    """A secret that can't be guessed; ValueError for a shorter one."""
    if text and len(text) < 32:
        raise ValueError(text)
    return text


def parse_address(text):
    """An e-mail address."""
    name, at, domain = text.strip().partition("@")
    if not (name and at and "." in domain):
        raise ValueError(text)
    return text.strip()


@hookimpl
def novantic_settings_schema():
    """``novantic.alerts.secret``, ``novantic.alerts.requester``."""
    return [
        Setting("secret", _("32 characters or more"), parse_secret, "", secret=True, label=_("Secret")),
        Setting(
            "requester",
            _("an e-mail address"),
            parse_address,
            "monitoring@example.com",
            label=_("Opens its tickets as"),
        ),
    ]


@hookimpl
def novantic_intake_channels():
    """Each ticket keeps by which way it came."""
    return [IntakeChannel("alert", _("from the monitoring"))]


@hookimpl
def novantic_configure(config):
    """The address. Everybody may ask for it: the view itself looks at the signature."""
    config.add_route("alerts", "/alerts")
    config.allow("alerts", "everybody")
    config.scan("novantic_alerts.views")
