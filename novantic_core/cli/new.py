"""``novantic new``: a plugin or a theme of the user's own, which runs and passes its own tests at once."""

from __future__ import annotations

import importlib.util
import keyword
from dataclasses import fields
from pathlib import Path

import click

from novantic_core import __version__
from novantic_core.cli import scaffold
from novantic_core.colours import family, full_colour, is_colour, theme_tokens
from novantic_core.site import packaged_themes
from novantic_core.themes import Themes


@click.group("new")
def command() -> None:
    """Begin a plugin or a theme of your own."""


@command.command("plugin")
@click.argument("name")
@click.option(
    "--into", metavar="FOLDER", type=click.Path(path_type=Path), help="What to write: ./novantic-NAME unless told."
)
@click.option("--minimal", is_flag=True, help="Only a field: no table, no channel, no piece of a page.")
def plugin(name: str, into: Path | None, *, minimal: bool) -> None:
    """Write a distribution with a plugin NAME, one working example of each thing that plugins do, and its tests."""
    from novantic_core.plugin import API_VERSION

    name = scaffold.read_name(scaffold.read_name(name, joiner="_").removeprefix("novantic_"), joiner="_")
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
        "  pytest\n"
        "  novantic init -c desk.ini\n"
        "  pserve desk.ini\n\n"
        f"On another desk, put {name} into novantic.plugins of its .ini file; README.md says what is where."
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


def _read_colour(_context: click.Context, _option: click.Parameter, given: str) -> str:
    # a shell takes an unquoted # for the beginning of a comment: it may be left out
    colour = "#" + given.strip().removeprefix("#")
    if not is_colour(colour):
        raise click.BadParameter(f"{given!r}: it takes three or six hexadecimal digits, as #0b63c5")
    return full_colour(colour)


def _read_label(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    if given is None:
        return None
    if not any(map(str.isalnum, given)) or not given.isprintable() or set(given) & set('"\\'):
        raise click.BadParameter(f"{given!r}: it takes a name, without quotation marks and backslashes")
    return given.strip()


@command.command("theme")
@click.argument("name")
@click.option("--into", metavar="FOLDER", type=click.Path(path_type=Path), help="The folder: ./NAME.")
@click.option(
    "--parent", default="novantic", show_default=True, help="The theme whose files stand in for what it lacks."
)
@click.option(
    "--accent", default="0b63c5", show_default=True, callback=_read_colour, help="The colour of links and buttons."
)
@click.option("--label", callback=_read_label, help="The name of the company, as clients read it.")
def theme(name: str, into: Path | None, parent: str, accent: str, label: str | None) -> None:
    """Write a folder with a theme NAME: texts, colours, logo, pages, French words and tests of its own."""
    name = scaffold.read_name(name, joiner="-")
    target = into or Path(name)
    if target.name != name:
        raise click.BadParameter(f"--into {target}: a theme goes by its folder's name, so it ends in {name}")
    themes = Themes([*packaged_themes(), target.absolute().parent], lambda _kind: [], reload=False)
    if name in themes.themes:
        raise click.BadParameter(f"there is a theme named {name!r} already: {themes.themes[name].folder}")
    if parent not in themes.themes:
        raise click.BadParameter(f"--parent {parent}: it takes one of {', '.join(sorted(themes.themes))}")
    label = label or name.replace("-", " ").capitalize()
    words = {
        "name": name, "label": label, "parent": parent, "accent": accent,
        "initial": next(filter(str.isalnum, label)).upper(),
    }  # fmt: skip
    for look, tokens in zip(("light", "dark"), theme_tokens(themes, parent), strict=True):
        for token, colour in family(accent, tokens, dark=look == "dark").items():
            words[f"{look}_{token.replace('-', '_')}"] = colour
    files = scaffold.write(["theme"], target, words)
    click.echo(
        f"{target}: a theme {name}, {len(files)} files. To see it, put into the .ini file of a desk:\n\n"
        f"  novantic.themes_path = {target.absolute().parent}\n"
        f"  novantic.theme = {name}\n\n"
        "What it says is in theme.toml. To check it:\n\n"
        f"  novantic theme check {name} -c FILE.ini\n"
        f"  pytest {target}"
    )
