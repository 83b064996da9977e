"""Finding, ordering, calling and guarding plugins. No database here: see test_guard.py."""

from __future__ import annotations

import logging
import types

import pytest
from made import plugin

from novantic_core import make_app
from novantic_core.finding import load
from novantic_core.plugin import (
    Category,
    Channel,
    FieldError,
    IntakeChannel,
    PeriodicJob,
    Priority,
    Setting,
    StorageBackend,
    TicketField,
    hookimpl,
)
from novantic_core.plugins import FAULTS_BEFORE_SET_ASIDE, PluginFault
from novantic_core.settings import SettingsError
from novantic_core.site import build

RAW = {
    "sqlalchemy.url": "sqlite:///nowhere/novantic.db",
    "novantic.site_url": "http://support.example.com",
    "novantic.secret": "0123456789abcdef" * 4,
    "novantic.worker": "external",
}


def gives(value):
    return lambda: value


@pytest.fixture
def any_answer(monkeypatch):
    """Numbers and words stand for the values that hooks give."""
    monkeypatch.setattr("novantic_core.plugins.GIVES", {})


def refusal(names, extra, settings=None, start=build):
    with pytest.raises(SettingsError) as caught:
        start({**RAW, "novantic.plugins": names, **(settings or {})}, extra)
    line = str(caught.value)
    assert "\n" not in line
    return line


# ------------------------------------------------------------------ order and helpers


def rules(**reasons):
    return {name: plugin(propose_priority=lambda draft, reason=reason: reason) for name, reason in reasons.items()}


@pytest.mark.usefixtures("any_answer")
def test_plugins_are_called_in_the_order_of_the_settings():
    extra = rules(a=1, b=2, c=3)
    for names in ("a b c", "c a b"):
        answers = load(names.split(), extra).collect("novantic_propose_priority", draft=None, priorities=())
        assert [by.name for by, _answer in answers] == names.split()


@pytest.mark.usefixtures("any_answer")
def test_a_hook_may_ask_to_go_first_or_last():
    extra = rules(a=1, b=2, c=3)
    for name, options in (("a", {"trylast": True}), ("c", {"tryfirst": True})):
        function = extra[name].novantic_propose_priority
        hookimpl(function, specname="novantic_propose_priority", **options)
    answers = load(["a", "b", "c"], extra).collect("novantic_propose_priority", draft=None, priorities=())
    assert [by.name for by, _answer in answers] == ["c", "b", "a"]


@pytest.mark.usefixtures("any_answer")
def test_collect_leaves_out_who_has_no_opinion():
    answers = load(["a", "b"], rules(a=None, b=2)).collect("novantic_propose_priority", draft=None, priorities=())
    assert [answer for _by, answer in answers] == [2]


@pytest.mark.usefixtures("any_answer")
def test_collect_items_takes_a_generator_apart():
    def notifications(event):
        yield "one"
        yield "two"

    plugins = load(["a"], {"a": plugin(notifications=notifications)})
    assert [item for _by, item in plugins.collect_items("novantic_notifications", event=None)] == ["one", "two"]


@pytest.mark.usefixtures("any_answer")
def test_first_stops_at_the_first_answer():
    asked = []

    def route(name, answer):
        def ask(draft):
            asked.append(name)
            return answer

        return plugin(route=ask)

    plugins = load(["a", "b", "c"], {"a": route("a", None), "b": route("b", "x"), "c": route("c", "y")})
    by, answer = plugins.first("novantic_route", draft=None)
    assert (by.name, answer, asked) == ("b", "x", ["a", "b"])


def test_first_without_an_answer_is_none():
    assert load([]).first("novantic_route", draft=None) is None


@pytest.mark.usefixtures("any_answer")
def test_chain_hands_the_value_on():
    def add(letter):
        return plugin(prepare_draft=lambda draft: draft + letter if letter else None)

    plugins = load(["a", "b", "c"], {"a": add("a"), "b": add(""), "c": add("c")})
    assert plugins.chain("novantic_prepare_draft", "draft", "-") == "-ac"


