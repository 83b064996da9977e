"""What a technician's answer by mail shows of the notice that it answers: that was written for technicians.

Most answers quote it in one piece, above or below, and that piece is cut. Where answers stand between its lines, those
lines go that no client has read, and the client's own words stay, since one can't be read without the other. What was
sent is known to the letter from the archive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from novantic_core.plugin import Desk, TicketInfo, clean_html, html_to_text
from novantic_mail_intake.compose import known_id
from novantic_mail_intake.mail import Mail
from novantic_mail_intake.reading import markers
from novantic_mail_intake.reading.lines import Line, lines_of, pieces_of
from novantic_mail_intake.reading.parts import Budget, Part, parse

SHOWN = "it shows what was written for technicians, and nothing tells that from the answer"
MOST_LINES = 2000
"""Lines of an answer that are compared."""
SURE = 12
"""Letters of a line that nobody writes by chance as they stand in the notice."""
MOST_ROUNDS = 12
"""How deep elements lie in one another that are empty then and go."""

_NOTICE = re.compile(r"(?:/|%2F|%252F)admin(?:/|%2F|%252F)tickets(?:/|%2F|%252F)[0-9]", re.IGNORECASE)
_FOLD = re.compile(r"<(/?)(?:details|blockquote)\b[^>]*>")
_TARGET = re.compile(r"[<\[(](?:mailto|https?|tel|cid):[^<>\[\]()\s]*[>\])]")
_EMPTY = re.compile(
    r"<(a|b|blockquote|div|em|h[1-6]|i|li|ol|p|strong|table|tbody|td|th|thead|tr|u|ul)\b[^<>]*>"
    r"(?:\s|&nbsp;|<br>)*</\1>"
)


@dataclass(frozen=True, slots=True)
class _Known:
    """A text by its letters, all of them and line by line."""

    letters: str
    lines: frozenset[str]

    @classmethod
    def of(cls, texts: Iterable[str]) -> _Known:
        """What is known of texts."""
        found = [letters for text in texts for letters in map(_letters, text.splitlines()) if letters]
        return cls("".join(found), frozenset(found))

    def has(self, letters: str) -> bool:
        """Whether a line stands there, as one of its own or, if it is long enough, within others."""
        return letters in self.lines or (len(letters) >= SURE and letters in self.letters)


def outward(desk: Desk, ticket: TicketInfo, mail: Mail) -> tuple[str, bool]:
    """The words of a technician's mail that may go out, and whether none of the notice's are in sight among them."""
    notice = _notice(desk, mail)
    words = mail.html
    if notice is None:
        words = without_our_notice(words)
        return words, _NOTICE.search(words) is None
    public = _Known.of(one.text for one in desk.discussion(ticket) if one.kind != "note")
    if not _answers_within(words, notice):
        words = without_our_notice(words)
    words = _without_lines(words, notice, public)
    return words, _NOTICE.search(words) is None


def without_our_notice(text: str) -> str:
    """A technician's answer without what it quotes of the notice it answers, where that stands in one piece.

    It is told by its link, whatever ticket that names: it may have been merged since.
    """
    depth, start, place, kept = 0, 0, 0, []
    for tag in _FOLD.finditer(text):
        if not tag[1]:
            start = tag.start() if depth == 0 else start
            depth += 1
        elif depth == 1:
            depth = 0
            if _NOTICE.search(text, start, tag.end()):
                kept.append(text[place:start])
                place = tag.end()
        elif depth:
            depth -= 1
    return "".join((*kept, text[place:]))


def _notice(desk: Desk, mail: Mail) -> _Known | None:
    """What the notice said that a mail answers; None where it isn't known, or was no technician's."""
    for message_id in mail.answers:
        told = desk.delivery(message_id=known_id(message_id))
        if told is not None and told.to.role == "technician":
            raw = desk.sent(told)
            return _Known.of(_texts(parse(raw, Budget()))) if raw is not None else None
    return None


def _texts(part: Part) -> Iterable[str]:
    if part.media_type == "text/html":
        yield html_to_text(clean_html(part.text()))
    elif part.media_type == "text/plain":
        # what it shows of the client's stands behind a sign, which has no letters
        yield part.text()
    for child in part.children:
        yield from _texts(child)


def _letters(text: str) -> str:
    """A line by its letters and figures, which no program changes that wraps, marks or quotes it."""
    return "".join(filter(str.isalnum, _TARGET.sub("", text).casefold()))


def _read(text: str) -> tuple[list[str], list[Line]]:
    pieces = pieces_of(text) or []
    lines = lines_of(pieces)
    return (pieces, lines) if len(lines) <= MOST_LINES else ([], [])


def _answers_within(text: str, notice: _Known) -> bool:
    """Whether somebody wrote between the lines of the notice.

    What stands before it may be the header of the quotation, or a warning that a server put there; what stands behind
    it a company's small print.
    """
    _pieces, lines = _read(text)
    said = [_letters(line.text) for line in lines]
    known = [number for number, letters in enumerate(said) if len(letters) >= SURE and notice.has(letters)]
    if not known:
        return False
    between = said[known[0] : known[-1]]
    return any(letters and not notice.has(letters) for letters in between)


def _without_lines(text: str, notice: _Known, public: _Known) -> str:
    """A text without the lines of the notice that are in sight in it and that no client knows."""
    pieces, lines = _read(text)
    said = [_letters(line.text) for line in lines]
    inside = [bool(letters) and notice.has(letters) and not public.has(letters) for letters in said]
    sure = [number for number, is_inside in enumerate(inside) if is_inside and len(said[number]) >= SURE]
    if not sure:
        return text
    texts = [line.text for line in lines]
    for number, line in enumerate(lines):
        # a word of its own may be anybody's, unless it stands among the notice's
        among = sure[0] <= number <= sure[-1]
        if (inside[number] and (line.indented or among or len(said[number]) >= SURE)) or (among and not said[number]):
            _blank(pieces, line)
        for header in lines[number : number + _introduction(texts, number)]:
            _blank(pieces, header)
    left = "".join(pieces)
    for _round in range(MOST_ROUNDS):
        left, removed = _EMPTY.subn("", left)
        if not removed:
            break
    return clean_html(left)


def _introduction(texts: list[str], number: int) -> int:
    """How many lines say whom what follows is quoted of: the notice's sender, and the technician's own address."""
    if markers.SEPARATOR.match(markers.bare(texts[number])):
        return 1
    return markers.header_block_at(texts, number) or markers.attribution_at(texts, number)


def _blank(pieces: list[str], line: Line) -> None:
    for at in range(line.first, line.last + 1):
        if not pieces[at].startswith("<"):
            pieces[at] = ""
