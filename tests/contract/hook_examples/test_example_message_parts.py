import example_message_parts
import pytest

pytestmark = pytest.mark.novantic(
    plugins=["webform", "categories", "email", "example"], extra_plugins={"example": example_message_parts}
)


def test_below_what_names_a_machine_and_nowhere_else(back_office, open_ticket, say):
    number = open_ticket(message="<p>La SN-204518 ne répond plus.</p>")
    say(number, "<p>Avez-vous redémarré ?</p>")
    said = back_office.get(f"/admin/tickets/{number}").html.find_all("article")
    links = [[link["href"] for link in one.select(".machines a")] for one in said]
    assert links == [["https://machines.novantic.example/SN-204518"], []]
