"""What is folded of a mail: quoted history and signatures, never what somebody wrote just now.

Prudent on purpose. History is folded where it stands in one piece, behind the answer or before it; an answer between
quoted lines leaves them all in sight, since one doesn't go without the other. What was passed on is the content. And
where nothing would be left to see, nothing is folded.
"""

from __future__ import annotations

from dataclasses import dataclass

from novantic_mail_intake.reading import markers
from novantic_mail_intake.reading.lines import PICTURE, Line, cut, gap_before, lines_of, unmarked

FOLDED = "<details><summary></summary>"
FOLDED_SIGNATURE = '<details class="signature"><summary></summary>'

MOST_SIGNATURES = 3

OWN, QUOTED, SIGNATURE = "own", "quoted", "signature"


@dataclass(frozen=True, slots=True)
class Fold:
    """Lines that are folded together."""

    first: int
    end: int
    signature: bool = False


def fold(pieces: list[str], *, answers: bool = True) -> str:
    """HTML whose history and signature stand in ``<details>``.

    :param answers: whether it answers something. Where it doesn't, what looks like history was put in to be read
    """
    lines = lines_of(pieces)
    done: list[str] = []
    rest = pieces
    taken = 0
    for one in _choose(lines, answers=answers):
        # cutting adds and removes pieces, so what is left is counted anew
        start = gap_before(rest, lines, one.first - taken)
        end = gap_before(rest, lines, one.end - taken)
        before, within, rest = cut(rest, start, end)
        before = _without_last_breaks(before)
        name = FOLDED_SIGNATURE if one.signature else FOLDED
        done += [*unmarked(before), name, *unmarked(within), "</details>"]
        lines, taken = lines_of(rest), one.end
    return "".join([*done, *unmarked(rest)])


def _without_last_breaks(pieces: list[str]) -> list[str]:
    """Without the line breaks that led to what is folded now."""
    ends = len(pieces)
    while ends and pieces[ends - 1].startswith("</"):
        ends -= 1
    last = ends
    while last and pieces[last - 1] == "<br>":
        last -= 1
    return pieces[:last] + pieces[ends:]


def _choose(lines: list[Line], *, answers: bool) -> list[Fold]:
    kinds = _kinds(lines) if answers else [OWN] * len(lines)
    if _is_passed_on(lines, kinds):
        return []
    signatures = _signatures(lines, kinds)
    history = [] if _points_into(lines, kinds) else _history(lines, kinds)
    folds = sorted([*signatures, *history], key=lambda one: one.first)
    for chosen in (folds, [one for one in folds if not one.signature]):
        if any(_shows(line) for number, line in enumerate(lines) if not _within(number, chosen)):
            return chosen
    return []


def _is_passed_on(lines: list[Line], kinds: list[str]) -> bool:
    """Whether a line says that what follows is passed on: one of the mail's own, not of its history."""
    for line, kind in zip(lines, kinds, strict=True):
        if markers.FORWARD.match(markers.bare(line.text)) and not line.cited:
            return True
        if kind == QUOTED:
            return False
    return False


def _points_into(lines: list[Line], kinds: list[str]) -> bool:
    """Whether somebody says that their words go on below, among what they quote."""
    first = kinds.index(QUOTED) if QUOTED in kinds else 0
    return any(
        kind == OWN and markers.POINTS_BELOW.search(line.text)
        for line, kind in zip(lines[:first], kinds[:first], strict=True)
    )


def _within(number: int, folds: list[Fold]) -> bool:
    return any(one.first <= number < one.end for one in folds)


def _shows(line: Line) -> bool:
    return PICTURE in line.text or any(c.isalnum() for c in line.text) or any(ord(c) > 0x2FFF for c in line.text)


def _kinds(lines: list[Line]) -> list[str]:
    """For each line whether it is somebody's own, quoted, or part of a signature at its end."""
    texts = [line.text for line in lines]
    kinds = _marked(lines)
    number = 0
    while number < len(lines):
        length = 0 if kinds[number] == QUOTED else _introduces(lines, texts, number)
        after = number + length
        if not length:
            number += 1
            continue
        bounded = after < len(lines) and (kinds[after] == QUOTED or lines[after].indented > lines[number].indented)
        if not bounded and not _opens_all(lines, texts, number):
            number += 1
            continue
        if not bounded:
            # without an end of its own: all that follows
            return _with_rules(lines, kinds[:number] + [QUOTED] * (len(lines) - number))
        kinds[number:after] = [QUOTED] * length
        depth = lines[number].indented
        while after < len(lines) and (kinds[after] == QUOTED or lines[after].indented > depth):
            kinds[after] = QUOTED
            after += 1
        number = after
    return _with_rules(lines, kinds)


def _marked(lines: list[Line]) -> list[str]:
    """What is quoted by how it is marked, whoever wrote it."""
    kinds: list[str] = []
    for line in lines:
        # Orange has > before the header of what it quotes, and a blockquote around all of it
        goes_on = line.indented and kinds and kinds[-1] == QUOTED
        kinds.append(QUOTED if line.cited or line.text.startswith(">") or goes_on else OWN)
    return kinds


