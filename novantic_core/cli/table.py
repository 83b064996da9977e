"""Rows under each other, for commands that list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click


def write_table(rows: Sequence[Sequence[str]], notes: Mapping[int, Sequence[str]] | None = None) -> None:
    """Write rows of as many cells each, the first one their headings.

    :param notes: lines that belong to a row, by its place, written under it
    """
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for place, row in enumerate(rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        for note in (notes or {}).get(place, ()):
            click.echo(f"    {note}")
