"""`novantic new plugin`: what it writes, what it refuses, and that it leaves nothing half done."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

from novantic_core.cli import scaffold


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_distribution_is_written_and_what_to_do_next_is_said(new, tmp_path):
    status, said, _ = new("plugin", "anydesk")
    assert status == 0
    assert "cd novantic-anydesk\n" in said
    written = files(tmp_path / "novantic-anydesk")
    assert {"pyproject.toml", "setup.cfg", ".gitignore", "README.md", "novantic_anydesk/__init__.py"} <= written
    # a desk to try it on, on which it is enabled
    assert "pserve desk.ini" in said
    desk = (tmp_path / "novantic-anydesk" / "desk.ini").read_text("utf-8")
    assert re.search(r"^novantic.plugins = .* anydesk$", desk, re.MULTILINE)


def test_its_entry_point_is_the_plugins_name(new, tmp_path):
    new("plugin", "Desk-Fleet")
    setup = configparser.ConfigParser()
    setup.read(tmp_path / "novantic-desk-fleet" / "setup.cfg", "utf-8")
    assert setup["metadata"]["name"] == "novantic-desk-fleet"
    assert setup["options.entry_points"]["novantic.plugins"].strip() == "desk_fleet = novantic_desk_fleet"


def test_nothing_is_left_to_fill_in(new, tmp_path):
    new("plugin", "anydesk")
    left = {
        name: found[0]
        for name in files(tmp_path)
        if (found := scaffold._WORD.search(name + (tmp_path / name).read_text("utf-8")))
    }
    assert left == {}


def test_the_minimal_one_has_a_field_and_nothing_else(new, tmp_path):
    new("plugin", "anydesk", "--minimal", "--into", "small")
    assert {name for name in files(tmp_path / "small") if name.endswith((".py", ".pt", ".css"))} == {
        "novantic_anydesk/__init__.py", "novantic_anydesk/field.py", "tests/test_field.py",
    }  # fmt: skip


def test_it_goes_where_one_says(new, tmp_path):
    new("plugin", "anydesk", "--into", tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere" / "setup.cfg").is_file()


@pytest.mark.parametrize("name", ["novantic-anydesk", "novantic_anydesk", "ANYDESK", "anydesk"])
def test_a_name_is_the_same_however_it_is_written(new, tmp_path, name):
    assert new("plugin", name)[0] == 0
    assert (tmp_path / "novantic-anydesk" / "novantic_anydesk").is_dir()


@pytest.mark.parametrize(
    "name, why",
    [
        ("class", "a word of Python's own"),
        ("match", "a word of Python's own"),
        ("email", "installed already by novantic"),
        ("core", "a package novantic_core is installed already"),
        ("ticket", "the core has tables of that name"),
        ("storage", "novantic.storage is a setting"),
        ("attachments", "novantic.attachments is a setting"),
        ("any desk", "letters without accents"),
        ("9desk", "a letter first"),
        ("télé", "letters without accents"),
        ("../desk", "letters without accents"),
        ("", "letters without accents"),
        ("d" * 31, "30 characters at most"),
    ],
)
def test_a_name_that_will_not_do_is_refused_in_one_line(new, tmp_path, name, why):
    status, _, complaint = new("plugin", name)
    assert status == 2
    assert why in complaint
    assert complaint.count("\n") == 1
    assert files(tmp_path) == set()


def test_a_folder_that_is_there_is_left_as_it_is(new, tmp_path):
    (tmp_path / "novantic-anydesk").mkdir()
    status, _, complaint = new("plugin", "anydesk")
    assert status == 2
    assert "novantic-anydesk: it is there already" in complaint
    assert files(tmp_path) == set()


def test_a_folder_in_no_folder_is_refused(new, tmp_path):
    status, _, complaint = new("plugin", "anydesk", "--into", tmp_path / "no" / "where")
    assert status == 2
    assert "there is no folder" in complaint


def test_what_can_not_be_written_whole_is_not_there_at_all(new, tmp_path, monkeypatch):
    write = Path.write_text

    def full(self, text, *options):
        if self.name == "field.py":
            raise OSError(28, "No space left on device")
        return write(self, text, *options)

    monkeypatch.setattr(Path, "write_text", full)
    status, _, complaint = new("plugin", "anydesk")
    assert (status, complaint) == (2, "novantic: novantic-anydesk: No space left on device\n")
    assert list(tmp_path.iterdir()) == []


def test_what_is_left_of_a_name_is_a_name_too(new, tmp_path):
    status, _, said = new("plugin", "novantic_2fa")
    assert status == 2
    assert "2fa" in said
    assert not files(tmp_path)
