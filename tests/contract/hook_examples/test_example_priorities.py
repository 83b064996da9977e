import example_priorities
import pytest

PLUGINS = {"plugins": ["webform", "contract"], "extra_plugins": {"contract": example_priorities}}


@pytest.mark.novantic(**PLUGINS)
def test_the_form_offers_them_and_the_default_is_chosen(portal, novantic_app):
    choice = portal.get("/tickets/new").forms["ticket"]["priority"]
    assert [words for _key, _chosen, words in choice.options] == [
        "P4 – question", "P3 – gêne mineure", "P2 – gêne importante", "P1 – arrêt de production",
    ]  # fmt: skip
    assert choice.value == "p3"
    assert novantic_app.open_ticket().priority == "p3"
