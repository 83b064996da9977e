"""``make screenshots``: a picture of each page, wide and narrow, light and dark, in var/screenshots."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from desk import ADDRESSES, desk, enter, open_page
from pages import ALL
from playwright.sync_api import FloatRect, ViewportSize, sync_playwright
from serving import launch, make, serve, settings
from visitor import Visitor

from novantic_core import make_app
from novantic_core.testing import App, Mailbox, prepare_database

WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 320, "height": 800}


def draw(
    names: list[str], target: Path, schemes: Iterable[str] = ("light", "dark"), clip: FloatRect | None = None,
    theme: str = "novantic",
) -> None:  # fmt: skip
    """Make the pictures: of whole pages, or of a part of them."""
    target.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as temporary:
        browser, prepared = launch(playwright), {"folder": Path(temporary)}
        for scheme in schemes:
            for name in names:
                folder = Path(tempfile.mkdtemp(dir=temporary))
                server = make()
                given = {**settings(folder, server.url), "novantic.theme": theme}
                app = App(make_app(given), given)
                prepare_database(app.site, prepared)
                context = browser.new_context(color_scheme=scheme, locale="fr-FR", viewport=WIDE)
                with serve(server, app.wsgi):
                    visitor = Visitor(context.new_page(), server.url, app, Mailbox(app, folder / "mail"))
                    ALL[name](visitor)
                    for size in (WIDE, NARROW):
                        visitor.page.set_viewport_size(size)
                        visitor.page.screenshot(
                            path=target / f"{name}-{size['width']}-{scheme}.png", full_page=True, clip=clip
                        )
                context.close()
                app.site.database.engine.dispose()
        browser.close()


def draw_desk(
    names: list[str], target: Path, schemes: Iterable[Literal["light", "dark"]] = ("light", "dark"),
    clip: FloatRect | None = None,
) -> None:  # fmt: skip
    """Make the pictures of the back office, all of one desk."""
    target.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, desk() as (site, known):
        browser = launch(playwright)
        context = browser.new_context(locale="fr-FR", viewport=WIDE)
        visitor = Visitor(context.new_page(), site.url, site.app, site.mailbox)
        enter(visitor)
        for name in names:
            for scheme in schemes:
                visitor.page.emulate_media(color_scheme=scheme)
                open_page(visitor, name, known)
                for size in (WIDE, NARROW):
                    visitor.page.set_viewport_size(size)
                    path = target / f"admin-{name}-{size['width']}-{scheme}.png"
                    visitor.page.screenshot(path=path, full_page=True, clip=clip)
        browser.close()


def draw_for_readme(target: Path) -> None:
    """The pictures of README.md: the upper part of the form, and of a ticket's page."""
    with tempfile.TemporaryDirectory() as folder:
        draw(["form_filled"], Path(folder), schemes=("light",), clip={"x": 0, "y": 0, "width": 1280, "height": 1010})
        draw_desk(["ticket"], Path(folder), schemes=("light",), clip={"x": 0, "y": 0, "width": 1280, "height": 1300})
        target.mkdir(parents=True, exist_ok=True)
        for name, picture in (("form_filled", "portal"), ("admin-ticket", "back-office")):
            (target / f"{picture}.png").write_bytes((Path(folder) / f"{name}-1280-light.png").read_bytes())


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(ALL), help="pages, all of them unless told")
    parser.add_argument("--target", type=Path, default=Path("var/screenshots"))
    parser.add_argument("--desk", nargs="*", metavar="PAGE", help="pages of the back office, all unless told")
    parser.add_argument("--theme", default="novantic", help="the theme of the portal")
    parser.add_argument("--readme", action="store_true", help="make the pictures of README.md only")
    given = parser.parse_args()
    if given.readme:
        draw_for_readme(Path("docs/images"))
    elif given.desk is not None:
        draw_desk(given.desk or list(ADDRESSES), given.target)
    else:
        draw(given.names, given.target, theme=given.theme)
        if given.names == list(ALL) and given.theme == "novantic":
            draw_desk(list(ADDRESSES), given.target)


if __name__ == "__main__":
    main()
