"""A desk whose gateway is a server on this machine's loopback."""

import pytest


@pytest.fixture
def gateway(web_server, novantic_settings):
    """The gateway. Ask for it before the application, which reads its address at start."""
    novantic_settings.update({"novantic.sms.url": web_server.url, "novantic.sms.token": "a1b2"})
    return web_server


@pytest.fixture
def answer(gateway, open_ticket, back_office):
    """A technician answers a client's ticket: its number."""

    def write(phone="06 12 34 56 78"):
        number = open_ticket(phone=phone)
        form = back_office.get(f"/admin/tickets/{number}").forms["reply"]
        form["message"] = "<p>Redémarrez-la.</p>"
        form.submit(status=303)
        return number

    return write
