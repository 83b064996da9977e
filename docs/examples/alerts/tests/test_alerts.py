import json
import time

import pytest
from novantic_alerts.signature import sign

from novantic_core.testing import BUILT_IN

SECRET = "0123456789abcdef" * 2
ALERT = {"id": "disk-17", "host": "srv-lefevre", "state": "critical", "text": "Disk < 1 % free\n/dev/sda1"}

pytestmark = pytest.mark.novantic(plugins=[*BUILT_IN, "alerts"], settings={"novantic.alerts.secret": SECRET})


@pytest.fixture
def post(portal):
    """Send an alert, as the monitoring does."""

    def send(values=ALERT, *, secret=SECRET, ago=0, status="*"):
        body = values if isinstance(values, bytes) else json.dumps(values).encode()
        timestamp = str(int(time.time()) - ago)
        headers = {"X-Timestamp": timestamp, "X-Signature": sign(secret, timestamp, body)}
        return portal.post("/alerts", body, headers, status=status, content_type="application/json")

    return send


def test_an_alert_opens_a_ticket(post, back_office):
    number = post(status=201).json["number"]
    page = back_office.get(f"/admin/tickets/{number}")
    assert "srv-lefevre: critical" in page.html.find("h1").text
    assert "Disk < 1 % free\n/dev/sda1" in page.html.find("pre").text
    assert "par la supervision" in page
    assert "Monitoring" in page


def test_the_same_alert_again_is_the_same_ticket(post):
    number = post(status=201).json["number"]
    assert post(status=200).json["number"] == number
    assert post({**ALERT, "id": "disk-18"}, status=201).json["number"] != number


def test_an_end_of_alarm_opens_nothing(post, back_office):
    assert post({**ALERT, "state": "ok"}, status=200).json == {"number": None}
    assert "srv-lefevre" not in back_office.get("/admin/tickets")


@pytest.mark.parametrize("how", [{"secret": "x" * 32}, {"ago": 3600}, {"ago": -3600}, {"secret": ""}])
def test_who_does_not_know_the_secret_or_is_late_is_refused(post, how, back_office):
    assert "signature" in post(**how, status=401).json["error"]
    assert "srv-lefevre" not in back_office.get("/admin/tickets")


@pytest.mark.novantic(plugins=[*BUILT_IN, "alerts"])
def test_without_a_secret_nobody_is_believed(post):
    post(secret="", status=401)


def test_a_request_without_a_signature_is_refused(portal):
    portal.post("/alerts", json.dumps(ALERT).encode(), status=401)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
def test_what_is_no_object_is_refused(post, body):
    assert "JSON" in post(body, status=400).json["error"]


@pytest.mark.parametrize(
    "wrong, field", [({"id": ""}, "id"), ({"host": 7}, "host"), ({"state": "on fire"}, "state"), ({"text": 1}, "text")]
)
def test_a_wrong_value_is_named(post, wrong, field):
    answer = post({**ALERT, **wrong}, status=422).json
    assert answer["field"] == field
    assert answer["error"].endswith(".")


def test_a_flood_is_stopped(post, monkeypatch):
    monkeypatch.setattr("novantic_alerts.views.MOST", "2 per hour")
    assert [post().status_int for _try in range(3)] == [201, 200, 429]


def test_a_get_is_not_found(portal):
    portal.get("/alerts", status=404)


def test_the_script_signs_what_it_sends(web_server):
    from novantic_alerts.send import send

    web_server.body = b'{"number": "123456"}'
    assert send(f"{web_server.url}/alerts", SECRET, **ALERT) == {"number": "123456"}
    (request,) = web_server.requests
    assert request.json == ALERT
    assert request.headers["x-signature"] == sign(SECRET, request.headers["x-timestamp"], request.body)
