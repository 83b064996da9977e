"""Broken files of themes, from the process that met them to whoever looks after the site."""

from __future__ import annotations

import configparser
import sys

import pytest
from sqlalchemy import select

from novantic_core import cli
from novantic_core.models import ThemeFault
from novantic_core.services.note_theme_faults import TRIED_AGAIN, write_theme_faults
from novantic_core.services.set_preference import set_preference

pytestmark = pytest.mark.novantic(settings={
    "novantic.debug": "false", "novantic.environment": "development", "novantic.preferences_seconds": "0",
    "novantic.theme": "mine",
})  # fmt: skip


@pytest.fixture
def mine(tmp_path, novantic_settings):
    """The site's theme, whose mails and whose home page are broken."""
    folder = tmp_path / "themes" / "mine"
    for name, block in (("home.pt", "hero"), ("mail/layout.txt.pt", "contact")):
        (folder / "templates" / name).parent.mkdir(parents=True, exist_ok=True)
        words = f'<m metal:use-macro="load: parent:{name}"><b metal:fill-slot="{block}">${{nobody}}</b></m>'
        (folder / "templates" / name).write_text(words, "utf-8")
    (folder / "theme.toml").write_text('parent = "novantic"\n', "utf-8")
    novantic_settings["novantic.themes_path"] = str(tmp_path / "themes")
    return folder


def rows(app):
    with app.transaction() as session:
        return [(row.theme, row.template, row.line, row.times) for row in session.scalars(select(ThemeFault))]


def test_a_client_sees_a_page_and_the_fault_is_written_down(mine, portal, novantic_app):
    assert "Novantic" in portal.get("/")
    assert rows(novantic_app) == [("mine", "home.pt", 1, 1)]
    portal.get("/")
    assert rows(novantic_app) == [("mine", "home.pt", 1, 1)]


def test_a_mail_goes_out_and_the_fault_is_written_down(mine, visit, mailbox, novantic_app):
    visit()
    assert "Novantic Support" in mailbox.text(mailbox.messages[0])
    assert ("mine", "mail/layout.txt.pt", 1, 1) in rows(novantic_app)


def test_a_fault_that_comes_again_is_counted(mine, portal, novantic_app):
    portal.get("/")
    site = novantic_app.site
    site.themes.use_again("mine", mine / "templates/home.pt")
    portal.get("/")
    assert rows(novantic_app) == [("mine", "home.pt", 1, 2)]


def test_another_process_hears_that_it_is_to_be_tried_again(mine, portal, novantic_app):
    portal.get("/")
    site = novantic_app.site
    with novantic_app.transaction() as session:
        set_preference(site, session, TRIED_AGAIN, 1)
    assert site.themes.broken
    write_theme_faults(site)
    assert not site.themes.broken


def test_doctor_says_which_file_is_broken(mine, portal, novantic_app, novantic_settings, tmp_path, monkeypatch, capsys):
    portal.get("/")
    parser = configparser.RawConfigParser()
    values = {key: value.replace("%", "%%") for key, value in novantic_settings.items()}
    parser["app:main"] = {"use": "egg:novantic", **values}
    with (tmp_path / "site.ini").open("w") as target:
        parser.write(target)
    monkeypatch.setattr(sys, "argv", ["novantic", "doctor", "-c", str(tmp_path / "site.ini")])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 1
    said = next(line for line in capsys.readouterr().out.splitlines() if "themes" in line)
    assert said.startswith("FAULT  themes: files that are left out because they are broken: ")
    assert f"{mine}/templates/home.pt, line 1: NameError: nobody" in said
