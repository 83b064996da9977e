import example_notification_channels
import pytest

PLUGINS = {"plugins": ["webform", "chat"], "extra_plugins": {"chat": example_notification_channels}}


@pytest.fixture
def novantic_settings(novantic_settings, web_server):
    return {**novantic_settings, "novantic.chat.url": f"{web_server.url}/hooks/1"}


@pytest.mark.novantic(**PLUGINS)
def test_a_new_ticket_is_said_in_the_chat(novantic_app, web_server):
    ticket = novantic_app.open_ticket(subject="Serveur éteint")
    novantic_app.deliver()
    (request,) = web_server.requests
    assert request.json == {"text": f"#{ticket.number} Serveur éteint (Boulangerie Lefèvre)"}


@pytest.mark.novantic(**PLUGINS)
@pytest.mark.parametrize("status, state", [(503, "pending"), (404, "failed")])
def test_a_chat_that_is_down_is_tried_again_and_one_that_is_gone_is_not(
    novantic_app, back_office, web_server, status, state
):
    web_server.status = status
    novantic_app.open_ticket()
    novantic_app.deliver()
    assert back_office.get(f"/admin/deliveries?state={state}").html.select(".rows tbody tr")
