"""The command as a shell would run it, over an .ini file of the test's own."""

from __future__ import annotations

import io
import sys

import pytest

from novantic_core import cli


@pytest.fixture
def ini(tmp_path, novantic_settings):
    """An .ini file of the test's own; ``ini(**{"novantic.theme": "x"})`` writes it with other settings."""

    def write(**changes):
        settings = {**novantic_settings, **changes}
        lines = [f"{key} = {value.replace('%', '%%')}" for key, value in settings.items()]
        path = tmp_path / "site.ini"
        path.write_text("\n".join(["[app:main]", "use = egg:novantic", *lines]), "utf-8")
        return str(path)

    return write


@pytest.fixture
def run(capsys, monkeypatch):
    """Run the command as a shell would: status, what it said, what it complained of."""

    def command(*words, stdin=""):
        monkeypatch.setattr(sys, "argv", ["novantic", *words])
        # a shell starts it anew each time, without what plugins added before
        monkeypatch.setattr(cli.group, "commands", {})
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        status = 0
        try:
            cli.main()
        except SystemExit as end:
            status = end.code or 0
        said = capsys.readouterr()
        return status, said.out, said.err

    return command


@pytest.fixture
def ready(ini, run):
    path = ini()
    assert run("init", "-c", path)[0] == 0
    return path


@pytest.fixture
def new(run, monkeypatch, tmp_path):
    """Run ``novantic new …`` in an empty folder: exit status, what it said, what it complained of."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: run("new", *map(str, words))
