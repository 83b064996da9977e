"""How mailboxes are emptied, as the .ini file says it; what it says wrong is told at start in one line."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from novantic_core.plugin import Setting, SettingsError, _, parse_certificates
from novantic_mail_intake.mailboxes import EACH, Mailbox, read_mailboxes

PLUGIN = "novantic.mail_intake."
PORTS = {"ssl": 993, "starttls": 143, "none": 143}
SEEN, DELETE, MOVE = "seen", "delete", "move"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, so that nobody on the way can listen."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class OAuth2:
    """By what a token to log in with is asked for."""

    token_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    """Empty where the application itself has access, whoever's mailbox it is."""
    scope: str = ""


@dataclass(frozen=True, slots=True)
class ImapAccess:
    """How a mailbox is opened on its server, and what becomes of a mail that was taken in."""

    name: str
    """The mailbox's."""
    host: str
    port: int
    security: str
    """``ssl``, ``starttls`` or ``none``."""
    user: str
    password: str = field(repr=False)
    oauth2: OAuth2 | None
    folder: str
    after: str
    """``seen``, ``delete`` or ``move``."""
    target: str
    """The folder that it is moved to."""
    every: float
    ca_file: str


@dataclass(frozen=True, slots=True)
class Listen:
    """Where mail is taken in by LMTP: a port of this machine, or a socket in its file system."""

    host: str = ""
    port: int = 0
    path: str = ""

    def __str__(self) -> str:
        return self.path or (f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}")


# ------------------------------------------------------------------------------------------- what one setting takes


def parse_port(text: str) -> int:
    """A port's number."""
    number = int(text)
    if not 0 < number < 2**16:
        raise ValueError
    return number


def parse_security(text: str) -> str:
    """How the line is protected."""
    if text.strip() not in PORTS:
        raise ValueError
    return text.strip()


def parse_after(text: str) -> tuple[str, str]:
    """What becomes of a mail on its server once it is kept here, and the folder it is moved to."""
    what, _space, folder = text.strip().partition(" ")
    if what not in {SEEN, DELETE, MOVE} or (what == MOVE) != bool(folder.strip()):
        raise ValueError
    return what, folder.strip()


def parse_every(text: str) -> float:
    """A number of seconds, one a day at the least: a mailbox that nobody looks at isn't one."""
    seconds = float(text)
    if not 1 <= seconds <= 86400:
        raise ValueError
    return seconds


def parse_token_url(text: str) -> str:
    """An address to ask for a token: secrets go there, so that nobody on the way may listen."""
    parts = urlsplit(text.strip())
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))):
        raise ValueError
    return text.strip()


def parse_listen(text: str) -> Listen:
    """Where LMTP is spoken. Whoever reaches it may leave mail, so that it is this machine only."""
    text = text.strip()
    if text.startswith("/"):
        return Listen(path=text)
    host, _colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not is_loopback(host):
        raise ValueError
    return Listen(host, parse_port(port))


def parse_text(text: str) -> str:
    """A word or more, in one line."""
    if not text.strip() or not text.strip().isprintable():
        raise ValueError
    return text.strip()


_ADDRESS = _("a web address that begins with https://")

SOURCE_SETTINGS = (
    Setting(f"{EACH}host", _("the name of the server that has the mailbox"), parse_text, at_start=True),
    Setting(f"{EACH}port", _("the number of a port"), parse_port, at_start=True),
    Setting(f"{EACH}security", _("ssl, starttls or none"), parse_security, at_start=True),
    Setting(f"{EACH}user", _("by which name the mailbox is opened"), parse_text, at_start=True),
    Setting(f"{EACH}password", _("its password"), parse_text, secret=True, at_start=True),
    Setting(f"{EACH}folder", _("the name of a folder"), parse_text, at_start=True),
    Setting(f"{EACH}after", _("seen, delete, or move and the name of a folder"), parse_after, at_start=True),
    Setting(f"{EACH}every", _("a number of seconds from 1 to 86400"), parse_every, at_start=True),
    Setting(f"{EACH}ca_file", _("a file of certificates, in PEM"), parse_certificates, at_start=True),
    Setting(f"{EACH}oauth2_token_url", _ADDRESS, parse_token_url, at_start=True),
    Setting(f"{EACH}oauth2_client_id", _("what identifies the application"), parse_text, at_start=True),
    Setting(f"{EACH}oauth2_client_secret", _("the application’s secret"), parse_text, secret=True, at_start=True),
    Setting(f"{EACH}oauth2_refresh_token", _("a refresh token"), parse_text, secret=True, at_start=True),
    Setting(f"{EACH}oauth2_scope", _("what access is asked for"), parse_text, at_start=True),
    Setting(
        "lmtp", _("a port of this machine, as 127.0.0.1:2424, or the absolute path of a socket"), parse_listen,
        label=_("Listens by LMTP on"), at_start=True,
    ),
)  # fmt: skip
_OF_IMAP = tuple(one.name.removeprefix(EACH) for one in SOURCE_SETTINGS if one.name.startswith(EACH))


