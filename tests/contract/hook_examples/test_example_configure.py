import example_configure
import pytest


@pytest.mark.novantic(plugins=["webform", "security_txt"], extra_plugins={"security_txt": example_configure})
def test_the_page_says_where_to_write(portal):
    page = portal.get("/.well-known/security.txt")
    assert page.content_type == "text/plain"
    assert "Contact: http://support.example.com/tickets/new" in page
