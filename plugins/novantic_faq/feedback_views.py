"""What readers send from an article: whether it was of use, and that it was read."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPBadRequest, HTTPNoContent, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.plugin import render_page
from novantic_faq import feedback
from novantic_faq.views import find_article, said

MOST_ANSWERS = "60 per hour"
"""From one client address, behind which there may be a whole company."""
ANSWERS = ("yes", "no")


@view_config(route_name="kb_useful", request_method="POST")
def useful(request: Request) -> Response:
    """Keep an answer. A script gets the sentence that follows, everybody else the page with it."""
    article, _audience = find_article(request)
    answer, desk = request.typed("answer"), request.desk
    if answer not in ANSWERS:
        raise HTTPBadRequest
    client = request.client_addr or ""
    if not desk.within_limit(MOST_ANSWERS, "faq-answer", client):
        back = request.route_path("kb_article", slug=article.slug)
        return _answered(request, "kb/too_often.pt", 429, back=back)
    visitor = feedback.visitor_key(desk, article.id, client, request.user_agent or "")
    feedback.answer(request.dbsession, article.id, visitor, answer == "yes", desk.now)
    if request.is_xhr:
        return _answered(request, "kb/said.pt", **said(request, article, answer))
    query = {"useful": answer}
    return HTTPSeeOther(request.route_path("kb_article", slug=article.slug, _query=query, _anchor="useful"))


def _answered(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    response = Response(render_page(request, template, values))
    response.status_int = status
    return response


@view_config(route_name="kb_useful", request_method="GET")
def back(request: Request) -> Response:
    """Nothing changes by a GET."""
    return HTTPSeeOther(request.route_path("kb_article", slug=request.matchdict["slug"]))


@view_config(route_name="kb_read", request_method="POST")
def seen(request: Request) -> Response:
    """Somebody has the article before them; technicians don't count."""
    article, audience = find_article(request)
    if not audience.technician:
        feedback.count_view(request.dbsession, article.id)
    return HTTPNoContent()
