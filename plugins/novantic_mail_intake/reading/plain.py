"""Plain text as HTML: its paragraphs, its addresses, and as quotations what stands behind ``>``."""

from __future__ import annotations

import html
import re

DEEPEST_QUOTE = 8

_QUOTED = re.compile(r"(?:> ?){1,100}")
_ADDRESS = re.compile(
    r"https?://[^\s<>\"']{1,2000}[^\s<>\"'.,;:!?)\]»]|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
)
_INDENT = re.compile(r"[ \t]+")


def unflow(text: str, *, delete_space: bool) -> str:
    """Text of ``format=flowed`` (RFC 3676) with its paragraphs in one line each.

    :param delete_space: ``delsp=yes``: the space at which a line goes on isn't one of the text's
    """
    done: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        rest = line[depth:].removeprefix(" ")
        signature = rest == "-- "
        flows = rest.endswith(" ") and not signature
        if flows and delete_space:
            rest = rest[:-1]
        if open_depth == depth and not signature:
            done[-1] += rest
        else:
            done.append(f"{'>' * depth}{' ' if depth else ''}{rest}")
        open_depth = depth if flows else -1
    return "\n".join(done)


def plain_to_html(text: str) -> str:
    """The text's lines as paragraphs, those behind ``>`` in ``<blockquote type="cite">``."""
    done: list[str] = []
    paragraph: list[str] = []
    depth = 0

    def close() -> None:
        if paragraph:
            done.append(f"<p>{'<br>'.join(paragraph)}</p>")
            paragraph.clear()

    for line in text.expandtabs(4).split("\n"):
        # a line of a mailbox file that began with From, which isn't a quotation
        match = None if line.startswith(">From ") else _QUOTED.match(line)
        behind = line[match.end() :] if match else line
        level = min(match[0].count(">"), DEEPEST_QUOTE) if match else 0
        if level != depth:
            close()
            done.append('<blockquote type="cite">' * (level - depth) + "</blockquote>" * (depth - level))
            depth = level
        if behind.strip():
            paragraph.append(_line(behind.rstrip()))
        else:
            close()
    close()
    done.append("</blockquote>" * depth)
    return "".join(done)


def _line(line: str) -> str:
    indent = _INDENT.match(line)
    spaces = "\u00a0" * min(len(indent[0]), 40) if indent else ""
    return spaces + linked(line[indent.end() :] if indent else line)


def linked(words: str) -> str:
    """Words as HTML, the addresses in them made into links."""
    pieces, end = [], 0
    for match in _ADDRESS.finditer(words):
        address = html.escape(match[0])
        target = address if match[0].startswith("http") else f"mailto:{address}"
        pieces += [html.escape(words[end : match.start()], quote=False), f'<a href="{target}">{address}</a>']
        end = match.end()
    return "".join([*pieces, html.escape(words[end:], quote=False)])
