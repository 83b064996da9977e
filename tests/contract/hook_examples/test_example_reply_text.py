import example_reply_text
import pytest


@pytest.mark.novantic(plugins=["webform", "polite"], extra_plugins={"polite": example_reply_text})
def test_the_button_puts_the_salutation_in(novantic_app, back_office):
    ticket = novantic_app.open_ticket(name="Claire <Lefèvre>")
    form = back_office.get(f"/admin/tickets/{ticket.number}").forms["reply"]
    form["message"] = "<p>Redémarrez-la.</p>"
    page = form.submit("insert", value="polite")
    assert page.forms["reply"]["message"].value == "<p>Redémarrez-la.</p><p>Bonjour Claire &lt;Lefèvre&gt;,</p>"
