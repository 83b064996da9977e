"""The form of an organisation's level."""

import colander
import deform

from novantic_core.plugin import DeskForm, _, form_node

NONE = ""


class LevelForm(DeskForm):
    """One choice: none, or one of the site's priorities."""

    name = "level"

    def __init__(self, request, level):
        self.level = level
        super().__init__(request)

    def initial(self):
        """What is kept."""
        return {"priority": self.level.priority if self.level else NONE}

    def nodes(self):
        """The field. What isn't among its values is refused."""
        choices = [(NONE, _("None")), *[(one.key, one.label) for one in self.desk.priorities]]
        yield form_node(
            colander.String(),
            "priority",
            _("At least"),
            description=_("Tickets that are open already stay as they are."),
            missing=NONE,
            validator=colander.OneOf([key for key, _label in choices]),
            widget=deform.widget.SelectWidget(values=choices),
        )
