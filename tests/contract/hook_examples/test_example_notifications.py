import example_notifications
import pytest

PLUGINS = {"plugins": ["webform", "email", "on_call"], "extra_plugins": {"on_call": example_notifications}}


@pytest.mark.novantic(**PLUGINS, settings={"novantic.on_call.address": "astreinte@msp.example.com"})
def test_who_is_on_call_hears_of_critical_tickets_only(novantic_app, mailbox):
    novantic_app.open_ticket(subject="Souris bloquée")
    novantic_app.open_ticket(subject="Serveur éteint", critical=True)
    (mail,) = mailbox.to("astreinte@msp.example.com")
    assert "Serveur éteint" in mail["Subject"]


@pytest.mark.novantic(**PLUGINS, settings={"novantic.debug": "false", "novantic.on_call.address": "x@msp.example.com"})
def test_when_it_fails_the_others_are_told(novantic_app, mailbox, monkeypatch):
    monkeypatch.setattr(example_notifications, "Notice", None)
    novantic_app.open_ticket(critical=True)
    assert not mailbox.to("x@msp.example.com")
    assert mailbox.to("claire@lefevre.example.com")
