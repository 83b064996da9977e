"""Where files lie, and the settings that a plugin asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Protocol

from novantic_core.values.text import Text


class Storage(Protocol):
    """Where files lie. Keys are hexadecimal SHA-256 of the content, so the same key is the same bytes."""

    def put(self, key: str, source: IO[bytes]) -> None:
        """Keep what ``source`` gives under ``key``, on stable storage before returning. Doing it twice is harmless."""

    def open(self, key: str) -> IO[bytes]:
        """The file's bytes from the start; ``KeyError`` when there is none."""

    def delete(self, key: str) -> None:
        """Forget the file; no error when there is none."""

    def stale(self, before: datetime) -> Iterable[str]:
        """Keys of files last put before that time, for the sweep that removes what no ticket refers to."""

    def check(self) -> None:
        """Return if files can be kept now, raise an ``OSError`` that says why not."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: its short name, what it takes in words, how to read it, its default.

    It is set in the .ini file or, where that is silent, on a page of the back office. A ``secret`` one is sealed in the
    database, and neither a page nor a trail shows it. ``parse`` gets the text and returns the value or raises
    ``ValueError``. ``label`` and ``help`` are for that page. ``at_start`` says that the plugin looks at it only when it
    starts, so that a change needs a restart.

    A name with ``*`` (since 1.3) is of each of several things of a kind: the value of ``mailbox.*.host`` is a mapping,
    in which ``novantic.PLUGIN.mailbox.support.host`` stands as ``support``. Such a one is set in the file only.
    """

    name: str
    takes: Text
    parse: Callable[[str], Any] = str
    default: Any = None
    secret: bool = False
    label: Text = ""
    help: Text = ""
    at_start: bool = False


class OwnSettings(Mapping[str, Any]):
    """A plugin's settings by name, as they are whenever one is read: an administrator may change them at any time.

    While the site starts, what was set on a page counts as far as the database can be read: before ``novantic init``
    made it, only what the .ini file says does.

    :raises KeyError: for one that the plugin's ``novantic_settings_schema`` doesn't name
    """

    def __init__(self, read: Callable[[], Mapping[str, Any]]) -> None:
        self._read = read

    def __getitem__(self, name: str) -> Any:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __repr__(self) -> str:
        # a log or a fault's text must not tell what is secret
        return f"OwnSettings({', '.join(self)})"


@dataclass(frozen=True, slots=True)
class StorageBackend:
    """A storage that ``novantic.storage`` can choose by name.

    ``settings`` are read from ``novantic.storage.NAME.*`` and handed to ``factory`` as a mapping.
    """

    name: str
    factory: Callable[[Mapping[str, Any]], Storage]
    settings: tuple[Setting, ...] = ()
