"""Themes: finding them, their search path, and drawing templates and files through it.

A name such as ``tickets/new.pt`` or ``css/portal.css`` is looked for in the theme, then in its parents, then in the
enabled plugins in their order, then in the core. The theme is chosen per request, so two brands live in one process:
that is why this isn't done with Pyramid's asset overrides, which are process-wide.
"""

from __future__ import annotations

import functools
import hashlib
import html
import mimetypes
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from babel.messages.pofile import PoFileError
from chameleon.exc import TemplateError
from chameleon.loader import ModuleLoader
from sqlalchemy.exc import SQLAlchemyError

from novantic_core.i18n import Catalogue, read_layer, words_file
from novantic_core.settings import SettingsError
from novantic_core.themes.broken import NEEDED, Broken, Fault, LacksBlock, draw_without, one_line, places
from novantic_core.themes.template import Shape, ThemeTemplate, shape, show_marks
from novantic_core.themes.theme import BRAND, HOME, MAIL, FontFile, Theme, read_theme

__all__ = ["CORE", "PLAIN", "Fault", "FontFile", "Theme", "ThemeTemplate", "Themes", "read_theme"]

CORE = Path(__file__).parent.parent
LONGEST_NAME = 200
RELOAD_SECONDS = 1
"""For how long a version holds while files are being written: one page's time."""
PLAIN = "plain"
"""The name of the theme that is the core itself: unbranded pages, the end of every search path."""


_TABLES = ("home", "mail", "own")
"""Tables of a brand's facts; any other table in it is a text by language."""


def _in_language(value: Any, locale: str) -> Any:
    return value.get(locale, next(iter(value.values()), "")) if isinstance(value, dict) else value


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        # who asks for it gets an error; the pages that name it needn't
        return b""


def _now() -> datetime:
    return datetime.now(UTC)


