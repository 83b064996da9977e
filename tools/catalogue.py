"""The message catalogues: ``python tools/catalogue.py`` brings them up to date, ``--check`` tells what is wrong.

The core, each plugin and each theme has words of its own and, where it has any, a folder ``locale/`` with
``novantic.pot`` (all ids, for a new language) and ``fr/LC_MESSAGES/novantic.po``. Ids are the English text, so English
needs no catalogue. Words of templates are read by lingua, words of Python from its syntax tree: ``_("…")`` and
``plural("…", "…")``.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po
from lingua.extractors.xml import ChameleonExtractor

ROOT = Path(__file__).resolve().parent.parent
DOMAIN = "novantic"
LANGUAGES = ("fr",)

Id = str | tuple[str, ...]

_VARIABLE = re.compile(r"\$\{(\w+)\}")
# what French wants before and inside these is a no-break space (or its narrow sister), never an ordinary one
_FRENCH_FAULTS = (
    (re.compile(r"(?<=\S) [:;!?»]|« "), "an ordinary space beside : ; ! ? « »"),
    (re.compile(r"(?<=[\w»)}])[:;!?](?=\s|$)"), "no space before : ; ! ?"),
    (re.compile(r"\w'\w"), "a straight apostrophe instead of ’"),
    (re.compile(r"\.\.\."), "three points instead of …"),
    (re.compile(r"[“”]"), "English quotation marks instead of « »"),
)


@dataclass(frozen=True, slots=True)
class Word:
    """A message as it stands in a source: its id (two for a plural) and where."""

    id: Id
    path: Path
    line: int


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has words: the core, a plugin or a theme."""

    folder: Path

    @property
    def is_theme(self) -> bool:
        """A theme may say the words of others in its own way: its catalogues hold more than its own ids."""
        return self.folder.parent.name == "themes"

    @property
    def pot(self) -> Path:
        """The file of all ids."""
        return self.folder / "locale" / f"{DOMAIN}.pot"

    def po(self, language: str) -> Path:
        """The file of one language."""
        return self.folder / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def owners(root: Path = ROOT) -> list[Owner]:
    """The core, the plugins, the themes."""
    folders = [root / "novantic_core", *sorted((root / "plugins").iterdir()), *sorted((root / "themes").iterdir())]
    return [Owner(folder) for folder in folders if folder.is_dir() and folder.name != "__pycache__"]


# --------------------------------------------------------------------------------- reading the sources


def words_of(owner: Owner) -> list[Word]:
    """All words of an owner, in the order of files and lines."""
    found: list[Word] = []
    for path in sorted(owner.folder.rglob("*")):
        if path.suffix == ".py":
            found += python_words(path)
        elif path.suffix == ".pt":
            found += template_words(path)
    return found


