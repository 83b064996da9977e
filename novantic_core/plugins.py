"""Ordering and guarding plugins, and the helpers through which the core calls their hooks.

Call sites say ``plugins.collect("novantic_categories")``, never ``pm.hook.x``: that is what keeps one plugin's fault
from being everybody's.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pluggy
from pyramid_retry import mark_error_retryable
from sqlalchemy.orm import Session

from novantic_core import fitting, hookspecs, recorder
from novantic_core import values as v
from novantic_core.savepoint import Savepoint
from novantic_core.settings import SettingsError
from novantic_core.values import FieldError
from novantic_core.watch import TookTooLong, Watch

T = TypeVar("T")

FAULTS_BEFORE_SET_ASIDE = 5
GIVES: dict[str, type] = {
    "novantic_action_kinds": v.ActionKind, "novantic_reply_text": str,
    "novantic_settings_schema": v.Setting, "novantic_ticket_fields": v.TicketField,
    "novantic_intake_channels": v.IntakeChannel, "novantic_categories": v.Category,
    "novantic_priorities": v.Priority, "novantic_storage_backends": v.StorageBackend,
    "novantic_notification_channels": v.Channel, "novantic_periodic_jobs": v.PeriodicJob,
    "novantic_search_sources": v.SearchSource, "novantic_search_indexes": v.SearchIndex,
    "novantic_search_engines": v.SearchBackend, "novantic_notifications": v.Notice,
    "novantic_navigation": v.NavigationItem, "novantic_page_parts": v.PagePart,
    "novantic_prepare_draft": v.TicketDraft, "novantic_propose_priority": v.PriorityProposal,
    "novantic_route": v.Route, "novantic_access_link": str, "novantic_theme_for": str,
    "novantic_worker_tasks": v.WorkerTask, "novantic_alarm_notices": v.Notice,
}  # fmt: skip
"""What a hook gives, or each item of the list that it gives."""


@dataclass
class Plugin:
    """An enabled plugin, and how it fares in this process."""

    name: str
    module: Any
    version: str = ""
    faults: int = 0
    streaks: dict[str, int] = field(default_factory=dict)
    """Faults in a row, by what the plugin was doing: a hook that works doesn't hide another that never does."""
    last_fault: str = ""
    last_fault_at: datetime | None = None
    set_aside: bool = False
    hung: bool = False
    """Whether it was set aside because a call of it didn't come back: then it isn't called at all."""
    told: int = 0
    times_back: int | None = None
    """How often it had been brought back when it was set aside; None while it works or that isn't written down."""

    def folder(self, name: str) -> Path | None:
        """The plugin's own ``templates``, ``static``, ``locale`` or ``migrations``, if its package has one."""
        for base in getattr(self.module, "__path__", ()):
            path = Path(base) / name
            if path.is_dir():
                return path
        return None


@dataclass(frozen=True)
class LeftOut:
    """Why a plugin that the settings name isn't used."""

    why: str
    safe_mode: bool = False
    """Whether that was asked for; else it is missing."""


class PluginStartError(SettingsError):
    """A plugin can't be used; the message is one line that says why.

    :param plugin: its name
    """

    def __init__(self, plugin: str, words: str) -> None:
        super().__init__(words)
        self.plugin = plugin


@dataclass(frozen=True)
class _Call:
    plugin: Plugin
    function: Any
    arguments: tuple[str, ...]


