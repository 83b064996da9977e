"""The pages of the documentation that are made: ``python tools/make_docs`` writes them.

The hooks and the values are read from their docstrings, examples and the pieces of code in tutorials from files that
are run as tests. What is made is kept in the repository, so that it can be read there; a test says when it is stale.
"""

from __future__ import annotations

from pathlib import Path

from make_docs import blocks, hooks, pieces, values


def pages() -> dict[Path, str]:
    """Each page that is made, and what it has to say."""
    return {**hooks.pages(), **values.pages(), **blocks.pages(), **pieces.pages()}


def strays() -> list[Path]:
    """Files in a folder of made pages that nothing makes any more."""
    made = {**hooks.pages(), **values.pages()}
    return sorted(path for folder in (hooks.FOLDER, values.FOLDER) for path in folder.glob("*.md") if path not in made)
