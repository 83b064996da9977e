"""New colleagues get a letter on paper on their first day: a file that the office's printer takes."""

from pathlib import Path

from novantic_core.plugin import Channel, Notice, Setting, hookimpl


@hookimpl
def novantic_settings_schema():
    """``novantic.letter.path``: the printer's folder."""
    return [Setting("path", "a folder", Path, Path("var/letters"), label="Folder of the printer")]


@hookimpl
def novantic_account_notices(event):
    """Only to ``event.technician``: the link in it is theirs."""
    return [Notice("welcome", event.technician, "letter")] if event.kind == "invited" else []


@hookimpl
def novantic_notification_channels(own_settings):
    """The channel: by then ``parcel.link`` is the link that works once."""

    def send(parcel):
        own_settings["path"].mkdir(parents=True, exist_ok=True)
        words = parcel.render("letter/welcome.txt.pt")
        (own_settings["path"] / f"{parcel.notice.to.name}.txt").write_text(words, "utf-8")

    return [Channel("letter", "Lettre", send)]
