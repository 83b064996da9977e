"""``novantic open-ticket SUBJECT -c FILE.ini``: for scripts on the server, such as a backup that failed."""

from html import escape

import click

from novantic_core.plugin import FieldError, IntakeChannel, TicketDraft, hookimpl


@hookimpl
def novantic_intake_channels():
    """Tickets that came this way say so."""
    return [IntakeChannel("script", "par un script")]


@hookimpl
def novantic_commands(cli, open_desk):
    """Add the command; ``-c FILE.ini`` is read by the core."""

    @cli.command("open-ticket")
    @click.argument("subject")
    @click.option("--text", default="", help="What happened.")
    def open_ticket(subject, text):
        """Open a ticket, and say its number."""
        message = f"<p>{escape(text or subject)}</p>"
        try:
            with open_desk() as desk:
                draft = TicketDraft("script", "robot@msp.example.com", "Robot", subject, message)
                click.echo(desk.open_ticket(draft).number)
        except FieldError as error:
            raise click.ClickException(str(error.message)) from error
