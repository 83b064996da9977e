"""Tickets from a message broker: a subscription that is listened to for as long as a worker works."""

import json
import socket

from novantic_core.plugin import Setting, TicketDraft, WorkerTask, clean_html, hookimpl


@hookimpl
def novantic_settings_schema():
    """``novantic.broker.*``: a broker that speaks a line of JSON for each message."""
    return [
        Setting("host", "a host name", str.strip, "localhost"),
        Setting("port", "a port", int, 7000),
    ]


@hookimpl
def novantic_worker_tasks(own_settings):
    """One subscription: one worker has it, and another one when that one ends or dies."""

    def listen(tools):
        address = own_settings["host"], own_settings["port"]
        # a broker that is away is an OSError: kept as the task's fault, and tried again after longer and longer
        with socket.create_connection(address, timeout=5) as line, line.makefile("rwb") as stream:
            while not tools.stopping.is_set():
                stream.write(b"NEXT\n")
                stream.flush()
                # it says null when it had nothing to say for a second: it answers all the same
                message = json.loads(stream.readline() or b"null")
                tools.answered()
                if message is None:
                    break
                with tools.open_desk() as desk:
                    desk.open_ticket(draft(message))
                # only now that it is committed: what isn't acknowledged is said again, and counts once
                stream.write(b"DONE\n")

    return [WorkerTask("subscription", listen, label="Messages of the broker", late=600)]


def draft(message):
    """The ticket of a message. Its id makes that the same one twice opens one ticket."""
    return TicketDraft(
        channel="web", email=message["email"], name=message["name"], subject=message["subject"],
        message=clean_html(message["text"]), company="", phone="", locale="en", submission=message["id"],
    )  # fmt: skip
