"""``make screenshots``: a picture of each page, wide and narrow, light and dark, in var/screenshots."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from pages import ALL
from playwright.sync_api import sync_playwright
from serving import launch, make, serve
from visitor import Visitor

from novantic_core import make_app
from novantic_core.testing import BUILT_IN, App, Mailbox, prepare_database


def settings(folder: Path, url: str) -> dict[str, str]:
    """A site on a fresh database below a folder."""
    return {
        "sqlalchemy.url": f"sqlite:///{folder}/novantic.db",
        "novantic.site_url": url,
        "novantic.plugins": " ".join(BUILT_IN),
        "novantic.secret": "0123456789abcdef" * 4,
        "novantic.mailer": "files",
        "novantic.debug": "true",
        "mail.top_level_directory": str(folder / "mail"),
        "novantic.storage.local.path": str(folder / "files"),
    }


def draw(names: list[str], target: Path) -> None:
    """Make the pictures."""
    target.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as temporary:
        browser, prepared = launch(playwright), {"folder": Path(temporary)}
        for scheme in ("light", "dark"):
            for name in names:
                folder = Path(tempfile.mkdtemp(dir=temporary))
                server = make()
                given = settings(folder, server.url)
                app = App(make_app(given), given)
                prepare_database(app.site, prepared)
                context = browser.new_context(
                    color_scheme=scheme, locale="fr-FR", viewport={"width": 1280, "height": 800}
                )
                with serve(server, app.wsgi):
                    visitor = Visitor(context.new_page(), server.url, app, Mailbox(app, folder / "mail"))
                    ALL[name](visitor)
                    for width in (1280, 320):
                        visitor.page.set_viewport_size({"width": width, "height": 800})
                        visitor.page.screenshot(path=target / f"{name}-{width}-{scheme}.png", full_page=True)
                context.close()
                app.site.database.engine.dispose()
        browser.close()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(ALL), help="pages, all of them unless told")
    parser.add_argument("--target", type=Path, default=Path("var/screenshots"))
    given = parser.parse_args()
    draw(given.names, given.target)


if __name__ == "__main__":
    main()
