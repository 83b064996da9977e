"""Canned replies are filled in with the ticket's own words, and never make anything but words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import two_brands

from novantic_core.models import Technician, Ticket
from novantic_core.services.canned_reply import VARIABLES, fill_canned_reply, first_name, unknown_variables


def a_ticket(**values):
    return Ticket(**{
        "number": "482913", "subject": "Imprimante HP", "category_key": "printer", "priority": "high",
        "team": "Support", "name": "Claire Lefèvre", "email": "claire@lefevre.example.com", "phone": "01 44 55 66 77",
        "company": "Boulangerie Lefèvre", "locale": "fr", "theme": "novantic", "brand": "main",
        "created_at": datetime(2026, 11, 23, 23, 30, tzinfo=UTC), **values,
    })  # fmt: skip


@pytest.fixture
def fill(novantic_app):
    hugo = Technician(name="Hugo Martin", email="hugo@novantic.example", locale="fr")

    def fill_one(html, organisation="", **values):
        return fill_canned_reply(novantic_app.site, html, a_ticket(**values), hugo, organisation)

    return fill_one


def test_the_ticket_s_words_take_the_place_of_variables(fill):
    filled = fill("<p>Bonjour {{requester.first_name}},</p><p>ticket {{ ticket.number }} ({{ticket.subject}})</p>")
    assert filled == "<p>Bonjour Claire,</p><p>ticket 482913 (Imprimante HP)</p>"


def test_every_variable_that_is_listed_has_a_value(fill):
    filled = fill("".join(f"<p>{{{{{name}}}}}</p>" for name in VARIABLES))
    assert "{{" not in filled
    for words in ("Hugo Martin", "Imprimante", "Élevé", "Novantic", "24 novembre 2026", "Boulangerie Lefèvre"):
        assert words in filled


def test_labels_are_in_the_requester_s_language(fill):
    assert fill("{{ticket.category}}, {{ticket.priority}}", locale="en") == "Printer, High"


def test_the_organisation_goes_before_what_was_typed(fill):
    assert fill("{{organisation}}", "Lefèvre SARL") == "Lefèvre SARL"
    assert fill("{{organisation}}") == "Boulangerie Lefèvre"


def test_a_ticket_without_a_category_or_with_a_theme_that_is_gone(fill):
    assert (
        fill("<p>[{{ticket.category}}] {{brand.name}}</p>", category_key=None, theme="gone")
        == "<p>[] Novantic Support</p>"
    )


def test_what_a_requester_typed_is_words_and_never_tags(fill):
    filled = fill("<p>{{requester.name}}</p>", name='<img src=x onerror="alert(1)"> & co')
    assert filled == '<p>&lt;img src=x onerror="alert(1)"&gt; &amp; co</p>'


def test_nothing_is_filled_into_an_address(fill):
    link = '<p><a href="{{ticket.subject}}" rel="noopener">{{ticket.number}}</a></p>'
    filled = fill(link, subject="javascript:alert(1)")
    assert filled == '<p><a href="{{ticket.subject}}" rel="noopener">482913</a></p>'


def test_what_was_filled_in_is_not_filled_again(fill):
    assert fill("<p>{{ticket.subject}}</p>", subject="{{technician.name}}") == "<p>{{technician.name}}</p>"


def test_unknown_variables_stay_visible_and_are_told(fill):
    html = "<p>{{requester.frist_name}} {{&nbsp;ticket.number&nbsp;}} {{x}} {{x}} { {y} }</p>"
    assert fill(html) == "<p>{{requester.frist_name}} 482913 {{x}} {{x}} { {y} }</p>"
    assert unknown_variables(html) == ["requester.frist_name", "x"]


@pytest.mark.parametrize("name, first", [
    ("Claire Lefèvre", "Claire"), ("LEFÈVRE Claire", "Claire"), ("Mme Claire Lefèvre", "Claire"),
    ("M. Dupont", "M. Dupont"), ("Claire", "Claire"), ("CLAIRE LEFÈVRE", "CLAIRE"),
    ("J. Martin", "J. Martin"), ("", ""),
])  # fmt: skip
def test_the_first_name_of_a_whole_one(name, first):
    assert first_name(name) == first


@pytest.mark.novantic(settings=two_brands.settings("prairie"))
def test_what_is_said_of_the_desk_is_of_the_tickets_brand(fill):
    assert fill("{{brand.name}} {{brand.phone}}", brand="other", theme="prairie") == "Prairie Dépannage 03 20 11 22 33"
    assert fill("{{brand.name}}") == "Novantic Support"


@pytest.mark.novantic(settings=two_brands.settings("prairie"))
def test_of_a_brand_that_is_gone_nothing_is_left(fill):
    assert fill("{{brand.name}}", brand="gone", theme="prairie") == "Novantic Support"
