"""``novantic technician``: who works the queue."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import click
from sqlalchemy import select

from novantic_core.cli.config import config_option, load_site
from novantic_core.models import Technician
from novantic_core.models.technician import ROLES
from novantic_core.services.manage_technician import reset_second_factor
from novantic_core.services.personal_link import INVITATION_LIFE, RESET_LIFE, end_links, make_link
from novantic_core.services.record_action import record_action
from novantic_core.services.sign_in import add_technician
from novantic_core.values import MAIN, Actor, FieldError


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


@command.command("link")
@click.argument("email")
@click.option("--without-second-factor", is_flag=True, help="Take their second factor away, too.")
@config_option
def link(email: str, without_second_factor: bool, config: str) -> None:
    """Print a link by which a technician chooses a password, for where no mail gets through."""
    site, now = load_site(config), datetime.now(UTC)
    with site.database.transaction() as session:
        technician = session.scalar(
            select(Technician).where(Technician.email_key == email.strip().casefold(), Technician.active)
        )
        if technician is None:
            raise click.UsageError(f"email: no technician who can sign in has the address {email}")
        # whoever runs commands on the server is let in anyway; the trail must say that somebody did
        actor = Actor("system", "novantic technician link")
        if without_second_factor:
            reset_second_factor(session, technician, actor, now)
        end_links(session, technician.id)
        life: timedelta = RESET_LIFE if technician.password_hash else INVITATION_LIFE
        token = make_link(session, technician, now)
        record_action(session, "technician_link_printed", actor, now, f"{technician.name} <{technician.email}>")
        hours = life // timedelta(hours=1)
        click.echo(f"{technician.name} chooses a password with this link; it works once, within {hours} h:")
        click.echo(f"  {site.brand(MAIN).site_url}/admin/password/{token}")
