"""The form of a canned reply."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import colander
import deform

from novantic_core.forms.base import node, one_line
from novantic_core.forms.desk import EditForm
from novantic_core.forms.message import MAX_MESSAGE, RichTextWidget
from novantic_core.html import clean_html, html_to_text, is_blank, is_intricate
from novantic_core.i18n import _
from novantic_core.services.canned_reply import VARIABLES, unknown_variables
from novantic_core.services.keep_file import take_pictures_out
from novantic_core.values import FieldError, Text

BLANK = _("Please write the text of the reply.")


class CannedReplyForm(EditForm):
    """A title, a category whose tickets are offered it first, and the text."""

    name = "canned-reply"
    template = "forms/canned_reply.pt"
    text = ""
    """What was typed, clean, once it was read."""

    def nodes(self) -> Iterable[colander.SchemaNode]:
        yield node(
            colander.String(), "title", _("Title"), preparer=one_line, max_length=120,
            description=_("By which technicians find it. Clients never see it."),
            widget=deform.widget.TextInputWidget(),
        )  # fmt: skip
        site = self.site
        known = site.categories if self.row is None else {**site.categories, **self._own(site)}
        choices = [("", _("For all tickets")), *[(key, category.label) for key, category in known.items()]]
        yield node(
            colander.String(), "category_key", _("Category"), missing="",
            description=_("On tickets of this category it is offered first."),
            widget=deform.widget.SelectWidget(values=choices),
            validator=colander.OneOf([key for key, _label in choices]),
        )  # fmt: skip
        yield node(
            colander.String(), "html", _("Text"), widget=RichTextWidget(), validator=_not_blank, missing_msg=BLANK,
        )  # fmt: skip

    def _own(self, site: Any) -> dict[str, Any]:
        """The category that it has, though hidden meanwhile."""
        key = self.row.category_key
        return {key: site.all_categories[key]} if key in site.all_categories else {}

    def values_of(self, row: Any) -> dict[str, Any]:
        """The row's values, as the form has them."""
        return {"title": row.title, "category_key": row.category_key or "", "html": row.html}

    def shown(self, name: str, value: Any) -> Text:
        """The text as words, not as HTML."""
        if name == "html":
            return html_to_text(value)
        if name == "category_key" and value:
            return self.request.page.words(self.site.category_label(value))
        return super().shown(name, value)

    def submit(self) -> dict[str, Any] | None:
        """The values, the text clean; None if something is wrong, which the form then shows."""
        values = self.validate()
        if "html" in values:
            self.text = values["html"] = clean_html(values["html"])
        unknown = unknown_variables(self.text)
        if unknown:
            names = ", ".join(f"{{{{{name}}}}}" for name in unknown)
            sentence = _(
                "Nothing is known as ${names}: the list has all that can be filled in.", mapping={"names": names}
            )
            self.refuse(FieldError(sentence, "html"))
        return values if self.good else None

    @property
    def variables(self) -> Iterable[tuple[str, Text]]:
        """What can be filled in, with what it is."""
        return VARIABLES.items()


def _not_blank(schema: Any, value: str) -> None:
    if take_pictures_out(value) != value:
        raise colander.Invalid(schema, _("A canned reply holds no pictures: please take them out of the text."))
    # one after the other: what is too long must not be cleaned
    if len(value) > MAX_MESSAGE or is_intricate(value):
        raise colander.Invalid(schema, _("This text is too long."))
    if is_blank(clean_html(value)):
        raise colander.Invalid(schema, BLANK)
