"""The settings of the .ini file, typed. An unknown or malformed one stops the start with a line that names it."""

from __future__ import annotations

import difflib
import ipaddress
import re
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from novantic_core.values import Setting

PREFIX = "novantic."
SAFE_MODE = f"{PREFIX}safe_mode"
SAMPLE_SECRET = "change-me"  # noqa: S105 - what must not be used as one
LOCALES = ("fr", "en")
DEBUGGING = (
    "debug_all", "debug_authorization", "debug_notfound", "debug_routematch", "debug_templates", "reload_all",
    "reload_assets", "reload_resources", "reload_templates",
)  # fmt: skip
"""Pyramid's settings that show or reload what a site for clients must not; it takes them without its prefix too."""
DEFAULT_ZONE = zoneinfo.ZoneInfo("Europe/Paris")


class SettingsError(Exception):
    """The configuration can't be used; the message is one line that says what is wrong and what it takes."""


def parse_bool(text: str) -> bool:
    """``true``/``false`` and their usual likenesses."""
    word = text.strip().lower()
    if word in {"true", "yes", "on", "1"}:
        return True
    if word in {"false", "no", "off", "0"}:
        return False
    raise ValueError


def parse_size(text: str) -> int:
    """A number of bytes: ``2 MB``, ``500 kB``, ``2097152``. A megabyte is 1,048,576 bytes, as file managers count."""
    match = re.fullmatch(r"(\d+)\s*(b|kb|mb|gb|ko|mo|go)?", text.strip().lower())
    if match is None or int(match[1]) == 0:
        raise ValueError
    unit: int = 1024 ** "bkmg".index((match[2] or "b")[0])
    return int(match[1]) * unit


def parse_count(text: str) -> int:
    """A whole number from 0 up."""
    number = int(text)
    if number < 0:
        raise ValueError
    return number


def parse_seconds(text: str) -> float:
    """A number of seconds from 0 up, with or without a fraction."""
    number = float(text)
    if not 0 <= number < float("inf"):
        raise ValueError
    return number


