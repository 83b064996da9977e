"""Files: taking them in, keeping them while a form is put right, tying them to a message."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import itertools
import logging
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import IO, Any

from sqlalchemy import delete, exists, func, insert, select
from sqlalchemy.orm import Session

from novantic_core.db import insert_or
from novantic_core.i18n import _
from novantic_core.models import Attachment, HeldFile, Message, Upload
from novantic_core.models import StoredFile as StoredFileRow
from novantic_core.services.keep_trace import new_trace, note_scans
from novantic_core.site import Site
from novantic_core.values import FieldError, StoredFile

log = logging.getLogger(__name__)

CHUNK = 64 * 1024
UPLOAD_LIFE = timedelta(days=1)
GRACE = timedelta(hours=1)
"""How much longer than its life an upload is left alone: a form that was sent in its last second is still read."""
MAX_INLINE = 20

_DATA_IMAGE = re.compile(
    r"(?P<quote>[\"'])data:image/(?P<type>png|jpeg|gif|webp);base64,(?P<data>[A-Za-z0-9+/=\s]+)(?P=quote)"
)
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,100}/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}")


def clean_filename(name: str) -> str:
    """A file's name without folders, control and direction characters, at most 150 characters, its ending kept."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(c for c in name if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    name = name.strip().strip(".") or "file"
    stem, dot, ending = name.rpartition(".")
    if dot and 0 < len(ending) <= 10:
        return f"{stem[:139]}.{ending}"
    return name[:150]


def keep_file(
    site: Site, session: Session, source: IO[bytes], filename: str, media_type: str, now: datetime
) -> StoredFile:
    """Check a file and put it into the storage, read in pieces.

    The row is written before the bytes: its lock holds off the sweep, which might be removing the same content.

    :param source: a seekable binary file
    :raises FieldError: for an empty or too large file, one that a plugin refuses, or a storage that can't take it
    """
    filename = clean_filename(filename)
    media_type = media_type.split(";", maxsplit=1)[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(media_type):
        media_type = "application/octet-stream"
    limit = site.settings.attachments_max_size
    digest, size = hashlib.sha256(), 0
    source.seek(0)
    while piece := source.read(CHUNK):
        size += len(piece)
        if size > limit:
            raise FieldError(_("“${name}” is larger than the limit for one file.", mapping={"name": filename}))
        digest.update(piece)
    if size == 0:
        raise FieldError(_("“${name}” is empty.", mapping={"name": filename}))
    file = StoredFile(digest.hexdigest(), filename, media_type, size)
    source.seek(0)
    with new_trace(site) as trace:
        site.plugins.collect("novantic_scan_attachment", stops=(FieldError,), file=file, source=source)
    note_scans(session, file, trace)
    _touch(session, file, now)
    source.seek(0)
    try:
        site.storage.put(file.key, source)
    except OSError as error:
        log.error("could not keep %s", file.key, exc_info=error)
        sentence = _(
            "“${name}” could not be kept. Please try again later, or send your request without it.",
            mapping={"name": filename},
        )
        raise FieldError(sentence) from error
    return file


def keep_raw(
    site: Site, session: Session, source: IO[bytes], filename: str, media_type: str, now: datetime
) -> StoredFile:
    """Put what isn't a client's file, but what such are taken out of, into the storage: no limit, no plugin's look.

    Hold it (``hold_files``), or the sweep takes it away.

    :raises OSError: if it can't be kept
    """
    digest, size = hashlib.sha256(), 0
    source.seek(0)
    while piece := source.read(CHUNK):
        size += len(piece)
        digest.update(piece)
    file = StoredFile(digest.hexdigest(), clean_filename(filename), media_type, size)
    _touch(session, file, now)
    source.seek(0)
    site.storage.put(file.key, source)
    return file


def _touch(session: Session, file: StoredFile, now: datetime) -> None:
    statement = insert_or(session, StoredFileRow).values(key=file.key, size=file.size, touched_at=now)
    session.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"touched_at": now}))


def keep_uploads(session: Session, files: tuple[StoredFile, ...], now: datetime) -> dict[str, StoredFile]:
    """Keep files for a form that has to be sent again: tokens to give back with it."""
    kept = {secrets.token_urlsafe(24): file for file in files}
    if kept:
        session.execute(insert(Upload), [
            {"token": token, "key": file.key, "filename": file.filename, "media_type": file.media_type,
             "size": file.size, "created_at": now}
            for token, file in kept.items()
        ])  # fmt: skip
    return kept


def room_for_uploads(site: Site, session: Session) -> bool:
    """Whether files of a wrong form may be kept: what anybody sends without opening a ticket must not fill the disk."""
    kept = session.scalar(select(func.coalesce(func.sum(Upload.size), 0)))
    return int(kept or 0) < site.settings.attachments_max_kept


def find_uploads(session: Session, tokens: list[str], now: datetime) -> dict[str, StoredFile]:
    """The kept files of those tokens, in their order; what is unknown or over a day old is left out."""
    # ours are plain ASCII; PostgreSQL refuses a statement with a NUL in it
    tokens = [token for token in tokens if token.isascii() and token.isprintable()]
    if not tokens:
        return {}
    rows = session.scalars(
        select(Upload).where(Upload.token.in_(tokens[:50]), Upload.created_at > now - UPLOAD_LIFE)
    ).all()
    found = {row.token: StoredFile(row.key, row.filename, row.media_type, row.size) for row in rows}
    return {token: found[token] for token in dict.fromkeys(tokens) if token in found}


