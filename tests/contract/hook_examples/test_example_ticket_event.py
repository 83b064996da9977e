import example_ticket_event
import pytest
from sqlalchemy import text

PLUGINS = {"plugins": ["webform", "waiting"], "extra_plugins": {"waiting": example_ticket_event}}


def answer(back_office, ticket):
    form = back_office.get(f"/admin/tickets/{ticket.number}").forms["reply"]
    form["message"] = "<p>Redémarrez-la, s’il vous plaît.</p>"
    return form.submit(status=303).follow()


@pytest.mark.novantic(**PLUGINS)
def test_the_first_answer_is_noted_and_no_other(novantic_app, back_office):
    ticket = novantic_app.open_ticket()
    answer(back_office, ticket)
    answer(back_office, ticket)
    with novantic_app.desk() as desk:
        ((ticket_id, seconds),) = desk.session.execute(text("SELECT ticket_id, seconds FROM waiting_first")).all()
    assert ticket_id == ticket.id
    assert 0 <= seconds < 600


@pytest.mark.novantic(**PLUGINS, settings={"novantic.debug": "false"})
def test_when_it_fails_the_reply_is_sent_all_the_same(novantic_app, back_office):
    ticket = novantic_app.open_ticket()
    with novantic_app.desk() as desk:
        desk.session.execute(text("DROP TABLE waiting_first"))
    assert "Redémarrez-la" in answer(back_office, ticket)
    assert "novantic_ticket_event" in back_office.get("/admin/plugins")