def python_words(path: Path) -> Iterator[Word]:
    """What a module marks with ``_`` and ``plural``."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        given = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if node.func.id == "_" and given:
            yield Word(given[0], path, node.lineno)
        elif node.func.id == "plural" and len(given) == 2:
            yield Word((given[0], given[1]), path, node.lineno)


def template_words(path: Path) -> Iterator[Word]:
    """What a template marks with ``i18n:translate`` and ``i18n:attributes``."""
    # lingua wants a domain; on the first line, so that its line numbers stay right
    source = f'<tal:all i18n:domain="{DOMAIN}">'.encode() + path.read_bytes() + b"</tal:all>"
    extractor = ChameleonExtractor()
    extractor.config = dict(extractor.default_config)
    options = SimpleNamespace(domain=DOMAIN, comment_tag=None, keywords=[])
    for message in extractor(str(path), options, io.BytesIO(source)):
        if _VARIABLE.sub("", message.msgid).strip():
            yield Word(message.msgid, path, message.location[1])


# --------------------------------------------------------------------------------- writing the catalogues


def template_catalogue(owner: Owner) -> Catalog:
    """All ids of an owner and the files they stand in."""
    catalogue = Catalog(domain=DOMAIN, project="Novantic", charset="utf-8", fuzzy=False)
    for word in words_of(owner):
        # without line numbers: a catalogue changes when words do, not when code moves
        message = catalogue.add(word.id, locations=[(word.path.relative_to(owner.folder.parent).as_posix(), 0)])
        # Babel takes ${name} for a format of Python's
        message.flags.clear()
    return catalogue


def update(owner: Owner, others: frozenset[Id] = frozenset()) -> None:
    """Write an owner's catalogues anew: new ids untranslated, unused ones gone, the rest as they were.

    :param others: ids of the core and the plugins, which a theme may translate otherwise
    """
    template = template_catalogue(owner)
    if len(template):
        _write(owner.pot, template)
    for language in LANGUAGES:
        path = owner.po(language)
        if not path.is_file() and not len(template):
            continue
        catalogue = _read(path, language) if path.is_file() else Catalog(language, fuzzy=False)
        replaced = [message for message in catalogue if owner.is_theme and _key(message.id) in others]
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        for message in replaced:
            catalogue[message.id] = message
        for message in catalogue:
            message.flags.clear()
        _write(path, catalogue)


def ids_of_others(root: Path = ROOT) -> frozenset[Id]:
    """The ids of the core and the plugins."""
    return frozenset(word.id for owner in owners(root) if not owner.is_theme for word in words_of(owner))


def _read(path: Path, language: str) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale=language, domain=DOMAIN)


def _write(path: Path, catalogue: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.header_comment = (
        f"# {'The words' if path.suffix == '.po' else 'All message ids'}; see docs/how-to/translate.md."
    )
    target = io.BytesIO()
    write_po(target, catalogue, width=0, sort_output=True, include_lineno=False, omit_header=True)
    lines = [catalogue.header_comment, 'msgid ""', 'msgstr ""', '"Content-Type: text/plain; charset=utf-8\\n"']
    if catalogue.locale is not None:
        lines += [f'"Language: {catalogue.locale}\\n"', f'"Plural-Forms: {catalogue.plural_forms}\\n"']
    path.write_bytes("\n".join([*lines, "", ""]).encode() + target.getvalue())


# --------------------------------------------------------------------------------- looking for faults


def faults(root: Path = ROOT) -> list[str]:
    """What is wrong with the catalogues, a line each: words without a translation, translations without a use."""
    found: list[str] = []
    seen: dict[tuple[str, Id], tuple[str, Path]] = {}
    others = ids_of_others(root)
    for owner in owners(root):
        template = template_catalogue(owner)
        used = {_key(message.id) for message in template if message.id}
        found += _differences(owner.pot, used, used, None)
        for language in LANGUAGES:
            path = owner.po(language)
            found += _differences(path, used, used | others if owner.is_theme else used, language)
            if not path.is_file():
                continue
            for message in _read(path, language):
                if not message.id:
                    continue
                name = f"{_name(path)}: {message.id!r}"
                found += [f"{name}: {fault}" for fault in _wrong(message.id, message.string, language)]
                if message.fuzzy:
                    found.append(f"{name}: fuzzy")
                # a later catalogue wins over an earlier one everywhere: the same id must mean the same, but in a theme
                said, where = seen.setdefault((language, _key(message.id)), (repr(message.string), path))
                if said != repr(message.string) and not owner.is_theme:
                    found.append(f"{name}: translated otherwise in {_name(where)}")
    return found


def _differences(path: Path, used: set[Id], known: set[Id], language: str | None) -> Iterator[str]:
    if not path.is_file():
        if used:
            yield f"{_name(path)}: missing"
        return
    there = {_key(message.id) for message in _read(path, language or "en") if message.id}
    yield from (f"{_name(path)}: {id_!r}: not in the catalogue" for id_ in sorted(used - there, key=str))
    yield from (f"{_name(path)}: {id_!r}: no longer used" for id_ in sorted(there - known, key=str))


def _wrong(id_: Id | list[str], said: Id | list[str] | None, language: str) -> Iterator[str]:
    forms = (said,) if isinstance(said, str) else tuple(said or ())
    ids = (id_,) if isinstance(id_, str) else tuple(id_)
    if not all(forms) or not forms:
        yield "not translated"
        return
    wanted = set(_VARIABLE.findall(ids[-1]))
    for form in forms:
        if set(_VARIABLE.findall(form)) != wanted:
            yield f"other variables in {form!r}"
        if language == "fr":
            yield from (f"{what} in {form!r}" for pattern, what in _FRENCH_FAULTS if pattern.search(form))


def _key(id_: Id | list[str]) -> Id:
    return id_ if isinstance(id_, str) else tuple(id_)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()


def main(arguments: list[str] | None = None) -> int:
    """Update or check all catalogues; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; tell what is wrong")
    if not parser.parse_args(arguments).check:
        others = ids_of_others()
        for owner in owners():
            update(owner, others)
    found = faults()
    for fault in found:
        print(fault)
    print(f"{len(found)} faults in the catalogues" if found else "The catalogues are complete.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
