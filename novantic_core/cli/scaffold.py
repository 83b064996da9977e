"""Writing out a scaffold: a folder of files in which ``@word@`` stands for what the user calls things.

The files lie in ``novantic_core/scaffolds``, each with ``.in`` after its name, so that nothing takes them for what they
will be: Python that can't be imported yet, templates and words that aren't the core's.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from novantic_core.themes import CORE

SCAFFOLDS = CORE / "scaffolds"
SUFFIX = ".in"
HIDDEN = {"gitignore": ".gitignore"}
"""Files whose names begin with a dot there, which setuptools would leave out of the wheel."""
LONGEST_NAME = 30
"""PostgreSQL cuts names of tables and constraints at 63, and those of a plugin begin with its own."""
_WORD = re.compile(r"@([a-z_]+)@")


def read_name(name: str, *, joiner: str) -> str:
    """A name as it is kept: small letters and figures, words joined one way.

    :raises click.BadParameter: for what can't be a name
    """
    kept = re.sub(r"[-_]+", joiner, name.strip().lower())
    if not re.fullmatch(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*", kept):
        raise click.BadParameter(
            f"{name!r}: it takes letters without accents, figures, hyphens and underscores, a letter first"
        )
    if len(kept) > LONGEST_NAME:
        raise click.BadParameter(f"{name!r}: it takes {LONGEST_NAME} characters at most")
    return kept


def write(scaffolds: Iterable[str], target: Path, words: Mapping[str, str]) -> list[Path]:
    """Write the files of scaffolds into a folder that isn't there yet, whole or not at all: their names, in order.

    :param scaffolds: folders of ``novantic_core/scaffolds``; a file of a later one takes the place of an earlier one's
    :param words: what stands for each ``@word@``, in the files and in their names
    :raises click.ClickException: if the folder is there already, or can't be written
    """
    if target.exists() or target.is_symlink():
        raise click.ClickException(f"{target}: it is there already, and nothing of it was touched; say --into FOLDER")
    if not target.parent.is_dir():
        raise click.ClickException(f"{target}: there is no folder {target.parent}")
    files = {
        _name(path.relative_to(SCAFFOLDS / scaffold), words): _fill(path.read_text("utf-8"), words)
        for scaffold in scaffolds
        for path in sorted((SCAFFOLDS / scaffold).rglob("*" + SUFFIX))
    }
    try:
        _write_beside(target, files)
    except OSError as error:
        raise click.ClickException(f"{target}: {error.strerror}") from error
    return sorted(files)


def _write_beside(target: Path, files: Mapping[Path, str]) -> None:
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        # not the temporary folder itself, which nobody else may read
        whole = aside / target.name
        for name, text in files.items():
            (whole / name).parent.mkdir(parents=True, exist_ok=True)
            (whole / name).write_text(text, "utf-8")
        whole.rename(target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _name(path: Path, words: Mapping[str, str]) -> Path:
    name = path.name.removesuffix(SUFFIX)
    return Path(_fill(path.with_name(HIDDEN.get(name, name)).as_posix(), words))


def _fill(text: str, words: Mapping[str, str]) -> str:
    return _WORD.sub(lambda found: words[found[1]], text)
