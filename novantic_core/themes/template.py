"""One template of a theme's path: how its ``load:`` finds others, and what of it a child may redraw."""

from __future__ import annotations

import functools
import hashlib
import re
import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chameleon import nodes
from chameleon.astutil import Node
from chameleon.config import CACHE_DIRECTORY
from chameleon.exc import TemplateError
from chameleon.zpt.template import PageTemplateFile

_COMPILING = threading.RLock()
_FORM = "blocks 1"
"""Part of the name under which a compiled template is kept; another one when what is compiled changes."""


class ThemeTemplate(PageTemplateFile):
    """A template whose ``load:`` goes through the theme's path, whatever file it stands in.

    A page that uses another as its macro stands on it: the blocks that it fills replace the other's, and what itself
    is told to fill wins over its own, so that any number of themes may stand on one another.
    """

    prepend_relative_search_path = False

    def __init__(
        self, filename: str, load: Callable[[str], ThemeTemplate], *, block: str | None = None, mark: str | None = None,
        **config: Any,
    ) -> None:  # fmt: skip
        """Read lazily; nothing is compiled before it is drawn.

        :param load: what ``load: …`` gives
        :param block: the one block that is to be drawn of it, as the file has it
        :param mark: what the file is called in marks around what is drawn of it; None for no marks
        """
        super().__init__(filename, **config)
        self._loader = lambda spec: load(spec.strip())
        self.block = block
        self.mark = mark

    def cook(self, body: str) -> None:
        """Compile, one template at a time: CPython 3.11 can't make two syntax trees at once ("recursion depth")."""
        with _COMPILING:
            super().cook(body)

    def parse(self, body: str) -> Any:
        """Chameleon's program of the file, with what a theme needs beside METAL's own rules."""
        program = super().parse(body)
        for node in _roots(program.body):
            # METAL gives a macro only what its last user fills; then a theme could not redraw a page of its parent
            node.extend = True
        if self.block is not None:
            program.body, program._macros = [_block(program, self.block)], {}
        if self.mark is not None:
            _put_marks(program, self.mark)
        return program

    def digest(self, body: str, names: Collection[str]) -> str:
        """What the compiled template is kept under.

        Chameleon reads the versions of all installed distributions for it, a tenth of the first page's time:
        they only matter where compiled templates outlive the process (``CHAMELEON_CACHE``).
        """
        own = "\0".join([_FORM, self.block or "", self.mark or ""])
        if CACHE_DIRECTORY:
            return f"{super().digest(body, names)}_{hashlib.sha256(own.encode()).hexdigest()}"
        words = "\0".join([str(self.filename), own, body, *sorted(names)])
        return f"{Path(str(self.filename)).stem}_{hashlib.sha256(words.encode()).hexdigest()}"


@dataclass(frozen=True)
class Shape:
    """What a template has to do with others."""

    blocks: frozenset[str]
    """Names of the blocks that others may fill."""
    fills: frozenset[str]
    """Names of the blocks that it fills of what it stands on."""
    stands_on: tuple[str, ...]
    """What follows ``load:`` where its whole is another's."""


def shape(path: Path) -> Shape:
    """The shape of a file, read again when it changes.

    :raises TemplateError: if it can't be compiled
    """
    return _shape(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=1000)
def _shape(path: Path, _changed_at: int) -> Shape:
    template = PageTemplateFile(str(path), encoding="utf-8")
    try:
        program = template.parse(template.read())
    except TemplateError as error:
        error.token.filename = str(path)
        raise
    roots = list(_roots(program.body))
    specs = [str(node.expression.value).strip() for node in roots]
    return Shape(
        frozenset(_slots(program, nodes.DefineSlot)), frozenset(slot.name for node in roots for slot in node.slots),
        tuple(spec.removeprefix("load:").strip() for spec in specs if spec.startswith("load:")),
    )  # fmt: skip


def _walk(node: Any) -> Iterator[Any]:
    """All nodes of a program, parents first."""
    waiting, seen = [node], set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, list | tuple):
            waiting += reversed(one)
        elif isinstance(one, Node) and id(one) not in seen:
            # an element may hang in the tree twice
            seen.add(id(one))
            yield one
            waiting += [getattr(one, name, None) for name in reversed(one._fields or ())]


def _roots(body: list[Any]) -> Iterator[Any]:
    """The uses of a macro that are a page's whole, not a piece within it: their own pieces are as METAL has them."""
    waiting = list(body)
    while waiting:
        one = waiting.pop()
        if isinstance(one, nodes.UseExternalMacro):
            yield one
        elif isinstance(one, Node) and not isinstance(one, nodes.Element):
            for name in one._fields or ():
                value = getattr(one, name, None)
                waiting += value if isinstance(value, list | tuple) else [value]


def _slots(program: Any, kind: Any) -> dict[str, Any]:
    """What is in the blocks of a kind, by name."""
    return {node.name: node.node for node in _walk(program.macros) if isinstance(node, kind)}


def _block(program: Any, name: str) -> Any:
    """What a file has in a block: its own filling of another's, or what is there if nobody fills it."""
    return {**_slots(program, nodes.DefineSlot), **_slots(program, nodes.FillSlot)}[name]


# ------------------------------------------------------------------ which file drew which part

_BEGIN, _END, _STOP = "\x02", "\x03", "\x04"
_PLACE = re.compile(
    rf"(?P<mark>[{_BEGIN}{_END}][^{_STOP}]*{_STOP})|(?P<first><!doctype[^>]*>)"
    r"|(?P<deaf><(?P<tag>title|textarea|script|style)\b.*?</(?P=tag)\s*>)",
    re.IGNORECASE | re.DOTALL,
)


def _put_marks(program: Any, name: str) -> None:
    def around(node: Any, words: str) -> list[Any]:
        return [nodes.Text(f"{_BEGIN}{words}{_STOP}"), node, nodes.Text(f"{_END}{words}{_STOP}")]

    for node in _walk(program.macros):
        if isinstance(node, nodes.FillSlot | nodes.DefineSlot):
            slot: Any = node
            slot.node = nodes.Sequence(around(slot.node, f"{name}#{slot.name}"))
    program.body = around(nodes.Sequence(program.body), name)


def show_marks(drawn: str) -> str:
    """Marks as comments: none before the document's type, nor where a comment would be read as text."""
    waits = _PLACE.search(drawn) is not None and re.search("<!doctype", drawn, re.IGNORECASE) is not None
    held: list[str] = []

    def place(found: re.Match[str]) -> str:
        nonlocal waits
        if found["mark"] is None:
            if found["deaf"] is not None:
                return re.sub(rf"[{_BEGIN}{_END}][^{_STOP}]*{_STOP}", "", found["deaf"])
            waits = False
            return found[0] + "".join(held)
        word = "begin" if found[0][0] == _BEGIN else "end"
        comment = f"<!-- {word} {found[0][1:-1].replace('--', '- -')} -->"
        if waits:
            held.append(comment)
            return ""
        return comment

    return _PLACE.sub(place, drawn)
