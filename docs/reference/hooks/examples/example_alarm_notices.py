"""Alarms on the wall: a lamp in the office that an HTTP service lights red, and green again."""

import json
import urllib.request

from novantic_core.plugin import Channel, Notice, Setting, hookimpl


@hookimpl
def novantic_settings_schema():
    """``novantic.lamp.url``: where its service listens."""
    return [Setting("url", "a whole URL", str.strip, "", label="Address of the lamp")]


@hookimpl
def novantic_alarm_notices(alarm):
    """Called for each administrator; one lamp is enough for all, and the deliveries show whose it was."""
    lasting = [one.words for one in (*alarm.began, *alarm.still)]
    return [Notice("desk_alarm", alarm.to, "lamp", data={"colour": "red" if lasting else "green", "words": lasting})]


@hookimpl
def novantic_notification_channels(own_settings):
    """The channel: a lamp that is away is an ``OSError``, and tried again."""

    def light(parcel):
        body = json.dumps(dict(parcel.notice.data)).encode()
        request = urllib.request.Request(own_settings["url"], body, {"Content-Type": "application/json"})  # noqa: S310
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - an administrator's own URL

    return [Channel("lamp", "Lamp", light)]