def parse_url(text: str) -> str:
    """A site's address: scheme and host, without a trailing slash."""
    parts = urlsplit(text.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError
    return text.strip().rstrip("/")


def parse_sender(text: str) -> str:
    """An address that mails come from, alone: without a name before it, and of a domain that can be written to."""
    local, _at, domain = text.strip().rpartition("@")
    written = domain.encode("idna").decode("ascii")  # raises UnicodeError, which is a ValueError
    if not re.fullmatch(r"[!#-'*+./-9=?A-Z^-~-]+", local) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", written):
        raise ValueError
    return text.strip()


def parse_choice(*choices: str) -> Any:
    """A reader that takes one of these words."""

    def parse(text: str) -> str:
        if text.strip() not in choices:
            raise ValueError
        return text.strip()

    return parse


def parse_zone(text: str) -> zoneinfo.ZoneInfo:
    """A time zone's name in the IANA database."""
    try:
        return zoneinfo.ZoneInfo(text.strip())
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError from error


def parse_country(text: str) -> str:
    """An ISO 3166 code that telephone numbers are known for."""
    import phonenumbers

    code = text.strip().upper()
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError
    return code


def parse_words(text: str) -> tuple[str, ...]:
    """Names with white space or commas between them."""
    return tuple(text.replace(",", " ").split())


def parse_addresses(text: str) -> tuple[str, ...]:
    """IP addresses; a host's name would never match where somebody connects from."""
    return tuple(str(ipaddress.ip_address(word)) for word in parse_words(text))


def parse_rate(text: str) -> str:
    """A limit in the words of the ``limits`` library: ``20 per hour``."""
    from limits import parse_many

    parse_many(text)  # raises ValueError
    return text.strip()


def parse_certificates(text: str) -> str:
    """A file of certificates (PEM) that can be read now; empty for none."""
    import ssl

    name = text.strip()
    if name:
        try:
            ssl.create_default_context(cafile=name)
        except OSError as error:
            raise ValueError from error
    return name


def _option(takes: str, parse: Any, default: Any, *, shown: bool = True) -> Any:
    return field(default=default, metadata={"takes": takes, "parse": parse}, repr=shown)


@dataclass(frozen=True)
class Settings:
    """What the .ini file says under ``novantic.``; each attribute is a setting of that name."""

    site_url: str = _option("the address of the site, as https://support.example.com", parse_url, "")
    plugins: tuple[str, ...] = _option("names of plugins, in order", parse_words, ())
    theme: str = _option("the name of a theme", str.strip, "novantic")
    brands: tuple[str, ...] = _option("names of brands beside the main one", parse_words, ())
    themes_path: tuple[str, ...] = _option(
        "folders, one a line", lambda text: tuple(line.strip() for line in text.splitlines() if line.strip()), ()
    )
    template_cache: str = _option("a folder for compiled templates that nobody else may write to", str.strip, "")
    default_locale: str = _option("fr or en", parse_choice(*LOCALES), "fr")
    timezone: zoneinfo.ZoneInfo = _option("an IANA time zone, as Europe/Paris", parse_zone, DEFAULT_ZONE)
    country: str = _option("a two-letter country code, for phone numbers without +", parse_country, "FR")
    worker: str = _option("embedded or external", parse_choice("embedded", "external"), "external")
    mailer: str = _option("smtp or files", parse_choice("smtp", "files"), "smtp")
    storage: str = _option("the name of a storage backend", str.strip, "local")
    search: str = _option("the name of a search engine", str.strip, "database")
    default_team: str = _option("the team that new tickets go to", str.strip, "Support")
    preferences_seconds: int = _option(
        "for how many seconds what was set up in the back office may be kept in memory", parse_count, 2
    )
    plugin_seconds: float = _option(
        "for how many seconds a plugin may keep somebody waiting, 0 for as long as it likes", parse_seconds, 5.0
    )
    safe_mode: bool = _option("true or false", parse_bool, False)
    secret: str = _option("a random text of 32 characters or more", str.strip, "", shown=False)
    secret_file: str = _option("a file that holds the secret", str.strip, "")
    trusted_proxies: tuple[str, ...] = _option("IP addresses of reverse proxies", parse_addresses, ())
    debug: bool = _option("true or false", parse_bool, False)
    debug_templates: bool = _option("true or false", parse_bool, False)
    environment: str = _option("production or development", parse_choice("production", "development"), "")
    access_link_hours: int = _option("a whole number of hours", parse_count, 24)
    notice_link_days: int = _option("a whole number of days", parse_count, 30)
    trace_days: int = _option(
        "for how many days it is kept what plugins did to tickets; 0 for not at all", parse_count, 30
    )
    archive_days: int = _option(
        "for how many days it is kept what was sent, as it was sent; 0 for not at all", parse_count, 365
    )
    limit_tickets: str = _option("a rate, as 20 per hour, of tickets by one address", parse_rate, "20 per hour")
    limit_tickets_by_client: str = _option(
        "a rate, as 100 per hour, of tickets from one IP address", parse_rate, "100 per hour"
    )
    limit_access: str = _option(
        "a rate, as 30 per hour, of status requests and of wrong links", parse_rate, "30 per hour"
    )
    limit_login: str = _option("a rate, as 10 per 15 minutes, of sign-in attempts", parse_rate, "10 per 15 minutes")
    limit_login_by_client: str = _option(
        "a rate, as 60 per 15 minutes, of sign-in attempts from one IP address", parse_rate, "60 per 15 minutes"
    )
    limit_kept_files: str = _option(
        "a rate, as 30 per hour, of wrong forms from one IP address whose files are kept", parse_rate, "30 per hour"
    )
    attachments_max_count: int = field(
        default=5, metadata={"name": "attachments.max_count", "takes": "a whole number from 0 up", "parse": parse_count}
    )
    attachments_max_size: int = field(
        default=2 * 1024**2,
        metadata={"name": "attachments.max_size", "takes": "a size, as 2 MB", "parse": parse_size},
    )
    attachments_max_kept: int = field(
        default=1024**3, metadata={"name": "attachments.max_kept", "takes": "a size, as 1 GB", "parse": parse_size}
    )
    raw: Mapping[str, str] = field(default_factory=dict, metadata={"internal": True}, repr=False)

    @property
    def https(self) -> bool:
        """Whether clients reach the site by https."""
        return self.site_url.startswith("https://")

    @property
    def outgoing(self) -> dict[str, str]:
        """How mail is sent, as the file says it: all of the core's settings that a channel of a plugin is handed."""
        return {key: text for key, text in self.raw.items() if key.startswith("mail.") or key == "novantic.mailer"}

    @property
    def max_body(self) -> int:
        """How many bytes of a request are read at most: twice what the form allows.

        One who sends a file too many gets a sentence beside the field and their words back; beyond that, a page that
        says so.
        """
        return 2 * self.attachments_max_count * self.attachments_max_size + 2 * 1024**2


def read(
    raw: Mapping[str, str], schemas: Mapping[str, Iterable[Setting]] | None = None, left_out: Iterable[str] = ()
) -> tuple[Settings, dict[str, Any]]:
    """The typed settings of an .ini file's text, and those of plugins by plugin name.

    :param schemas: what each plugin takes below ``novantic.PLUGIN.``
    :param left_out: plugins that aren't there to say what theirs are
    :raises SettingsError: for the first unknown or malformed one
    """
    known = {option.metadata.get("name", option.name): option for option in fields(Settings)}
    values: dict[str, Any] = {}
    rest: dict[str, str] = {}
    for key, text in raw.items():
        if not key.startswith(PREFIX):
            continue
        name = key[len(PREFIX) :]
        option = known.get(name)
        if option is None or option.metadata.get("internal"):
            rest[name] = text
            continue
        try:
            values[option.name] = option.metadata["parse"](text)
        except (ValueError, TypeError):
            raise SettingsError(f"{key} = {_shown(name, text)}: it takes {option.metadata['takes']}") from None
    settings = Settings(**values, raw=dict(raw))
    plugin_values = {plugin: read_schema(plugin + ".", schema, rest) for plugin, schema in (schemas or {}).items()}
    # a storage's and an engine's settings are read when it is chosen; those of the others may stay in the file;
    # brands are read by a room of their own
    apart = ("storage.", "search.", "brand.", *(f"{plugin}." for plugin in left_out))
    unknown = [name for name in rest if not name.startswith(apart)]
    if unknown and schemas is not None:
        name = unknown[0]
        names = [one for one, option in known.items() if not option.metadata.get("internal")]
        names += [f"{plugin}.{one.name}" for plugin, schema in schemas.items() for one in schema]
        hint = _hint(name, names, settings.plugins)
        raise SettingsError(f"{PREFIX}{name} = {_shown(name, rest[name])}: there is no such setting{hint}")
    return settings, plugin_values


def _hint(name: str, names: Iterable[str], plugins: Iterable[str]) -> str:
    """What may have been meant by a setting that nobody has."""
    for like in difflib.get_close_matches(name, names, 1, cutoff=0.8):
        return f"; did you mean {PREFIX}{like}?"
    owner, dot, _rest = name.partition(".")
    # what a plugin that was switched off leaves behind in the file is the usual reason
    return f"; if it is of a plugin {owner}: {PREFIX}plugins doesn't name that" if dot and owner not in plugins else ""


def read_schema(prefix: str, schema: Iterable[Setting], rest: dict[str, str]) -> dict[str, Any]:
    """Values of a schema's settings, taken out of ``rest``."""
    values = {}
    for setting in schema:
        if "*" in setting.name:
            values[setting.name] = _read_each(prefix, setting, rest)
            continue
        text = rest.pop(prefix + setting.name, None)
        if text is None:
            values[setting.name] = setting.default
            continue
        values[setting.name] = _parse(prefix + setting.name, setting, text)
    return values


def _read_each(prefix: str, setting: Setting, rest: dict[str, str]) -> dict[str, Any]:
    """The values of a setting that several things of a kind have, each by the name that stands for its ``*``."""
    before, _star, after = (prefix + setting.name).partition("*")
    found = {}
    for key in list(rest):
        name = key[len(before) : len(key) - len(after)] if key.startswith(before) and key.endswith(after) else ""
        if name and "." not in name:
            found[name] = _parse(key, setting, rest.pop(key))
    return found


def _parse(key: str, setting: Setting, text: str) -> Any:
    try:
        return setting.parse(text)
    except (ValueError, TypeError):
        shown = "…" if setting.secret else _shown(setting.name, text)
        raise SettingsError(f"{PREFIX}{key} = {shown}: it takes {setting.takes}") from None


def check_start(settings: Settings) -> Settings:
    """Refuse what can't be served: no address, no secret of one's own, debugging in production."""
    raw = settings.raw
    if not settings.site_url:
        raise SettingsError(
            "novantic.site_url is missing: it takes the address of the site, as https://support.example.com"
        )
    secret = settings.secret
    if settings.secret_file:
        try:
            secret = Path(settings.secret_file).read_text("utf-8").strip()
        except OSError as error:
            raise SettingsError(
                f"novantic.secret_file = {settings.secret_file}: {error.strerror}; `novantic init` writes one"
            ) from None
    if SAMPLE_SECRET in secret or len(secret) < 32:
        raise SettingsError(
            "novantic.secret is missing, too short or the sample's: it takes a random text of 32 characters or more "
            "(python -c 'import secrets; print(secrets.token_hex(32))')"
        )
    environment = settings.environment or ("development" if settings.debug else "production")
    if environment == "production":
        for name in (
            "novantic.debug",
            "novantic.debug_templates",
            *(prefix + name for name in DEBUGGING for prefix in ("pyramid.", "")),
        ):
            text = raw.get(name, "false")
            if str(text).strip().lower() not in {"false", "no", "off", "0", ""}:
                raise SettingsError(f"{name} = {text}: never in production; it takes false there")
    known = {option.name: getattr(settings, option.name) for option in fields(Settings)}
    return Settings(**{**known, "secret": secret, "environment": environment})


def _shown(name: str, text: str) -> str:
    return "…" if "secret" in name or "password" in name else text[:80]
