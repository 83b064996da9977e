"""``novantic new``: a plugin or a theme of the user's own, which runs and passes its own tests at once."""

from __future__ import annotations

import importlib.util
import keyword
from dataclasses import fields
from pathlib import Path

import click

from novantic_core import __version__
from novantic_core.cli import scaffold


@click.group("new")
def command() -> None:
    """Begin a plugin or a theme of your own."""


@command.command("plugin")
@click.argument("name")
@click.option("--into", metavar="FOLDER", type=click.Path(path_type=Path), help="Where to write it: ./novantic-NAME.")
@click.option("--minimal", is_flag=True, help="Only a field: no table, no channel, no piece of a page.")
def plugin(name: str, into: Path | None, *, minimal: bool) -> None:
    """Write a distribution with a plugin NAME, one working example of each thing that plugins do, and its tests."""
    from novantic_core.plugin import API_VERSION

    name = scaffold.read_name(name, joiner="_").removeprefix("novantic_")
    package, distribution = f"novantic_{name}", f"novantic-{name.replace('_', '-')}"
    _refuse_taken(name, package)
    target = into or Path(distribution)
    words = {
        "name": name, "package": package, "distribution": distribution, "label": name.replace("_", " ").capitalize(),
        "novantic_version": __version__, "api_version": ".".join(map(str, API_VERSION)),
        "next_api_version": str(API_VERSION[0] + 1),
    }  # fmt: skip
    files = scaffold.write(["plugin_field"] if minimal else ["plugin_field", "plugin"], target, words)
    click.echo(
        f"{target}: a plugin {name}, {len(files)} files. To try it:\n\n"
        f"  cd {target}\n"
        "  pip install -e '.[test]'\n"
        "  pytest\n\n"
        f"Then put {name} into novantic.plugins of an .ini file and run `novantic init`; README.md says what is where."
    )


def _refuse_taken(name: str, package: str) -> None:
    """Refuse a name that something else goes by.

    :raises click.BadParameter: saying what
    """
    from novantic_core.finding import installed
    from novantic_core.models import Base
    from novantic_core.settings import Settings

    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise click.BadParameter(f"{name!r} is a word of Python's own")
    point = installed().get(name)
    if point is not None:
        owner = f" by {point.dist.name} {point.dist.version}" if point.dist else ""
        raise click.BadParameter(f"a plugin named {name!r} is installed already{owner}")
    if importlib.util.find_spec(package) is not None:
        raise click.BadParameter(f"{name!r}: a package {package} is installed already")
    if any(table == name or table.startswith(f"{name}_") for table in Base.metadata.tables):
        raise click.BadParameter(f"{name!r}: the core has tables of that name, and a plugin's begin with its own")
    ours = {option.metadata.get("name", option.name).partition(".")[0] for option in fields(Settings)}
    if name in ours | {"brand", "search", "storage"}:
        raise click.BadParameter(f"{name!r}: novantic.{name} is a setting of the core's")
