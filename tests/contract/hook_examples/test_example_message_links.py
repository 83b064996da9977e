import example_message_links
import pytest

pytestmark = pytest.mark.novantic(
    plugins=["webform", "categories", "email", "example"], extra_plugins={"example": example_message_links}
)


def test_beside_what_clients_wrote_and_nowhere_else(back_office, open_ticket, say):
    number = open_ticket()
    say(number, "<p>Avez-vous redémarré ?</p>")
    said = back_office.get(f"/admin/tickets/{number}").html.find_all("article")
    links = [[link["href"] for link in one.select(".beside-head a")] for one in said]
    assert links == [[f"https://translate.novantic.example/?message={said[0]['id'][1:]}"], []]
