"""What ``theme.toml`` may say, and reading it."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from novantic_core.settings import LOCALES, SettingsError, parse_sender

BRAND = ("name", "company", "team", "email", "phone", "hours", "noreply", "logo", "legal", "signature")
"""What ``[brand]`` takes: who the theme's owner is, and how to reach them."""
HOME = ("title", "lead", "search", "search_hint", "new_ticket", "new_ticket_help", "status", "status_help", "reach")
"""What ``[home]`` takes: texts of the home page in place of the core's."""
MAIL = ("greeting", "footer")
"""What ``[mail]`` takes: a line above the text of each mail to a client, and one at its end."""
FONTS = ("text", "headings", "mono")
"""What ``[fonts]`` takes beside ``files``: the typefaces of text, of headings and of numbers and code."""
FONT_TOKENS = {"text": "font", "headings": "font-headings", "mono": "mono"}
FONT_FORMATS = {".woff2": "woff2", ".woff": "woff", ".ttf": "truetype", ".otf": "opentype"}
FONT_FACE = {
    "family": r"\w[\w .'-]*",
    "file": r"[\w./-]+",
    "weight": r"\d{1,4}( \d{1,4})?",
    "style": "normal|italic",
}
"""What a file of a typeface takes, and what each may be made of."""
TOP = ("label", "parent", "brand", "home", "mail", "own", "fonts", "tokens")


@dataclass(frozen=True)
class FontFile:
    """A file of a typeface in a theme's ``static/`` folder."""

    family: str
    file: str
    weight: str = "400"
    """One, or the two ends of a variable one: ``400 700``."""
    style: str = "normal"

    def rule(self) -> str:
        """The style sheet's rule that loads it, when a page has a letter of it."""
        kind = FONT_FORMATS[Path(self.file).suffix]
        return (
            f'@font-face{{font-family:"{self.family}";src:url("{self.file}") format("{kind}");'
            f"font-weight:{self.weight};font-style:{self.style};font-display:swap;}}"
        )


@dataclass(frozen=True)
class Theme:
    """A theme as its folder says it: ``theme.toml``, and beside it templates, static files and words."""

    name: str
    folder: Path
    parent: str | None
    label: str
    brand: Mapping[str, Any]
    """``[brand]``, and the tables ``home``, ``mail`` and ``own``; a table in any of them is a text by language."""
    tokens: Mapping[str, str] = field(default_factory=dict)
    dark_tokens: Mapping[str, str] = field(default_factory=dict)
    fonts: Sequence[FontFile] = ()


_NO_TOKEN = re.compile(r"[;{}<>\\]|/\*|\*/")
_CLOSED = re.compile(r"\"[^\"]*\"|'[^']*'|\([^()\"']*\)|\[[^\[\]\"']*\]")
"""What is closed in itself: a quotation; brackets around what has none."""


def _is_whole(value: str) -> bool:
    """Whether a value ends where it ends: a comment, bracket or quotation left open would swallow all after it."""
    rest, count = value, 1
    while count:
        rest, count = _CLOSED.subn("", rest)
    return not _NO_TOKEN.search(value) and not re.search(r"[()\[\]\"']", rest)


