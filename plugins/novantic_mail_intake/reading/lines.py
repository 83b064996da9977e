"""HTML as a row of pieces, and as the lines that somebody reads.

The pieces are those of HTML that was cleaned and is therefore well-formed: no tree is needed to cut it in two, only the
elements that are open where it is cut.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

import nh3

MAX_TAGS = 8_000
"""Elements of a text. More take an HTML parser time by the square of their number."""

MAX_SIGNS = 50_000
"""Angle brackets and ampersands of a text, which cost a parser the same wherever they stand for themselves."""
MAX_LINES = 20_000
"""Lines of preformatted text that are looked at one by one."""
MOST_MARKS = 200
"""Ids and classes of the elements around a line that are looked at."""

_PIECES = re.compile(r"<[^<>]*>|[^<>]+")
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)")
_ATTRIBUTE = re.compile(r'\s(?P<name>[a-z-]+)="(?P<value>[^"]*)"')
_MARKED = re.compile(r' (?:id|class|type|data-[a-z]+)="[^"]*"')
_START = re.compile(r"<[a-z]|</(?:p|br)\b", re.IGNORECASE)
_EMPTY_TAGS = re.compile(r"</?(?:o:p|font|span|center|big|small|tt|nobr)\b[^<>]*>", re.IGNORECASE)
"""What carries colours and sizes only, of which nothing is kept; Word writes thousands."""
_FORMATTING = re.compile(r"<(b|code|em|i|s|strike|strong|u)[\s/][^<>]*>", re.IGNORECASE)

VOID = frozenset({"br", "hr", "img"})
BREAKS = frozenset({
    "p", "div", "li", "tr", "table", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "br",
    "dl", "dt", "dd",
})  # fmt: skip
PICTURE = "\ufffc"

_TAGS = {
    "a", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "i", "img", "li", "ol", "p", "pre", "s", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_MARKS = {"id", "class", "type", "data-smartmail", "data-marker"}
_KEPT = {
    "a": {"href", "title"}, "img": {"src", "alt", "width", "height"}, "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"}, "ol": {"start"},
}  # fmt: skip

_MARKER = nh3.Cleaner(
    tags=_TAGS,
    attributes={tag: _MARKS | _KEPT.get(tag, set()) for tag in _TAGS},
    url_schemes={"http", "https", "mailto", "tel", "cid"},
    link_rel=None,
    clean_content_tags={"script", "style", "title", "head", "template", "noscript", "xml"},
    strip_comments=True,
)  # fmt: skip


def pieces_of(source: str) -> list[str] | None:
    """What anybody wrote as HTML, in pieces: tags and text. None for one that has too many tags to be read as HTML.

    Attributes by which mail programs mark quotations and signatures stay; whoever shows it must clean it once more.
    """
    source = _FORMATTING.sub(r"<\1>", _EMPTY_TAGS.sub("", source))
    if sum(1 for _tag in _START.finditer(source)) > MAX_TAGS or source.count("<") + source.count("&") > MAX_SIGNS:
        return None
    cleaned = _MARKER.clean(source)
    if len(cleaned) > 20 * len(source) + 1000:
        return None
    pieces: list[str] = []
    within_pre = 0
    in_lines = cleaned.count("\n") <= MAX_LINES
    for piece in _PIECES.findall(cleaned):
        tag = _TAG.match(piece)
        if tag and tag["name"] == "pre":
            within_pre += -1 if tag["end"] else 1
        if within_pre and in_lines and not tag:
            pieces += [part for part in re.split(r"(\n)", piece) if part]
        else:
            pieces.append(piece)
    return pieces


def unmarked(pieces: list[str]) -> list[str]:
    """The pieces without the attributes by which mail programs mark them, which mean nothing any more."""
    return [_MARKED.sub("", piece) if piece.startswith("<") else piece for piece in pieces]


def tag_of(piece: str) -> tuple[str, bool] | None:
    """A tag's name and whether it ends an element; None for text."""
    match = _TAG.match(piece)
    return (match["name"], bool(match["end"])) if match else None


def attributes_of(piece: str) -> dict[str, str]:
    """The attributes of a tag."""
    return {match["name"]: html.unescape(match["value"]) for match in _ATTRIBUTE.finditer(piece)}


def cut(pieces: list[str], start: int, end: int) -> tuple[list[str], list[str], list[str]]:
    """Three well-formed texts: before ``start``, between, and from ``end`` on.

    An element that is open where it is cut ends there, and begins again in the next one.
    """
    first, second = _open_at(pieces, start), _open_at(pieces, end)
    return (
        pieces[:start] + _ends(first),
        first + pieces[start:end] + _ends(second),
        second + pieces[end:],
    )


