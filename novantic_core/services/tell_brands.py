"""What the desk itself says of its brands: their names, their topics, and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from novantic_core.i18n import _
from novantic_core.settings import SettingsError
from novantic_core.site import Site
from novantic_core.values import MAIN, Brand, Category, Text


def has_brands(site: Site) -> bool:
    """Whether there are several: with one, nobody needs to be told which."""
    return len(site.brands) > 1


def brand_labels(site: Site, locale: str) -> Mapping[str, str]:
    """Each brand's name as technicians read it, by key, the main one first; with its key where two have one name."""
    names = {key: str(site.brand_words(brand, locale).get("name") or key) for key, brand in site.brands.items()}
    times = Counter(names.values())
    return {key: name if times[name] == 1 else f"{name} ({key})" for key, name in names.items()}


def brand_label(site: Site, key: str, locale: str) -> str:
    """A brand's name; the key of one that the settings name no more."""
    return brand_labels(site, locale).get(key, key)


def topics_of(site: Site, brand: Brand) -> Mapping[str, Category]:
    """The categories that a brand's form offers, in its order; what the desk has hidden is left out."""
    if not brand.topics:
        return site.categories
    return {key: site.categories[key] for key in brand.topics if key in site.categories}


def check_topics(site: Site) -> None:
    """Look at the topics that brands name.

    :raises SettingsError: for one that no plugin offers and the desk has not added
    :raises sqlalchemy.exc.DBAPIError: where the database can't be asked what the desk has added
    """
    for brand in site.brands.values():
        # what plugins offer is known without the database
        asked = [key for key in brand.topics if key not in site.plugin_categories]
        for key in asked:
            if key not in site.all_categories:
                known = ", ".join(site.all_categories) or "none"
                raise SettingsError(
                    f"novantic.brand.{brand.key}.topics = {' '.join(brand.topics)}: there is no topic {key}; "
                    f"it takes some of {known}"
                )


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a brand; ``stops`` says whether something doesn't work because of it."""

    words: Text
    stops: bool = True


def brand_faults(site: Site, brand: Brand, default_sender: str = "") -> list[Fault]:
    """What is wrong with a brand, as far as can be told without asking anybody else.

    :param default_sender: the address that mails come from where the brand and its theme say none
    """
    found: list[Fault] = []
    words = site.brand_words(brand, brand.locale)
    if not words.get("noreply"):
        found.append(
            Fault(_("It has no sender: its mails come from ${address}.", mapping={"address": default_sender}), False)
            if default_sender
            else Fault(_("It has no sender: no mail goes out under it."))
        )
    if not words.get("name"):
        found.append(Fault(_("Its theme gives it no name.")))
    unknown = [key for key in brand.topics if key not in site.all_categories]
    if unknown:
        found.append(Fault(_("There is no such topic: ${topics}.", mapping={"topics": ", ".join(unknown)})))
    hidden = [key for key in brand.topics if key in site.all_categories and key not in site.categories]
    if hidden:
        found.append(
            Fault(_("A topic that the desk has hidden is not offered: ${topics}.",
                    mapping={"topics": ", ".join(hidden)}), False)
        )  # fmt: skip
    if brand.topics and not topics_of(site, brand):
        found.append(Fault(_("Its form offers no topic.")))
    found.extend(_mistaken(site, brand, words))
    return found


def _mistaken(site: Site, brand: Brand, words: Mapping[str, object]) -> list[Fault]:
    """What a brand has from another, so that its clients could meet the other's name."""
    if brand.key == MAIN:
        return []
    main = site.brand_words(site.brands[MAIN], brand.locale)
    found = []
    for name, label in (("noreply", _("sender")), ("email", _("address")), ("phone", _("phone number"))):
        if words.get(name) and words.get(name) == main.get(name):
            found.append(Fault(_("Its ${what} is that of the main brand: ${value}.",
                                 mapping={"what": label, "value": words[name]}), False))  # fmt: skip
    return found
