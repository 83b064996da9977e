"""``novantic technician``: who works the queue."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from novantic_core.cli.config import config_option, load_site
from novantic_core.models.technician import ROLES
from novantic_core.services.sign_in import add_technician
from novantic_core.values import FieldError


@click.group("technician")
def command() -> None:
    """Technicians and administrators."""


@command.command("add")
@click.argument("email")
@click.option("--name", required=True, help="The name that clients see.")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@config_option
def add(email: str, name: str, role: str, password_stdin: bool, config: str) -> None:
    """Add a technician."""
    site = load_site(config)
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        with site.database.transaction() as session:
            technician = add_technician(session, site.settings, email, name, role, password, datetime.now(UTC))
            click.echo(
                f"{technician.name} <{technician.email}> is {'an' if role == 'administrator' else 'a'} {role} now."
            )
    except FieldError as error:
        raise click.UsageError(f"{error.field}: {error.message}") from error
