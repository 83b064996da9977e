import example_access_link
import pytest

PLUGINS = ["webform", "intranet", "email_links", "email"]


@pytest.mark.novantic(plugins=PLUGINS, extra_plugins={"intranet": example_access_link})
def test_each_client_gets_their_own_way_in(novantic_app, mailbox):
    ticket = novantic_app.open_ticket(email="claire@lefevre.example.com")
    novantic_app.open_ticket(email="marc@petit.example.com", name="Marc Petit")
    (mail,) = mailbox.to("claire@lefevre.example.com")
    assert f"https://intranet.lefevre.example.com/support?ticket={ticket.number}" in mailbox.text(mail)
    assert "/access/" not in mailbox.text(mail)
    (mail,) = mailbox.to("marc@petit.example.com")
    assert mailbox.link(mail)


@pytest.mark.novantic(
    plugins=PLUGINS, extra_plugins={"intranet": example_access_link}, settings={"novantic.debug": "false"}
)
def test_when_it_fails_the_next_plugin_is_asked(novantic_app, mailbox, monkeypatch):
    monkeypatch.setattr(example_access_link, "INTRANETS", None)
    novantic_app.open_ticket()
    (mail,) = mailbox.to("claire@lefevre.example.com")
    assert mailbox.link(mail)
