"""The colours of a theme, and how well they can be told apart (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import colorsys
import functools
import re
from collections.abc import Iterable, Mapping
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
    ("ink", "accent-soft", ENOUGH_FOR_TEXT), ("ink", "alarm-soft", ENOUGH_FOR_TEXT),
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
    digits = full_colour(colour)
    red, green, blue = (_linear(int(digits[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


# --------------------------------------------------------------------- a theme's colours, worked out from one

WHITE, NIGHT = "#ffffff", "#0d1620"
STRONG = 10.0
"""The contrast of the back office's menu, which is large: a quieter shade beside what one works on."""


def family(accent: str, tokens: Mapping[str, str], *, dark: bool) -> dict[str, str]:
    """What a theme of one colour says in one look: its accent, its menu, and what stands on them.

    Each keeps the hue, and is made darker or lighter until everybody can tell it from what it stands on.

    :param accent: a colour in hexadecimal digits
    :param tokens: the other tokens of the look, of which ``paper`` and ``ground`` are in hexadecimal digits
    """
    soft = _with_lightness(accent, 0.17, 0.45) if dark else _with_lightness(accent, 0.95, 0.7)
    main = _until_told(accent, (tokens["paper"], tokens["ground"], soft), ENOUGH_FOR_TEXT, lighter=dark)
    bar = _with_lightness(accent, 0.13, 0.5) if dark else accent
    bar = _until_told(bar, (WHITE,), STRONG, lighter=False)
    return {
        "accent": main, "accent-ink": max(WHITE, NIGHT, key=lambda ink: contrast(ink, main) or 0), "accent-soft": soft,
        "brand": bar, "brand-ink": WHITE,
    }  # fmt: skip


def _until_told(colour: str, backs: Iterable[str], least: float, *, lighter: bool) -> str:
    backs = tuple(backs)
    hue, lightness, saturation = _hls(colour)
    for step in range(101):
        moved = min(1.0, lightness + step / 100) if lighter else max(0.0, lightness - step / 100)
        tried = _hexadecimal(hue, moved, saturation) if step else full_colour(colour)
        if all((contrast(tried, back) or least) >= least for back in backs):
            return tried
    return WHITE if lighter else "#000000"


def _with_lightness(colour: str, lightness: float, most_saturation: float) -> str:
    hue, _lightness, saturation = _hls(colour)
    return _hexadecimal(hue, lightness, min(saturation, most_saturation))


def full_colour(colour: str) -> str:
    """A colour in six small digits."""
    return colour.lower() if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:].lower())


def _hls(colour: str) -> tuple[float, float, float]:
    digits = full_colour(colour)
    red, green, blue = (int(digits[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return colorsys.rgb_to_hls(red, green, blue)


def _hexadecimal(hue: float, lightness: float, saturation: float) -> str:
    return "#" + "".join(f"{round(share * 255):02x}" for share in colorsys.hls_to_rgb(hue, lightness, saturation))
