"""The copy of all that a plugin had: whole or not at all, without secrets, and readable by anybody."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from novantic_core.desk import Desk
from novantic_core.models import HeldFile, StoredFile
from novantic_core.services.export_plugin import Archive

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "copy.zip"


def archive(path):
    with zipfile.ZipFile(path) as kept:
        return {name: kept.read(name).decode() for name in kept.namelist()}


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.usefixtures("well_used")
def test_the_copy_has_all_that_can_be_read_without_novantic(desks, target, well_used):
    desks.remove("bikes", "exported", target)
    copy = archive(target)
    assert lines(copy["tables/bikes_sold.jsonl"]) == [{"word": "red"}]
    assert lines(copy["ticket_fields.jsonl"]) == [{"ticket": well_used, "field": "bike", "value": "12"}]
    manifest = json.loads(copy["manifest.json"])
    assert (manifest["plugin"], manifest["version"], manifest["revisions"]) == ("bikes", "1.0", ["0001"])
    assert manifest["tables"]["bikes_sold"] == {"rows": 1, "columns": {"word": "VARCHAR(20)"}}
    assert target.stat().st_mode & 0o077 == 0
    assert "bikes_sold" not in desks.tables()


@pytest.mark.usefixtures("well_used")
def test_no_secret_is_in_the_copy_but_that_there_was_one_is_said(desks, target):
    desks.remove("bikes", "exported", target)
    copy = archive(target)
    kept = {row["key"]: row["value"] for row in lines(copy["preferences.jsonl"])}
    assert kept == {"plugin.bikes.colour": "red", "brought_back.bikes": 2}
    assert json.loads(copy["manifest.json"])["secrets_left_out"] == ["plugin.bikes.sealed", "plugin.bikes.token"]
    assert not [text for text in copy.values() if "hush" in text or "gAAAA" in text]


def test_values_that_json_does_not_know_are_readable(desks, made, target, novantic_database_url):
    made.with_tables("bikes", "bikes_sold")
    desks.with_data("bikes")
    with desks.sites[-1].database.transaction() as session:
        binary = "bytea" if novantic_database_url.startswith("postgresql") else "blob"
        session.execute(
            text(f"CREATE TABLE bikes_kinds (id integer PRIMARY KEY, at timestamp, raw {binary}, words json,"
                 " fast boolean, price numeric(8, 2))")
        )  # fmt: skip
        session.execute(
            text("INSERT INTO bikes_kinds VALUES (1, '2026-11-24 12:00:00', :raw, '{\"a\": [1]}', true, 9.5)"),
            {"raw": b"\0\xff"},
        )
    desks.remove("bikes", "exported", target)
    (row,) = lines(archive(target)["tables/bikes_kinds.jsonl"])
    assert row["at"][:10] == "2026-11-24"
    assert (row["raw"], row["words"], row["fast"]) == ({"base64": "AP8="}, {"a": [1]}, True)
    assert float(row["price"]) == 9.5


def test_files_that_it_held_are_in_the_copy_and_may_go_then(desks, target, tmp_path):
    settings = {"novantic.storage.local.path": str(tmp_path / "files")}
    desks.settings.update(settings)
    site = desks.with_data("faq", "local_storage")
    with site.database.transaction() as session:
        desk = Desk(site, session)
        kept = desk.keep_file(io.BytesIO(b"a plan"), "plan.txt", "text/plain")
        desk.hold_files("faq.article.1", [kept.key])
        session.add(HeldFile(holder="other.thing", key=kept.key))
    desks.remove("faq", "exported", target, enabled=["local_storage"])
    copy = archive(target)
    assert copy[f"files/{kept.key}"] == "a plan"
    assert lines(copy["held_files.jsonl"]) == [{"holder": "faq.article.1", "file": f"files/{kept.key}"}]
    assert [one.holder for one in desks.all(select(HeldFile))] == ["other.thing"]


def test_a_file_that_the_storage_has_lost_is_named(desks, target):
    site = desks.with_data("faq")
    with site.database.transaction() as session:
        session.add(StoredFile(key="a" * 64, size=1, touched_at=NOW))
        session.flush()
        session.add(HeldFile(holder="faq.article.1", key="a" * 64))
    desks.remove("faq", "exported", target)
    assert json.loads(archive(target)["manifest.json"])["missing_files"] == ["a" * 64]


def test_a_file_that_is_there_already_is_left_alone_and_so_is_all_else(desks, target):
    desks.with_data("faq")
    target.write_text("mine", "utf-8")
    with pytest.raises(FileExistsError, match="it is there already"):
        desks.remove("faq", "exported", target)
    assert (target.read_text("utf-8"), "faq_article" in desks.tables()) == ("mine", True)


@pytest.mark.parametrize("step", ["_drop_tables", "_retire", "write_archive"])
def test_what_fails_half_way_leaves_all_as_it_was(desks, target, monkeypatch, step):
    desks.with_data("faq")
    before = desks.tables()

    def fail(*_given):
        raise OSError("the disk is full")

    monkeypatch.setattr(f"novantic_core.services.remove_plugin.{step}", fail)
    with pytest.raises(OSError, match="the disk is full"):
        desks.remove("faq", "exported", target)
    assert desks.tables() == before
    assert desks.all(text("SELECT count(*) FROM faq_article")) == [5]
    assert list(target.parent.glob("*copy.zip*")) == []


def test_a_file_that_came_meanwhile_is_not_written_over(target):
    copy = Archive(target, NOW)
    target.write_text("mine", "utf-8")
    with pytest.raises(FileExistsError):
        copy.place()
    copy.discard()
    assert [one.name for one in target.parent.iterdir() if "copy" in one.name] == ["copy.zip"]
    assert target.read_text("utf-8") == "mine"


def test_where_there_are_no_links_the_copy_is_put_in_its_place_all_the_same(target, monkeypatch):
    def refuse(*_given):
        raise PermissionError("no links here")

    monkeypatch.setattr("os.link", refuse)
    copy = Archive(target, NOW)
    copy.write_lines("a.jsonl", [1])
    copy.place()
    copy.discard()
    assert archive(target) == {"a.jsonl": "1\n"}