def take_pictures(
    site: Site, session: Session, html: str, now: datetime, *, store: bool = True
) -> tuple[str, tuple[StoredFile, ...]]:
    """Turn pictures pasted as ``data:`` into files; their ``src`` becomes ``cid:KEY`` until the message is written.

    :param store: whether to put them into the storage; without, they are only looked at
    :raises FieldError: for a picture that can't be read or is too large, or too many of them
    """
    files: dict[str, StoredFile] = {}

    def take(match: re.Match[str]) -> str:
        try:
            data = base64.b64decode(re.sub(r"\s", "", match["data"]), validate=True)
        except binascii.Error:
            raise FieldError(_("A picture in the text can't be read. Please attach it as a file.")) from None
        if len(files) >= MAX_INLINE:
            raise FieldError(_("There are too many pictures in the text. Please attach them as files."))
        ending = match["type"].replace("jpeg", "jpg")
        name, kind = f"image-{len(files) + 1}.{ending}", f"image/{match['type']}"
        if store:
            file = keep_file(site, session, io.BytesIO(data), name, kind, now)
        else:
            file = StoredFile(hashlib.sha256(data).hexdigest(), name, kind, len(data))
        files.setdefault(file.key, file)
        return f"{match['quote']}cid:{file.key}{match['quote']}"

    html = _DATA_IMAGE.sub(take, html)
    return html, tuple(files.values())


def take_pictures_out(html: str) -> str:
    """The text without the bytes of its pasted pictures, each leaving a short ``cid:`` address."""
    return _DATA_IMAGE.sub(lambda match: f"{match['quote']}cid:{'0' * 64}{match['quote']}", html)


def attach(session: Session, message: Message, files: tuple[StoredFile, ...]) -> None:
    """Tie files to a message, and put the addresses of its pictures into its text."""
    if not files:
        return
    # a picture's, not one that merely stands in the words: a file that is named there isn't seen, and has to be listed
    shown = set(re.findall(r'<img [^<>]*src="cid:([0-9a-f]{64})"', message.html))
    rows = [
        Attachment(
            message_id=message.id, key=file.key, filename=file.filename, media_type=file.media_type, size=file.size,
            inline=file.key in shown,
        )
        for file in files
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    if "cid:" in message.html:
        addresses = {row.key: attachment_path(row) for row in rows}
        message.html = re.sub(r"cid:([0-9a-f]{64})", lambda match: addresses.get(match[1], ""), message.html)


def attachment_path(attachment: Any) -> str:
    """The address of a file: its name is for people, its id is what counts."""
    from urllib.parse import quote

    return f"/attachments/{attachment.id}/{quote(attachment.filename, safe='')}"


def hold_files(session: Session, holder: str, keys: Iterable[str]) -> None:
    """Keep the files of those keys for a holder, and no others."""
    wanted = set(keys)
    held = set(session.scalars(select(HeldFile.key).where(HeldFile.holder == holder)))
    if held - wanted:
        session.execute(delete(HeldFile).where(HeldFile.holder == holder, HeldFile.key.in_(held - wanted)))
    if wanted - held:
        rows = [{"holder": holder, "key": key} for key in sorted(wanted - held)]
        session.execute(insert_or(session, HeldFile).values(rows).on_conflict_do_nothing())


def sweep(site: Site, session: Session, now: datetime) -> int:
    """Forget uploads of yesterday and files that nothing refers to any more; how many files went.

    A file's row is locked, then the bytes go, then the transaction commits: whoever brings the same content meanwhile
    waits for the row, and then stores it again. Rows that somebody holds are left for the next time.
    """
    if site.keeps_no_files_now:
        return 0  # what is forgotten now would lie there for ever once its plugin is back
    before = now - UPLOAD_LIFE - GRACE
    session.execute(delete(Upload).where(Upload.created_at < before))
    _adopt_strays(session, site.storage.stale(before), before)
    unused = session.scalars(
        select(StoredFileRow.key)
        .where(
            StoredFileRow.touched_at <= before,
            ~exists().where(Attachment.key == StoredFileRow.key),
            ~exists().where(Upload.key == StoredFileRow.key),
            ~exists().where(HeldFile.key == StoredFileRow.key),
        )
        .with_for_update(skip_locked=True)
    ).all()
    for keys in _batches(unused):
        session.execute(delete(StoredFileRow).where(StoredFileRow.key.in_(keys)))
        for key in keys:
            site.storage.delete(key)
    return len(unused)


def _adopt_strays(session: Session, keys: Iterable[str], before: datetime) -> None:
    """Give the bytes that a crash left without a row an old one: it is what keeps an upload and a sweep apart."""
    for batch in _batches(keys):
        known = set(session.scalars(select(StoredFileRow.key).where(StoredFileRow.key.in_(batch))))
        strays = [{"key": key, "size": 0, "touched_at": before} for key in batch if key not in known]
        if strays:
            # waits for an upload of the same content that is just coming in, and leaves its row alone
            session.execute(insert_or(session, StoredFileRow).values(strays).on_conflict_do_nothing())


def _batches(keys: Iterable[str], size: int = 500) -> Iterator[tuple[str, ...]]:
    rest = iter(keys)
    while batch := tuple(itertools.islice(rest, size)):
        yield batch