def test_each_is_not_guarded_and_names_the_plugin():
    def fail(draft):
        raise ZeroDivisionError("oops")

    plugins = load(["bad"], {"bad": plugin(check_draft=fail)})
    with pytest.raises(PluginFault, match=r"plugin bad: novantic_check_draft failed: ZeroDivisionError: oops"):
        list(plugins.each("novantic_check_draft", draft=None))


def test_each_lets_a_refusal_through_as_it_is():
    def refuse(draft):
        raise FieldError("Non", "subject")

    plugins = load(["strict"], {"strict": plugin(check_draft=refuse)})
    with pytest.raises(FieldError) as caught:
        list(plugins.each("novantic_check_draft", draft=None))
    assert caught.value.field == "subject"
    assert plugins.get("strict").faults == 0


@pytest.mark.usefixtures("any_answer")
def test_a_hook_takes_only_the_parameters_that_it_wants():
    plugins = load(["a"], {"a": plugin(page_parts=lambda place: [place])})
    assert plugins.collect_items("novantic_page_parts", request=None, place="home", subject=None)[0][1] == "home"


def test_which_hooks_a_plugin_implements_can_be_told():
    plugins = load(["a"], {"a": plugin(categories=gives([]), route=lambda draft: None)})
    assert set(plugins.hooks_of(plugins.get("a"))) == {"novantic_categories", "novantic_route"}
    assert plugins.answers("novantic_route")
    assert not plugins.answers("novantic_theme_for")
    assert plugins.get("b") is None


@pytest.mark.usefixtures("any_answer")
def test_two_sets_of_plugins_live_in_one_process():
    one, two = load(["a"], rules(a=1)), load(["b"], rules(b=2))
    for plugins, expected in ((one, 1), (two, 2)):
        ((_by, answer),) = plugins.collect("novantic_propose_priority", draft=None, priorities=())
        assert answer == expected


# ------------------------------------------------------------------ the guard


def broken(draft=None):
    raise ValueError("broken")


def ask(plugins):
    return [answer for _by, answer in plugins.collect("novantic_propose_priority", draft=None, priorities=())]


@pytest.mark.usefixtures("any_answer")
def test_a_fault_costs_the_plugin_its_answer_and_nobody_else_theirs(caplog):
    plugins = load(["bad", "good"], {"bad": plugin(propose_priority=broken), **rules(good=1)})
    with caplog.at_level(logging.ERROR):
        assert ask(plugins) == [1]
    (record,) = caplog.records
    assert record.name == "novantic.plugin.bad"
    assert record.exc_info
    bad = plugins.get("bad")
    assert (bad.faults, bad.last_fault) == (1, "novantic_propose_priority: ValueError: broken")


def test_a_generator_that_fails_half_way_gives_nothing():
    def half(event):
        yield "one"
        raise ValueError

    plugins = load(["bad"], {"bad": plugin(notifications=half)})
    assert plugins.collect_items("novantic_notifications", event=None) == []
    assert plugins.get("bad").faults == 1


def test_an_answer_of_the_wrong_kind_is_a_fault():
    plugins = load(["bad"], {"bad": plugin(notifications=lambda event: 7)})
    assert plugins.collect_items("novantic_notifications", event=None) == []
    assert plugins.get("bad").faults == 1


def test_a_plugin_is_set_aside_after_repeated_faults():
    calls = []

    def count(draft):
        calls.append(1)
        raise ValueError

    plugins = load(["bad"], {"bad": plugin(propose_priority=count)})
    for _time in range(FAULTS_BEFORE_SET_ASIDE + 3):
        ask(plugins)
    assert len(calls) == FAULTS_BEFORE_SET_ASIDE == 5
    assert plugins.get("bad").set_aside


@pytest.mark.usefixtures("any_answer")
def test_a_plugin_that_works_now_and_again_is_not_set_aside():
    moods = iter([1, 0, 0, 0, 0, 1, 0, 0, 0, 0])
    plugins = load(["moody"], {"moody": plugin(propose_priority=lambda draft: next(moods) or broken())})
    for _time in range(10):
        ask(plugins)
    assert plugins.get("moody").faults == 8
    assert not plugins.get("moody").set_aside


