import example_search_engines
import pytest


@pytest.mark.novantic(
    plugins=["webform", "plain"], extra_plugins={"plain": example_search_engines},
    settings={"novantic.search": "plain"},
)  # fmt: skip
def test_the_queue_is_searched_with_it(novantic_app, back_office):
    printer = novantic_app.open_ticket(subject="Imprimante bloquée")
    mouse = novantic_app.open_ticket(subject="Souris bloquée")
    page = back_office.get("/admin/tickets", {"q": "bloquée -souris"})
    assert printer.number in page
    assert mouse.number not in page
