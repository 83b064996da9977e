"""What keeps two robots from writing to one another for ever; each of these alone would end it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from novantic_core.plugin import Desk, html_to_text
from novantic_mail_intake.addresses import plain
from novantic_mail_intake.mail import Mail
from novantic_mail_intake.mailboxes import read_mailboxes

_QUIET = ("x-auto-response-suppress:",)
"""Some companies' servers add this to everything that their people write: it asks for no receipt, and no more."""
_REPORTS = (
    "auto-submitted: auto-generated", "auto-submitted: auto-notified", "precedence: bulk", "x-precedence: bulk",
    "from:", "sender:", "return-path:", "x-cron-env:", "x-github-reason:", "x-gitlab-notificationreason:",
    "x-jira-fingerprint:", "x-zammad-auto-generated:", "x-ms-exchange-inbox-rules-loop:",
    "x-microsoft-exchange-inbox-rules-loop:", *_QUIET,
)  # fmt: skip
"""How the machines say what they are that ask for something: a monitor, a scanner, a form. None of them is answered."""
_SERVERS = ("mailer-daemon", "postmaster", "return-path: <>")


def own_addresses(desk: Desk, settings: Mapping[str, Any]) -> set[str]:
    """The addresses that the desk itself writes from, and those that it is written to."""
    own = {box.address for box in read_mailboxes(settings).values()}
    own.add(desk.site.settings.outgoing.get("mail.default_sender", ""))
    for brand in desk.site.brands.values():
        own.add(str(desk.site.brand_words(brand, brand.locale).get("noreply", "")))
    return {plain(one.rpartition("<")[2].rstrip("> ")) for one in own if one}


def is_own(desk: Desk, settings: Mapping[str, Any], address: str) -> bool:
    """Whether a mail that says to come from there is one of ours, come round."""
    return plain(address) in own_addresses(desk, settings)


def is_quiet(automatic: str) -> bool:
    """Whether a person may have written it all the same, whose words count and who wants no receipt."""
    return automatic.casefold().startswith(_QUIET)


def is_report(mail: Mail, automatic: str) -> bool:
    """Whether a mail that no person wrote may ask for something: a monitor's, a scanner's, a form's.

    An answer to whatever isn't one, nor what a list sends to all.

    :param automatic: why it is taken for a machine's
    """
    said = automatic.casefold()
    return not mail.answers and said.startswith(_REPORTS) and not any(server in said for server in _SERVERS)


def said_by(mail: Mail) -> str:
    """What a mail says and brings, as a key."""
    files = (hashlib.sha256(file.data).hexdigest() for file in mail.files)
    words = "\0".join((mail.subject, " ".join(html_to_text(mail.html).split()), *files))
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()


def brake(desk: Desk, settings: Mapping[str, Any], mail: Mail) -> str:
    """Count a mail; why it isn't let through, empty if it is.

    By its sender, and by what it says: a robot says the same again and again.
    """
    said = said_by(mail)
    sender = mail.sender.casefold()
    if not desk.within_limit(settings["limit_by_sender"], "mail_intake sender", sender):
        return f"more mails of its sender than {settings['limit_by_sender']}"
    if not desk.within_limit(settings["limit_same"], "mail_intake same", f"{sender} {said}"):
        return f"the same words of the same sender more often than {settings['limit_same']}"
    return ""


def may_acknowledge(desk: Desk, settings: Mapping[str, Any], address: str) -> bool:
    """Count an acknowledgement; False once an address got enough of them for a while."""
    # whoever has one address has all that differ from it behind a plus: they'd be somebody's flood
    return desk.within_limit(settings["limit_acknowledgements"], "mail_intake acknowledgements", plain(address))
