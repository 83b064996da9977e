"""Documentation that nobody runs rots: the hook catalogue is made from the specs, examples are run."""

from __future__ import annotations

import importlib.util
import re
import types
from pathlib import Path

import pytest
from sqlalchemy import select

from novantic_core.models import Ticket
from novantic_core.plugin import Desk
from novantic_core.services.rebuild_index import rebuild_index

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["make_hooks", "make_blocks"])
def test_a_made_page_is_what_its_sources_say(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    assert made.PAGE.read_text("utf-8") == made.page(), "run `make docs`"


def python_blocks(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / "docs" / page).read_text("utf-8"), re.DOTALL)


def module(code: str) -> types.ModuleType:
    found = types.ModuleType("example")
    exec(code, found.__dict__)  # noqa: S102 - the documentation's own example
    return found


EXAMPLE = module(python_blocks("how-to/write-a-plugin.md")[0])


@pytest.mark.novantic(extra_plugins={"anydesk": EXAMPLE}, plugins=["webform", "email", "email_links", "anydesk"])
def test_the_first_plugin_of_the_documentation_works(portal, visit):
    form = portal.get("/tickets/new").forms["ticket"]
    form["anydesk_id"] = "12"
    assert "nine or ten digits" in form.submit(status=422)
    assert "123 456 789" in visit(anydesk_id="123456789")


BIKES = module(next(code for code in python_blocks("how-to/write-a-plugin.md") if "novantic_search_indexes" in code))


@pytest.mark.novantic(extra_plugins={"bikes": BIKES}, plugins=["bikes"])
def test_the_index_of_the_documentation_is_found_by_words(novantic_app):
    with novantic_app.transaction() as session:
        desk = Desk(novantic_app.site, session)
        desk.changed("bikes", 1, 2, 3)
    with novantic_app.transaction() as session:
        desk = Desk(novantic_app.site, session)
        assert sorted(hit.id for hit in desk.find("bikes", "bicycles")) == [1, 2, 3]
        assert [hit.id for hit in desk.find("bikes", "bicycle 2")] == [2]


PLAIN = module(next(code for code in python_blocks("how-to/write-a-plugin.md") if "novantic_search_engines" in code))


@pytest.mark.novantic(
    plugins=["webform", "plain"], extra_plugins={"plain": PLAIN}, settings={"novantic.search": "plain"}
)
def test_the_search_engine_of_the_documentation_finds_tickets(novantic_app, small_desk):
    printer, mouse = small_desk.open(subject="Imprimante bloquée"), small_desk.open(subject="Souris bloquée")
    small_desk.say(printer, "Voir le bac")
    rebuild_index(novantic_app.site, "ticket", lambda done: None, anew=True)

    with novantic_app.transaction() as session:
        ids = dict(session.execute(select(Ticket.number, Ticket.id)).all())
        desk = Desk(novantic_app.site, session)
        assert [hit.id for hit in desk.find("ticket", "bloquée")] == [ids[mouse], ids[printer]]
        assert [hit.id for hit in desk.find("ticket", "bloquée -souris")] == [ids[printer]]
        assert [hit.id for hit in desk.find("ticket", "bac", within=select(Ticket.id))] == [ids[printer]]


@pytest.mark.parametrize("number", range(len(python_blocks("how-to/write-a-plugin.md"))))
def test_every_piece_of_python_for_plugin_authors_can_be_imported(number):
    module(python_blocks("how-to/write-a-plugin.md")[number])


def links(page: Path) -> list[str]:
    return re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text("utf-8"))


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")], ids=lambda page: page.name)
def test_every_link_between_pages_leads_somewhere(page):
    for link in links(page):
        assert (page.parent / link).exists(), link
