"""Writes docs/reference/hooks.md from the specs in novantic_core/hookspecs: ``python docs/make_hooks.py``."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from novantic_core import hookspecs

PAGE = Path(__file__).parent / "reference" / "hooks.md"


def page() -> str:
    """The page's text."""
    source = "\n".join(inspect.getsource(room) for room in hookspecs.ROOMS)
    parts = ["# Hooks", _intro(), "_Made from `novantic_core/hookspecs` by `make docs`; change it there._"]
    for match in re.finditer(r"^# -+ (?P<ruler>[\w ,-]+)$|^def (?P<hook>novantic_\w+)\(", source, re.MULTILINE):
        if match["ruler"]:
            parts.append(f"## {match['ruler'].capitalize()}")
        else:
            parts.append(_hook(match["hook"]))
    return "\n\n".join(parts) + "\n"


def _intro() -> str:
    words = inspect.getdoc(hookspecs) or ""
    return words.partition("\n\n")[2].replace("``", "`")


def _hook(name: str) -> str:
    function = getattr(hookspecs, name)
    signature = ", ".join(inspect.signature(function).parameters)
    first = " · stops at the first answer" if function.novantic_spec["firstresult"] else ""
    body = _body(inspect.getdoc(function) or "")
    options = function.novantic_spec
    for parameter, notice in (options["warn_on_impl_args"] or {}).items():
        body = body.replace(f"- **{parameter}**:", f"- **{parameter}** (_{notice}_):")
    gone = f"_{_sentence(options['warn_on_impl'])}_\n\n" if options["warn_on_impl"] else ""
    return f"### {name}({signature}){first}\n\n{gone}{body}"


def _sentence(notice: Warning) -> str:
    words = str(notice)
    return f"{words[0].upper()}{words[1:]}."


def _body(text: str) -> str:
    text = text.replace("``", "`")
    text = re.sub(r":class:`~?(?:[\w.]+\.)?(\w+)`", r"`\1`", text)
    text = re.sub(r"^:param (\w+):", r"- **\1**:", text, flags=re.MULTILINE)
    text = re.sub(r"^:return:", "- **returns**", text, flags=re.MULTILINE)
    text = re.sub(r"^:raises:", "- **if it raises**:", text, flags=re.MULTILINE)
    return re.sub(r"^:since: (.*)$", r"- **since** version \1 of the contract", text, flags=re.MULTILINE)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
