"""What `novantic new plugin` writes, built and installed as its author would hand it on, beside the wheel alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from environments import Environment, Site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


@pytest.fixture(scope="module")
def tree(environment: Environment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the command of an installed wheel writes."""
    folder = tmp_path_factory.mktemp("new")
    environment.run("novantic", "new", "plugin", "Fleet-Desk", cwd=folder)
    return folder / "novantic-fleet-desk"


@pytest.fixture(scope="module")
def beside(install: Callable[[Path], Environment], tree: Path) -> Environment:
    return install(tree)


def test_its_own_tests_pass(beside, tree, tmp_path):
    assert " passed" in beside.run_tests(tree, tmp_path)


def test_the_desk_that_comes_with_it_has_it(beside, tree, tmp_path):
    shutil.copy(tree / "desk.ini", tmp_path)
    assert "/admin/setup/" in beside.run("novantic", "init", "-c", "desk.ini", cwd=tmp_path)
    assert "fleet_desk     0.1.0    yes" in beside.run("novantic", "plugins", "-c", "desk.ini", cwd=tmp_path)
    assert "ok     storage" in doctor(beside, tmp_path)


def doctor(beside: Environment, folder: Path) -> str:
    """What it says; the site isn't served, so there is no worker, and the status is 1."""
    command = [beside.folder / "bin" / "novantic", "doctor", "-c", "desk.ini"]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder,
                          env=beside.environ(folder)).stdout  # fmt: skip


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]])
def test_ruff_finds_nothing_in_it(tree, command):
    ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", tree]
    done = subprocess.run(ruff, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


class Chat(BaseHTTPRequestHandler):
    received: list[Any] = []  # noqa: RUF012 - of the one test that asks

    def do_POST(self) -> None:
        self.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


@pytest.fixture
def chat() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Chat) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_desk_with_it_asks_keeps_shows_and_tells(beside, tmp_path, chat):
    site = Site(beside, tmp_path, ["fleet_desk"], f"novantic.fleet_desk.url = {chat}")
    site.run("init")
    assert "fleet_desk     0.1.0    yes" in site.run("plugins")
    with site.served():
        assert "Numéro d’inventaire" in site.get("/tickets/new")
        site.open_ticket(fleet_desk_number="pc 42")
    site.run("worker", "--once")
    assert len(site.mails) == 1
    (told,) = Chat.received
    assert "Claire Lefèvre\u00a0: Hors connexion" in told["text"]
