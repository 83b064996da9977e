import pytest

from novantic_core.testing import BUILT_IN

pytestmark = pytest.mark.novantic(plugins=[*BUILT_IN, "anydesk"])


@pytest.mark.parametrize("typed", ["12", "mon ID", "123 456 789 012"])
def test_what_is_no_id_is_refused_beside_the_field(portal, typed):
    form = portal.get("/tickets/new").forms["ticket"]
    form["anydesk_id"] = typed
    page = form.submit(status=422)
    assert "neuf ou dix chiffres" in page.html.find(id="ticket-anydesk_id-error").text


def test_a_client_sees_the_id_on_their_ticket(visit):
    assert "123 456 789" in visit(anydesk_id="123.456.789")


def test_a_technician_opens_a_session_by_a_button(open_ticket, back_office):
    number = open_ticket(anydesk_id="1234567890")
    button = back_office.get(f"/admin/tickets/{number}").html.find("a", href="anydesk:1234567890")
    assert button.text == "Ouvrir une session"


def test_a_ticket_without_an_id_has_no_button(open_ticket, back_office):
    number = open_ticket()
    assert back_office.get(f"/admin/tickets/{number}").html.find(id="anydesk-head") is None


def test_all_of_it_has_its_french(open_ticket, back_office, untranslated):
    number = open_ticket(anydesk_id="123456789")
    back_office.get(f"/admin/tickets/{number}")
    assert untranslated == {}
