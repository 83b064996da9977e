"""The brands of a site, as the .ini file has them: ``novantic.brands`` names them, ``novantic.brand.NAME.*`` says each.

A brand is chosen by the host name of a request and by nothing else, and only among those: a made-up Host header leads
to the main brand, and no address is ever built on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from novantic_core.settings import (
    LOCALES,
    PREFIX,
    Settings,
    SettingsError,
    parse_choice,
    parse_sender,
    parse_url,
    parse_words,
    read_schema,
)
from novantic_core.values import MAIN, Brand, Setting


def _parse_hosts(text: str) -> tuple[str, ...]:
    hosts = parse_words(text.lower())
    for host in hosts:
        if not re.fullmatch(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]", host):
            raise ValueError
    return hosts


def host_name(host: str) -> str:
    """The name in a Host header: in lower case, without a port, nor the dot that may end it. IPv6 is in brackets."""
    host = host.strip().lower()
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0].removesuffix(".")


SCHEMA = (
    Setting("site_url", "the address of the brand's portal, as https://help.example.com", parse_url),
    Setting("hosts", "host names without a port", _parse_hosts, ()),
    Setting("theme", "the name of a theme", str.strip),
    Setting("default_locale", " or ".join(LOCALES), parse_choice(*LOCALES)),
    Setting("topics", "keys of categories, in the order of the form", parse_words, ()),
    Setting("sender", "an e-mail address", parse_sender, ""),
)
"""What ``novantic.brand.NAME.`` takes."""


def read_brands(settings: Settings) -> Mapping[str, Brand]:
    """The brands by key, the main one first. It may be refined as ``novantic.brand.main.*`` too.

    :raises SettingsError: for a brand without an address, an unknown or malformed setting, two brands with one host
    """
    start = PREFIX + "brand."
    rest = {key[len(PREFIX) :]: text for key, text in settings.raw.items() if key.startswith(start)}
    brands: dict[str, Brand] = {}
    owners: dict[str, str] = {}
    for key in dict.fromkeys((MAIN, *settings.brands)):
        brand = _read_brand(settings, key, rest)
        for host in brand.hosts:
            if owners.setdefault(host, key) != key:
                raise SettingsError(
                    f"novantic.brand.{key}: its host {host} is the brand {owners[host]}'s; each brand takes its own"
                )
        brands[key] = brand
    for name, text in rest.items():
        key = name.split(".")[1]
        known = "there is no such setting" if key in brands else f"novantic.brands doesn't name a brand {key}"
        raise SettingsError(f"{PREFIX}{name} = {text[:80]}: {known}")
    return brands


def _read_brand(settings: Settings, key: str, rest: dict[str, str]) -> Brand:
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", key):
        raise SettingsError(
            f"novantic.brands = {key}: it takes names of small letters, figures and hyphens, 40 at most, a letter first"
        )
    values = read_schema(f"brand.{key}.", SCHEMA, rest)
    url = values["site_url"] or (settings.site_url if key == MAIN else "")
    if not url:
        raise SettingsError(f"novantic.brand.{key}.site_url is missing: it takes {SCHEMA[0].takes}")
    if url.startswith("https://") != settings.https:
        # cookies are marked as secure for the whole site, or not
        raise SettingsError(
            f"novantic.brand.{key}.site_url = {url}: it takes the scheme of novantic.site_url = {settings.site_url}"
        )
    own = (urlsplit(url).hostname or "").lower()
    own = f"[{own}]" if ":" in own else own
    return Brand(
        key=key, site_url=url, hosts=tuple(dict.fromkeys((own, *values["hosts"]))),
        theme=values["theme"] or (settings.theme if key == MAIN else key),
        locale=values["default_locale"] or settings.default_locale, topics=values["topics"], sender=values["sender"],
    )  # fmt: skip