def _open_at(pieces: list[str], at: int) -> list[str]:
    stack: list[str] = []
    for piece in pieces[:at]:
        tag = tag_of(piece)
        if tag is None or tag[0] in VOID:
            continue
        if tag[1]:
            del stack[-1:]
        else:
            stack.append(piece)
    return stack


def _ends(stack: list[str]) -> list[str]:
    return [f"</{(tag_of(piece) or ('div', False))[0]}>" for piece in reversed(stack)]


@dataclass(slots=True)
class Line:
    """A line as it is read."""

    text: str
    first: int
    """The piece with which its words begin."""
    last: int
    """The one with which they end."""
    cited: int = 0
    """In how many quotations it stands that a mail program marked as such."""
    indented: int = 0
    """In how many quotations of any kind."""
    marks: set[str] = field(default_factory=set)
    """The ids and classes of elements that begin between the line before and this one, and of those around it."""
    around: frozenset[str] = frozenset()
    ruled: bool = False
    """Whether a horizontal rule stands before it."""


CITES = re.compile(r"\b(?:gmail_quote|protonmail_quote|yahoo_quoted|zmail_extra|cite|hw_quote|mail-quote)\b")


@dataclass(frozen=True, slots=True)
class _Open:
    """What is true of all that stands in an open element: known from the one around it, however deep it lies."""

    cited: int = 0
    indented: int = 0
    in_pre: bool = False
    around: frozenset[str] = frozenset()

    def opened(self, name: str, marks: frozenset[str], *, cites: bool) -> _Open:
        """What is true in an element that begins within this one."""
        return _Open(
            self.cited + cites, self.indented + (name == "blockquote"), self.in_pre or name == "pre",
            self.around | marks if marks and len(self.around) < MOST_MARKS else self.around,
        )  # fmt: skip


class _Reader:
    """Walks through the pieces and gathers lines."""

    def __init__(self, pieces: list[str]) -> None:
        self.pieces = pieces
        self.lines: list[Line] = []
        self.stack: list[_Open] = [_Open()]
        self.words: list[str] = []
        self.first = self.last = -1
        self.marks: set[str] = set()
        self.ruled = False

    def read(self) -> list[Line]:
        for number, piece in enumerate(self.pieces):
            tag = tag_of(piece)
            if tag is None:
                if piece == "\n" and self.stack[-1].in_pre:
                    self.end_line()
                else:
                    self.add(number, html.unescape(piece))
            else:
                self.tag(number, piece, *tag)
        self.end_line()
        return self.lines

    def tag(self, number: int, piece: str, name: str, ends: bool) -> None:
        if name in BREAKS:
            self.end_line()
        elif name in {"td", "th"}:
            self.words.append(" ")
        if name == "hr":
            self.ruled = True
        if name == "img":
            self.add(number, PICTURE)
        if name in VOID:
            return
        if ends:
            if len(self.stack) > 1:
                self.stack.pop()
            return
        attributes = attributes_of(piece)
        marks = frozenset(
            " ".join(attributes.get(key, "") for key in ("id", "class", "data-smartmail", "data-marker")).split()
        )
        # a blockquote may be anybody's way of indenting; these are known to be a mail program's
        cites = name == "blockquote" and (attributes.get("type") == "cite" or bool(CITES.search(" ".join(marks))))
        cites = cites or (name == "div" and any(mark.endswith("yahoo_quoted") for mark in marks))
        self.marks |= marks
        self.stack.append(self.stack[-1].opened(name, marks, cites=cites))

    def add(self, number: int, words: str) -> None:
        self.words.append(words)
        if words.strip():
            self.first = number if self.first < 0 else self.first
            self.last = number
            if self.first == number:
                self.open = self.stack[-1]

    def end_line(self) -> None:
        if self.first >= 0:
            self.lines.append(Line(
                " ".join("".join(self.words).split()), self.first, self.last,
                self.open.cited, self.open.indented, self.marks, self.open.around, self.ruled,
            ))  # fmt: skip
            self.marks, self.ruled = set(), False
        self.words, self.first = [], -1


def lines_of(pieces: list[str]) -> list[Line]:
    """The lines that show something, in their order."""
    return _Reader(pieces).read()


def gap_before(pieces: list[str], lines: list[Line], number: int) -> int:
    """Where to cut before a line: behind the words of the line before, where the fewest elements are open."""
    start = lines[number - 1].last + 1 if number else 0
    if number >= len(lines):
        return len(pieces) if number else 0
    best, depth, lowest = start, 0, 0
    for at in range(start, lines[number].first):
        tag = tag_of(pieces[at])
        if tag is None or tag[0] in VOID:
            continue
        depth += -1 if tag[1] else 1
        if depth < lowest:
            best, lowest = at + 1, depth
    while best < lines[number].first and pieces[best] == "<br>":
        best += 1
    return best