def _with_rules(lines: list[Line], kinds: list[str]) -> list[str]:
    """A line of dashes before what is quoted is part of it."""
    for number in range(1, len(kinds)):
        if kinds[number] == QUOTED != kinds[number - 1] and not lines[number - 1].text.strip("_-–—=*"):
            kinds[number - 1] = QUOTED
    return kinds


def _introduces(lines: list[Line], texts: list[str], number: int) -> int:
    """How many lines from that one on introduce a quotation."""
    line, text = lines[number], markers.bare(texts[number])
    header = markers.header_block_at(texts, number)
    if header:
        return header
    if markers.SEPARATOR.match(text) or any(markers.is_history_mark(mark) for mark in line.marks):
        following = markers.header_block_at(texts, number + 1) if number + 1 < len(texts) else 0
        return 1 + following
    if markers.ATTRIBUTION_MARKS & (line.marks | line.around):
        return 1
    return markers.attribution_at(texts, number)


def _opens_all(lines: list[Line], texts: list[str], number: int) -> bool:
    """Whether all that follows a line is history though nothing marks it as a quotation."""
    text = markers.bare(texts[number])
    if markers.SEPARATOR.match(text) or any(markers.is_history_mark(mark) for mark in lines[number].marks):
        return True
    if markers.header_block_at(texts, number):
        return True
    length = markers.attribution_at(texts, number)
    whole = " ".join(texts[number : number + length])
    return bool(length) and markers.is_dated(whole) and bool(markers.ATTRIBUTION.match(markers.bare(whole)))


def _history(lines: list[Line], kinds: list[str]) -> list[Fold]:
    """The history in one piece, at the end or at the beginning."""
    runs: list[Fold] = []
    for number, kind in enumerate(kinds):
        if kind != QUOTED:
            continue
        if runs and runs[-1].end == number:
            runs[-1] = Fold(runs[-1].first, number + 1)
        else:
            runs.append(Fold(number, number + 1))
    if len(runs) != 1:
        return []
    run = runs[0]
    if run.first and kinds[run.first - 1] == OWN and lines[run.first - 1].text.endswith(":"):
        # announced: what somebody typed at a prompt, or shows of a text
        return []
    before = any(kind == OWN for kind in kinds[: run.first])
    after = any(kind == OWN for kind in kinds[run.end :])
    return [] if before and after else [run]


def _signatures(lines: list[Line], kinds: list[str]) -> list[Fold]:
    """Signatures, each at the end of what somebody wrote. Their lines become such in ``kinds``."""
    folds: list[Fold] = []
    end = len(kinds)
    while end and len(folds) < MOST_SIGNATURES:
        if kinds[end - 1] != OWN:
            end -= 1
            continue
        first = end
        while first and kinds[first - 1] == OWN:
            first -= 1
        start = _signature_in(lines, first, end, below=first > 0)
        if start < end:
            kinds[start:end] = [SIGNATURE] * (end - start)
            folds.append(Fold(start, end, signature=True))
        end = first
    return folds


def _small_print_in(lines: list[Line], first: int, end: int) -> int:
    """Where begins what a company puts below each mail; ``end`` for none."""
    for number in range(max(first, end - markers.LONGEST_SMALL_PRINT), end):
        if markers.SMALL_PRINT.match(markers.bare(lines[number].text)):
            words = " ".join(line.text for line in lines[number:end])
            goes_on = _goes_on(lines[first:end], number - first)
            return number if markers.is_legal(words) and not goes_on else end
    return end


def _goes_on(lines: list[Line], number: int) -> bool:
    """Whether what stands behind two dashes is rather what was announced before them, a question or an afterthought."""
    before = number > 0 and lines[number - 1].text.endswith(":")
    behind = lines[number + 1 :]
    return before or any(line.text.endswith("?") or markers.AFTERTHOUGHT.match(line.text) for line in behind)


def _signature_in(lines: list[Line], first: int, end: int, *, below: bool) -> int:
    """Where the signature of the lines from ``first`` on begins; ``end`` for none.

    :param below: whether they stand below a quotation, where mailing lists put their footers, too
    """
    dashes = [number for number in range(first, end) if lines[number].text in {"--", "—"}]
    for number in range(max(first, end - markers.LONGEST_SIGNATURE), end):
        if below and markers.FOOTER.match(lines[number].text):
            return number
        if number in dashes and len(dashes) == 1 and not _goes_on(lines[first:end], number - first):
            return number
    start = _small_print_in(lines, first, end)
    while start > first:
        line = lines[start - 1]
        marked = any(mark in markers.SIGNATURE_MARKS for mark in line.around)
        if not marked and not markers.MOBILE.match(markers.bare(line.text)):
            break
        start -= 1
    return start
