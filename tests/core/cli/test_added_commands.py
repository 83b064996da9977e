"""The commands that plugins add: found, listed, and told apart from a slip of the keyboard."""

from __future__ import annotations

import types

import click
import pytest

from novantic_core import cli
from novantic_core.cli import COMMANDS
from novantic_core.finding import load
from novantic_core.plugin import hookimpl


@pytest.fixture
def greeting(monkeypatch):
    """A site with a plugin that adds ``greet``, which reads ``-c`` itself, and ``choir sing``."""

    @hookimpl
    def novantic_commands(cli):
        option = click.Option(["-c", "config"])
        cli.add_command(click.Command("greet", callback=lambda config: click.echo("bonjour"), params=[option]))
        choir = click.Group("choir", help="A choir.")
        choir.add_command(click.Command("sing", callback=lambda: click.echo("la la")))
        cli.add_command(choir)

    # a module that is imported now must not keep the stand-in for the tests after this one
    for name in COMMANDS:
        cli.group.get_command(None, name)
    plugins = load(["mine"], {"mine": types.SimpleNamespace(__name__="mine", novantic_commands=novantic_commands)})
    monkeypatch.setattr("novantic_core.cli.config.load_site", lambda path: types.SimpleNamespace(plugins=plugins))


@pytest.mark.usefixtures("greeting")
def test_a_plugin_adds_commands_of_its_own(run):
    assert run("greet", "-c", "site.ini")[:2] == (0, "bonjour\n")


@pytest.mark.usefixtures("greeting")
@pytest.mark.parametrize(
    "words",
    ["choir sing -c site.ini", "choir sing --config=site.ini", "choir -c site.ini sing", "-c site.ini choir sing"],
)
def test_the_file_may_stand_anywhere_also_where_a_command_has_commands(run, words):
    assert run(*words.split())[:2] == (0, "la la\n")


@pytest.mark.usefixtures("greeting")
def test_help_lists_what_the_plugins_of_a_site_add(run):
    status, said, _complaint = run("-c", "site.ini", "--help")
    assert status == 0
    assert "A choir." in said
    assert "Plugins may add more" not in said

    said = run("--help")[1]
    assert "choir" not in said
    assert "novantic -c FILE.ini --help" in said


def test_help_of_a_command_of_the_cores_opens_no_site(run):
    assert run("init", "-c", "nowhere.ini", "--help")[0] == 0


@pytest.mark.usefixtures("greeting")
def test_a_command_that_is_not_there_says_where_it_may_be(run):
    status, _said, complaint = run("choir", "sing")
    assert status == 2
    assert complaint.startswith("novantic: No such command 'choir'.")
    assert complaint.endswith("One that a plugin adds needs -c FILE.ini.\n")

    status, _said, complaint = run("quire", "-c", "site.ini")
    assert status == 2
    assert complaint.startswith("novantic: No such command 'quire'.")
    assert complaint.endswith("No plugin that site.ini enables adds it.\n")
