"""The usual reasons why a server doesn't answer, in a sentence that administrators read in their language.

What a program says of a fault is English, with numbers that tell nobody anything. It is kept as it came, for logs and
for the pages that have all of it; what is mailed, or seen at a glance, is said by :func:`say_fault`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from novantic_core.i18n import _
from novantic_core.values import Text


class _Reason(NamedTuple):
    sign: re.Pattern[str]
    words: str
    """Of a server that the fault doesn't name."""
    of: str
    """Of ``${server}``."""


def _sign(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


_REASONS = (
    _Reason(
        _sign("certificate verify failed", "a certificate that isn't trusted", "certificate is not trusted"),
        _("the server's certificate isn't trusted"), _("the certificate of ${server} isn't trusted"),
    ),
    _Reason(
        _sign("connection refused", "actively refused it"),
        _("the server refuses the connection"), _("${server} refuses the connection"),
    ),
    _Reason(
        _sign(r"\btimed out"), _("no answer of the server came in time"), _("no answer of ${server} came in time"),
    ),
    _Reason(
        _sign(
            "name or service not known", "name resolution", "no address associated with hostname", "getaddrinfo failed",
            "nodename nor servname", "name does not resolve",
        ),
        _("the server's name isn't known: is it written right?"),
        _("the name of ${server} isn't known: is it written right?"),
    ),
    _Reason(
        _sign("network is unreachable", "no route to host", "host is unreachable"),
        _("the server can't be reached over the network"), _("${server} can't be reached over the network"),
    ),
    _Reason(
        _sign("connection reset by peer", "broken pipe", "connection unexpectedly closed"),
        _("the server ended the connection"), _("${server} ended the connection"),
    ),
)  # fmt: skip
_SERVER = re.compile(r"(?:the line to )?(\S+) (?:can't be reached|shows a certificate|ended the line|broke)\b")
_SIGN_IN = re.compile(r"(\S+) refuses (?:the login of|a token for) \S+: (.+)", re.DOTALL)
_SMTP_SIGN_IN = re.compile(r"53[45] (.+)", re.DOTALL)
_SMTP = re.compile(r"[2-5][0-9][0-9] ")
_CLASS = re.compile(r"[A-Za-z_.]+: ")
"""What deliveries' faults begin with."""


def say_fault(fault: str) -> Text:
    """A fault as it was noted, in a sentence's part for people; one that isn't among the usual ones as it is."""
    refused = _SIGN_IN.match(fault)
    if refused:
        # the server's own words may say what is to be done
        return _(
            "${server} doesn't take the name with the password or the token; it says “${words}”",
            mapping={"server": refused[1], "words": refused[2]},
        )
    named = _CLASS.match(fault)
    said = fault[named.end() :] if named else fault
    refused = _SMTP_SIGN_IN.match(said)
    if refused:
        words = refused[1].removesuffix(" (before any mail)")
        return _("the server doesn't take the name with the password; it says “${words}”", mapping={"words": words})
    if _SMTP.match(said):
        return fault  # a mail server's answer may be about another server
    reason = next((one for one in _REASONS if one.sign.search(fault)), None)
    if reason is None:
        return fault
    server = _SERVER.match(fault)
    return _(reason.of, mapping={"server": server[1]}) if server else reason.words
