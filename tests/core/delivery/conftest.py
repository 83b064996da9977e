"""An outbox to fill, and a plugin whose channel keeps what it is handed."""

from __future__ import annotations

import contextlib
import threading
import types
from datetime import UTC, datetime

import pytest
from sqlalchemy import NullPool, create_engine, event, select
from sqlalchemy.exc import OperationalError

from novantic_core.models import Delivery
from novantic_core.plugin import Channel, Notice, Recipient, TicketDraft, hookimpl
from novantic_core.services.open_ticket import open_ticket
from novantic_core.site import build


class Recorder(types.ModuleType):
    """A plugin with the channel ``recorder``, and so many notices for each new ticket."""

    def __init__(self) -> None:
        super().__init__("recorder")
        self.sent: list[str] = []
        self.notices = 1
        self.before_sending = lambda parcel: None
        self.send_back = lambda parcel: None
        self.per_hour = 0
        recorder = self

        @hookimpl
        def novantic_notification_channels():
            return [Channel("recorder", "Recorder", recorder.send, per_hour=lambda: recorder.per_hour)]

        @hookimpl
        def novantic_notifications(event):
            return [Notice("told", Recipient(f"{n}@example.com"), "recorder") for n in range(recorder.notices)]

        self.novantic_notification_channels = novantic_notification_channels
        self.novantic_notifications = novantic_notifications

    def send(self, parcel):
        self.before_sending(parcel)
        self.sent.append(parcel.message_id)
        return self.send_back(parcel)


@pytest.fixture
def recorder(request):
    """The plugin, enabled with nothing but a form beside it. Ask for it before the application."""
    plugin = Recorder()
    request.node.add_marker(
        pytest.mark.novantic(plugins=["webform", "recorder"], extra_plugins={"recorder": plugin}), append=False
    )
    return plugin


@pytest.fixture
def read(novantic_app):
    """``read(query)``: what it finds, as others see it."""

    def read_all(query):
        with novantic_app.site.database.session(write=False) as session:
            return session.scalars(query).all()

    return read_all


@pytest.fixture
def fill(novantic_app):
    """Open a ticket without its page; its notices lie in the outbox then."""

    def fill_outbox(tickets: int = 1, **values) -> None:
        draft = TicketDraft(**{
            "channel": "web", "email": "claire@example.com", "name": "Claire", "phone": "01 44 55 66 77",
            "company": "Lefèvre", "subject": "Imprimante", "message": "<p>Bonjour</p>", "locale": "fr", **values,
        })  # fmt: skip
        with novantic_app.transaction() as session:
            for _ in range(tickets):
                open_ticket(novantic_app.site, session, draft, datetime.now(UTC))

    return fill_outbox


@pytest.fixture
def deliveries(novantic_app):
    """The rows of the outbox as they are now."""

    def read() -> list[Delivery]:
        with novantic_app.site.database.session(write=False) as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.id)))

    return read


@pytest.fixture
def another_site(novantic_app, novantic_settings, request):
    """The same site as another process would have it: its own plugins, its own connections."""
    marker = request.node.get_closest_marker("novantic")
    site = build(novantic_settings, marker.kwargs.get("extra_plugins") if marker else None)
    yield site
    site.database.engine.dispose()


@pytest.fixture
def outage(novantic_app):
    """A database that is away for as long as this lasts, and whose connections are dead afterwards."""
    engine = novantic_app.site.database.engine

    def refuse(_connection, _cursor, statement, parameters, _context, _many):
        raise OperationalError(statement, parameters, ConnectionError("the database is away"))

    @contextlib.contextmanager
    def database_is_away():
        event.listen(engine, "before_cursor_execute", refuse)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", refuse)
            if engine.dialect.name == "postgresql":
                others = create_engine(engine.url, poolclass=NullPool)
                with others.connect() as connection:
                    connection.exec_driver_sql(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )

    return database_is_away


@pytest.fixture
def running():
    """Workers that run in threads until the test ends."""
    started = []

    def run(worker):
        thread = threading.Thread(target=worker.run)
        thread.start()
        started.append((worker, thread))
        return thread

    yield run
    for worker, thread in started:
        worker.stop()
        thread.join(20)
        assert not thread.is_alive()