@dataclass
class Plugins:
    """The enabled plugins of one application, in order."""

    enabled: list[Plugin]
    raise_faults: bool = False
    settings_of: Callable[[str], Mapping[str, Any]] = lambda _plugin: {}
    """A plugin's settings as they are now, by its name; whoever makes the site says how they are read."""
    left_out: Mapping[str, LeftOut] = field(default_factory=dict)
    """Those that the settings name and that aren't used, by name."""
    seconds: float = 0
    """How long one call may take where somebody waits for it; 0 for as long as it likes."""
    watch: Watch = field(default_factory=Watch)
    without_secrets: Callable[[str, str], str] = lambda _plugin, text: text
    """A text about a plugin's fault without its secrets; whoever makes the site says which there are."""
    _own: dict[str, v.OwnSettings] = field(default_factory=dict)
    _calls: dict[str, list[_Call]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        manager = pluggy.PluginManager(hookspecs.PROJECT)
        manager.add_hookspecs(hookspecs)
        # pluggy calls the last registered first
        for plugin in reversed(self.enabled):
            for wrong in fitting.wrong_marks(plugin.module):
                raise PluginStartError(plugin.name, f"plugin {plugin.name}: {wrong}")
            try:
                manager.register(plugin.module, plugin.name)
            except pluggy.PluginValidationError as error:
                # pluggy says neither which hook it is nor what there is
                words = next(fitting.wrong_hooks(plugin.module), str(error).splitlines()[-1].strip())
                raise PluginStartError(
                    plugin.name,
                    f"plugin {plugin.name}: {words}; see docs/reference/hooks.md for what the hook gives",
                ) from error
        try:
            manager.check_pending()
        except pluggy.PluginValidationError as error:
            name = manager.get_name(error.plugin) or str(error.plugin)
            raise PluginStartError(
                name,
                f"plugin {name}: {error}; "
                "the hook doesn't exist in this version: check its spelling in docs/reference/hooks.md",
            ) from error
        by_name = {plugin.name: plugin for plugin in self.enabled}
        for name in by_name:
            self._own[name] = v.OwnSettings(lambda name=name: self.settings_of(name))  # type: ignore[misc]
        for name in dir(hookspecs):
            if name.startswith("novantic_"):
                hook = getattr(manager.hook, name)
                self._calls[name] = [
                    _Call(by_name[impl.plugin_name], impl.function, impl.argnames)
                    for impl in reversed(hook.get_hookimpls())
                ]

    def __iter__(self) -> Iterator[Plugin]:
        return iter(self.enabled)

    def get(self, name: str) -> Plugin | None:
        """The enabled plugin of that name."""
        return next((plugin for plugin in self.enabled if plugin.name == name), None)

    def hooks_of(self, plugin: Plugin) -> list[str]:
        """Names of the hooks that a plugin implements."""
        return [hook for hook, calls in self._calls.items() if any(call.plugin is plugin for call in calls)]

    def answers(self, hook: str) -> bool:
        """Whether any plugin implements a hook."""
        return bool(self._calls[hook])

    def asks_for(self, hook: str, parameter: str) -> bool:
        """Whether any plugin's implementation of a hook takes a parameter: what nobody takes needn't be found out."""
        return any(parameter in call.arguments for call in self._calls[hook] if not call.plugin.set_aside)

    # ------------------------------------------------------------------ the helpers

    def each(self, hook: str, **given: Any) -> Iterator[tuple[Plugin, Any]]:
        """Each plugin's answer, unguarded: for start-up, and for what a plugin may stop.

        :raises FieldError: as the plugin raised it
        :raises SettingsError: the same: it says itself what to mend in the .ini file
        :raises PluginFault: for anything else that a plugin raised, with its name
        """
        for call in self._calls[hook]:
            if call.plugin.hung:
                raise PluginFault(call.plugin, hook, TimeoutError("it hung before, and is set aside"))
            try:
                with self.timed(call.plugin, hook), recorder.watch(call.plugin.name, hook) as noted:
                    answer = call.function(*self._arguments(call, given))
                    noted.gave(answer)
            except (FieldError, SettingsError):
                raise
            except (Exception, SystemExit) as error:
                self.note_fault(call.plugin, hook, error)
                raise PluginFault(call.plugin, hook, error) from error
            yield call.plugin, answer

    def collect(
        self, hook: str, *, session: Session | None = None, stops: tuple[type[Exception], ...] = (), **given: Any
    ) -> list[tuple[Plugin, Any]]:
        """Each plugin's answer that isn't None, guarded, each in a savepoint where there is a session.

        :param stops: exceptions by which a plugin may stop what it is part of
        """
        return list(self._ask(self._calls[hook], hook, session, given, stops=stops))

    def collect_items(self, hook: str, *, session: Session | None = None, **given: Any) -> list[tuple[Plugin, Any]]:
        """The items of each plugin's list, with the plugin they came from, guarded."""
        answers = self._ask(self._calls[hook], hook, session, given, read=list)
        return [(plugin, item) for plugin, items in answers for item in items]

    def first(self, hook: str, *, session: Session | None = None, **given: Any) -> tuple[Plugin, Any] | None:
        """The first answer that isn't None, guarded."""
        return next(self._ask(self._calls[hook], hook, session, given), None)

    def chain(self, hook: str, name: str, value: Any, *, session: Session | None = None, **given: Any) -> Any:
        """Hand a value from plugin to plugin: each gets what the one before returned; None leaves it. Guarded."""
        for call in self._calls[hook]:
            for _plugin, answer in self._ask([call], hook, session, {name: value, **given}, before=value):
                value = answer
        return value

    def _ask(
        self, calls: list[_Call], hook: str, session: Session | None, given: Mapping[str, Any],
        read: Callable[[Any], Any] | None = None, stops: tuple[type[Exception], ...] = (), before: Any = None,
    ) -> Iterator[tuple[Plugin, Any]]:  # fmt: skip
        for call in calls:
            if call.plugin.set_aside:
                recorder.note_set_aside(call.plugin.name, hook)
                continue
            answer = None
            watched = recorder.watch(call.plugin.name, hook, guarded=session is not None)
            with watched as noted, self.guarded(call.plugin, hook, session, stops, given.get("request")):
                given_back = call.function(*self._arguments(call, given, session))
                # a plugin's generator must raise in here, not at the caller's
                if given_back is not None:
                    answer = check_given(hook, given_back if read is None else read(given_back))
                    noted.gave(answer, before)
            if answer is not None:
                yield call.plugin, answer

    def _arguments(self, call: _Call, given: Mapping[str, Any], session: Session | None = None) -> list[Any]:
        own = {"session": session, "own_settings": self._own[call.plugin.name]}
        return [given[name] if name in given else own[name] for name in call.arguments]

    @contextlib.contextmanager
    def timed(self, plugin: Plugin | None, doing: str, seconds: float | None = None) -> Iterator[None]:
        """Let a plugin work; where an attempt is made at something, only for so long.

        :param plugin: None for the core, which takes the time that it takes
        :param seconds: how long, if not as any hook
        :raises GivenUp: if it took too long: nobody waits for the attempt any more
        """
        attempt = self.watch.attempt
        if attempt is None:
            yield
            return
        attempt.begin(plugin, doing, self.seconds if seconds is None else seconds)
        try:
            yield
        except Exception:
            # what the end of its connections made it raise is no other fault
            attempt.look()
            raise
        finally:
            attempt.end()

    @contextlib.contextmanager
    def guarded(
        self, plugin: Plugin, doing: str, session: Session | None = None, stops: tuple[type[Exception], ...] = (),
        request: Any = None,
    ) -> Iterator[None]:  # fmt: skip
        """Let a plugin work; if it raises, undo what it did in the session, note the fault, and go on.

        The savepoint costs no statement unless the plugin uses the session: SQLAlchemy emits it on first use.

        :param request: instead of a session, a request whose session the plugin may use, open or not
        :raises PluginFault: if the plugin ended the transaction itself. What the core had written in it is gone then,
            so nothing may go on as if it were there; the request is run again without the plugin.
        """
        savepoint = Savepoint(session, request) if session is not None or request is not None else None
        attempt = self.watch.attempt
        if attempt is not None:
            attempt.begin(plugin, doing, self.seconds)
        try:
            try:
                yield
                if savepoint is not None:
                    savepoint.keep()
            finally:
                if attempt is not None:
                    attempt.end()
            plugin.streaks.pop(doing, None)
        # libraries call sys.exit too, which is no wish of the site's
        except (Exception, SystemExit) as error:
            if savepoint is not None:
                savepoint.undo()
            if isinstance(error, stops) or self.raise_faults:
                raise
            self.note_fault(plugin, doing, error)
            if savepoint is not None and savepoint.ended:
                plugin.set_aside = True
                fault = PluginFault(plugin, doing, error)
                # without it, all that was going on can be done again
                mark_error_retryable(fault)
                raise fault from error

    def note_fault(self, plugin: Plugin, doing: str, error: BaseException) -> None:
        """Log and count a fault; set the plugin aside after :data:`FAULTS_BEFORE_SET_ASIDE` in a row.

        One that hung is set aside at once: each time that it does costs somebody seconds, and a thread.
        """
        self._log(plugin, doing, error)
        recorder.note_fault(plugin.name, doing, error)
        with self._lock:
            plugin.faults += 1
            plugin.streaks[doing] = plugin.streaks.get(doing, 0) + 1
            plugin.last_fault = self.without_secrets(plugin.name, f"{doing}: {type(error).__name__}: {error}")[:500]
            plugin.last_fault_at = datetime.now(UTC)
            plugin.hung = plugin.hung or isinstance(error, TookTooLong)
            if plugin.hung or plugin.streaks[doing] >= FAULTS_BEFORE_SET_ASIDE:
                plugin.set_aside = True

    def in_time(self, work: Callable[[], T], again: bool = True) -> T:
        """Do what somebody waits for; a plugin in it that takes too long is set aside, and it is done without.

        :param work: what is worth nothing by half: it is done from its beginning again
        :param again: False to raise at once
        :raises TookTooLong: if a plugin took too long that is called although it is set aside
        """
        if not self.seconds or self.raise_faults:
            return work()
        while True:
            # another request's attempt may find it out meanwhile: this one is done again without it all the same
            known = [plugin for plugin in self.enabled if plugin.hung]
            try:
                return self.watch.run(work, self.seconds)
            except TookTooLong as error:
                plugin = error.work.owner
                self.note_fault(plugin, error.work.doing, error)
                if plugin in known or not again:
                    raise

    def _log(self, plugin: Plugin, doing: str, error: BaseException) -> None:
        log = logging.getLogger(f"novantic.plugin.{plugin.name}")
        whole = "".join(traceback.format_exception(error))
        safe = self.without_secrets(plugin.name, whole)
        if safe == whole:
            log.error("%s failed", doing, exc_info=error)
        else:
            log.error("%s failed\n%s", doing, safe)


class PluginFault(Exception):
    """A plugin raised where its fault can't be passed over."""

    def __init__(self, plugin: Plugin, hook: str, error: BaseException) -> None:
        super().__init__(f"plugin {plugin.name}: {hook} failed: {type(error).__name__}: {error}")
        self.plugin = plugin
        self.hook = hook


def check_given(hook: str, given: Any) -> Any:
    """A plugin's answer, if it is what the hook's spec asks for.

    :raises TypeError: if not; found out here it costs the plugin its call, found out later it costs the ticket
    """
    kind = GIVES.get(hook)
    for item in given if isinstance(given, list | tuple) else [given]:
        if kind is not None and not isinstance(item, kind):
            raise TypeError(f"it gives {type(item).__name__} {item!r:.80} where {kind.__name__} is asked for")
    return given
