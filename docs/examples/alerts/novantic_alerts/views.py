"""The address that a monitoring system posts to."""

from pyramid.view import view_config

from novantic_alerts import alert
from novantic_alerts.signature import is_signed
from novantic_core.plugin import FieldError, _

MOST = "300 per hour"
"""Alerts: a monitoring system that has lost its network would open a ticket for each machine that it sees."""


@view_config(route_name="alerts", request_method="POST", renderer="json", require_csrf=False)
def take(request):
    """Open a ticket, or say in a sentence why not.

    There is no CSRF token to check: no cookie is looked at, so no browser can be made to send what we would believe.
    """
    settings = request.desk.plugin_settings("alerts")
    if not is_signed(settings["secret"], request.headers, request.body, request.desk.now.timestamp()):
        return refuse(request, 401, _("The signature is wrong, or the clocks differ by more than five minutes."))
    if not request.desk.within_limit(MOST, "alerts", settings["requester"]):
        return refuse(request, 429, _("These are too many alerts. Please wait."))
    try:
        values = alert.read(request.body)
        if values["state"] == alert.OK:
            return {"number": None}
        ticket = request.desk.open_ticket(alert.draft(values, settings["requester"]))
    except (ValueError, TypeError):
        return refuse(request, 400, _("This is no JSON object."))
    except FieldError as error:
        return {**refuse(request, 422, error.message), "field": error.field}
    # the same alert again gives the ticket that it has
    request.response.status_int = 201 if ticket.created_at == request.desk.now else 200
    return {"number": ticket.number}


def refuse(request, status, sentence):
    """An answer that says why, in the sender's language."""
    request.response.status_int = status
    return {"error": request.page.words(sentence)}
