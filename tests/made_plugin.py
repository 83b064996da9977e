"""Distributions of plugins that are made for a test and are as installed as any other while it runs."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

SCRIPT = """
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    {upgrade}
"""


class MadePlugins:
    """Installs plugins below a folder that is on the path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modules: list[str] = []

    def install(
        self, name: str, source: str = "", files: Mapping[str, str] | None = None, *,
        distribution: str = "", package: str = "", version: str = "1.0",
    ) -> str:  # fmt: skip
        """Install a package with this source and these files beside it; the name of its module."""
        package = package or f"boxed_{name.replace('-', '_')}"
        for path, text in {"__init__.py": source, **(files or {})}.items():
            target = self.folder / package / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(textwrap.dedent(text), "utf-8")
        distribution = distribution or package
        about = self.folder / f"{distribution}-{version}.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n", "utf-8")
        (about / "entry_points.txt").write_text(f"[novantic.plugins]\n{name} = {package}\n", "utf-8")
        self.modules.append(package)
        return package

    def with_tables(self, name: str, *tables: str, downgrade: str = "", source: str = "") -> str:
        """Install a plugin whose migration makes these tables, each with a column ``word``."""
        makes = [f'op.create_table("{table}", sa.Column("word", sa.String(20)))' for table in tables]
        script = SCRIPT.format(upgrade="\n    ".join(makes))
        if downgrade:
            script += f"\n\ndef downgrade():\n    {downgrade}\n"
        source = source or 'novantic_api = ">=1.2"'
        return self.install(name, source, {"migrations/versions/v0001_tables.py": script})

    def uninstall(self, package: str) -> None:
        """Take one away again, as pip would: a site knows of it by its database only."""
        for about in self.folder.glob(f"{package}-*.dist-info"):
            about.rename(about.with_suffix(".gone"))
        self.forget()

    def forget(self) -> None:
        """Forget what was imported of them."""
        for loaded in list(sys.modules):
            if loaded.partition(".")[0] in self.modules:
                del sys.modules[loaded]
