"""Sends an alert: ``ALERTS_SECRET=… python -m novantic_alerts.send URL ID HOST STATE TEXT``."""

import json
import os
import sys
import time
import urllib.request

from novantic_alerts.signature import sign


def send(url, secret, **values):
    """Send one; what the desk answers."""
    body, timestamp = json.dumps(values).encode(), str(int(time.time()))
    headers = {"X-Timestamp": timestamp, "X-Signature": sign(secret, timestamp, body)}
    request = urllib.request.Request(url, body, {**headers, "Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the address that its user gives
        return json.load(answer)


if __name__ == "__main__":
    url, *words = sys.argv[1:]
    values = dict(zip(("id", "host", "state", "text"), words, strict=True))
    print(send(url, os.environ["ALERTS_SECRET"], **values)["number"])  # noqa: T201
