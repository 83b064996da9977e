"""A notice on the home page while the office is closed, as long as the back office has a date in its settings."""

from datetime import UTC, date, datetime

from novantic_core.plugin import PagePart, Setting, hookimpl


@hookimpl
def novantic_settings_schema():
    """``novantic.closed.until``: the day on which somebody is there again."""
    return [Setting("until", "a date, as 2027-01-04", date.fromisoformat, None, label="Closed until")]


@hookimpl
def novantic_page_parts(request, place, own_settings):
    """Asked at each place of each page: say quickly that there is nothing to add."""
    until = own_settings["until"]
    if place != "home" or until is None or until <= datetime.now(UTC).date():
        return []
    return [PagePart("closed/notice.pt", {"until": datetime(until.year, until.month, until.day, 12, tzinfo=UTC)})]
