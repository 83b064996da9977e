"""How long clients wait for the first answer, in a table of one's own."""

from sqlalchemy import text

from novantic_core.plugin import hookimpl


@hookimpl
def novantic_ticket_event(event, session):
    """In the transaction of the reply itself: both are kept, or neither."""
    if event.kind != "replied" or event.actor.kind != "technician":
        return
    seconds = (event.at - event.ticket.created_at).total_seconds()
    # the ticket's own row says whether it was answered before: ON CONFLICT works on both databases
    session.execute(
        text("INSERT INTO waiting_first (ticket_id, seconds) VALUES (:id, :seconds) ON CONFLICT DO NOTHING"),
        {"id": event.ticket.id, "seconds": round(seconds)},
    )
