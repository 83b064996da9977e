"""HTML from anybody: cleaned before it is kept, and turned to text where text is wanted."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import unquote

import nh3

TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "div", "em", "h2", "h3", "h4", "hr", "i", "img", "li", "ol", "p",
    "pre", "s", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u",
    "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
}
ALIGNMENTS = {"align-left", "align-center", "align-right", "align-justify"}
CLASSES = dict.fromkeys(("p", "div", "h2", "h3", "h4", "td", "th", "table", "li", "img"), ALIGNMENTS)
SCHEMES = {"http", "https", "mailto", "tel"}

_LOOKS_LIKE_HTML = re.compile(
    r"<!--|</?(?:p|br|div|span|ul|ol|li|a|b|i|u|s|em|strong|del|strike|table|tr|td|th|hr|h[1-6]|img|blockquote|pre|code|"
    r"iframe|video|script|style|body|html|font|center|svg|object|math|form|input)\b[^<>]*>",
    re.IGNORECASE,
)
_EMPTY_LETTERS = "\u2800\u3164\u115f\u1160\uffa0"
"""Signs and letters that are drawn as nothing, though Unicode doesn't count them as space."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]»]")
_MEDIA = re.compile(r"<(?:iframe|video|audio|embed|source)\b[^<>]*>", re.IGNORECASE)
_SOURCE = re.compile(r"\bsrc\s*=\s*[\"']?((?:https?:)?//[^\"'<>\s]+)", re.IGNORECASE)
_FORMATTING = re.compile(r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/][^>]*>", re.IGNORECASE)
_START_TAG = re.compile(r"<[a-z]|</(?:p|br)\b", re.IGNORECASE)
"""What starts an element; an end of a paragraph that never began makes one too."""

MAX_TAGS = 8_000
"""Elements of a text. More take an HTML parser time by the square of their number."""
MAX_GROWTH = 20
"""How many times longer than what was written a clean text may be."""


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        # only files of the ticket itself: a picture fetched from elsewhere tells its owner who reads what, and when
        return value if re.fullmatch(r"/attachments/[0-9]+/[^\s<>\"'/\\?#]+|cid:[0-9a-f]{64}", value) else None
    if name in {"width", "height"}:
        return value if value.isdigit() else None
    return value


def _cleaner(tags: set[str], classes: dict[str, set[str]]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        attributes=ATTRIBUTES,
        allowed_classes=classes,
        attribute_filter=_attribute,
        url_schemes=SCHEMES | {"cid"},
        link_rel="noopener noreferrer nofollow",
        clean_content_tags={"script", "style", "title", "head", "template", "noscript"},
        strip_comments=True,
    )


_CLEANER = _cleaner(TAGS, CLASSES)
_FOLDING_CLEANER = _cleaner(TAGS | {"details", "summary"}, CLASSES | {"details": {"signature"}})


def looks_like_html(source: str) -> bool:
    """Whether somebody wrote tags rather than plain text."""
    return _LOOKS_LIKE_HTML.search(source) is not None


def plain_to_html(source: str) -> str:
    """Plain text as paragraphs, its addresses made into links."""
    paragraphs = []
    for block in re.split(r"\n\s*\n", source.replace("\r\n", "\n").strip()):
        pieces, end = [], 0
        for match in _ADDRESS.finditer(block):
            address = html.escape(match[0])
            pieces += [html.escape(block[end : match.start()], quote=False), f'<a href="{address}">{address}</a>']
            end = match.end()
        words = "".join([*pieces, html.escape(block[end:], quote=False)])
        paragraphs.append(f"<p>{words}</p>".replace("\n", "<br>"))
    return "".join(paragraphs)


def clean_html(source: str, *, folds: bool = False) -> str:
    """What may be kept and shown of what was written, as HTML.

    Plain text becomes paragraphs. Videos and frames become links: nothing on a page comes from another host.
    Pictures are kept only where they are files of the ticket (``/attachments/…``, or ``cid:`` and the file's key while
    the message isn't written yet).

    :param folds: whether ``<details>`` stay, for a text in which the reader of mails folded what is quoted. What people
        write themselves has none: nobody hides words from the search by them
    """
    source = _CONTROLS.sub("", source)
    if not looks_like_html(source):
        source = plain_to_html(source)
    if is_intricate(source):
        source = _flat(source)
    cleaned = _clean(source, folds=folds)
    if len(cleaned) > MAX_GROWTH * len(source) + 1000:
        cleaned = _clean(_flat(source), folds=folds)
    return re.sub(r"<img(?![^<>]*\bsrc=)[^<>]*>", "", cleaned).strip()


