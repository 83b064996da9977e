"""Documentation that nobody runs rots: the hook catalogue is made from the specs, examples are run."""

from __future__ import annotations

import re
import types
from pathlib import Path

import pytest
from make_docs import pages, strays
from make_docs.pieces import shown

from novantic_core.plugin import Desk

ROOT = Path(__file__).parents[2]


MADE = pages()


@pytest.mark.parametrize("page", MADE, ids=lambda page: page.stem)
def test_a_page_that_is_made_is_what_its_sources_say(page):
    assert page.read_text("utf-8") == MADE[page], "run `make docs`"


def test_no_page_is_left_of_what_was_made_once():
    assert not strays(), "run `make docs`"


TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
OF_NOBODY = {"__pycache__", ".pytest_cache", "build"}


def files_of(example: Path) -> list[Path]:
    """What an example is made of, but for empty files, which a tutorial tells to make."""
    return [
        path
        for path in example.rglob("*")
        if path.is_file() and path.stat().st_size and not OF_NOBODY & set(path.parts) and ".egg-info" not in str(path)
    ]


@pytest.mark.parametrize("tutorial", TUTORIALS, ids=lambda page: page.stem)
def test_whoever_follows_a_tutorial_has_the_whole_example(tutorial):
    written = shown(tutorial.read_text("utf-8"))
    # of a long file the page shows a part, and leads to the whole
    linked = {(tutorial.parent / link).resolve() for link in links(tutorial)}
    assert set(written) | linked >= set(files_of(ROOT / "docs" / "examples" / tutorial.stem))
    for path, text in written.items():
        whole = text.split() == path.read_text("utf-8").split()
        assert path in linked or whole, f"{path}: a part is left out, or in another order"


def test_every_example_has_its_tutorial():
    examples = {path.parent.name for path in ROOT.glob("docs/examples/*/pyproject.toml")}
    assert examples == {page.stem for page in TUTORIALS}


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


@pytest.mark.parametrize("number", range(len(python_blocks("how-to/write-a-plugin.md"))))
def test_every_piece_of_python_for_plugin_authors_can_be_imported(number):
    module(python_blocks("how-to/write-a-plugin.md")[number])


PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


def links(page: Path) -> list[str]:
    return re.findall(r"\]\((?!https?:|mailto:)([^)]+)\)", without_code(page))


def without_code(page: Path) -> str:
    return re.sub(r"^```.*?^```$|`[^`\n]*`(?!\])", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The places on a page that a link can lead to, as GitHub names them."""
    heads = re.findall(
        r"^#+ +(.+)$",
        re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL),
        re.MULTILINE,
    )
    return {re.sub(r"[^\w -]", "", re.sub(r"\]\([^)]*\)", "", head)).lower().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_pages_leads_somewhere(page):
    for link in links(page):
        path, _sharp, anchor = link.partition("#")
        there = page.parent / path if path else page
        assert there.exists(), link
        assert not anchor or anchor in anchors(there), link
