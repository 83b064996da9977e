"""Who tried the restore of which backup, in the audit trail that an auditor asks to see."""

from pyramid.httpexceptions import HTTPSeeOther

from novantic_core.plugin import ActionKind, actor, hookimpl


@hookimpl
def novantic_action_kinds():
    """One sentence; its name begins with the plugin's."""
    return [ActionKind("backups_restored", "Restauration vérifiée : ${what}")]


@hookimpl
def novantic_configure(config):
    """What the technician's button sends: a POST, whose token Pyramid checks."""
    config.add_route("backup_restored", "/admin/backups/restored")
    config.allow("backup_restored", "technician")
    config.add_view(restored, route_name="backup_restored", request_method="POST")


def restored(request):
    """Write it down, say so at the top of the next page."""
    client = request.POST["client"].strip()[:120]
    request.desk.note_action("backups_restored", actor(request), client)
    request.page.tell(f"C’est noté pour {client}.")
    return HTTPSeeOther(request.route_path("admin"))
