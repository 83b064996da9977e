"""The version of the contract, and the marks by which pluggy knows a spec, an implementation, and what will go."""

from __future__ import annotations

import pluggy

PROJECT = "novantic"

API_VERSION = (1, 3)
"""The version of the contract: the second number grows with additions, the first with what breaks."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plugin as the implementation of the hook of the same name."""


class Deprecated(DeprecationWarning):
    """Goes on a spec as ``warn_on_impl=`` (the hook will go) or ``warn_on_impl_args={"name": …}`` (a parameter will).

    pluggy warns whoever runs a plugin's tests; the start, ``novantic plugins check`` and the plugins page name the
    plugin that uses it. A contract test fails when the contract has reached ``until`` and it is still there.

    :param since: the version of the contract from which on it is not to be used, as ``1.2``
    :param until: the version in which it is gone
    :param mend: what a plugin's author does instead: words that follow a colon
    """

    def __init__(self, since: str, until: str, mend: str) -> None:
        super().__init__(f"deprecated since version {since} of the contract, gone in {until}: {mend}")
        self.since = since
        self.until = until
        self.mend = mend
