"""Articles that fit what somebody is writing."""

from __future__ import annotations

from pyramid.request import Request

from novantic_faq import articles, finding
from novantic_faq.audience import audience_of

LONGEST = 300


def suggest(request: Request, subject: str, text: str, topic: str) -> list[articles.Entry]:
    """The articles that fit, in the reader’s language."""
    return finding.find(request.dbsession, audience_of(request), subject, request.locale_name, 4)