def is_intricate(source: str) -> bool:
    """Whether a text has more tags than can be cleaned in a reasonable time."""
    return any(number > MAX_TAGS for number, _tag in enumerate(_START_TAG.finditer(source), 1))


def _flat(source: str) -> str:
    return plain_to_html(re.sub(r"<[^<>]*>", " ", source))


def _clean(source: str, *, folds: bool) -> str:
    source = _MEDIA.sub(_media_link, source)
    # HTML has each block repeat the bold, the italic … that is open around it, as often as they differ: some kilobytes
    # of <b 1><b 2>… would become gigabytes. Without attributes they don't differ, and none of them is kept anyway
    cleaner = _FOLDING_CLEANER if folds else _CLEANER
    return cleaner.clean(_FORMATTING.sub(r"<\1>", source))


def _media_link(match: re.Match[str]) -> str:
    found = _SOURCE.search(match[0])
    if found is None:
        return match[0]
    address = f"https:{found[1]}" if found[1].startswith("//") else found[1]
    return f'<a href="{address}">{address}</a>'


DEEPEST_INDENT = 10


class _Text(HTMLParser):
    BREAKS = frozenset({"p", "div", "li", "tr", "table", "ul", "ol", "blockquote", "pre", "h2", "h3", "h4"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.lists: list[int | None] = []
        self.href: str | None = None
        self.folded = 0
        """How many folded parts are open: what stands in them isn't text."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "details":
            self.folded += 1
        if not self.folded:
            self._begin(tag, dict(attrs))

    def _begin(self, tag: str, values: dict[str, str | None]) -> None:
        if tag == "br":
            self.pieces.append("\n")
        elif tag == "hr":
            self.pieces.append("\n----\n")
        elif tag in {"ul", "ol"}:
            self.lists.append(0 if tag == "ol" else None)
            self.pieces.append("\n")
        elif tag == "li":
            indent = "  " * min(max(len(self.lists) - 1, 0), DEEPEST_INDENT)
            mark = "- "
            if self.lists and self.lists[-1] is not None:
                self.lists[-1] += 1
                mark = f"{self.lists[-1]}. "
            self.pieces.append(f"\n{indent}{mark}")
        elif tag in {"td", "th"}:
            self.pieces.append("\t")
        elif tag == "img":
            self.pieces.append(f"[{values.get('alt') or 'image'}]")
        elif tag == "a":
            self.href = values.get("href")
            self._at = len(self.pieces)
        elif tag in self.BREAKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self.folded:
            self.folded -= tag == "details"
            return
        if tag in {"ul", "ol"} and self.lists:
            self.lists.pop()
        if tag == "a" and self.href:
            shown = "".join(self.pieces[self._at :]).strip()
            if shown not in {self.href, self.href.removeprefix("mailto:"), self.href.removeprefix("tel:")}:
                self.pieces.append(f" ({self.href})")
            self.href = None
        elif tag == "p":
            self.pieces.append("\n\n")
        elif tag in self.BREAKS and tag != "li":
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.folded:
            self.pieces.append(re.sub(r"[ \t\r\n]+", " ", data))


def html_to_text(source: str) -> str:
    """Clean HTML as readable text: paragraphs, lists, the addresses of links. What is folded is left out."""
    reader = _Text()
    reader.feed(source)
    reader.close()
    text = "".join(reader.pieces).replace("\u00a0", " ")
    lines = [
        line.strip(" ") if not line.lstrip().startswith(("-", "1")) else line.rstrip() for line in text.split("\n")
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def is_blank(source: str) -> bool:
    """Whether HTML shows nothing: no word, no picture, no rule."""
    # twice: somebody without the editor may have typed the entity itself
    text = html.unescape(html.unescape(re.sub(r"<(?!img\b|hr\b)[^<>]*>", "", source)))
    return all(unicodedata.category(c) in {"Zs", "Zl", "Zp", "Cc", "Cf"} or c in _EMPTY_LETTERS for c in text)


_FOLD = re.compile(r"<(/?)details\b[^<>]*>")
_UNNAMED = re.compile(r"<details(?P<signature> class=\"signature\")?><summary></summary>")


def without_folded(source: str) -> str:
    """Clean HTML without its folded parts, for whoever is sent the words of a mail and has the earlier ones already."""
    kept, at, depth = [], 0, 0
    for match in _FOLD.finditer(source):
        if not depth:
            kept.append(source[at : match.start()])
        depth = max(depth + (-1 if match[1] else 1), 0)
        at = match.end()
    return "".join(kept if depth else [*kept, source[at:]])


def name_folded(source: str, earlier: str, signature: str) -> str:
    """Clean HTML as it is shown: its folded parts say in the reader's language what they hold.

    :param earlier: the words for earlier messages
    :param signature: the words for a signature
    """

    def name(match: re.Match[str]) -> str:
        words = html.escape(signature if match["signature"] else earlier, quote=False)
        return f"{match[0].removesuffix('</summary>')}{words}</summary>"

    return _UNNAMED.sub(name, source)


def without_pictures(source: str) -> str:
    """Clean HTML for a mail: a ticket's pictures can't be fetched from there, so their names stand in their place."""

    def name(match: re.Match[str]) -> str:
        alt = re.search(r'\balt="([^"]*)"', match[0])
        file = re.search(r'\bsrc="[^"]*/([^"/]*)"', match[0])
        return html.escape(f"[{html.unescape(alt[1]) if alt and alt[1] else unquote(file[1]) if file else 'image'}]")

    return re.sub(r"<img\b[^<>]*>", name, source)


INLINE = frozenset({"a", "b", "code", "del", "em", "i", "s", "span", "strike", "strong", "sub", "sup", "u"})
"""Elements within which a line goes on: a word may begin in one and end outside of it."""

_EMPTIED = re.compile(rf"<({'|'.join(sorted(INLINE))})></\1>")

Spans = list[tuple[int, int, str]]
"""Stretches of a text, and what takes their place: begin, end, words. In order, none touching another."""


class _Rewriter(HTMLParser):
    def __init__(self, find: Callable[[str], Spans], picture: str | None) -> None:
        super().__init__(convert_charrefs=True)
        self.find, self.picture = find, picture
        self.done: list[str] = []
        self.line: list[tuple[bool, str]] = []
        """What stands in the line so far: whether it is text, and it."""
        self.dropped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img" and self.picture is not None:
            self.line.append((False, html.escape(self.picture, quote=False)))
        elif tag == "img":
            named = [(name, _replaced(value or "", 0, self.find(value or ""))) for name, value in attrs]
            self.line.append(
                (False, "".join(["<img", *(f' {name}="{html.escape(value)}"' for name, value in named), ">"]))
            )
        elif tag == "a" and any(self.find(unquote(value or "")) for _name, value in attrs):
            self.dropped += 1
        else:
            self._mark(tag, self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.dropped:
            self.dropped -= 1
        else:
            self._mark(tag, f"</{tag}>")

    def _mark(self, tag: str, source: str) -> None:
        if tag not in INLINE:
            self.end_line()
        self.line.append((False, source))

    def handle_data(self, data: str) -> None:
        self.line.append((True, data))

    def end_line(self) -> None:
        """Put what is found in the line's words into the pieces that they stand in."""
        spans = self.find("".join(piece for is_text, piece in self.line if is_text))
        at = 0
        for is_text, piece in self.line:
            if is_text:
                self.done.append(html.escape(_replaced(piece, at, spans), quote=False))
                at += len(piece)
            else:
                self.done.append(piece)
        self.line = []


def _replaced(piece: str, at: int, spans: Spans) -> str:
    """A piece that begins at ``at``: words stand where a stretch begins, the rest of it is left out."""
    kept, here, end = [], at, at + len(piece)
    for start, stop, words in spans:
        if stop <= at or start >= end:
            continue
        kept.append(piece[max(here - at, 0) : max(start - at, 0)])
        if start >= at:
            kept.append(words)
        here = stop
    kept.append(piece[max(here - at, 0) :])
    return "".join(kept)


def rewrite_text(source: str, find: Callable[[str], Spans], picture: str | None = None) -> str:
    """Clean HTML with other words in it: its tags are never looked at as words, nor broken.

    A link that has something to find in its address or title becomes plain words.

    :param find: gets the words of a line, which may go through several elements, and gives the stretches to replace
    :param picture: plain words in the place of a picture; None leaves it, with other words in its attributes
    """
    rewriter = _Rewriter(find, picture)
    rewriter.feed(source)
    rewriter.close()
    rewriter.end_line()
    return _EMPTIED.sub("", "".join(rewriter.done))
