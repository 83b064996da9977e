"""The counter of the workshop, where clients leave their machines: a technician's page sends who left what."""

from pyramid.httpexceptions import HTTPSeeOther

from novantic_core.plugin import IntakeChannel, TicketDraft, hookimpl


@hookimpl
def novantic_intake_channels():
    """Each ticket says by which way it came: ``counter`` is kept, the words are shown."""
    return [IntakeChannel("counter", "à l’atelier")]


@hookimpl
def novantic_configure(config):
    """A technician takes a machine in."""
    config.add_route("counter", "/admin/counter")
    config.allow("counter", "technician")
    config.add_view(take_in, route_name="counter", request_method="POST")


def take_in(request):
    """Open the ticket: the same road as any other, with all plugins' opinions on it."""
    draft = TicketDraft(
        channel="counter", email=request.POST["email"], name=request.POST["name"],
        subject=f"Machine déposée : {request.POST['machine']}", message="<p>Déposée à l’atelier.</p>",
    )  # fmt: skip
    ticket = request.desk.open_ticket(draft)
    return HTTPSeeOther(request.route_path("admin_ticket", number=ticket.number))
