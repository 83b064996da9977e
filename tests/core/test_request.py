"""Forms that cost more than they say: each is refused before it does."""

from __future__ import annotations

import pytest

from novantic_core.request import MAX_FIELDS, MAX_PLAIN_BODY

MULTIPART = "multipart/form-data; boundary=x"


def part(headers, body=""):
    return f"--x\r\n{headers}\r\n\r\n{body}\r\n"


def field(name, value):
    return part(f'Content-Disposition: form-data; name="{name}"', value)


def post(portal, body, kind, status):
    data = body if isinstance(body, bytes) else body.encode()
    return portal.request("/tickets/new", method="POST", body=data, content_type=kind, status=status)


def test_a_form_of_many_fields_is_refused(portal):
    post(portal, "a=&" * MAX_FIELDS, "application/x-www-form-urlencoded", 413)


def test_a_long_form_without_files_is_refused(portal):
    post(portal, "message=" + "a" * MAX_PLAIN_BODY, "application/x-www-form-urlencoded", 413)


def test_a_form_of_many_parts_is_refused(portal):
    post(portal, field("a", "b") * (MAX_FIELDS + 1) + "--x--\r\n", MULTIPART, 413)


def test_a_form_of_many_files_is_refused(portal):
    files = part('Content-Disposition: form-data; name="attachments"; filename="a"', "b") * (MAX_FIELDS + 1)
    post(portal, files + "--x--\r\n", MULTIPART, 413)


def test_an_endless_header_is_refused(portal):
    post(portal, part("a: b\r\n" * 10_000) + "--x--\r\n", MULTIPART, 413)


def test_a_part_of_parts_is_one_part(portal):
    inner = "--y\r\n\r\na\r\n" * 1000 + "--y--"
    body = part('Content-Disposition: form-data; name="a"\r\nContent-Type: multipart/mixed; boundary=y', inner)
    post(portal, body + "--x--\r\n", MULTIPART, 400)


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary="])
def test_a_form_of_parts_without_a_boundary_cant_be_read(portal, kind):
    post(portal, "--\r\n", kind, 400)


@pytest.mark.parametrize("body", ["", "--x\r\n", field("a", "b"), "--x\r\nnonsense\r\n\r\n--x--", "\0" * 100])
def test_a_broken_form_of_parts_is_told_in_a_sentence(portal, body):
    assert "Novantic" in post(portal, body, MULTIPART, 400).text


def test_bytes_that_are_no_text_cant_be_read(portal):
    post(portal, b"subject=%ff", "application/x-www-form-urlencoded", 400)
    post(portal, field("subject", "?").encode().replace(b"?", b"\xff") + b"--x--\r\n", MULTIPART, 400)


def test_a_charset_that_isnt_one_cant_be_read(portal):
    body = part('Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=base64', "b")
    post(portal, body + "--x--\r\n", MULTIPART, 400)


def test_a_file_where_words_are_asked_for_is_nothing_typed(back_office, open_ticket):
    number = open_ticket()
    token = back_office.get(f"/admin/tickets/{number}").html.find("input", {"name": "csrf_token"})["value"]
    for path, name in (
        ("/admin/tickets/bulk", "number"), (f"/admin/tickets/{number}/status", "status"),
        (f"/admin/tickets/{number}/called-back", "word"), (f"/admin/tickets/{number}/merge", "into"),
        (f"/admin/tickets/{number}/draft", "message"), (f"/admin/tickets/{number}/contact", "contact"),
    ):  # fmt: skip
        files = [(name, "a.txt", b"x")]
        answer = back_office.post(path, {"csrf_token": token}, upload_files=files, expect_errors=True)
        assert answer.status_int < 500, path
