import example_propose_priority
import pytest

PLUGINS = {"plugins": ["webform", "paydays"], "extra_plugins": {"paydays": example_propose_priority}}


@pytest.mark.novantic(**PLUGINS)
def test_accountants_are_urgent_at_the_end_of_the_month(novantic_app, back_office, monkeypatch):
    monkeypatch.setattr(example_propose_priority, "is_pay_time", lambda day: True)
    novantic_app.add_organisation("Cabinet Comptable Morel", "morel.example.com")
    ticket = novantic_app.open_ticket(email="luc@morel.example.com", subject="Logiciel de paie")
    assert (ticket.priority, ticket.call_back) == ("urgent", True)
    assert (
        "paies du mois (plugin paydays)"
        in back_office.get(f"/admin/tickets/{ticket.number}").html.find(class_="why").text
    )
    assert novantic_app.open_ticket(email="claire@lefevre.example.com").priority == "normal"


@pytest.mark.novantic(**PLUGINS, settings={"novantic.debug": "false"})
def test_a_rule_that_fails_has_no_opinion(novantic_app, monkeypatch):
    monkeypatch.setattr(example_propose_priority, "ACCOUNTANTS", None)
    novantic_app.add_organisation("Cabinet Comptable Morel", "morel.example.com")
    assert novantic_app.open_ticket(email="luc@morel.example.com", priority="low").priority == "low"
