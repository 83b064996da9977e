"""Compiled templates are run as code: where they lie is nobody else's to write."""

from __future__ import annotations

import pytest

from novantic_core.settings import SettingsError
from novantic_core.site import build

START = {
    "novantic.site_url": "https://support.example.com", "novantic.secret": "0123456789abcdef" * 4,
    "novantic.theme": "novantic",
}  # fmt: skip


def start(tmp_path, cache):
    return build({
        **START, "sqlalchemy.url": f"sqlite:///{tmp_path}/a.db", "novantic.template_cache": str(cache),
    }, None)  # fmt: skip


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_folder_that_others_write_to_stops_the_start(tmp_path, mode):
    cache = tmp_path / "cache"
    cache.mkdir()
    cache.chmod(mode)
    with pytest.raises(SettingsError, match="others may write to it"):
        start(tmp_path, cache)


def test_a_folder_of_ones_own_is_taken_and_made(tmp_path):
    start(tmp_path, tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
