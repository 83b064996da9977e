"""A theme's templates and static files: whether they fit those they stand for, and whether all they name is there."""

from __future__ import annotations

import difflib
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

from chameleon.exc import TemplateError
from chameleon.zpt.template import PageTemplateFile

from novantic_core.finding import installed
from novantic_core.site import Site
from novantic_core.theme_check.finding import Finding, line_of
from novantic_core.themes import PLAIN, Themes
from novantic_core.themes.broken import one_line
from novantic_core.themes.template import shape

_ASSET = re.compile(r"""page\.asset\(\s*(?:'([^'$]+)'|"([^"$]+)")\s*\)""")
_LOAD = re.compile(r"load:\s*(?:parent:)?([\w./-]+)")
_URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")
# what the Content-Security-Policy refuses in a page, and mails may have
_REFUSED = (
    (r"""<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=["'](?:https?:)?//(?!\$)""",
     "browsers load nothing from another host here: put the file into static/ and name it with page.asset('…')"),
    (r"<style\b", "browsers use no style sheet within a page here: put it into static/ and name it in the block head"),
    (r"<script(?![^>]*\bsrc=)", "browsers run no script within a page here: put it into static/"),
    (r"""<(?!metal:|tal:)[\w-]+(?:\s[^>]*)?\sstyle=["']""", "browsers use no style attribute here: give it a class"),
    (r"""<[\w-]+(?:\s[^>]*)?\son[a-z]+=["']""", "browsers run no script in an attribute here: put it into static/"),
)  # fmt: skip


def templates(themes: Themes, name: str) -> list[Path]:
    """A theme's own templates."""
    return sorted((themes.themes[name].folder / "templates").rglob("*.pt"))


def check(site: Site, name: str, own: list[Path]) -> list[Finding]:
    """What is wrong with a theme's own files."""
    found: list[Finding] = []
    for file in own:
        found += _template(site, name, file)
    if name != PLAIN:
        found += _sheets(site.themes, name)
    return found


def _template(site: Site, name: str, file: Path) -> Iterator[Finding]:
    themes = site.themes
    folder = themes.themes[name].folder / "templates"
    relative = file.relative_to(folder).as_posix()
    try:
        text = file.read_text("utf-8")
        PageTemplateFile(str(file), encoding="utf-8").cook_check()
        own = shape(file)
    except UnicodeDecodeError as error:
        yield Finding(file, None, f"it isn't UTF-8: {error.reason}; save it as UTF-8")
        return
    except TemplateError as error:
        yield Finding(file, error.token.location[0], f"it can't be compiled: {one_line(error)}")
        return
    yield from _use(site, name, relative, file)
    for found in _ASSET.finditer(text):
        asset = found[1] or found[2]
        if themes.asset(name, asset) is None:
            line = text.count("\n", 0, found.start()) + 1
            yield Finding(
                file, line, f"page.asset('{asset}'): there is no such file in static/ of the theme or its parents"
            )
    if not relative.startswith("mail/"):
        for pattern, words in _REFUSED:
            for place in re.finditer(pattern, text):
                yield Finding(file, text.count("\n", 0, place.start()) + 1, words)
    try:
        stack = themes.stack(name, file)
    except (LookupError, TemplateError) as error:
        yield Finding(file, line_of(file, r"load:"), f"what it stands on can't be had: {one_line(error)}")
        return
    known = {block for other in stack[1:] for block in shape(other).blocks}
    for block in sorted(own.fills - known) if len(stack) > 1 else ():
        near = difflib.get_close_matches(block, sorted(known), 1)
        mend = f"did you mean {near[0]}?" if near else f"it has {', '.join(sorted(known)) or 'none'}"
        place_of = line_of(file, rf"""fill-slot=["']{re.escape(block)}["']""")
        yield Finding(file, place_of, f"{own.stands_on[0]} has no block {block}; {mend}")
    yield from _lost_blocks(themes, name, relative, file)


def _lost_blocks(themes: Themes, name: str, relative: str, file: Path) -> Iterator[Finding]:
    """Blocks that pages fill and that a file drawn whole has no more."""
    if any(spec.startswith("parent:") for spec in shape(file).stands_on):
        return
    used: dict[str, str] = {}
    for folder in themes.path(name, "templates"):
        for page in sorted(folder.rglob("*.pt")):
            try:
                its = shape(page)
            except TemplateError:
                continue
            if its.stands_on == (relative,):
                used.update(dict.fromkeys(its.fills, page.relative_to(folder).as_posix()))
    for block in sorted(used.keys() - shape(file).blocks):
        yield Finding(file, None, f"it lacks the block {block}, which {used[block]} fills: that part is not shown")


def _use(site: Site, name: str, relative: str, file: Path) -> Iterator[Finding]:
    themes = site.themes
    others = [folder for folder in themes.path(name, "templates") if folder not in file.parents]
    if any((folder / relative).is_file() for folder in others):
        return
    everything = {path for folder in themes.path(name, "templates") for path in folder.rglob("*.pt")}
    if any(relative in _LOAD.findall(path.read_text("utf-8", "replace")) for path in everything if path != file):
        return
    plugin = _of_plugin(site, relative)
    if plugin is not None:
        yield Finding(file, None, f"it is drawn by the plugin {plugin}, which is not enabled here", is_fault=False)
        return
    names = {path.relative_to(folder).as_posix() for folder in others for path in folder.rglob("*.pt")}
    near = difflib.get_close_matches(relative, sorted(names), 1)
    yield Finding(file, None, f"no page uses it; {f'did you mean {near[0]}?' if near else 'take it out'}")


def _of_plugin(site: Site, relative: str) -> str | None:
    enabled = {plugin.name for plugin in site.plugins}
    for name, point in installed().items():
        spec = importlib.util.find_spec(point.module.partition(".")[0]) if name not in enabled else None
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            if (Path(folder) / "templates" / relative).is_file():
                return name
    return None


def _sheets(themes: Themes, name: str) -> Iterator[Finding]:
    folder = themes.themes[name].folder / "static"
    for sheet in sorted(folder.rglob("*.css")):
        text = sheet.read_text("utf-8", "replace")
        for found in _URL.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            target = found[1].strip()
            if target.startswith(("http:", "https:", "//")):
                yield Finding(
                    sheet, line, f"url({target}): browsers load nothing from another host here; put it into static/"
                )
            elif not target.startswith(("data:", "#")):
                path = (sheet.parent / target.partition("?")[0].partition("#")[0]).resolve()
                inside = path.is_relative_to(folder.resolve())
                if not inside or themes.asset(name, path.relative_to(folder.resolve()).as_posix()) is None:
                    yield Finding(sheet, line, f"url({target}): there is no such file in static/")
