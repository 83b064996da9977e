"""Words, plurals, dates and sizes in the reader's language. No database."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from novantic_core.i18n import Catalogue, _, plural

FR = Catalogue(
    "fr", [{"Hello ${name}": "Bonjour ${name}", ("${n} file", "${n} files"): ("${n} fichier", "${n} fichiers")}]
)
EN = Catalogue("en", [])
FILES = plural("${n} file", "${n} files")


def test_variables_are_filled_in_after_the_translation():
    assert FR.translate(_("Hello ${name}", mapping={"name": "Claire"})) == "Bonjour Claire"
    assert EN.translate(_("Hello ${name}", mapping={"name": "Claire"})) == "Hello Claire"


def test_what_is_filled_in_is_not_filled_in_again():
    assert EN.translate(_("Hello ${name}", mapping={"name": "${name}"})) == "Hello ${name}"


def test_what_is_filled_in_is_translated_only_where_it_is_marked_as_a_message():
    french = Catalogue("fr", [{"Priority: ${what}": "Priorité : ${what}", "Low": "Bas"}])
    assert french.translate(_("Priority: ${what}", mapping={"what": _("Low")})) == "Priorité : Bas"
    assert french.translate(_("Priority: ${what}", mapping={"what": "Low"})) == "Priorité : Low"


def test_a_later_layer_wins():
    assert Catalogue("fr", [{"a": "1"}, {"a": "2"}]).translate("a") == "2"


@pytest.mark.parametrize("value", [None, 7, True])
def test_what_is_no_text_comes_back_as_it_is(value):
    assert FR.translate(value) is value


@pytest.mark.parametrize(
    "n, french, english", [(0, "0 fichier", "0 files"), (1, "1 fichier", "1 file"), (2, "2 fichiers", "2 files")]
)
def test_each_language_counts_in_its_own_way(n, french, english):
    assert FR.plural(FILES, n) == french
    assert EN.plural(FILES, n) == english
    assert EN.pluralize(*FILES, n) == english


def test_a_time_is_in_the_readers_words_and_the_sites_zone():
    when = datetime(2016, 2, 15, 15, 49, tzinfo=UTC)
    paris = ZoneInfo("Europe/Paris")
    assert FR.date(when, paris) == "15 févr. 2016 à 16:49"
    assert EN.date(when, paris) == "15 Feb 2016, 16:49"
    assert FR.date(when, paris, "short") == "15/02/2016 à 16:49"


@pytest.mark.parametrize(
    "count, french, english",
    [(1, "1 octet", "1 byte"), (12, "12 octets", "12 bytes"), (1024, "1 ko", "1 kB"), (1536, "1,5 ko", "1.5 kB"),
     (2 * 1024**2, "2 Mo", "2 MB"), (3 * 1024**3, "3 Go", "3 GB"), (5000 * 1024**4, "5000 To", "5000 TB")],
)  # fmt: skip
def test_a_size_is_in_the_readers_units(count, french, english):
    assert FR.size(count).replace("\u00a0", " ") == french
    assert EN.size(count).replace("\u00a0", " ") == english
