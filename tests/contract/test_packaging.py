"""What is in the tree is in the wheel, and the wheel alone makes a site."""

from __future__ import annotations

import configparser
import http.cookiejar
import importlib.metadata
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LEFT_OUT = (".*", "build", "dist", "var", "*.egg-info", "__pycache__", "tests", "docs", "bench")

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


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built from a copy: what older builds left in the tree must not get in."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, folder / "tree", ignore=shutil.ignore_patterns(*LEFT_OUT))
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, folder / "tree"]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


@pytest.mark.slow
def test_each_file_of_the_tree_is_in_the_wheel(wheel):
    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f"{name}/{path.as_posix()}" for name, folder in folders().items() for path in contents(folder)}
    assert wanted - packed == set()
    assert {name for name in packed - wanted if ".dist-info/" not in name} == set()


# ------------------------------------------------------------------ the wheel in an empty environment, somewhere else


def needed(name: str, extras: tuple[str, ...] = (), seen: dict[str, None] | None = None) -> dict[str, None]:
    """Names of the distributions that one needs, and what they need."""
    seen = {} if seen is None else seen
    for text in importlib.metadata.requires(name) or []:
        requirement = Requirement(text)
        marker = requirement.marker
        if marker and not any(marker.evaluate({"extra": extra}) for extra in (*extras, "")):
            continue
        if requirement.name not in seen:
            seen[requirement.name] = None
            needed(requirement.name, tuple(requirement.extras), seen)
    return seen


@pytest.fixture(scope="session")
def environment(wheel, tmp_path_factory) -> Path:
    """An environment with the wheel and nothing else but what it says that it needs; no index is asked."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    install = [sys.executable, "-m", "pip", f"--python={python}", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, "--disable-pip-version-check", wheel], check=True)
    target = next(folder.glob("lib/python*/site-packages"))
    for name in needed("novantic"):
        distribution = importlib.metadata.distribution(name)
        for top in {Path(file).parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}:
            if not (target / top).exists():
                (target / top).symlink_to(distribution.locate_file(top))
    return folder


class Site:
    """A site in a folder of its own, run as somebody would who has the wheel and an .ini file."""

    def __init__(self, environment: Path, folder: Path) -> None:
        self.bin, self.folder = environment / "bin", folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        ini = (ROOT / "development.ini").read_text("utf-8").replace("localhost:6543", self.address)
        (folder / "site.ini").write_text(
            ini.replace("novantic.worker = embedded", "novantic.worker = external"), "utf-8"
        )
        # no path, no package and no setting of the tests' own
        self.environ = {"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8"}
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )

    def run(self, *arguments: str) -> str:
        command = [self.bin / "novantic", *arguments, "-c", "site.ini"]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environ, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def serve(self) -> subprocess.Popen[bytes]:
        # pserve itself is a script of Pyramid's, which is only lent to this environment
        command = [self.bin / "python", "-m", "pyramid.scripts.pserve", "site.ini"]
        return subprocess.Popen(command, cwd=self.folder, env=self.environ)

    def get(self, path: str) -> str:
        with self.opener.open(f"http://{self.address}{path}", timeout=30) as answer:
            return answer.read().decode()

    def post(self, path: str, **fields: str) -> str:
        body = urllib.parse.urlencode(fields).encode()
        with self.opener.open(f"http://{self.address}{path}", body, timeout=30) as answer:
            return answer.read().decode()

    def wait(self) -> None:
        until = time.monotonic() + 30
        while True:
            try:
                self.get("/healthz")
            except (urllib.error.URLError, ConnectionError):
                assert time.monotonic() < until, "the site doesn't answer"
                time.sleep(0.1)
            else:
                return


@pytest.fixture
def site(environment, tmp_path) -> Site:
    return Site(environment, tmp_path)


@pytest.mark.slow
def test_the_wheel_in_an_empty_environment_makes_a_site_that_delivers(site):
    assert f"http://{site.address}/admin/setup/" in site.run("init")
    server = site.serve()
    try:
        site.wait()
        token = re.search(r'name="csrf_token" value="([^"]+)"', site.get("/tickets/new"))[1]
        answer = site.post(
            "/tickets/new", csrf_token=token, topic="printer", company="Lefèvre", email="claire@lefevre.example.com",
            name="Claire Lefèvre", phone="01 44 55 66 77", subject="Hors connexion", message="Bonjour",
        )  # fmt: skip
        assert "Claire Lefèvre" in answer
    finally:
        server.terminate()
        server.wait(30)
    site.run("worker", "--once")
    assert len(list((site.folder / "var" / "mail").glob("*.eml"))) == 1


@pytest.mark.slow
def test_the_wheel_has_all_built_in_plugins(site):
    site.run("init")
    told = site.run("plugins")
    assert [name for name in folders() if (ROOT / "plugins" / name).is_dir() and name[9:] not in told] == []
