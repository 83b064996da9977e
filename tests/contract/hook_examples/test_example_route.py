import example_route
import pytest

PLUGINS = {"plugins": ["webform", "categories", "sharing"], "extra_plugins": {"sharing": example_route}}


@pytest.mark.novantic(**PLUGINS)
def test_a_topic_has_its_team(novantic_app, back_office):
    ticket = novantic_app.open_ticket(category="internet")
    assert ticket.team == "network"
    assert "une question de réseau" in back_office.get(f"/admin/tickets/{ticket.number}")


@pytest.mark.novantic(**PLUGINS)
def test_a_client_has_its_technician(novantic_app):
    novantic_app.add_technician("hugo@novantic.example")
    novantic_app.add_organisation("Boulangerie Lefèvre", "lefevre.example.com")
    ticket = novantic_app.open_ticket(email="claire@lefevre.example.com", category="internet")
    assert ticket.assignee == "hugo@novantic.example"


@pytest.mark.novantic(**PLUGINS, settings={"novantic.debug": "false"})
def test_when_it_fails_the_default_team_has_it(novantic_app, monkeypatch):
    usual = novantic_app.open_ticket(category="printer").team
    monkeypatch.setattr(example_route, "TEAMS", None)
    assert novantic_app.open_ticket(category="internet").team == usual
