"""Attachments as files: ``FOLDER/ab/abcdef…``, named by the SHA-256 of their content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from novantic_core.plugin import Setting, StorageBackend, hookimpl
from novantic_local_storage.storage import LocalStorage

novantic_api = ">=1.2,<2"


def _make(settings: Mapping[str, Any]) -> LocalStorage:
    return LocalStorage(settings["path"])


@hookimpl
def novantic_storage_backends() -> Iterable[StorageBackend]:
    """``novantic.storage = local``, with ``novantic.storage.local.path``."""
    path = Setting("path", "a folder that the site may write to", str.strip, "var/files")
    return [StorageBackend("local", _make, (path,))]
