"""What is lent to whom, from the workshop's own list, in the copy that the law lets people ask for."""

import json
from pathlib import Path

from novantic_core.plugin import Setting, hookimpl


@hookimpl
def novantic_settings_schema():
    """``novantic.loans.path``: the list, a JSON object of lists by address."""
    return [Setting("path", "the path of a file", Path, Path("loans.json"), label="List of loans")]


@hookimpl
def novantic_contact_export(contact, own_settings):
    """None for nothing. If the list can't be read, there is no copy: one that lacks a part would be a lie."""
    loans = json.loads(own_settings["path"].read_text("utf-8")).get(contact.email)
    return {"loans": loans} if loans else None
