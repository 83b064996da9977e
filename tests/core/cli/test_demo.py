"""``novantic demo``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from novantic_core import cli
from novantic_core.models import Ticket


@pytest.fixture
def ini(novantic_app: Any, novantic_settings: dict[str, str], tmp_path: Path) -> str:
    path = tmp_path / "site.ini"
    lines = [f"{key} = {value.replace('%', '%%')}" for key, value in novantic_settings.items()]
    path.write_text("\n".join(["[app:main]", "use = egg:novantic", *lines]) + "\n", "utf-8")
    return str(path)


@pytest.fixture
def demo(ini: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def run(*options: str) -> None:
        monkeypatch.setattr(sys, "argv", ["novantic", "demo", "-c", ini, *options])
        cli.main()

    return run


def test_adds_tickets(demo: Callable[..., None], novantic_app: Any, capsys: pytest.CaptureFixture[str]) -> None:
    demo("--tickets", "12")

    assert "Added 12 tickets" in capsys.readouterr().out
    with novantic_app.site.database.session(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 12


@pytest.mark.parametrize(
    "options",
    [
        ["--tickets", "0"],
        ["--tickets", "many"],
        [],
        ["--tickets", "5", "--seed", "-1"],
        ["--tickets", "5", "--until", "yesterday"],
    ],
)
def test_bad_arguments_are_one_line_and_status_2(
    options: list[str], demo: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        demo(*options)

    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