def test_one_hook_that_works_does_not_hide_another_that_never_does():
    plugins = load(["bad"], {"bad": plugin(propose_priority=broken, navigation=lambda request: [])})
    for _time in range(FAULTS_BEFORE_SET_ASIDE):
        ask(plugins)
        plugins.collect_items("novantic_navigation", request=None)
    assert plugins.get("bad").set_aside


def test_in_development_a_fault_is_raised():
    plugins = load(["bad"], {"bad": plugin(propose_priority=broken)}, raise_faults=True)
    with pytest.raises(ValueError, match="broken"):
        ask(plugins)


# ------------------------------------------------------------------ the start


def test_a_plugin_that_is_not_there_stops_the_start():
    line = refusal("webform nowhere", {})
    assert line.startswith("novantic.plugins: no plugin named 'nowhere' is installed; there are: ")
    assert "webform" in line


def test_a_plugin_named_twice_stops_the_start():
    assert refusal("webform webform", {}) == "novantic.plugins names webform twice"


def test_a_plugin_that_can_not_be_imported_stops_the_start(monkeypatch):
    from novantic_core import finding

    class Broken:
        name, module, dist = "mine", "nowhere", None

        @staticmethod
        def load():
            raise ImportError("no module named x")

    monkeypatch.setattr(finding, "points", lambda: [Broken])
    assert refusal("mine", {}) == "plugin mine can't be imported: ImportError: no module named x"


def unknown_hook():
    module = types.ModuleType("made")

    @hookimpl
    def novantic_telepathy(draft):
        return None

    module.novantic_telepathy = novantic_telepathy
    return module


def fails_half_way():
    yield Category("x", "X")
    raise RuntimeError("half way")


def cannot_be_made(settings):
    raise LookupError("no bucket")


def field(name, **more):
    return lambda context: [TicketField(name, name, **more)]


def route(name, pattern):
    def configure(config):
        config.add_route(name, pattern)
        config.allow(name, "everybody")

    return configure


def bad_setting():
    return [Setting("count", "a number", int)]


@pytest.mark.parametrize(
    "made, named",
    [
        ({"a": unknown_hook()}, ["a", "novantic_telepathy"]),
        ({"a": plugin(route=lambda draft, wrong: None)}, ["a", "wrong"]),
        ({n: plugin(categories=gives([Category("x", "X")])) for n in "ab"}, ["a", "b", "'x'"]),
        ({n: plugin(priorities=gives([Priority("x", "X", 1)])) for n in "ab"}, ["a", "b", "'x'"]),
        ({n: plugin(ticket_fields=field("serial")) for n in "ab"}, ["a", "b", "'serial'"]),
        ({n: plugin(intake_channels=gives([IntakeChannel("x", "X")])) for n in "ab"}, ["a", "b", "'x'"]),
        ({n: plugin(notification_channels=gives([Channel("x", "X", print)])) for n in "ab"}, ["a", "b", "'x'"]),
        ({n: plugin(storage_backends=gives([StorageBackend("local", print)])) for n in "ab"}, ["a", "b", "'local'"]),
        ({"a": plugin(ticket_fields=field("subject"))}, ["a", "'subject'"]),
        ({"a": plugin(ticket_fields=field("csrf_token"))}, ["a", "'csrf_token'"]),
        ({"a": plugin(ticket_fields=field("serial", section="side"))}, ["plugin a", "'serial'", "'side'", "contact"]),
        ({"a": plugin(ticket_fields=field("serial", kind="date"))}, ["plugin a", "'serial'", "'date'", "checkbox"]),
        ({"a": plugin(ticket_fields=lambda context: TicketField("x", "X"))}, ["plugin a", "novantic_ticket_fields"]),
        ({"a": plugin(categories=gives(["x"]))}, ["plugin a", "novantic_categories", "str 'x'", "Category"]),
        ({"a": plugin(categories=fails_half_way)}, ["plugin a", "novantic_categories", "half way"]),
        ({"a": plugin(storage_backends=gives([StorageBackend("local", cannot_be_made)]))}, ["plugin a", "no bucket"]),
        ({"a": plugin(categories=broken)}, ["a", "novantic_categories"]),
        ({"a": plugin(settings_schema=broken)}, ["a", "novantic_settings_schema"]),
        ({"a": plugin(route=lambda draft, tickt: None)}, ["a: novantic_route takes tickt", "there are: draft"]),
        ({"a": plugin(ticket_fields=lambda context: broken())}, ["a", "novantic_ticket_fields"]),
        ({"a": plugin(periodic_jobs=broken)}, ["a", "novantic_periodic_jobs"]),
        ({"a": plugin(periodic_jobs=gives([PeriodicJob("x", 1, print)] * 2))}, ["a", "'x'"]),
        ({"a": plugin(search_sources=broken)}, ["a", "novantic_search_sources"]),
        ({"a": plugin(storage_backends=gives([StorageBackend("s3", print)]))}, ["novantic.storage = local", "s3"]),
    ],
)  # fmt: skip
def test_what_does_not_fit_stops_the_start_with_the_plugins_name(made, named):
    line = refusal(" ".join(made), made)
    for word in named:
        assert word in line