class Themes:
    """All themes that can be chosen, and what was drawn through each."""

    def __init__(
        self,
        folders: Iterable[Path],
        plugin_folders: Callable[[str], list[Path]],
        *,
        reload: bool,
        cache: Path | None = None,
        marks: bool = False,
    ) -> None:
        """Read the themes of all folders; what they look like is read when it is asked for.

        :param folders: folders that hold theme folders; a theme in a later one replaces one of the same name
        :param plugin_folders: the enabled plugins' folders of a name (``templates``, ``static``, ``locale``), in order
        :param reload: look at each file again when it changes
        :param cache: a folder to keep compiled templates in, so that the next start needn't compile them again
        :param marks: say in comments which file drew which part of a page
        """
        self._options: dict[str, Any] = {} if cache is None else {"loader": ModuleLoader(str(cache))}
        self._plugin_folders = plugin_folders
        self._reload = reload
        self._marks = marks
        self.broken = Broken()
        self._checked: set[tuple[str, str]] = set()
        self._lock = threading.RLock()
        self._templates: dict[tuple[str, str, Path | None], ThemeTemplate] = {}
        self._catalogues: dict[tuple[str, str], Catalogue] = {}
        self._versions: dict[str, tuple[str, float]] = {}
        self._there: set[tuple[str, str]] = set()
        self._brands: dict[tuple[str, str], Mapping[str, Any]] = {}
        self.themes: dict[str, Theme] = {PLAIN: Theme(PLAIN, CORE, None, "Plain", {})}
        for folder in folders:
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                if (path / "theme.toml").is_file():
                    self.themes[path.name] = read_theme(path)
        for theme in self.themes.values():
            self.chain(theme.name)
            # every page shows them, that which says that something failed too
            logo = theme.brand.get("logo")
            wanted = [("logo", logo)] if logo else []
            for what, file in [*wanted, *[("font", font.file) for font in theme.fonts]]:
                if self.find(theme.name, "static", str(file)) is None:
                    raise SettingsError(f"theme {theme.name}: its {what} {file!r} is not in its folder static/")

    def chain(self, name: str) -> list[Theme]:
        """A theme, its parent, and so on.

        :raises SettingsError: for a theme or parent that isn't there, or parents that go in a circle
        """
        chain: list[Theme] = []
        following: str | None = name
        while following is not None:
            theme = self.themes.get(following)
            if theme is None:
                wanted = f"the parent {following!r} of theme {chain[-1].name}" if chain else f"the theme {following!r}"
                raise SettingsError(f"{wanted} is not among the themes: {', '.join(sorted(self.themes))}")
            if theme in chain:
                raise SettingsError(f"theme {name}: its parents go in a circle")
            chain.append(theme)
            following = theme.parent
        return chain

    def path(self, theme: str, kind: str) -> list[Path]:
        """Where files of a kind are looked for, in order."""
        folders = [link.folder / kind for link in self.chain(theme) if link.name != PLAIN]
        return [*folders, *self._plugin_folders(kind), CORE / kind]

    def find(self, theme: str, kind: str, name: str) -> Path | None:
        """The file of that relative name; None if there is none, or if the name tries to leave the path."""
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts or "\\" in name or "\0" in name:
            return None
        # one file, one name: a version is worked out and kept for each
        if str(pure) != name or len(name.encode()) > LONGEST_NAME:
            return None
        for folder in self.path(theme, kind):
            candidate = folder / name
            if candidate.is_file():
                return candidate
        return None

    # ------------------------------------------------------------------ templates

    def template(self, theme: str, name: str) -> ThemeTemplate:
        """The compiled template, one for each theme and name.

        :param name: a relative name, or ``NAME#BLOCK`` for one block of a template as the first file has it
        :raises LookupError: if no folder of the path has it
        """
        return self._load(theme, name.strip(), None)

    def _load(self, theme: str, spec: str, asked_by: Path | None) -> ThemeTemplate:
        """What ``load: SPEC`` gives in a file. ``parent:`` is for the next file of the path after that one."""
        key = (theme, spec, asked_by if spec.startswith("parent:") else None)
        found = self._templates.get(key)
        if found is None:
            # one instance only: a template is compiled when first used, which takes tens of milliseconds
            with self._lock:
                found = self._templates.get(key) or self._templates.setdefault(key, self._look_for(*key))
        return found

    def _look_for(self, theme: str, spec: str, after: Path | None) -> ThemeTemplate:
        name, _mark, block = spec.removeprefix("parent:").partition("#")
        for path in self.files(theme, name, after):
            if not block or block in shape(path).blocks | shape(path).fills:
                load = functools.partial(self._load, theme, asked_by=path)
                return ThemeTemplate(
                    str(path), load, block=block or None,
                    mark=self._mark(theme, path, name), auto_reload=self._reload, encoding="utf-8",
                    trim_attribute_space=True, **self._options,
                )  # fmt: skip
        what = f"block {block} of template {name}" if block else f"template {name}"
        raise LookupError(f"no {what} {f'after {after} ' if after else ''}for theme {theme}")

    def files(self, theme: str, name: str, after: Path | None = None) -> list[Path]:
        """All templates of that name on a theme's path, in order; those after one of them.

        Without those that are left out because they are broken.
        """
        if self.find(theme, "templates", name) is None:
            return []
        found = [path for folder in self.path(theme, "templates") if (path := folder / name).is_file()]
        found = found[found.index(after) + 1 :] if after in found else found
        return [path for path in found if not self.broken.has(theme, path)] if self.broken else found

    def _mark(self, theme: str, path: Path, name: str) -> str | None:
        """A file's name for who reads a page's source: below its theme, its plugin's package or the core's."""
        if not self._marks or name.startswith("mail/"):
            return None
        owner = self.owner(theme, path)
        return f"{f'themes/{owner.name}' if owner else path.parents[len(Path(name).parts)].name}/templates/{name}"

    def owner(self, theme: str, path: Path) -> Theme | None:
        """The theme of a chain whose file that is; None for a file of a plugin or of the core."""
        return next((link for link in self.chain(theme) if link.name != PLAIN and link.folder in path.parents), None)

    def render(self, theme: str, locale: str, name: str, values: Mapping[str, Any]) -> str:
        """Draw a template in a language. ``*.txt.pt`` gives plain text.

        In production a file of a theme that fails is left out until it changes, and its parent's is drawn; a fault of
        what a view gave, or of the core's own file, is raised as ever.
        """
        if self.broken:
            for owner, file in self.broken.changed(theme):
                self.use_again(owner, file)

        def draw() -> str:
            return self._draw(theme, locale, name, values)

        try:
            return draw()
        except Exception as error:
            # the database's troubles are nobody's template: the request is tried again, or says so
            if self._reload or isinstance(error, SQLAlchemyError):
                raise
            drawn, blamed = draw_without(
                draw, error, lambda again: self._suspects(theme, again), lambda file: self._leave_out(theme, file),
                lambda file: self.use_again(theme, file),
            )  # fmt: skip
            for file, line, why in blamed:
                folder = next(folder for folder in self.path(theme, "templates") if folder in file.parents)
                relative = file.relative_to(folder).as_posix()
                self.broken.note(Fault(theme, relative, file, line, one_line(why), _now()), why)
            return drawn

    def _suspects(self, theme: str, error: Exception) -> list[tuple[Path, int | None]]:
        """The theme's files that may be why something could not be drawn, the innermost first."""
        found = [(error.file, None)] if isinstance(error, LacksBlock) else places(error)
        if isinstance(error, OSError):
            # a file that a view reads is no template's fault, one of the theme's own that can't be read is
            found = [place for place in found if error.filename == str(place[0])]
        return [place for place in dict.fromkeys(found) if self.owner(theme, place[0]) is not None]

    def _leave_out(self, theme: str, file: Path) -> None:
        self.broken.leave_out(theme, file)
        self._forget(theme, file)

    def use_again(self, theme: str, file: Path) -> None:
        """Draw with a file again that was left out."""
        self.broken.take_back(theme, file)
        self._forget(theme, file)

    def _forget(self, theme: str, file: Path) -> None:
        with self._lock:
            for key in list(self._templates):
                name = key[1].removeprefix("parent:").partition("#")[0]
                if key[0] == theme and file.as_posix().endswith(f"/templates/{name}"):
                    del self._templates[key]
            self._checked.clear()

    def _check_blocks(self, theme: str, name: str) -> None:
        """See once that a page's text has a place in its layout: a macro that lacks a block just leaves it out."""
        if (theme, name) in self._checked:
            return
        shapes: list[Shape] = []
        own: list[Path] = []
        with suppress(TemplateError, OSError, LookupError, ValueError):  # the drawing will say it
            files = self.stack(theme, Path(str(self.template(theme, name).filename)))
            own = [file for file in files if self.owner(theme, file) is not None]
            shapes = [shape(file) for file in files] if own else []
        for block in NEEDED:
            if any(block in one.fills for one in shapes) and not any(block in one.blocks for one in shapes):
                raise LacksBlock(own[-1], block)
        self._checked.add((theme, name))

    def stack(self, theme: str, file: Path) -> list[Path]:
        """A template, what its whole stands on, what that stands on, and so on.

        :raises TemplateError: if one of them can't be compiled
        :raises LookupError: if one of them isn't there
        """
        files = [file]
        while len(shape(files[-1]).stands_on) == 1:
            on = Path(str(self._load(theme, shape(files[-1]).stands_on[0], files[-1]).filename))
            if on in files:
                break
            files.append(on)
        return files

    def compiled(self) -> set[Path]:
        """All templates that were drawn so far."""
        return {Path(str(one.filename)) for one in self._templates.values() if one._cooked}

    def _draw(self, theme: str, locale: str, name: str, values: Mapping[str, Any]) -> str:
        catalogue = self.catalogue(theme, locale)
        self._check_blocks(theme, name)
        drawn = self.template(theme, name).render(
            **values, translate=catalogue.translate, target_language=locale, _=catalogue.translate,
        )  # fmt: skip
        if self._marks:
            drawn = show_marks(drawn)
        if name.endswith(".txt.pt"):
            # the engine escaped what it filled in; blank lines are where its conditions stood
            return re.sub(r"\n[ \t]*(?:\n[ \t]*)+\n", "\n\n", html.unescape(drawn)).strip() + "\n"
        return str(drawn)

    # ------------------------------------------------------------------ words and brand

    def catalogue(self, theme: str, locale: str) -> Catalogue:
        """The words of a theme in a language: the core's, the plugins', then the theme's over them."""
        found = self._catalogues.get((theme, locale))
        if found is None:
            layers = [self._words(theme, folder, locale) for folder in reversed(self.path(theme, "locale"))]
            found = self._catalogues[theme, locale] = Catalogue(locale, layers)
        return found

    def _words(self, theme: str, folder: Path, locale: str) -> Mapping[Any, Any]:
        try:
            return read_layer(folder, locale)
        except (OSError, UnicodeDecodeError, PoFileError, ValueError) as error:
            file = words_file(folder, locale)
            if self._reload or self.owner(theme, file) is None:
                raise
            # the other words are there still: a page with a sentence in English is better than none
            name = file.relative_to(folder.parent).as_posix()
            self.broken.note(Fault(theme, name, file, getattr(error, "lineno", None), one_line(error), _now()), error)
            return {}

    def brand(self, theme: str, locale: str) -> Mapping[str, Any]:
        """The brand's own facts in a language: the parents' under the theme's."""
        found = self._brands.get((theme, locale))
        if found is None:
            merged: dict[str, Any] = {
                **dict.fromkeys(BRAND, ""), "name": "Support", "team": "Support",
                "home": dict.fromkeys(HOME, ""), "mail": dict.fromkeys(MAIL, ""), "own": {},
            }  # fmt: skip
            for link in reversed(self.chain(theme)):
                for key, value in link.brand.items():
                    if key in _TABLES:
                        merged[key].update({name: _in_language(text, locale) for name, text in value.items()})
                    else:
                        merged[key] = _in_language(value, locale)
            found = self._brands[theme, locale] = MappingProxyType(merged)
        return found

    # ------------------------------------------------------------------ static files

    def tokens_css(self, theme: str) -> str:
        """The theme's design tokens as a style sheet of custom properties, the parents' first."""
        light: dict[str, str] = {}
        dark: dict[str, str] = {}
        faces: dict[FontFile, None] = {}
        for link in reversed(self.chain(theme)):
            light.update(link.tokens)
            dark.update(link.dark_tokens)
            faces.update(dict.fromkeys(link.fonts))
        fonts = "".join(f"{face.rule()}\n" for face in faces)
        rule = "".join(f"--{key}:{value};" for key, value in light.items())
        dark_rule = "".join(f"--{key}:{value};" for key, value in dark.items())
        return f"{fonts}:root{{{rule}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark_rule}}}}}\n"

    def asset(self, theme: str, name: str) -> tuple[bytes | Path, str] | None:
        """A static file and its type: its path, or the bytes of ``tokens.css``, which is made from the theme."""
        if name == "tokens.css":
            return self.tokens_css(theme).encode(), "text/css"
        path = self.find(theme, "static", name)
        if path is None:
            return None
        return path, mimetypes.guess_type(path.name)[0] or "application/octet-stream"

    def version(self, theme: str, name: str) -> str:
        """A short text that changes with any of the theme's files, for addresses that can be cached for ever.

        Not with the one file alone: a script names the scripts it imports beside itself, below the same version.

        :raises LookupError: if there is no such file
        """
        if (theme, name) not in self._there:
            if self.asset(theme, name) is None:
                raise LookupError(f"no static file {name} for theme {theme}")
            if not self._reload:
                self._there.add((theme, name))
        found, looked_at = self._versions.get(theme, ("", 0.0))
        # all files are read for it: under development too a page with ten of them must not do that ten times
        if not found or (self._reload and time.monotonic() > looked_at + RELOAD_SECONDS):
            found = self._digest(theme)
            self._versions[theme] = found, time.monotonic()
        return found

    def _digest(self, theme: str) -> str:
        digest = hashlib.sha256(self.tokens_css(theme).encode())
        for folder in self.path(theme, "static"):
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                digest.update(f"{path.relative_to(folder)}\0".encode() + _content(path))
        return digest.hexdigest()[:12]
