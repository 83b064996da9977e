"""Words that a desk gave itself, in the languages that it gave them in."""

from __future__ import annotations

from novantic_core.i18n import Wording, _


def test_each_reader_gets_their_language_and_what_was_left_out_is_the_plugin_s(novantic_app):
    themes = novantic_app.site.themes
    words = Wording({"fr": "Copieurs", "en": ""}, _("Priority"))
    assert themes.catalogue("novantic", "fr").translate(words) == "Copieurs"
    assert themes.catalogue("novantic", "en").translate(words) == "Priority"


def test_without_a_plugin_s_words_any_language_is_better_than_none(novantic_app):
    words = Wording({"fr": "Caisse"})
    assert novantic_app.site.themes.catalogue("novantic", "en").translate(words) == "Caisse"
