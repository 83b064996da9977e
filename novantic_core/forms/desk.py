"""What forms of the back office share: a plain look, and two people who save the same thing at once."""

from __future__ import annotations

from typing import Any

from chameleon.utils import Markup

from novantic_core.forms.base import Form
from novantic_core.i18n import _
from novantic_core.values import FieldError, Text


class DeskForm(Form):
    """Fields under one another and a button. ``files`` says whether files may come with it."""

    template = "forms/desk.pt"
    button: Text = _("Save")
    files = False

    def draw_for(self, action: str, cancel: str | None = None, **values: Any) -> Markup:
        """The form, sent to ``action``; ``cancel`` is where its way back leads."""
        return self.render(action=action, cancel=cancel, **values)


class EditForm(DeskForm):
    """A form over a row that has a ``version``.

    Whoever saves later than somebody else keeps what they typed, is told what the other changed, and can save again.
    """

    def __init__(self, request: Any, row: Any = None) -> None:
        self.row = row
        self.version: int = row.version if row is not None else 0
        super().__init__(request)

    def initial(self) -> dict[str, Any]:
        """The row's own values."""
        return {} if self.row is None else self.values_of(self.row)

    def values_of(self, row: Any) -> dict[str, Any]:
        """The fields' values in a row, by name; the same names as the row's unless a form says otherwise."""
        return {field.name: getattr(row, field.name) for field in self.nodes() if hasattr(row, field.name)}

    def validate(self) -> dict[str, Any]:
        """As any form's; what somebody else saved meanwhile is said beside the fields it touched."""
        values = super().validate()
        if self.row is None:
            return values
        typed = self.request.typed("version")
        if typed != str(self.row.version):
            # what is sent again was read with this sentence in view
            self._tell_changes(values)
        return values

    def _tell_changes(self, values: dict[str, Any]) -> None:
        self.refuse(FieldError(CHANGED), status=409)
        now = self.values_of(self.row)
        for field in self.form.children:
            if field.name in values and values[field.name] != now.get(field.name):
                there = self.shown(field.name, now.get(field.name))
                self.refuse(FieldError(_("Now saved here: ${value}", mapping={"value": there})), field.name)

    def shown(self, name: str, value: Any) -> Text:
        """A value of the row in words, for who is told of it."""
        return str(value) if value not in (None, "") else _("nothing")


CHANGED = _(
    "Somebody else has saved this meanwhile. What you typed is still here; where it differs, what is saved now is said "
    "beside the field. Save again to keep yours."
)
