import pytest

from novantic_core.testing import BUILT_IN

pytestmark = pytest.mark.novantic(plugins=[*BUILT_IN, "sms"])


def deliveries(back_office, state):
    rows = back_office.get(f"/admin/deliveries?state={state}").html.select(".rows tbody tr")
    return [row for row in rows if "+336" in row.text]


def test_a_client_gets_a_text_with_the_link_to_their_ticket(gateway, answer, novantic_app, portal):
    number = answer()
    novantic_app.deliver()
    (request,) = gateway.requests
    assert (request.method, request.path) == ("POST", "/messages")
    assert request.headers["authorization"] == "Bearer a1b2"
    assert request.json["to"] == "+33612345678"
    words, _space, link = request.json["text"].rpartition(" ")
    assert words.endswith(f"votre ticket {number} a reçu une réponse.")
    assert number in portal.get(link).follow()


@pytest.mark.parametrize("phone", ["01 44 55 66 77", "+33 1 44 55 66 77"])
def test_a_desk_phone_gets_none(gateway, answer, novantic_app, phone):
    answer(phone)
    novantic_app.deliver()
    assert gateway.requests == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_gateway_that_is_busy_is_tried_again_with_the_same_key(gateway, answer, novantic_app, back_office, status):
    gateway.status = status
    answer()
    novantic_app.deliver()
    (row,) = deliveries(back_office, "pending")
    assert str(status) in row.text

    gateway.status = 200
    # a worker would try again by itself in a minute; an administrator needn't wait
    form = next(form for form in back_office.get("/admin/deliveries").forms.values() if form.action.endswith("/retry"))
    form.submit()
    novantic_app.deliver()
    assert len(deliveries(back_office, "sent")) == 1
    keys = [request.headers["idempotency-key"] for request in gateway.requests]
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_a_number_that_it_refuses_is_given_up(gateway, answer, novantic_app, back_office):
    gateway.status = 400
    answer()
    novantic_app.deliver()
    (row,) = deliveries(back_office, "failed")
    assert "400" in row.text


def test_without_a_gateway_nobody_is_texted(novantic_app, open_ticket, back_office):
    number = open_ticket(phone="06 12 34 56 78")
    form = back_office.get(f"/admin/tickets/{number}").forms["reply"]
    form["message"] = "<p>Redémarrez-la.</p>"
    form.submit(status=303)
    novantic_app.deliver()
    assert deliveries(back_office, "failed") == []


def test_the_doctor_sees_whether_it_can_be_reached(gateway, novantic_app):
    (channel,) = [channel for _plugin, channel in novantic_app.site.channels.values() if channel.name == "sms"]
    channel.check()
    gateway.status = 401
    with pytest.raises(OSError, match="401") as failure:
        channel.check()
    failure.value.close()


def test_all_of_it_has_its_french(answer, novantic_app, back_office, untranslated):
    answer()
    novantic_app.deliver()
    back_office.get("/admin/settings/plugins/sms")
    assert untranslated == {}