# ------------------------------------------------------------------------------------------- all of them together


def check_mailboxes(settings: Mapping[str, Any], brands: Iterable[str]) -> dict[str, Mailbox]:
    """The mailboxes by name.

    :param brands: the keys of the site's
    :raises SettingsError: for what can't be: one without an address, two with the same one, a brand that isn't there
    """
    names = dict.fromkeys(name for key, values in settings.items() if key.startswith(EACH) for name in values)
    for name in names:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", name):
            raise SettingsError(
                f"{PLUGIN}mailbox.{name[:80]}: the name of a mailbox takes small letters, figures, hyphens and "
                "underscores, 40 at most"
            )
        if name not in settings[f"{EACH}address"]:
            raise SettingsError(f"{_key(name, 'address')} is missing: it takes the address that clients write to")
    mailboxes, owners = read_mailboxes(settings), dict[str, str]()
    for name, mailbox in mailboxes.items():
        if owners.setdefault(mailbox.address.lower(), name) != name:
            raise SettingsError(
                f"{_key(name, 'address')} = {mailbox.address}: it is the mailbox "
                f"{owners[mailbox.address.lower()]}'s; each takes its own"
            )
        if mailbox.brand and mailbox.brand not in set(brands):
            raise SettingsError(f"{_key(name, 'brand')} = {mailbox.brand[:80]}: there is no such brand")
    return mailboxes


def read_accesses(settings: Mapping[str, Any]) -> list[ImapAccess]:
    """How each mailbox with a server is opened.

    :raises SettingsError: for one that can't be opened so
    """
    accesses: list[ImapAccess] = []
    names = dict.fromkeys(name for what in _OF_IMAP for name in settings[EACH + what])
    for name in names:
        access = _read_access(name, {what: settings[EACH + what].get(name) for what in _OF_IMAP})
        where = (access.host, access.port, access.user, access.folder)
        for other in accesses:
            if (other.host, other.port, other.user, other.folder) == where:
                raise SettingsError(
                    f"{_key(name, 'folder')} = {access.folder}: the mailbox {other.name} empties it already"
                )
        accesses.append(access)
    return accesses


def _read_access(name: str, given: Mapping[str, Any]) -> ImapAccess:
    def need(what: str, takes: str) -> None:
        if not given[what]:
            raise SettingsError(f"{_key(name, what)} is missing: it takes {takes}")

    need("host", "the name of the server that has the mailbox")
    need("user", "by which name the mailbox is opened")
    oauth2 = None
    if any(given[what] for what in given if what.startswith("oauth2_")):
        need("oauth2_token_url", "the web address where a token is asked for")
        need("oauth2_client_id", "what identifies the application")
        if not given["oauth2_refresh_token"]:
            need("oauth2_client_secret", "the application's secret, where there is no oauth2_refresh_token")
        if given["password"]:
            raise SettingsError(f"{_key(name, 'password')}: it takes none where oauth2_token_url is given")
        oauth2 = OAuth2(**{
            one: given[f"oauth2_{one}"] or ""
            for one in ("token_url", "client_id", "client_secret", "refresh_token", "scope")
        })  # fmt: skip
    else:
        need("password", "its password; or oauth2_token_url says where a token is asked for")
    security = given["security"] or "ssl"
    if security == "none" and not is_loopback(given["host"]):
        raise SettingsError(
            f"{_key(name, 'security')} = none: the password would go over the network as it is; it takes ssl or "
            "starttls for a server on another machine"
        )
    if security == "starttls" and given["port"] == PORTS["ssl"]:
        raise SettingsError(f"{_key(name, 'port')} = 993: a line begins encrypted there; it takes security = ssl")
    after, target = given["after"] or (SEEN, "")
    if target and target == (given["folder"] or "INBOX"):
        raise SettingsError(f"{_key(name, 'after')} = move {target}: it takes another folder than the mailbox's own")
    return ImapAccess(
        name=name, host=given["host"], port=given["port"] or PORTS[security], security=security, user=given["user"],
        password=given["password"] or "", oauth2=oauth2, folder=given["folder"] or "INBOX", after=after, target=target,
        every=given["every"] or 60, ca_file=given["ca_file"] or "",
    )  # fmt: skip


def _key(name: str, what: str) -> str:
    return f"{PLUGIN}mailbox.{name}.{what}"
