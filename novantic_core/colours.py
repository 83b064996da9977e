"""The colours of a theme, and how well they can be told apart (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from novantic_core.themes import CORE, Themes

ENOUGH_FOR_TEXT = 4.5
ENOUGH_FOR_EDGES = 3.0
PAIRS: tuple[tuple[str, str, float], ...] = (
    ("ink", "paper", ENOUGH_FOR_TEXT), ("ink", "ground", ENOUGH_FOR_TEXT), ("ink-soft", "paper", ENOUGH_FOR_TEXT),
    ("ink-soft", "ground", ENOUGH_FOR_TEXT), ("brand-ink", "brand", ENOUGH_FOR_TEXT),
    ("accent-ink", "accent", ENOUGH_FOR_TEXT), ("accent", "paper", ENOUGH_FOR_TEXT),
    ("accent", "ground", ENOUGH_FOR_TEXT), ("accent", "accent-soft", ENOUGH_FOR_TEXT),
    ("ok", "ok-soft", ENOUGH_FOR_TEXT), ("warn", "warn-soft", ENOUGH_FOR_TEXT),
    ("alarm", "alarm-soft", ENOUGH_FOR_TEXT), ("alarm", "paper", ENOUGH_FOR_TEXT), ("ink", "note", ENOUGH_FOR_TEXT),
    ("edge", "paper", ENOUGH_FOR_EDGES),
)  # fmt: skip
"""Which token stands on which, and the least contrast of the two."""

_BLOCK = re.compile(r":root\s*\{([^}]*)\}")
_TOKEN = re.compile(r"--([a-z][a-z0-9-]*)\s*:\s*([^;]+);")
_VARIABLE = re.compile(r"var\(--([a-z][a-z0-9-]*)\)")
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


@dataclass(frozen=True)
class Pair:
    """Two tokens, the one on the other. ``ratio`` is None where a colour isn't written in hexadecimal digits."""

    front: str
    back: str
    front_colour: str
    back_colour: str
    ratio: float | None
    least: float

    @property
    def is_enough(self) -> bool:
        """Whether everybody can tell them apart; what can't be worked out isn't held against them."""
        return self.ratio is None or self.ratio >= self.least


def theme_tokens(themes: Themes, name: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """All tokens of a theme as a page has them, in light and in dark: the core's own, its parents', its own."""
    light, dark = (dict(look) for look in core_tokens())
    for link in reversed(themes.chain(name)):
        light.update(link.tokens)
        # tokens.css says the light ones for both looks, then the dark ones
        dark.update(link.tokens)
        dark.update(link.dark_tokens)
    return light, dark


@functools.cache
def core_tokens() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The tokens that the core's style sheet sets, in light and in dark; a theme may set others."""
    # the first block is the light look, the second the dark one
    blocks = _BLOCK.findall((CORE / "static" / "css" / "base.css").read_text("utf-8"))
    light = {key: value.strip() for key, value in _TOKEN.findall(blocks[0])}
    return light, {**light, **{key: value.strip() for key, value in _TOKEN.findall(blocks[1])}}


def mail_tokens(themes: Themes, name: str) -> Mapping[str, str]:
    """A theme's light tokens for mails, which know no custom properties: none stands for another."""
    light, _dark = theme_tokens(themes, name)
    return {key: _VARIABLE.sub(lambda found: light.get(found[1], ""), value) for key, value in light.items()}


def pairs(tokens: Mapping[str, str]) -> list[Pair]:
    """The pairs of tokens that stand on one another, each with its contrast."""
    return [
        Pair(front, back, tokens[front], tokens[back], contrast(tokens[front], tokens[back]), least)
        for front, back, least in PAIRS
    ]


def is_colour(value: str) -> bool:
    """Whether a token's value is a colour in hexadecimal digits."""
    return _HEX.fullmatch(value) is not None


def contrast(one: str, other: str) -> float | None:
    """From 1 (the same) to 21 (black on white), rounded down to a tenth; None if either isn't in hexadecimal digits."""
    if not (is_colour(one) and is_colour(other)):
        return None
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return int((lighter + 0.05) / (darker + 0.05) * 10) / 10


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    red, green, blue = (_linear(int(digits[place : place + 2], 16) / 255) for place in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
