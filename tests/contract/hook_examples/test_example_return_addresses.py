import example_return_addresses
import pytest

PLUGINS = ["webform", "categories", "printers", "email_links", "email"]


@pytest.mark.novantic(plugins=PLUGINS, extra_plugins={"printers": example_return_addresses})
def test_mails_about_printers_are_made_with_it(novantic_app, mailbox):
    novantic_app.open_ticket(category="printer", email="claire@lefevre.example.com")
    assert len(mailbox.to("claire@lefevre.example.com")) == 1
