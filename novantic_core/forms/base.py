"""What every form shares: drawing through the theme, errors beside the fields and summed up at the top."""

from __future__ import annotations

import html
import secrets
from collections.abc import Iterable
from typing import Any

import colander
import deform
from chameleon.utils import Markup
from pyramid.csrf import check_csrf_token
from pyramid.request import Request

from novantic_core.cached import cached_property
from novantic_core.desk import Desk
from novantic_core.i18n import _
from novantic_core.page import render_page
from novantic_core.values import FieldError, Text

REQUIRED = _("Please fill in this field.")
EXPIRED = _("This page had been open for too long, so nothing was sent. Your text is still here: please send it again.")
MARK_CSRF, MARK_SUBMISSION = "@csrf-token@", "@submission@"


JOINERS = "\u200c\u200d"


class Drawer:
    """Deform's renderer: ``textinput`` is ``forms/textinput.pt`` on the theme's path."""

    def __init__(self, request: Request) -> None:
        self.request = request

    def __call__(self, name: str, **values: Any) -> Markup:
        return Markup(render_page(self.request, f"forms/{name}.pt", values))


def node(kind: Any, name: str, title: Text, **options: Any) -> colander.SchemaNode:
    """A field: required unless it has a ``missing``; too long says how long it may be.

    :param kind: a type of colander's: ``colander.String()``, ``colander.Boolean()``
    :param options: ``max_length``, and what colander knows of a field: ``missing``, ``validator``, ``description`` (the
        words below it), ``default``, ``widget`` (one of deform's), ``preparer``
    """
    length = options.pop("max_length", None)
    validators = [check for check in (options.pop("validator", None),) if check is not None]
    if length is not None:
        validators.insert(0, colander.Length(max=length, max_err=_("At most ${max} characters, please.")))
    return colander.SchemaNode(
        kind, name=name, title=title, missing_msg=options.pop("missing_msg", REQUIRED),
        validator=colander.All(*validators) if validators else None, **options,
    )  # fmt: skip


def one_line(value: Any) -> Any:
    """A text without line breaks, control characters and doubled spaces; nothing at all is a field left empty.

    What joins letters in Persian names and people in emoji families stays where it has something to join.
    """
    if not isinstance(value, str):
        return value
    words = "".join(c if c.isprintable() or c in JOINERS else " " for c in value).split()
    return " ".join(word for word in (word.strip(JOINERS) for word in words) if word) or colander.null


