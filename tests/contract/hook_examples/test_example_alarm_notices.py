import json
from datetime import UTC, datetime, timedelta

import example_alarm_notices
import pytest

from novantic_core.delivery.worker import Worker
from novantic_core.models import PluginState


@pytest.mark.novantic(plugins=["webform", "lamp"], extra_plugins={"lamp": example_alarm_notices})
def test_the_lamp_is_red_while_a_plugin_is_set_aside(novantic_app, web_server):
    novantic_app.change_setting("lamp", "url", f"{web_server.url}/lamp")
    novantic_app.add_technician("ada@novantic.example", "Ada", "administrator")
    now = datetime.now(UTC)
    worker = Worker(novantic_app.site, lambda: now)
    with novantic_app.transaction() as session:
        aside = PluginState(plugin="webform", faults=5, last_fault="form: KeyError", last_fault_at=now, set_aside=True)
        session.merge(aside)
    for _minute in range(4):
        worker.run_once()
        now += timedelta(minutes=1)
    with novantic_app.transaction() as session:
        session.get(PluginState, "webform").set_aside = False
    for _minute in range(5):
        worker.run_once()
        now += timedelta(minutes=1)
    worker.leave()
    said = [json.loads(request.body) for request in web_server.requests]
    assert [one["colour"] for one in said] == ["red", "green"]
    assert "webform" in said[0]["words"][0]
