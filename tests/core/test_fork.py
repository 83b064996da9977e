"""A process that is forked from one that is ready, as gunicorn makes them."""

from __future__ import annotations

import os
from typing import Any

import pytest
from sqlalchemy import text


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_connections_of_the_parent_are_forgotten(novantic_app: Any) -> None:
    engine = novantic_app.site.database.engine
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    assert engine.pool.checkedin() == 1

    child = os.fork()
    if child == 0:
        os._exit(engine.pool.checkedin())
    _pid, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert engine.pool.checkedin() == 1