@pytest.mark.parametrize(
    "made, named",
    [
        ({n: plugin(configure=route("same", f"/{n}")) for n in "ab"}, ["plugin a", "plugin b", "'same'"]),
        ({n: plugin(configure=route(n, "/same")) for n in "ab"}, ["plugin a", "plugin b", "'/same'"]),
        ({"a": plugin(configure=route("a", "/tickets/{number:\\d+}"))}, ["the core", "plugin a"]),
        ({"a": plugin(configure=route("home", "/elsewhere"))}, ["the core", "plugin a", "'home'"]),
        ({"a": plugin(configure=lambda config: config.add_route("a", "/a"))}, ["route a (/a)", "config.allow"]),
        ({"a": plugin(configure=lambda config: config.allow("home", "nobody"))}, ["route home", "'nobody'"]),
        ({"a": plugin(configure=lambda config: config.add_view(print, route_name="gone"))}, ["plugin a", "gone"]),
        ({"a": plugin(configure=lambda config: broken())}, ["plugin a", "novantic_configure", "broken"]),
    ],
)
def test_two_routes_of_one_name_and_routes_without_permission_stop_the_start(made, named):
    line = refusal(" ".join(made), made, start=make_app)
    for word in named:
        assert word in line


def test_settings_of_a_plugin_stop_the_start_too():
    made = {"a": plugin(settings_schema=bad_setting)}
    assert refusal("a", made, {"novantic.a.count": "x"}) == "novantic.a.count = x: it takes a number"
    assert refusal("a", made, {"novantic.a.cuont": "1"}) == (
        "novantic.a.cuont = 1: there is no such setting; did you mean novantic.a.count?"
    )
    assert refusal("a", made, {"novantic.a.zzz": "1"}) == "novantic.a.zzz = 1: there is no such setting"
    assert refusal("", made, {"novantic.a.count": "1"}) == (
        "novantic.a.count = 1: there is no such setting; if it is of a plugin a: novantic.plugins doesn't name that"
    )


@pytest.mark.parametrize(
    "settings, line",
    [
        ({"novantic.storage": "s3"}, "novantic.storage = s3: no enabled plugin offers it; there are: local"),
        ({"novantic.storage.local.paht": "x"}, "novantic.storage.local.paht = x: there is no such setting"),
        ({"sqlalchemy.url": "nonsense"}, "sqlalchemy.url: it takes a database URL, as sqlite:///var/novantic.db"),
        ({"sqlalchemy.url": "sqlite://"}, "sqlalchemy.url: it takes the file of the database"),
        ({"sqlalchemy.url": "mysql://x/y"}, "sqlalchemy.url: mysql is not supported; it takes sqlite or postgresql"),
        ({"novantic.theme": "gone"}, "the theme 'gone' is not among the themes: "),
        ({"novantic.themes_path": "/gone"}, "novantic.themes_path = /gone: there is no such folder"),
        ({"sqlalchemy.pool_size": "4"}, "sqlalchemy.pool_size = 4: there is no such setting"),
    ],
)
def test_what_is_chosen_has_to_be_there(settings, line):
    assert refusal("local_storage", {}, settings).startswith(line)


def test_a_missing_database_is_named():
    with pytest.raises(SettingsError, match=r"sqlalchemy\.url is missing"):
        build({key: value for key, value in RAW.items() if key != "sqlalchemy.url"})
