"""Everything that a plugin has, as a file that people and programs can read without Novantic.

A zip: ``manifest.json``, ``tables/TABLE.jsonl`` with a row a line, ``preferences.jsonl``, ``ticket_fields.jsonl``,
``held_files.jsonl``, and each held file under ``files/``. Secrets are left out, and named.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from importlib import metadata
from pathlib import Path
from typing import IO, Any

from sqlalchemy import JSON, Boolean, column, inspect, select, table
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from novantic_core.fitting import VERSION
from novantic_core.models import HeldFile, Preference, Ticket
from novantic_core.services.plugin_belongings import Belongings
from novantic_core.site import Site

AT_ONCE = 500
ABOUT = (
    "All that the plugin had in this site when it was removed. A .jsonl file has a JSON object a line. "
    "Times without a zone are UTC. The tickets keep the values in ticket_fields.jsonl, too."
)


class Archive:
    """A file that is there whole or not at all: written beside its place, and put there in one step.

    :raises FileExistsError: if there is something already
    :raises OSError: if it can't be written
    """

    def __init__(self, target: Path, now: datetime) -> None:
        if target.exists():
            raise FileExistsError(f"{target}: it is there already")
        self.target = target
        self.now = now
        # others may not read it: a plugin's own tables may hold anything
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        self._path = Path(name)
        self._file = os.fdopen(handle, "wb")
        self.zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)

    def member(self, name: str) -> IO[bytes]:
        """A member of it to write into."""
        about = zipfile.ZipInfo(name, self.now.timetuple()[:6])
        about.compress_type = zipfile.ZIP_DEFLATED
        return self.zip.open(about, "w", force_zip64=True)

    def write_lines(self, name: str, rows: Iterable[Any]) -> int:
        """Write a member with a JSON value a line; how many."""
        count = 0
        with self.member(name) as member:
            for row in rows:
                member.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
                count += 1
        return count

    def place(self) -> None:
        """Put it where it belongs, on stable storage.

        :raises FileExistsError: if something came there meanwhile
        """
        self.zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        try:
            os.link(self._path, self.target)
        except FileExistsError:
            raise
        except OSError:
            # a file system without links: the name is taken first, then filled in one step
            os.close(os.open(self.target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            self._path.replace(self.target)
        self.discard()
        folder = os.open(self.target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def discard(self) -> None:
        """Leave nothing beside the place."""
        with contextlib.suppress(OSError, ValueError):
            self.zip.close()
        with contextlib.suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)


def write_archive(site: Site, session: Session, found: Belongings, archive: Archive) -> None:
    """Write all that a plugin has into an archive that isn't in its place yet."""
    connection = session.connection()
    tables = {}
    for name in found.tables:
        columns = {one["name"]: one["type"] for one in inspect(connection).get_columns(name)}
        key = inspect(connection).get_pk_constraint(name)["constrained_columns"]
        rows = archive.write_lines(f"tables/{name}.jsonl", _rows(session, name, columns, key))
        tables[name] = {"rows": rows, "columns": {one: str(kind) for one, kind in columns.items()}}
    left_out: list[str] = []
    preferences = archive.write_lines("preferences.jsonl", _preferences(session, found, left_out))
    values = archive.write_lines("ticket_fields.jsonl", _ticket_fields(session, found.said.fields))
    held = [(row.holder, row.key) for row in _held(session, found)]
    archive.write_lines("held_files.jsonl", [{"holder": holder, "file": f"files/{key}"} for holder, key in held])
    missing = [key for key in sorted({key for _holder, key in held}) if not _copy(site, key, archive)]
    manifest = {
        "about": ABOUT,
        "format": "novantic-plugin 1",
        "plugin": found.name,
        "version": found.said.plugin.version if found.said.plugin else None,
        "revisions": _revisions(session, found),
        "site": site.settings.site_url,
        "novantic": metadata.version("novantic"),
        "contract": VERSION,
        "exported_at": archive.now.isoformat(),
        "tables": tables,
        "preferences": preferences,
        "secrets_left_out": left_out,
        # a plugin that isn't there can't say which fields of tickets are its own
        "ticket_fields": {"names": list(found.said.fields), "values": values} if found.said.plugin else None,
        "held_files": len(held),
        "missing_files": missing,
    }
    with archive.member("manifest.json") as member:
        member.write(json.dumps(manifest, ensure_ascii=False, indent=2).encode() + b"\n")


def _rows(
    session: Session, name: str, columns: Mapping[str, TypeEngine[Any]], key: Iterable[str]
) -> Iterator[dict[str, Any]]:  # fmt: skip
    # untyped, as the database has it: a value that its type can't read must not keep the others from being copied
    there = table(name, *(column(one) for one in columns))
    statement = select(there).order_by(*(there.c[one] for one in key)).execution_options(yield_per=AT_ONCE)
    for row in session.execute(statement):
        yield {one: _readable(value, columns[one]) for one, value in row._mapping.items()}


def _readable(value: Any, kind: TypeEngine[Any]) -> Any:
    if isinstance(kind, JSON) and isinstance(value, str):
        with contextlib.suppress(ValueError):
            return json.loads(value)
    if isinstance(kind, Boolean) and value in (0, 1):
        return bool(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode("ascii")}
    return value if value is None or isinstance(value, bool | int | float | str | dict | list) else str(value)


def _preferences(session: Session, found: Belongings, left_out: list[str]) -> Iterator[dict[str, Any]]:
    statement = select(Preference.key, Preference.value).where(Preference.key.in_(found.preferences))
    for key, value in session.execute(statement.order_by(Preference.key)):
        setting = key.removeprefix(f"plugin.{found.name}.")
        if setting in found.said.secrets or (isinstance(value, dict) and "sealed" in value):
            left_out.append(key)
        else:
            yield {"key": key, "value": value}


def _ticket_fields(session: Session, names: Iterable[str]) -> Iterator[dict[str, Any]]:
    wanted = frozenset(names)
    if wanted:
        statement = select(Ticket.number, Ticket.fields).order_by(Ticket.id).execution_options(yield_per=AT_ONCE)
        for number, fields in session.execute(statement):
            yield from ({"ticket": number, "field": one, "value": fields[one]} for one in fields if one in wanted)


def _held(session: Session, found: Belongings) -> list[HeldFile]:
    rows = session.scalars(select(HeldFile).order_by(HeldFile.holder, HeldFile.key))
    return [row for row in rows if row.holder in found.holders]


def _copy(site: Site, key: str, archive: Archive) -> bool:
    """Copy a file out of the storage; False if it isn't there."""
    try:
        source = site.storage.open(key)
    except KeyError:
        return False
    with source, archive.member(f"files/{key}") as member:
        shutil.copyfileobj(source, member)
    return True


def _revisions(session: Session, found: Belongings) -> list[str]:
    if found.version_table is None:
        return []
    return list(session.scalars(select(column("version_num")).select_from(table(found.version_table))))
