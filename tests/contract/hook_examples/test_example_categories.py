import example_categories
import pytest


@pytest.mark.novantic(plugins=["webform", "shop"], extra_plugins={"shop": example_categories})
def test_the_form_offers_them_in_order(portal):
    topics = portal.get("/tickets/new").html.find(id="ticket-topic").find_all("option")
    assert [topic.text for topic in topics][1:] == ["Caisse enregistreuse", "Terminal de paiement", "Balance"]
