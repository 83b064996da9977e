"""A printer's queue that is watched: its service answers when something is printed, or after a minute."""

import urllib.request

from novantic_core.plugin import Setting, WorkerTask, hookimpl


@hookimpl
def novantic_settings_schema():
    """``novantic.print_queue.url``: the address of the service; empty to watch nothing."""
    return [Setting("url", "a whole URL", str.strip, "", label="Address of the print service")]


@hookimpl
def novantic_worker_tasks(own_settings):
    """One task, done by one worker of the site at a time."""

    def watch(tools):
        """A round of it: waiting for the network outside any transaction, then a short one."""
        if own_settings["url"]:
            with urllib.request.urlopen(own_settings["url"], timeout=60) as answer:  # noqa: S310 - an administrator's URL
                jobs = answer.read().decode()
            tools.answered()
            with tools.open_desk() as desk:
                desk.session.info["jobs"] = jobs  # keep it in a table of yours

    return [WorkerTask("watch", watch, "Print queue", every=10, late=600)]
