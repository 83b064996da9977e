"""Running commands."""

from __future__ import annotations

import sys

import pytest

from novantic_core import cli


@pytest.fixture
def new(capsys, monkeypatch, tmp_path):
    """Run ``novantic new …`` in an empty folder: exit status, what it said, what it complained of."""
    monkeypatch.chdir(tmp_path)

    def command(*words):
        monkeypatch.setattr(sys, "argv", ["novantic", "new", *map(str, words)])
        status = 0
        try:
            cli.main()
        except SystemExit as ended:
            status = ended.code or 0
        return status, *capsys.readouterr()

    return command
