"""The ``novantic`` command, one file a sub-command."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from novantic_core import __version__
from novantic_core.settings import SettingsError

HELP = frozenset({"-h", "--help"})
COMMANDS = ("demo", "doctor", "init", "new", "plugins", "search", "serve", "technician", "theme", "worker")


class Commands(click.Group):
    """The core's commands, each imported when it is used, and those that the plugins of ``-c FILE`` add."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*COMMANDS, *self.commands})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            command: click.Command = importlib.import_module(f"novantic_core.cli.{cmd_name}").command
            return command
        return self.commands.get(cmd_name)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        file = _file(args)
        # `novantic -c FILE.ini --help` lists what its plugins add, too
        if file and HELP.intersection(args) and all(word == file or word.startswith("-") for word in args):
            self._add_commands(file)
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        file = _file(args) or ctx.params.get("config")
        if args and args[0] not in COMMANDS and file:
            self._add_commands(file)
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            where = f"No plugin that {file} enables adds it." if file else "One that a plugin adds needs -c FILE.ini."
            raise click.UsageError(f"{error.format_message()} {where}", ctx) from error

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if not self.commands:
            with formatter.indentation():
                formatter.write_text("\nPlugins may add more: novantic -c FILE.ini --help lists them.")

    def _add_commands(self, file: str) -> None:
        from novantic_core.cli.added import add_commands
        from novantic_core.cli.config import load_site

        add_commands(self, load_site(file))


def _file(args: list[str]) -> str | None:
    """What ``-c`` names among the words of a command that nobody has read yet."""
    for word, after in zip(args, [*args[1:], None], strict=True):
        if word in {"-c", "--config"}:
            return after
        if word.startswith("--config="):
            return word.removeprefix("--config=")
    return None


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="novantic")
@click.option("--safe-mode", is_flag=True, help="Use no plugin that doesn't come with Novantic; alone, serve so.")
@click.option("-c", "--config", "config", metavar="FILE.ini",
              help="The site that --safe-mode serves, and whose plugins' commands --help lists.")  # fmt: skip
@click.pass_context
def group(context: click.Context, safe_mode: bool, config: str | None) -> None:
    """Novantic, an open helpdesk."""
    from novantic_core.cli.config import ask_for_safe_mode

    if safe_mode:
        ask_for_safe_mode()
    if context.invoked_subcommand is not None:
        return
    if not safe_mode:
        raise click.exceptions.NoArgsIsHelpError(context)
    if config is None:
        raise click.UsageError("Missing option '-c' / '--config'.", context)
    from novantic_core.cli.serve import serve

    serve(config)


def main() -> None:
    """Run the command; whatever was wrong with what was given is one line, and exit status 2."""
    from sqlalchemy.exc import OperationalError, ProgrammingError

    try:
        group(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        _fail(error.format_message())
    except SettingsError as error:
        _fail(str(error))
    except (OperationalError, ProgrammingError) as error:
        words = str(error.orig).strip().splitlines()[0]
        _fail(f"sqlalchemy.url: the database can't be worked with: {words}; has `novantic init` been run?")


def _fail(message: str) -> None:
    click.echo(f"novantic: {' '.join(message.split())}", err=True)
    sys.exit(2)
