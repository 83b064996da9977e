"""Whether a theme is whole: its colours, its files, its words, and each of its pages and mails drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from novantic_core.site import Site
from novantic_core.theme_check import colours, files, walk, words
from novantic_core.theme_check.finding import Finding
from novantic_core.themes import PLAIN

__all__ = ["Finding", "Report", "check_theme"]


@dataclass
class Report:
    """What was found in a theme, and how much was looked at."""

    theme: str
    findings: list[Finding] = field(default_factory=list)
    pages: int = 0
    mails: int = 0

    @property
    def faults(self) -> list[Finding]:
        """What must be mended."""
        return [finding for finding in self.findings if finding.is_fault]


def check_theme(
    site: Site, settings: Mapping[str, str], name: str, extra_plugins: Mapping[str, Any] | None = None
) -> Report:
    """Look at all of a theme; its parents' own files are theirs to check.

    :param settings: of the site's .ini file: the pages are drawn by a copy of the site on an empty database
    :param extra_plugins: as for the site
    """
    report = Report(name)
    own = [] if name == PLAIN else files.templates(site.themes, name)
    report.findings += colours.check(site.themes, name)
    report.findings += files.check(site, name, own)
    report.findings += words.check(site.themes, name, own)
    known = {(finding.file, finding.line) for finding in report.findings}
    drawn = walk.draw_all(settings, name, extra_plugins)
    report.pages, report.mails = drawn.pages, drawn.mails
    # what can't be compiled was found before
    report.findings += [finding for finding in drawn.findings if (finding.file, finding.line) not in known]
    report.findings += _not_drawn(own, drawn.files, report.findings)
    return report


def _not_drawn(own: Iterable[Path], drawn: set[Path], found: list[Finding]) -> list[Finding]:
    told = {finding.file for finding in found}
    return [
        Finding(path, None, "no page or mail of the check draws it: it was only compiled; look at it", is_fault=False)
        for path in own
        if path not in drawn and path not in told
    ]
