"""Articles that fit what somebody is writing."""

from __future__ import annotations

from pyramid.request import Request

from novantic_faq import articles

LONGEST = 300


def suggest(request: Request, subject: str, text: str, topic: str) -> list[articles.Entry]:
    """The articles that fit, in the reader’s language."""
    return articles.find(request.dbsession, subject, request.locale_name, 4)
