"""Files go through the application in pieces: what it holds in memory doesn't grow with them."""

from __future__ import annotations

import os
import re
import tracemalloc

import pytest
from pyramid.events import NewRequest
from sqlalchemy import select
from webtest import TestApp

from novantic_core.models import Attachment

MEGABYTE = 1024**2


@pytest.fixture
def post(novantic_app, portal, tmp_path):
    """Post the form of a new ticket as a server hands it over: a stream that can be read once."""

    def post_form(files):
        page = portal.get("/tickets/new")
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        fields = [
            *hidden, ("topic", "printer"), ("company", "Lefèvre"), ("email", "claire@example.com"), ("name", "Claire"),
            ("phone", "01 44 55 66 77"), ("subject", "Journaux"), ("message", "Voici."),
        ]  # fmt: skip
        kind, body = TestApp(None).encode_multipart(fields, files)
        path = tmp_path / "body"
        path.write_bytes(body)
        length = str(len(body))
        del body, files[:]
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in portal.cookiejar)
        said = []
        with path.open("rb") as stream:
            environ = {
                "REQUEST_METHOD": "POST", "PATH_INFO": "/tickets/new", "SCRIPT_NAME": "", "QUERY_STRING": "",
                "CONTENT_TYPE": kind, "CONTENT_LENGTH": length, "HTTP_COOKIE": cookies, "wsgi.input": stream,
                "HTTP_HOST": "support.example.com", "SERVER_NAME": "support.example.com", "SERVER_PORT": "80",
                "REMOTE_ADDR": "192.0.2.1", "wsgi.url_scheme": "http", "wsgi.version": (1, 0),
                "SERVER_PROTOCOL": "HTTP/1.1",
            }  # fmt: skip
            tracemalloc.start()
            b"".join(novantic_app.wsgi(environ, lambda status, headers, *_rest: said.append(status)))
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return said[0], peak

    return post_form


def test_five_files_of_two_megabytes_are_never_in_memory_whole(post, novantic_app):
    # what the first request of a process with a file imports, compiles and caches isn't these files' doing
    post([("attachments", "first.log", b"first")])
    contents = [os.urandom(2 * MEGABYTE) for _ in range(5)]
    status, peak = post([("attachments", f"{n}.log", content) for n, content in enumerate(contents)])
    assert status == "303 See Other"
    assert peak < 1 * MEGABYTE
    with novantic_app.transaction() as session:
        keys = session.scalars(
            select(Attachment.key).where(Attachment.filename != "first.log").order_by(Attachment.id)
        ).all()
    for key, content in zip(keys, contents, strict=True):
        with novantic_app.site.storage.open(key) as kept:
            assert kept.read() == content


def test_its_copy_on_the_disk_is_gone_once_it_is_answered(post, novantic_app):
    bodies = []

    def note(event):
        # the dictionary and not the body: pyramid_retry has put its copy there, or will
        bodies.append(event.request.environ)

    registry = novantic_app.wsgi.registry
    registry.registerHandler(note, (NewRequest,))
    status, _peak = post([("attachments", "a.log", os.urandom(MEGABYTE))])
    registry.unregisterHandler(note, (NewRequest,))
    assert status == "303 See Other"
    assert bodies[-1]["wsgi.input"].closed
    assert bodies[-1]["wsgi.input"].name  # a file, and no text in memory
