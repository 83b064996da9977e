"""An application that does nothing, to measure what the server and the load cost by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

PAGE = b"<p>nothing</p>" * 500
"""About the size of the form's page."""


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The same page for every request."""
    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(PAGE)))])
    return [PAGE]


def make(global_config: Any, **settings: str) -> Callable[..., Iterable[bytes]]:
    """Paste's application factory."""
    return application
