"""The contrast of each pair of tokens that stand on one another, in light and in dark; tokens that nobody uses."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from novantic_core.colours import core_tokens, pairs, theme_tokens
from novantic_core.theme_check.finding import Finding, line_of
from novantic_core.themes import PLAIN, Themes


def check(themes: Themes, name: str) -> list[Finding]:
    """Pairs that can't be told apart, and tokens that no style sheet has."""
    return [*_contrasts(themes, name), *_unknown(themes, name)]


def _contrasts(themes: Themes, name: str) -> Iterator[Finding]:
    file = themes.themes[name].folder / "theme.toml"
    for look, tokens in zip(("light", "dark"), theme_tokens(themes, name), strict=True):
        for pair in pairs(tokens):
            line = _line(themes, name, look, pair.front) or _line(themes, name, look, pair.back)
            said = f"{pair.front} {pair.front_colour} on {pair.back} {pair.back_colour}, {look}"
            if pair.ratio is None:
                yield Finding(
                    file, line, f"{said}: the contrast can't be worked out; colours as #rrggbb can", is_fault=False
                )
            elif not pair.is_enough:
                mend = "darker" if look == "light" else "lighter"
                yield Finding(
                    file,
                    line,
                    f"{said}: a contrast of {pair.ratio}, and it takes {pair.least}; make one of them {mend}",
                )


def _line(themes: Themes, name: str, look: str, token: str) -> int | None:
    theme = themes.themes[name]
    if look == "dark" and token in theme.dark_tokens:
        return line_of(theme.folder / "theme.toml", rf"^{token}\s*=", "[tokens.dark]")
    return line_of(theme.folder / "theme.toml", rf"^{token}\s*=") if token in theme.tokens else None


def _unknown(themes: Themes, name: str) -> Iterator[Finding]:
    theme = themes.themes[name]
    if name == PLAIN:
        return
    sheets = [path for folder in themes.path(name, "static") for path in folder.rglob("*.css")]
    used = set(re.findall(r"var\(--([a-z][a-z0-9-]*)", "\n".join(sheet.read_text("utf-8") for sheet in sheets)))
    used |= set(core_tokens()[0])
    for token in dict.fromkeys((*theme.tokens, *theme.dark_tokens)):
        if token not in used:
            near = difflib.get_close_matches(token, sorted(used), 1)
            mend = f"did you mean {near[0]}?" if near else "use it as var(--…), or take it out"
            file = theme.folder / "theme.toml"
            yield Finding(file, line_of(file, rf"^{token}\s*="), f"no style sheet uses the token {token}; {mend}")
