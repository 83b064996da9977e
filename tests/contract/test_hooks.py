"""The specs are the documentation that plugin authors have: each says all that they need to know."""

from __future__ import annotations

import inspect
import re

import pytest
from make_docs import hooks as catalogue

from novantic_core import hookspecs
from novantic_core.hookspecs import Deprecated
from novantic_core.plugin import API_VERSION

HOOKS = [getattr(hookspecs, name) for name in dir(hookspecs) if name.startswith("novantic_")]
NAMES = [hook.__name__ for hook in HOOKS]


MOST_LINES = 70
"""Of an example: who looks a hook up wants to see it at a glance."""


def field(hook, name):
    """The text of a ``:name:`` field of a docstring."""
    found = re.search(rf"^:{name}:[ ]*(.+?)(?=^:|\Z)", inspect.getdoc(hook), re.MULTILINE | re.DOTALL)
    return found and found[1].strip()


@pytest.mark.parametrize("hook", HOOKS, ids=NAMES)
def test_a_hook_says_what_it_is_for_and_when_it_is_called(hook):
    first, _blank, rest = inspect.getdoc(hook).partition("\n\n")
    assert first.endswith(".")
    assert re.search(r"\b[Cc]alled\b", first + rest)


@pytest.mark.parametrize("hook", HOOKS, ids=NAMES)
def test_a_hook_says_in_which_transaction_it_runs(hook):
    assert re.search(r"\b[Tt]ransaction\b", inspect.getdoc(hook))


@pytest.mark.parametrize("hook", HOOKS, ids=NAMES)
def test_a_hook_explains_each_parameter_and_no_other(hook):
    explained = re.findall(r"^:param (\w+):[ ]*\S", inspect.getdoc(hook), re.MULTILINE)
    assert explained == list(inspect.signature(hook).parameters)


@pytest.mark.parametrize("hook", HOOKS, ids=NAMES)
def test_a_hook_says_what_to_return_and_what_an_exception_does(hook):
    assert field(hook, "return")
    assert field(hook, "raises")


@pytest.mark.parametrize("hook", HOOKS, ids=NAMES)
def test_a_hook_says_since_which_version_it_is_there(hook):
    major, minor = map(int, field(hook, "since").split("."))
    assert (major, minor) <= API_VERSION


@pytest.mark.parametrize("hook", HOOKS, ids=NAMES)
def test_a_hook_is_typed(hook):
    signature = inspect.signature(hook)
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(p.annotation is not inspect.Parameter.empty for p in signature.parameters.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_hook_has_an_example_and_a_test_that_runs_it(name):
    (code,) = [path.read_text("utf-8") for path in catalogue.example(name)[:1]]
    assert re.search(rf"^@hookimpl\b.*\ndef {name}\(", code, re.MULTILINE)
    assert len(code.splitlines()) <= MOST_LINES
    # that it is called is held by the tests' conftest.py
    assert re.search(r"^def test_\w+\(", catalogue.test_of(name).read_text("utf-8"), re.MULTILINE)


def test_there_is_no_example_of_a_hook_that_is_gone():
    there = {path.stem for path in catalogue.EXAMPLES.iterdir() if path.name != "__pycache__"}
    tested = {path.stem.removeprefix("test_") for path in catalogue.TESTS.glob("test_*.py")}
    assert there == tested == {name.replace("novantic_", "example_", 1) for name in NAMES}


def notices():
    """What will go: the hook, the parameter or nothing, and pluggy's mark."""
    for hook in HOOKS:
        options = hook.novantic_spec
        if options["warn_on_impl"] is not None:
            yield pytest.param(hook, "", options["warn_on_impl"], id=hook.__name__)
        for name, notice in (options["warn_on_impl_args"] or {}).items():
            yield pytest.param(hook, name, notice, id=f"{hook.__name__}-{name}")


@pytest.mark.parametrize("hook, parameter, notice", list(notices()))
def test_what_will_go_says_since_when_until_when_and_what_to_do_instead(hook, parameter, notice):
    assert isinstance(notice, Deprecated)
    since, until = (tuple(map(int, text.split("."))) for text in (notice.since, notice.until))
    assert since <= API_VERSION, "it is deprecated by a version that is still to come"
    assert until > since
    # a plugin that follows what was promised breaks with a first number only
    assert until[1] == 0
    assert notice.mend
    assert not parameter or parameter in inspect.signature(hook).parameters


@pytest.mark.parametrize("hook, parameter, notice", list(notices()))
def test_what_has_outlived_its_time_is_taken_out(hook, parameter, notice):
    assert tuple(map(int, notice.until.split("."))) > API_VERSION, f"take {parameter or hook.__name__} out of the specs"
