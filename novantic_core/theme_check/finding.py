"""One thing that is wrong with a theme."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Finding:
    """Where it is, what it is and how it is mended, in one line."""

    file: Path
    line: int | None
    words: str
    is_fault: bool = True
    """Whether the check fails of it; otherwise it is only worth knowing."""

    def __str__(self) -> str:
        place = str(self.file) if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {'' if self.is_fault else 'note: '}{' '.join(self.words.split())}"


def line_of(file: Path, pattern: str, after: str = "") -> int | None:
    """The first line of a file that a regular expression is in; None if none, or if the file can't be read.

    :param after: a text that comes before it
    """
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    found = re.compile(pattern, re.MULTILINE).search(text, max(text.find(after), 0))
    return text.count("\n", 0, found.start()) + 1 if found else None
