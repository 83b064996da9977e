"""Two brands in one site, for tests: how it is configured, and by what each is known again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from novantic_core.i18n import read_layer
from novantic_core.settings import LOCALES

THEMES = Path(__file__).parent / "brand_themes"
OTHER = "other"
"""Key of the brand beside the main one."""
HOSTS = {"main": "support.example.com", OTHER: "help.elsewhere.example"}
SHORTEST = 5
"""Letters of a mark: what is shorter may be part of any word."""
SENDER = "writes@elsewhere.example"


def settings(theme: str, **more: str) -> dict[str, str]:
    """The lines of the .ini file for a second brand with a theme of the project's, or of :data:`THEMES`."""
    return {
        "novantic.themes_path": str(THEMES),
        "novantic.brands": OTHER,
        f"novantic.brand.{OTHER}.site_url": f"http://{HOSTS[OTHER]}",
        f"novantic.brand.{OTHER}.theme": theme,
        f"novantic.brand.{OTHER}.sender": SENDER,
        **more,
    }


def browser(app: Any, brand: str, language: str = "fr", **more: str) -> Any:
    """A browser that nobody has used yet, at a brand's address."""
    client = app.client()
    client.extra_environ.update(HTTP_HOST=HOSTS[brand], HTTP_ACCEPT_LANGUAGE=language, **more)
    return client


def marks(app: Any, key: str) -> set[str]:
    """All by which a brand is known again in a page or a mail, in small letters: names, words, colours, addresses."""
    brand = app.site.brand(key)
    found = {brand.site_url, *brand.hosts, f"/static/{brand.theme}/"}
    if brand.sender:
        found |= {brand.sender, brand.sender.partition("@")[2]}
    theirs = app.site.themes.chain(brand.theme)
    for locale in LOCALES:
        facts = app.site.themes.brand(brand.theme, locale)
        found |= {str(fact) for name, fact in facts.items() if name not in ("team", "logo")}
        # of a name also each word that isn't one of everybody's, as "support" is
        common = _plain_words(app)
        for name in (facts.get("name", ""), facts.get("company", "")):
            found |= {word for word in re.findall(r"\w{5,}", name.casefold()) if word not in common}
    for theme in theirs:
        found |= set(theme.tokens.values()) | set(theme.dark_tokens.values())
        found |= set(_own_words(app, theme.folder / "locale"))
    return {mark.casefold() for mark in found if len(mark) >= SHORTEST}


def _plain_words(app: Any) -> set[str]:
    """The words that any theme's pages may have."""
    said = " ".join(
        str(one) for locale in LOCALES for pair in app.site.themes.catalogue("plain", locale)._messages.items()
        for one in pair
    )  # fmt: skip
    return set(re.findall(r"\w+", said.casefold()))


def _own_words(app: Any, folder: Path) -> Iterator[str]:
    """What a theme alone says: its translations, and the English text of what only it has."""
    plain: Mapping[Any, Any] = app.site.themes.catalogue("plain", "fr")._messages
    for locale in LOCALES:
        for english, said in read_layer(folder, locale).items():
            yield from (words for words in (said, english if english not in plain else "") if isinstance(words, str))


def only(app: Any, key: str, than: str) -> set[str]:
    """The marks of a brand that aren't another's too."""
    return marks(app, key) - marks(app, than)