class _Reader:
    """One file's tables, each fault of which names the file and the key."""

    def __init__(self, folder: Path) -> None:
        self.name, self.path = folder.name, folder / "theme.toml"

    def fault(self, words: str) -> SettingsError:
        return SettingsError(f"theme {self.name}: {self.path}: {words}")

    def table(self, data: Mapping[str, Any], key: str) -> dict[str, Any]:
        found = data.get(key, {})
        if not isinstance(found, dict):
            raise self.fault(f"{key} is no table")
        return found

    def check_names(self, given: Mapping[str, Any], known: Sequence[str], within: str = "") -> None:
        for key in given:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                mend = f"did you mean {near[0]}?" if near else f"it takes {', '.join(known)}"
                where = f"[{within}] {key}" if within else key
                raise self.fault(f"{where}: there is no such key; {mend}")

    def texts(self, given: Mapping[str, Any], within: str) -> dict[str, Any]:
        """Texts, or tables of texts by language."""
        for key, value in given.items():
            if isinstance(value, dict):
                self.check_names(value, LOCALES, f"{within}.{key}")
            for text in value.values() if isinstance(value, dict) else [value]:
                if not isinstance(text, str):
                    raise self.fault(f"[{within}] {key} = {text!r} is no text")
        return dict(given)

    def check_addresses(self, brand: Mapping[str, Any]) -> None:
        """What can't be an address would be found out by the first mail, or by a client's click."""
        for key in ("email", "noreply"):
            value = brand.get(key, "")
            # an empty one takes the parent's away
            for text in filter(None, value.values() if isinstance(value, dict) else [value]):
                try:
                    parse_sender(text)
                except ValueError:
                    what = "it takes an e-mail address alone, as help@example.com"
                    raise self.fault(f"[brand] {key} = {text!r}: {what}") from None

    def tokens(self, given: Mapping[str, Any]) -> dict[str, str]:
        for key, value in given.items():
            good = isinstance(value, str | int | float) and not isinstance(value, bool) and _is_whole(str(value))
            if not good or not re.fullmatch(r"[a-z][a-z0-9-]*", key):
                raise self.fault(f"the token {key} = {value!r} can't stand in a style sheet")
        return {key: str(value) for key, value in given.items()}

    def font_files(self, given: Any) -> list[FontFile]:
        if not isinstance(given, list) or not all(isinstance(face, dict) for face in given):
            raise self.fault("fonts.files is no list of tables: it takes [[fonts.files]] with family and file")
        faces = []
        for face in given:
            self.check_names(face, tuple(FONT_FACE), "fonts.files")
            for key, takes in FONT_FACE.items():
                # what isn't there stands for itself, but for the two that have no default
                words = str(face.get(key, "" if key in {"family", "file"} else getattr(FontFile, key)))
                if not re.fullmatch(takes, words):
                    raise self.fault(f"[[fonts.files]] {key} = {face.get(key)!r} can't stand in a style sheet")
            if Path(face["file"]).suffix not in FONT_FORMATS:
                raise self.fault(f"[[fonts.files]] file = {face['file']!r}: it takes {', '.join(FONT_FORMATS)}")
            faces.append(FontFile(**{key: str(value) for key, value in face.items()}))
        return faces


def read_theme(folder: Path) -> Theme:
    """Read a theme's folder.

    :raises SettingsError: where theme.toml is missing, isn't TOML or has something else than it takes
    """
    reader = _Reader(folder)
    try:
        data = tomllib.loads(reader.path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        hint = "; a text stands in quotation marks" if str(error).startswith("Invalid value") else ""
        raise reader.fault(f"{error}{hint}") from error
    reader.check_names(data, TOP)
    for key in ("label", "parent"):
        if not isinstance(data.get(key, ""), str):
            raise reader.fault(f"{key} is no text")
    brand, tokens, fonts = (reader.table(data, key) for key in ("brand", "tokens", "fonts"))
    reader.check_names(brand, BRAND, "brand")
    facts: dict[str, Any] = reader.texts(brand, "brand")
    reader.check_addresses(facts)
    for key, known in (("home", HOME), ("mail", MAIL), ("own", None)):
        given = reader.table(data, key)
        if known is not None:
            reader.check_names(given, known, key)
        facts[key] = reader.texts(given, key)
    reader.check_names(fonts, (*FONTS, "files"), "fonts")
    families = {FONT_TOKENS[key]: value for key, value in fonts.items() if key != "files"}
    light = {key: value for key, value in tokens.items() if key != "dark"}
    return Theme(
        name=folder.name, folder=folder, parent=data.get("parent") or None, label=data.get("label", folder.name),
        brand=facts, tokens=reader.tokens({**families, **light}),
        dark_tokens=reader.tokens(reader.table(tokens, "dark")), fonts=reader.font_files(fonts.get("files", [])),
    )  # fmt: skip
