"""Two desks that take mail, each a client of the other."""

from pathlib import Path

import pytest
from posted import MAILBOX, PLUGINS, Post, write

from novantic_core import make_app
from novantic_core.testing import App, Mailbox

pytestmark = pytest.mark.novantic(plugins=PLUGINS, settings=MAILBOX)


def test_two_desks_write_to_one_another_and_it_ends(novantic_app, mailbox, novantic_settings, tmp_path):
    """Somebody writes to one desk in the name of the other."""
    other_settings = {
        **novantic_settings, "sqlalchemy.url": f"sqlite:///{tmp_path}/other.db",
        "novantic.storage.local.path": str(tmp_path / "other-files"),
        "mail.top_level_directory": str(tmp_path / "other-mail"), "novantic.site_url": "http://help.other.example",
        "novantic.mail_intake.mailbox.support.address": "help@other.example",
    }  # fmt: skip
    other = App(make_app(other_settings), other_settings)
    other.upgrade()
    post = Post(novantic_app)
    desks = {
        "support@novantic.example": (post, mailbox),
        "help@other.example": (Post(other), Mailbox(other, Path(other_settings["mail.top_level_directory"]))),
    }
    post.bring(write(sender="Help <help@other.example>"))
    sent: set[str] = set()
    for _round in range(6):
        for address, (desk, _box) in desks.items():
            for _from, box in desks.values():
                for mail in box.messages:
                    to_it = address in str(mail["To"]) and str(mail["Message-ID"]) not in sent
                    if to_it:
                        sent.add(str(mail["Message-ID"]))
                        desk.bring(mail.as_bytes())
    # the one desk's receipt is another's request, which it keeps and doesn't answer
    assert len(sent) == 1
    other.site.database.engine.dispose()
