"""The form of a shelf."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import colander
import deform

from novantic_core.plugin import Actor, EditForm, Text, _, form_node, one_line
from novantic_faq.desk.forms import TicksWidget
from novantic_faq.desk.place import brands_of_shelves, save_shelf, show_under
from novantic_faq.models import Category


class ShelfForm(EditForm):
    """A shelf's name in each language; where the desk has several brands, on whose portals it is shown."""

    name = "shelf"

    @cached_property
    def kept_brands(self) -> list[str]:
        """Keys of the brands that it is shown under now."""
        return [] if self.row is None else brands_of_shelves(self.desk.session).get(self.row.id, [])

    @cached_property
    def brands(self) -> dict[str, str]:
        """Those to choose from; one that is gone as well, for without it the shelf would be shown everywhere."""
        known = self.desk.brands(self.request.locale_name)
        offered = known if len(known) > 1 or self.kept_brands else {}
        return {**offered, **{key: key for key in self.kept_brands if key not in known}}

    def nodes(self) -> Iterable[colander.SchemaNode]:
        words = {"fr": _("In French"), "en": _("In English")}
        for locale, _name, _current in self.request.page.languages:
            own = locale == self.site.settings.default_locale
            yield form_node(
                colander.String(), locale, words.get(locale, locale), preparer=one_line, max_length=120,
                widget=deform.widget.TextInputWidget(), **({} if own else {"missing": ""}),
            )  # fmt: skip
        if self.brands:
            yield form_node(
                colander.List(), "brands", _("Shown under"), missing=(), widget=TicksWidget(self, self.brands.items()),
                description=_("Without any, under all of your brands."),
            )  # fmt: skip

    def values_of(self, row: Any) -> dict[str, Any]:
        """The shelf's names and brands."""
        return {**row.names, "brands": list(self.kept_brands)}

    def shown(self, name: str, value: Any) -> Text:
        """Brands by their names."""
        if name == "brands":
            value = ", ".join(self.brands.get(key, key) for key in value or ())
        return super().shown(name, value)

    def submit(self, actor: Actor) -> Category | None:
        """Save the shelf; None if something is wrong, which the form then shows."""
        names = self.validate()
        if not self.good:
            return None
        brands = names.pop("brands", self.kept_brands)
        saved = save_shelf(self.desk, self.row, names, actor)
        show_under(self.desk, saved, brands, actor)
        return saved
