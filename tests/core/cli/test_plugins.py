"""``novantic plugins check`` and ``remove``: what they say, and the status they end with."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import inspect, text

from novantic_core.fitting import VERSION
from novantic_core.models import Delivery, Preference
from novantic_core.site import build

FITS = 'novantic_api = ">=1.2,<2"\n'


@pytest.fixture
def check(run, ini):
    """Check with these plugins enabled, or without any file: status, and what is said of each plugin."""

    def checked(enabled=None, **changes):
        words = [] if enabled is None else ["-c", ini(**{"novantic.plugins": enabled, **changes})]
        status, out, _err = run("plugins", "check", *words)
        said, name = {}, ""
        for line in out.split("\n\n")[0].splitlines()[1:]:
            if not line.startswith(" "):
                name = line.split()[0]
            said[name] = [*said.get(name, []), line.strip()]
        return status, said, out.splitlines()[-1]

    return checked


# ------------------------------------------------------------------ check


def test_the_built_in_ones_fit(check):
    status, said, verdict = check("webform email")
    assert (status, verdict) == (0, f"All 2 that are enabled fit version {VERSION} of the contract.")
    assert said["email"] == ["email          0.1.0    yes      >=1.3,<2  yes"]
    assert said["faq"][0].split()[2] == "no"


def test_without_a_file_all_that_are_installed_are_judged(check, made_plugins):
    assert check()[0] == 0
    made_plugins.install("tomorrow", 'novantic_api = ">=2"\nfrom novantic_core.plugin import Tomorrow')
    status, said, verdict = check()
    assert (status, verdict.partition(" (")[0]) == (1, f"Not fit for version {VERSION} of the contract: tomorrow")
    assert said["tomorrow"][0].split() == ["tomorrow", "1.0", "-", ">=2", "no"]
    assert f"it asks for version >=2 of the contract of plugins, this is {VERSION}" in said["tomorrow"][1]
    assert len(said) == 10


def test_one_that_is_not_enabled_is_told_and_does_not_count(check, made_plugins):
    made_plugins.install("tomorrow", 'novantic_api = ">=2"')
    status, said, _verdict = check("webform")
    assert (status, said["tomorrow"][0].split()[-1]) == (0, "no")


def test_one_that_does_not_say_what_it_needs_fits_with_a_warning(check, made_plugins):
    made_plugins.install("silent")
    status, said, _verdict = check("silent")
    assert (status, said["silent"][0].partition("yes, ")[2]) == (0, "with a warning")
    assert said["silent"][1].startswith("warning: it does not say which version of the contract it needs")


def test_one_that_uses_what_will_go_is_told_with_the_mend(check, made_plugins):
    source = "from novantic_core.plugin import hookimpl\n\n@hookimpl\ndef novantic_notification_channels(settings):\n"
    made_plugins.install("old", FITS + source + "    return []\n")
    status, said, _verdict = check("old")
    assert status == 0
    assert said["old"][1].startswith("warning: novantic_notification_channels takes settings, deprecated since version")
    assert said["old"][1].endswith(
        "take own_settings for what your plugin sets, outgoing for how the site sends its mail"
    )


HOOK = "from novantic_core.plugin import hookimpl\n\n"


@pytest.mark.parametrize(
    "source, files, words",
    [
        ("1 / 0", {}, "can't be imported: ZeroDivisionError"),
        ("novantic_api = 'soon'", {}, 'it takes versions of the contract, as ">=1.2,<2"'),
        (HOOK + "@hookimpl\ndef novantic_rout(): ...", {}, f"novantic_rout is no hook of version {VERSION}"),
        (HOOK + "@hookimpl\ndef novantic_route(tickt): ...", {}, "novantic_route takes tickt, which is no parameter"),
        (HOOK + "@hookimpl(wrapper=True)\ndef novantic_route(): yield", {}, "novantic_route is a wrapper"),
        ("def novantic_route(draft): ...", {}, "novantic_route lacks its mark: put @hookimpl"),
        ("PAGE = 'mine/gone.pt'", {}, "it draws the template mine/gone.pt, which is not there"),
        ("", {"templates/a.pt": "<a href=\"${page.asset('css/gone.css')}\">"}, "name the file css/gone.css"),
        ("", {"migrations/v0001.py": "op.create_table('bike')"}, "its table bike does not begin with mine_"),
        ("", {"migrations/v0001.py": "op.create_table('ticket')"}, "its table ticket is one of the core's"),
        ("", {"models.py": """
            from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

            class Base(DeclarativeBase):
                pass

            class Bike(Base):
                __tablename__ = "mine_bike"
                id: Mapped[int] = mapped_column(primary_key=True)
            """}, "no migration makes its tables (mine_bike)"),
        ("", {"models.py": "1 / 0"}, "it can't be looked at: ZeroDivisionError"),
    ],
)  # fmt: skip
def test_what_would_stop_the_start_or_break_later_is_said(check, made_plugins, source, files, words):
    made_plugins.install("mine", FITS + source if "novantic_api" not in source else source, files)
    status, said, verdict = check("mine webform")
    assert (status, said["mine"][0].split()[-1]) == (1, "no")
    assert [line for line in said["mine"] if words in line], said["mine"]
    assert said["webform"][0].split()[-1] == "yes"
    assert "mine" in verdict


def test_what_is_as_it_should_be_is_not_complained_of(check, made_plugins):
    made_plugins.install("mine", FITS + "PAGES = ['mine/page.pt', 'layout.pt', 'no page.pt']", {
        "templates/mine/page.pt": "<img src=\"${page.asset('mine.svg')}\" alt=\"\">",
        "static/mine.svg": "<svg/>",
        "migrations/versions/v0001.py": "op.create_table('mine_bike')",
        "half.py": "def (",
    })  # fmt: skip
    assert check("mine")[1]["mine"][0].split()[-1] == "yes"


def test_two_distributions_with_a_plugin_of_one_name_are_told_and_stop_the_start(check, made_plugins, run, ini):
    made_plugins.install("faq", FITS, package="rival", distribution="rival")
    status, said, _verdict = check("faq")
    assert status == 1
    assert "novantic and rival both have a plugin of this name: uninstall one of them" in said["faq"]
    status, _out, err = run("plugins", "-c", ini(**{"novantic.plugins": "faq"}))
    assert (status, "novantic and rival both have a plugin named faq; uninstall one" in err) == (2, True)


@pytest.mark.parametrize(
    "name, words", [("storage", "the core has tables, jobs or settings"), ("My.Bikes", "its name takes small letters")]
)
def test_a_name_under_which_nothing_can_be_kept_is_told(check, made_plugins, name, words):
    made_plugins.install(name, FITS, package="boxed_odd")
    assert words in check(name)[1][name][1]


def test_folders_beside_a_module_that_nothing_looks_into_are_told(check, made_plugins):
    made_plugins.install("mine", "", {"plugin.py": FITS, "templates/a.pt": "<p/>"})
    (about,) = made_plugins.folder.glob("*.dist-info")
    (about / "entry_points.txt").write_text("[novantic.plugins]\nmine = boxed_mine.plugin\n", "utf-8")
    assert (
        "nothing looks into its templates/: let the entry point name the package, boxed_mine"
        in check("mine")[1]["mine"]
    )


def test_one_that_is_enabled_and_gone_is_told(check):
    status, said, _verdict = check("attic webform")
    assert status == 1
    assert said["attic"] == [
        "attic          -        yes      -         no",
        "it is not installed: install its distribution, or take it off novantic.plugins",
    ]


def test_a_site_that_can_not_start_is_checked_all_the_same(check):
    assert check("webform", **{"novantic.theme": "gone", "sqlalchemy.url": "nonsense"})[0] == 0


# ------------------------------------------------------------------ remove


@pytest.fixture
def off(ini, run):
    """An .ini file without the knowledge base, which the database has."""
    assert run("init", "-c", ini())[0] == 0
    return ini(**{"novantic.plugins": "webform"})


def has_articles(novantic_settings):
    site = build(novantic_settings)
    try:
        return inspect(site.database.engine).has_table("faq_article")
    finally:
        site.database.engine.dispose()


def test_what_becomes_of_its_data_has_to_be_said_and_only_once(off, run, novantic_settings):
    for words in ([], ["--drop", "--keep-data"], ["--export", "x.zip", "--drop"]):
        status, _out, err = run("plugins", "remove", "faq", "-c", off, *words)
        assert (status, err.count("\n")) == (2, 1)
        assert "by one of --keep-data, --export FILE and --drop" in err
    assert has_articles(novantic_settings)


def test_dropping_asks_and_where_nobody_can_answer_it_is_refused(off, run, novantic_settings):
    status, _out, err = run("plugins", "remove", "faq", "--drop", "-c", off)
    assert (status, "say --yes" in err) == (2, True)
    assert has_articles(novantic_settings)


@pytest.mark.parametrize("answer, status, stays", [("n\n", 130, True), ("y\n", 0, False)])
def test_the_question_counts_what_would_go(off, run, novantic_settings, monkeypatch, answer, status, stays):
    monkeypatch.setattr("novantic_core.cli.plugins_remove._can_answer", lambda: True)
    ended, out, _err = run("plugins", "remove", "faq", "--drop", "-c", off, stdin=answer)
    assert "table faq_article: 5 rows" in out.partition("Drop all of this")[0]
    assert (ended, has_articles(novantic_settings)) == (status, stays)


def test_a_script_drops_without_being_asked(off, run, novantic_settings):
    status, out, _err = run("plugins", "remove", "faq", "--drop", "--yes", "-c", off)
    assert (status, out.splitlines()[0]) == (0, "faq is removed. What it had was dropped:")
    assert not has_articles(novantic_settings)


def test_keeping_says_what_stays(off, run, novantic_settings):
    status, out, _err = run("plugins", "remove", "faq", "--keep-data", "-c", off)
    assert status == 0
    assert "What it has stays" in out
    assert "table faq_article: 5 rows" in out
    assert has_articles(novantic_settings)


def test_all_that_it_had_is_counted_and_what_tickets_keep_is_said(ini, run, made_plugins, novantic_settings):
    source = (
        "from novantic_core.plugin import TicketField, hookimpl\n\n@hookimpl\ndef novantic_ticket_fields(context):\n"
    )
    made_plugins.with_tables("mine", "mine_bike", source=source + "    return [TicketField('bike', 'Bicycle')]\n")
    run("init", "-c", ini(**{"novantic.plugins": "mine"}))
    path = ini(**{"novantic.plugins": "webform"})
    site = build(novantic_settings)
    now = datetime(2026, 11, 24, tzinfo=UTC)
    with site.database.transaction() as session:
        session.add(Preference(key="plugin.mine.colour", value="red"))
        session.execute(text("CREATE VIEW mine_red AS SELECT word FROM mine_bike"))
        session.execute(text("CREATE TABLE mine_own_version (version_num varchar(32))"))
        session.add(
            Delivery(
                plugin="mine", channel="email", kind="told", address="a@example.com", name="", role="requester",
                locale="fr", theme="novantic", message_id="<1>", next_attempt_at=now, created_at=now,
            )
        )  # fmt: skip
    site.database.engine.dispose()
    assert run("plugins", "remove", "mine", "--drop", "--yes", "-c", path)[1].splitlines() == [
        "mine is removed. What it had was dropped:",
        "  table mine_bike: 0 rows",
        "  view mine_red",
        "  preferences: 1",
        "  its place in its migrations (mine_version)",
        "Deliveries that waited for it and are cancelled: 1.",
        "Tickets keep what was filled in for bike: it is part of their record.",
        "Not touched, since another plugin's name fits better: mine_own_version.",
    ]


def test_one_that_is_gone_can_not_say_which_fields_were_its_own(ini, run, made_plugins):
    package = made_plugins.with_tables("mine", "mine_bike")
    run("init", "-c", ini(**{"novantic.plugins": "mine"}))
    made_plugins.uninstall(package)
    out = run("plugins", "remove", "mine", "--drop", "--yes", "-c", ini(**{"novantic.plugins": "webform"}))[1]
    assert "Tickets keep what was filled in for its fields" in out


def test_exporting_says_where_the_copy_is(off, run, tmp_path, novantic_settings):
    path = tmp_path / "faq.zip"
    status, out, _err = run("plugins", "remove", "faq", "--export", str(path), "-c", off)
    assert (status, out.splitlines()[-1]) == (0, f"The copy: {path}")
    assert path.is_file()
    assert not has_articles(novantic_settings)


@pytest.mark.parametrize(
    "place, words", [("", "it is there already"), ("/proc/nowhere/x.zip", "No such file or directory")]
)
def test_a_file_that_can_not_be_written_is_one_line_and_all_stays(off, run, tmp_path, novantic_settings, place, words):
    status, _out, err = run("plugins", "remove", "faq", "--export", place or str(tmp_path), "-c", off)
    assert (status, err.count("\n")) == (2, 1)
    assert "nothing of faq was removed" in err
    assert words in err
    assert has_articles(novantic_settings)


def test_what_the_database_refuses_is_one_line(off, run, monkeypatch):
    from sqlalchemy.exc import OperationalError

    def refuse(*_given):
        raise OperationalError("DROP", {}, Exception("canceling statement due to lock timeout\nCONTEXT: …"))

    monkeypatch.setattr("novantic_core.services.remove_plugin._drop_tables", refuse)
    status, _out, err = run("plugins", "remove", "faq", "--drop", "--yes", "-c", off)
    words = "nothing of faq was removed: canceling statement due to lock timeout; is it still in use somewhere?"
    assert (status, err) == (2, f"novantic: {words}\n")


def test_one_that_is_enabled_is_refused_with_the_mend(ini, run):
    run("init", "-c", ini())
    status, _out, err = run("plugins", "remove", "faq", "--drop", "--yes", "-c", ini())
    assert (status, "novantic.plugins names faq: take it off there" in err) == (2, True)


def test_the_file_can_be_named_before_the_command_too(off, run):
    assert run("plugins", "-c", off, "remove", "faq", "--keep-data")[0] == 0
    assert run("plugins", "-c", off, "check")[0] == 0


@pytest.mark.parametrize("words", [[], ["remove", "faq", "--drop"]])
def test_without_a_file_it_is_asked_for(run, words):
    status, _out, err = run("plugins", *words)
    assert (status, err) == (2, "novantic: Missing option '-c' / '--config'.\n")
