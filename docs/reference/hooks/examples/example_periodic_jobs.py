"""A dead man's switch: a watchdog elsewhere rings when the worker, or the machine, has stopped."""

import urllib.request

from novantic_core.plugin import PeriodicJob, Setting, hookimpl


@hookimpl
def novantic_settings_schema():
    """``novantic.alive.url``, which healthchecks.io and the like give; empty for none."""
    return [Setting("url", "a whole URL", str.strip, "", label="Address to call every five minutes")]


@hookimpl
def novantic_periodic_jobs(own_settings):
    """One job: by one worker every five minutes, however many workers there are."""

    def call(session):
        # the mapping is kept, its values are read at each run
        if own_settings["url"]:
            with urllib.request.urlopen(own_settings["url"], timeout=10):  # noqa: S310 - an administrator's own URL
                pass

    return [PeriodicJob("call the watchdog", 300, call)]
