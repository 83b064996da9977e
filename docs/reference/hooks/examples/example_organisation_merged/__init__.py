"""How many hours each organisation has bought in advance; two that become one have the sum."""

from sqlalchemy import text

from novantic_core.plugin import hookimpl


@hookimpl
def novantic_organisation_merged(kept, gone, session):
    """Before ``gone`` is deleted, and its row here with it: there is no undoing a merge."""
    rows = {"kept": kept.id, "gone": gone.id}
    session.execute(
        text(
            "INSERT INTO prepaid_hours (organisation_id, hours) "
            "SELECT :kept, hours FROM prepaid_hours WHERE organisation_id = :gone "
            "ON CONFLICT (organisation_id) DO UPDATE SET hours = prepaid_hours.hours + excluded.hours"
        ),
        rows,
    )
