"""The pages on which an administrator says which organisation has which level."""

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config
from sqlalchemy import select

from novantic_core.plugin import _, actor, draw_page
from novantic_service_levels.forms import LevelForm
from novantic_service_levels.models import ServiceLevel


@view_config(route_name="service_levels", request_method="GET", renderer="service_levels/list.pt")
def show_all(request):
    """Who has a level; with words, all organisations that are found by them."""
    words = request.GET.get("q", "").strip()[:200]
    levels = dict(request.dbsession.execute(select(ServiceLevel.organisation_id, ServiceLevel.priority)).all())
    found = request.desk.organisations(words) if words else request.desk.organisations(ids=levels)
    labels = {priority.key: priority.label for priority in request.desk.priorities}
    return {"words": words, "rows": [(one, labels.get(levels.get(one.id))) for one in found]}


@view_config(route_name="service_level", request_method="GET")
def show(request):
    """The form."""
    organisation, level = find(request)
    return draw(request, organisation, LevelForm(request, level))


# the form checks the token itself: who had the page open for long keeps what they chose
@view_config(route_name="service_level", request_method="POST", require_csrf=False)
def save(request):
    """Keep it, and write it down."""
    organisation, level = find(request)
    form = LevelForm(request, level)
    values = form.validate()
    if not form.good:
        return draw(request, organisation, form)
    before, after = (level.priority if level else None), values["priority"] or None
    if before != after:
        if level is not None and after is None:
            request.dbsession.delete(level)
        elif after is not None:
            request.dbsession.merge(ServiceLevel(organisation_id=organisation.id, priority=after))
        changes = {"priority": (before, after)}
        request.desk.note_action("service_levels_set", actor(request), organisation.name, changes)
    request.page.tell(_("Saved."))
    return HTTPSeeOther(request.route_path("service_levels"))


def find(request):
    """The organisation in the address, and its level, if it has one."""
    found = request.desk.organisations(ids=[int(request.matchdict["id"])])
    if not found:
        raise HTTPNotFound
    return found[0], request.dbsession.get(ServiceLevel, found[0].id)


def draw(request, organisation, form):
    """The page of the form, with what is wrong in it."""
    drawn = form.draw_for(request.path, cancel=request.route_path("service_levels"))
    title = _("Service level of ${organisation}", mapping={"organisation": organisation.name})
    return draw_page(request, "admin/form.pt", form.status, form=drawn, title=title)
