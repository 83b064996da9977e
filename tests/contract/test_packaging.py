"""What is in the tree is in the wheel, and the wheel alone makes a site."""

from __future__ import annotations

import configparser
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from environments import ROOT, Site

pytestmark = pytest.mark.xdist_group("wheel")


def setup() -> configparser.ConfigParser:
    found = configparser.ConfigParser()
    found.read(ROOT / "setup.cfg", "utf-8")
    return found


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def folders() -> dict[str, Path]:
    """Each top package and the folder it lies in."""
    plugins = {path.name: path for path in (ROOT / "plugins").iterdir() if (path / "__init__.py").is_file()}
    return {"novantic_core": ROOT / "novantic_core", "novantic_themes": ROOT / "themes", **plugins}


def contents(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder)


def test_each_package_is_in_setup_cfg():
    there = {
        ".".join([name, *path.parent.parts])
        for name, folder in folders().items()
        for path in contents(folder)
        if path.name == "__init__.py"
    }
    assert set(lines(setup()["options"]["packages"])) == there | {"novantic_themes"}


def test_each_top_package_has_its_folder_in_setup_cfg():
    said = dict(re.split(r"\s*=\s*", line) for line in lines(setup()["options"]["package_dir"]))
    assert said == {name: folder.relative_to(ROOT).as_posix() for name, folder in folders().items()}


def test_each_plugin_is_an_entry_point():
    said = dict(re.split(r"\s*=\s*", line) for line in lines(setup()["options.entry_points"]["novantic.plugins"]))
    assert said == {name.removeprefix("novantic_"): name for name in folders() if (ROOT / "plugins" / name).is_dir()}


def test_each_package_of_code_has_its_imports_looked_at():
    assert set(lines(setup()["importlinter"]["root_packages"])) == set(folders()) - {"novantic_themes"}


def test_no_plugin_may_import_another():
    plugins = {name for name in folders() if (ROOT / "plugins" / name).is_dir()}
    assert set(lines(setup()["importlinter:contract:independent"]["modules"])) == plugins


@pytest.mark.slow
def test_each_file_of_the_tree_is_in_the_wheel(wheel):
    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f"{name}/{path.as_posix()}" for name, folder in folders().items() for path in contents(folder)}
    assert wanted - packed == set()
    assert {name for name in packed - wanted if ".dist-info/" not in name} == set()


# ------------------------------------------------------------------ the wheel in an empty environment, somewhere else


@pytest.fixture
def site(environment, tmp_path) -> Site:
    return Site(environment, tmp_path)


@pytest.mark.slow
def test_the_wheel_in_an_empty_environment_makes_a_site_that_delivers(site):
    assert f"http://{site.address}/admin/setup/" in site.run("init")
    with site.served():
        assert "Claire Lefèvre" in site.open_ticket()
    site.run("worker", "--once")
    assert len(site.mails) == 1


@pytest.mark.slow
def test_the_wheel_has_all_built_in_plugins(site):
    site.run("init")
    told = site.run("plugins")
    assert [name for name in folders() if (ROOT / "plugins" / name).is_dir() and name[9:] not in told] == []
