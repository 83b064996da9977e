"""The themes, and an administrator who looks at the site in another one."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from novantic_core.models import Technician, Ticket


@pytest.fixture
def boreal(tmp_path, novantic_settings):
    """A theme of the site's own, with a grey that nobody can read."""
    folder = tmp_path / "themes" / "boreal"
    folder.mkdir(parents=True)
    (folder / "theme.toml").write_text(
        'label = "Boréal"\nparent = "novantic"\n'
        '[brand]\nname = "Boréal Info"\n[tokens]\nink-soft = "#bbb"\nedge = "teal"\n',
        "utf-8",
    )
    novantic_settings["novantic.themes_path"] = str(tmp_path / "themes")
    return folder


@pytest.fixture
def site_with_boreal(boreal, back_office):
    return back_office


def begin(back_office, theme="boreal"):
    page = back_office.get("/admin/themes")
    return (
        next(f for f in page.forms.values() if f.action == f"/admin/themes/{theme}/preview").submit(status=303).follow()
    )


def test_each_theme_with_its_parents_and_its_colours(site_with_boreal):
    page = site_with_boreal.get("/admin/themes")
    section = page.html.find(id="theme-boreal").find_parent("section")
    assert "novantic" in section.text
    assert section.select_one(".contrasts text")["fill"]
    assert section.find(class_="alarm"), "a contrast is too low"
    own = page.html.find(id="theme-novantic").find_parent("section")
    assert not own.find(class_="alarm")
    assert page.html.select("section.theme")[0] is own, "the one in use stands first"


def test_the_administrator_sees_the_whole_site_in_another_theme_and_nobody_else_does(site_with_boreal, novantic_app):
    page = begin(site_with_boreal)
    assert page.request.path == "/"
    assert "Boréal Info" in page
    assert page.html.find(class_="preview-bar")
    assert "Boréal Info" in site_with_boreal.get("/admin/categories")
    assert "Boréal Info" not in novantic_app.client().get("/")


def test_the_preview_ends_on_the_page_where_one_is(site_with_boreal):
    begin(site_with_boreal)
    page = site_with_boreal.get("/tickets/new")
    page = next(f for f in page.forms.values() if f.action == "/admin/themes/end-preview").submit(status=303).follow()
    assert page.request.path == "/tickets/new"
    assert "Boréal" not in page
    assert page.html.find(class_="preview-bar") is None


def test_a_ticket_opened_meanwhile_has_the_theme_that_everybody_sees(site_with_boreal, novantic_app):
    begin(site_with_boreal)
    form = site_with_boreal.get("/tickets/new").forms["ticket"]
    values = {"topic": "printer", "company": "X", "email": "x@example.com", "name": "X Y", "phone": "01 44 55 66 77"}
    for name, value in {**values, "subject": "Essai", "message": "Bonjour"}.items():
        form[name] = value
    form.submit(status=303)
    with novantic_app.transaction() as session:
        assert session.scalars(select(Ticket.theme)).one() == "novantic"


def test_whoever_is_no_longer_an_administrator_sees_what_everybody_sees(site_with_boreal, novantic_app):
    begin(site_with_boreal)
    with novantic_app.transaction() as session:
        session.execute(update(Technician).values(role="technician"))
    assert "Boréal" not in site_with_boreal.get("/")


def test_files_and_fragments_have_no_bar(site_with_boreal):
    begin(site_with_boreal)
    assert "preview-bar" not in site_with_boreal.get("/healthz")


def test_a_theme_that_there_is_not(back_office):
    token = back_office.get("/admin/categories/new").forms["category"]["csrf_token"].value
    back_office.post("/admin/themes/nothing/preview", {"csrf_token": token}, status=404)


PRODUCTION = pytest.mark.novantic(settings={"novantic.debug": "false", "novantic.environment": "development"})


@pytest.fixture
def broken(boreal):
    """The theme, with pages of which nothing can be drawn."""
    (boreal / "templates").mkdir()
    for name in ("layout.pt", "home.pt", "error.pt"):
        (boreal / "templates" / name).write_text(
            '<p>\n${nothing_of_the_kind}</p><main metal:define-slot="main"/>', "utf-8"
        )
    return boreal


@PRODUCTION
def test_a_theme_that_draws_nothing_can_be_looked_at_and_ended(broken, back_office):
    page = begin(back_office)
    assert "Boréal Info" in page
    assert page.html.find(class_="preview-bar")


def section_of(back_office, theme="boreal"):
    return back_office.get("/admin/themes").html.find(id=f"theme-{theme}").find_parent("section")


@PRODUCTION
def test_what_was_broken_is_told_with_its_file_its_line_and_its_fault(broken, back_office):
    begin(back_office)
    lines = [" ".join(line.text.split()) for line in section_of(back_office).select(".broken li")]
    assert len(lines) == 2
    assert lines[0].startswith(f"home.pt · ligne 2 NameError: nothing_of_the_kind {broken}/templates/home.pt")
    assert lines[1].startswith("layout.pt · ligne 2 ")
    assert section_of(back_office, "novantic").select(".broken") == []


@PRODUCTION
def test_a_page_that_is_not_there_is_told_under_a_broken_theme_too(broken, back_office):
    begin(back_office)
    assert "404" in back_office.get("/nowhere", status=404).html.find("main").text


@PRODUCTION
def test_a_file_that_was_mended_is_no_fault_any_more(broken, back_office):
    begin(back_office)
    for name in ("layout.pt", "home.pt"):
        (broken / "templates" / name).unlink()
    assert section_of(back_office).select(".broken") == []


def try_again(back_office):
    page = back_office.get("/admin/themes")
    form = next(f for f in page.forms.values() if f.action == "/admin/themes/boreal/again")
    return form.submit(status=303).follow()


@PRODUCTION
def test_a_file_is_tried_again_and_told_again_where_it_still_fails(broken, back_office):
    begin(back_office)
    page = try_again(back_office)
    assert "The file is used again" in page or "de nouveau utilisé" in page
    assert "home.pt" not in " ".join(line.text for line in section_of(back_office).select(".broken li"))
    back_office.get("/")
    assert "home.pt" in " ".join(line.text for line in section_of(back_office).select(".broken li"))
    assert "boreal: home.pt" in back_office.get("/admin/audit?of=desk")


def test_trying_a_file_again_that_nobody_left_out(back_office):
    token = back_office.get("/admin/categories/new").forms["category"]["csrf_token"].value
    back_office.post("/admin/themes/novantic/again", {"csrf_token": token, "template": "home.pt"}, status=404)