class Form:
    """A form in one request. ``template`` draws it; ``buttons`` and the like are the template's business."""

    template = "forms/form.pt"
    name = "form"

    def __init__(self, request: Request) -> None:
        self.request = request
        self.site = request.registry.site
        self.general_errors: list[Text] = []
        self._status: int | None = None
        self.submission = secrets.token_urlsafe(18)

    @property
    def desk(self) -> Desk:
        """The desk of the request; a form that is only shown asks nothing of it, and no session is opened for it."""
        desk: Desk = self.request.desk
        return desk

    @cached_property
    def form(self) -> deform.Form:
        """Deform's form, made when it is first needed: the untouched one comes drawn from the cache."""
        schema = colander.SchemaNode(colander.Mapping(unknown="ignore"), *self.nodes())
        # deform numbers ids by the order of creation; a prefix keeps two forms of a page apart
        form = deform.Form(schema, formid=self.name, renderer=Drawer(self.request), appstruct=self.initial())
        for field in form.children:
            field.oid = f"{self.name}-{field.name}"
        return form

    def initial(self) -> dict[str, Any]:
        """What the fields hold before anybody typed anything, by name."""
        return {}

    def nodes(self) -> Iterable[colander.SchemaNode]:
        """The form's fields, in order."""
        raise NotImplementedError

    # ------------------------------------------------------------------ reading

    def validate(self) -> dict[str, Any]:
        """Read what was posted: the values that are good; the others have their error."""
        posted = self.request.POST
        if not check_csrf_token(self.request, raises=False):
            # not an error page: the words that were typed come back, with a token that is good
            self.refuse(FieldError(EXPIRED), status=400)
        typed = posted.get("submission", "")
        if isinstance(typed, str) and 8 <= len(typed) <= 64 and typed.isascii() and typed.isprintable():
            self.submission = typed
        # by a set of names: deform would look through its fields for each
        names = {field.name for field in self.form.children}
        controls = [(key, value) for key, value in posted.items() if isinstance(value, str) and key in names]
        try:
            return dict(self.form.validate(controls))
        except deform.ValidationFailure as failure:
            good = {}
            for field in failure.field.children:
                if field.error is None:
                    try:
                        good[field.name] = field.schema.deserialize(field.cstruct)
                    except colander.Invalid as error:
                        field.error = error
            return good

    def refuse(self, error: FieldError, fallback: str | None = None, status: int | None = None) -> None:
        """Show what is wrong beside the field it is about, or at the top if there is no such field.

        :param status: the answer's status, where it isn't the 422 of a wrong form
        """
        name = error.field or fallback
        if name is not None and name in self.form:
            field = self.form[name]
            if field.error is None:
                field.error = colander.Invalid(field.schema, error.message)
            else:
                field.error.messages_ = [*getattr(field.error, "messages_", []), error.message]
        else:
            self.general_errors.append(error.message)
        self._status = self._status or status

    @property
    def status(self) -> int:
        """The status of the answer that shows the form as it is now."""
        return self._status or (200 if self.good else 422)

    @property
    def good(self) -> bool:
        """Whether nothing is wrong so far."""
        return not self.general_errors and all(field.error is None for field in self.form.children)

    # ------------------------------------------------------------------ drawing

    def messages(self, field: Any) -> list[Text]:
        """What is wrong with a field."""
        if field.error is None:
            return []
        return [*field.error.messages(), *getattr(field.error, "messages_", [])]

    @property
    def errors(self) -> list[tuple[str | None, Text, Text]]:
        """For the summary: a field's id and label and what is wrong with it; no id for what concerns the whole."""
        found: list[tuple[str | None, Text, Text]] = [(None, "", message) for message in self.general_errors]
        for field in self.form.children:
            found.extend((field.oid, field.title, message) for message in self.messages(field))
        return found

    def fields(self, section: str | None = None) -> list[Any]:
        """The fields of a section, or all."""
        return [f for f in self.form.children if section is None or getattr(f.schema, "section", "") == section]

    def draw_field(self, name: str) -> Markup:
        """A field with its label, help and errors; nothing if the form has none of that name."""
        if name not in self.form:
            return Markup("")
        return self.draw(self.form[name])

    def draw(self, field: Any) -> Markup:
        """A field with its label, help and errors."""
        drawer: Drawer = self.form.renderer
        return drawer(
            "field", form=self, field=field, widget=field.widget, control=Markup(field.serialize(field.cstruct))
        )

    def render(self, **values: Any) -> Markup:
        """The whole form."""
        return Markup(
            render_page(self.request, self.template, {
                "form": self, "csrf_token": values.pop("csrf_token", None) or self.request.page.csrf_token, **values
            })
        )  # fmt: skip

    def render_untouched(self, key: tuple[Any, ...] = (), **marks: str) -> Markup:
        """The form as everybody gets it first: drawn once for each theme and language, then only given its tokens.

        :param key: what else the drawing depends on
        :param marks: values that differ from reader to reader, by the name that the template has for them
        """
        if self.site.settings.debug:
            return self.render(**marks)
        cache = self.request.registry.untouched_forms
        place = (type(self).__name__, self.request.theme, self.request.locale_name, *key)
        drawn = cache.get(place)
        if drawn is None:
            own, self.submission = self.submission, MARK_SUBMISSION
            blanks = {name: f"@{name}@" for name in marks}
            drawn = cache[place] = str(self.render(csrf_token=MARK_CSRF, **blanks))
            self.submission = own
        drawn = drawn.replace(MARK_CSRF, html.escape(self.request.page.csrf_token))
        drawn = drawn.replace(MARK_SUBMISSION, html.escape(self.submission))
        for name, value in marks.items():
            drawn = drawn.replace(f"@{name}@", html.escape(value))
        return Markup(drawn)


def includeme(config: Any) -> None:
    """Where forms drawn once are kept."""
    config.registry.untouched_forms = {}
