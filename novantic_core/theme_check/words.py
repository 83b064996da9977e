"""A theme's own words: whether they are those of some page, and whether each language has them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages import pofile

from novantic_core.i18n import DOMAIN, words_file
from novantic_core.settings import LOCALES
from novantic_core.theme_check.finding import Finding, line_of
from novantic_core.themes import PLAIN, Themes

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_PLAIN_TEXT = re.compile(r"""i18n:translate=["']["'][^>]*>([^<$]+)</""")
TABLES = ("brand", "home", "mail", "own")


def check(themes: Themes, name: str, own: list[Path]) -> list[Finding]:
    """Messages that nobody says, that are not translated, and texts that lack a language."""
    if name == PLAIN:
        return []
    return [*_texts(themes, name), *_catalogues(themes, name), *_templates(themes, name, own)]


def _texts(themes: Themes, name: str) -> Iterator[Finding]:
    theme = themes.themes[name]
    tables: list[tuple[str, Any]] = [("brand", theme.brand), *((key, theme.brand.get(key, {})) for key in TABLES[1:])]
    for table, texts in tables:
        for key, text in texts.items():
            if isinstance(text, dict) and key not in TABLES:
                for locale in (locale for locale in LOCALES if locale not in text):
                    file = theme.folder / "theme.toml"
                    line = line_of(file, rf"^(?:{key}\s*[.=]|\[{table}\.{key}\])")
                    said = next(iter(text), "none")
                    yield Finding(file, line, f"[{table}] {key} lacks {locale}: its readers get the text in {said}")


def _catalogues(themes: Themes, name: str) -> Iterator[Finding]:
    folder = themes.themes[name].folder / "locale"
    for path in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        locale = path.parents[1].name
        if locale not in LOCALES:
            yield Finding(path, None, f"no page is in {locale}: the site speaks {' and '.join(LOCALES)}")
            continue
        yield from _catalogue(themes, name, path, locale)


def _catalogue(themes: Themes, name: str, path: Path, locale: str) -> Iterator[Finding]:
    try:
        with path.open("rb") as source:
            messages = list(pofile.read_po(source, locale=locale, abort_invalid=True))
    except (pofile.PoFileError, UnicodeDecodeError, ValueError) as error:
        # counted from 0, other than the messages
        line = error.lineno + 1 if isinstance(error, pofile.PoFileError) else None
        yield Finding(path, line, f"it can't be read: {error}")
        return
    known, said = _known(themes, name), _said(themes, name)
    for message in messages:
        if not message.id:
            continue
        forms = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        strings = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        shown = forms[0] if len(forms[0]) < 60 else f"{forms[0][:57]}…"
        if message.fuzzy:
            yield Finding(path, message.lineno, f"“{shown}” is marked as fuzzy and not used; take the mark out")
        elif not all(strings) or not strings:
            if locale != "en":
                yield Finding(path, message.lineno, f"“{shown}” is not translated")
        elif forms[0] not in known and not _is_said(forms[0], said):
            near = difflib.get_close_matches(forms[0], known, 1, 0.75)
            mend = f"did you mean “{near[0]}”?" if near else "it takes a text of the core, of a plugin or of the theme"
            yield Finding(path, message.lineno, f"no page says “{shown}”; {mend}")
        else:
            there = set(_VARIABLE.findall(" ".join(forms)))
            for variable in sorted(set(_VARIABLE.findall(" ".join(strings))) - there):
                yield Finding(path, message.lineno, f"“{shown}” has no ${{{variable}}}, which its translation names")


def _known(themes: Themes, name: str) -> set[str]:
    """All texts of the catalogues on the path, but for the theme's own translations."""
    found: set[str] = set()
    for folder in themes.path(name, "locale"):
        own = folder.parent == themes.themes[name].folder
        sources = [folder / f"{DOMAIN}.pot", *([] if own else [words_file(folder, locale) for locale in LOCALES])]
        for source in (path for path in sources if path.is_file()):
            with source.open("rb") as lines:
                for message in pofile.read_po(lines):
                    found.add(message.id if isinstance(message.id, str) else message.id[0])
    return found


def _said(themes: Themes, name: str) -> str:
    """What the templates of a theme and of its parents say, on one line."""
    files = [
        path for link in themes.chain(name) if link.name != PLAIN for path in (link.folder / "templates").rglob("*.pt")
    ]
    return " ".join(" ".join(path.read_text("utf-8", "replace") for path in files).split())


def _is_said(message: str, said: str) -> bool:
    return all(piece.strip() in said for piece in _VARIABLE.split(" ".join(message.split()))[::2])


def _templates(themes: Themes, name: str, own: list[Path]) -> Iterator[Finding]:
    """Texts of the theme's own templates that a language has no words for."""
    for path in own:
        text = path.read_text("utf-8", "replace")
        for found in _PLAIN_TEXT.finditer(text):
            message = " ".join(found[1].split())
            for locale in (locale for locale in LOCALES if locale != "en"):
                if message and not themes.catalogue(name, locale).has(message):
                    line = text.count("\n", 0, found.start()) + 1
                    where = words_file(themes.themes[name].folder / "locale", locale)
                    yield Finding(path, line, f"“{message}” has no words in {locale}; add it to {where}")
