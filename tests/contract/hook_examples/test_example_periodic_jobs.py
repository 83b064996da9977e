import example_periodic_jobs
import pytest

PLUGIN = {"plugins": ["webform", "alive"], "extra_plugins": {"alive": example_periodic_jobs}}


@pytest.mark.novantic(**PLUGIN)
def test_the_watchdog_is_called_once_in_its_time(novantic_app, web_server):
    novantic_app.change_setting("alive", "url", f"{web_server.url}/ping/1234")
    novantic_app.deliver()
    novantic_app.deliver()
    assert [request.path for request in web_server.requests] == ["/ping/1234"]


@pytest.mark.novantic(**PLUGIN, settings={"novantic.debug": "false", "novantic.alive.url": "http://127.0.0.1:9/"})
def test_a_job_that_fails_is_shown_and_costs_nothing_else(novantic_app, back_office):
    novantic_app.deliver()
    assert "call the watchdog" in back_office.get("/admin/plugins")
