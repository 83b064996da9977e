"""The forms of the knowledge base's back office."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import colander
import deform

from novantic_core.plugin import (
    DeskForm,
    EditForm,
    FieldError,
    MessageForm,
    Text,
    _,
    form_node,
    html_to_text,
    one_line,
    plural,
)
from novantic_faq.desk import overview
from novantic_faq.desk.addresses import claim
from novantic_faq.desk.pictures import offered, pictures_in
from novantic_faq.desk.place import Facts, all_shelves, read_facts
from novantic_faq.desk.write import LONGEST_SUMMARY, Written
from novantic_faq.models import AUDIENCES, ORGANISATIONS, PUBLIC, TECHNICIANS, Article, Category, Revision

AUDIENCE_WORDS: dict[str, tuple[Text, Text]] = {
    PUBLIC: (_("Everybody"), _("Whoever comes to the portal, and search engines too.")),
    ORGANISATIONS: (
        _("Some organisations"),
        _("Their people, once they came by the link of a ticket of theirs; and technicians."),
    ),
    TECHNICIANS: (_("Technicians only"), _("Nobody else finds it.")),
}
BLANK = _("Please write the article.")


class RadioWidget(deform.widget.Widget):
    """A choice of which all that can be chosen is to be seen, each with a word on what it means."""

    template = "faq_radio"
    group = True

    def __init__(self, choices: Iterable[tuple[str, Text, Text]]) -> None:
        super().__init__()
        self.choices = list(choices)

    def serialize(self, field: Any, cstruct: Any, **kw: Any) -> Any:
        return field.renderer(self.template, field=field, cstruct=cstruct, choices=self.choices)

    def deserialize(self, field: Any, pstruct: Any) -> Any:
        return pstruct or colander.null


def shelf_name(shelf: Category, locale: str) -> str:
    """A shelf's name in a language, or in the one there is."""
    return shelf.names.get(locale) or next(iter(shelf.names.values()), "")


def _shelf_node(form: Any) -> colander.SchemaNode:
    locale = form.request.locale_name
    choices = [(str(shelf.id), shelf_name(shelf, locale)) for shelf in form.shelves]
    return form_node(
        colander.String(), "shelf", _("Shelf"), widget=deform.widget.SelectWidget(values=choices),
        validator=colander.OneOf([key for key, _label in choices]),
    )  # fmt: skip


def _audience_node() -> colander.SchemaNode:
    choices = [(key, *words) for key, words in AUDIENCE_WORDS.items()]
    return form_node(
        colander.String(), "audience", _("Who may read it"), widget=RadioWidget(choices),
        validator=colander.OneOf(AUDIENCES),
    )  # fmt: skip


# ------------------------------------------------------------------ a text


@dataclass(frozen=True, slots=True)
class Saved:
    """A text as it was saved last, for its form."""

    title: str
    summary: str
    slug: str
    message: str
    version: int

    @classmethod
    def of(cls, revision: Revision, version: int) -> Saved:
        """The version that is worked on. ``version`` grows with whatever happens to the text."""
        return cls(revision.title, revision.summary, revision.slug, revision.body, version)


class TextForm(EditForm, MessageForm):
    """An article's text in one language."""

    name = "text"
    template = "forms/faq_text.pt"
    message_title = _("Text")
    placeholder = ""
    blank = BLANK
    slug_help = _(
        "The end of the address. Leave it as it is and a new title makes a new one; all that it ever had lead here."
    )

    def __init__(self, request: Any, article: Article | None, locale: str, saved: Saved | None = None) -> None:
        self.article, self.locale = article, locale
        super().__init__(request, saved)

    def nodes(self) -> Iterable[colander.SchemaNode]:
        line = deform.widget.TextInputWidget
        yield form_node(
            colander.String(), "title", _("Title"), preparer=one_line, max_length=200, widget=line(),
            description=_("As a reader would ask for it: “My printer is offline”."),
        )  # fmt: skip
        yield form_node(
            colander.String(), "summary", _("Summary"), preparer=one_line, max_length=LONGEST_SUMMARY, widget=line(),
            missing="", description=_("One sentence, for lists and search engines. Empty: how the text begins."),
        )  # fmt: skip
        yield from self.text_nodes()
        yield form_node(
            colander.String(), "slug", _("Address"), preparer=one_line, max_length=120, widget=line(), missing="",
            description=self.slug_help,
        )  # fmt: skip

    def text_nodes(self) -> Iterable[colander.SchemaNode]:
        """The text itself: files belong to an article's other page, where they hold for all of its languages."""
        yield from (one for one in MessageForm.nodes(self) if one.name == "message")

    def shown(self, name: str, value: Any) -> Text:
        """The text as words, not as HTML."""
        return html_to_text(value) if name == "message" and value else super().shown(name, value)

    def read(self) -> tuple[dict[str, Any], Written | None]:
        """What was typed; None for the text if something is wrong with it, which the form then shows."""
        values = self.validate()
        written = None
        if self.good:
            written = self._written(values)
        if not self.good:
            self.keep(self.files_of(values))
            return values, None
        return values, written

    def files_of(self, values: dict[str, Any]) -> Any:
        """Files that came with it: none, but with a new article."""
        return ()

    def _written(self, values: dict[str, Any]) -> Written:
        session = self.desk.session
        key = self.article.id if self.article is not None else None
        before = self.row.slug if self.row is not None else ""
        if values["slug"] not in ("", before):
            try:
                claim(session, key, self.locale, values["slug"], values["title"])
            except FieldError as error:
                self.refuse(error, "slug")
        html, known = pictures_in(session, values["message"])
        body, pasted = self.read_message(html)
        pictures = (*known.values(), *pasted)
        return Written(values["title"], values["summary"], body, values["slug"], pictures)


class ArticleForm(TextForm):
    """A new article: its first text, where it stands and whom it is for, and files."""

    name = "article"
    files = True
    slug_help = _("The end of the address. Empty: made of the title.")

    def __init__(self, request: Any, locale: str) -> None:
        self.attached: tuple[Any, ...] = ()
        super().__init__(request, None, locale)

    @cached_property
    def shelves(self) -> list[Category]:
        """All of them."""
        return all_shelves(self.desk.session)

    def initial(self) -> dict[str, Any]:
        return {"audience": PUBLIC}

    def text_nodes(self) -> Iterable[colander.SchemaNode]:
        """The text, its files, and what else has to be known of an article."""
        yield from MessageForm.nodes(self)
        yield _shelf_node(self)
        yield _audience_node()

    def files_of(self, values: dict[str, Any]) -> Any:
        """Files that came with it: read once."""
        if not self.attached:
            self.attached = self.read_files()
        return self.attached


# ------------------------------------------------------------------ what is set besides


class PicksWidget(deform.widget.Widget):
    """Some of many, which are searched for: those chosen and those found are boxes to tick."""

    template = "faq_picks"
    group = True

    def __init__(self, owner: FactsForm, what: str) -> None:
        super().__init__()
        self.owner, self.what = owner, what

    def serialize(self, field: Any, cstruct: Any, **kw: Any) -> Any:
        chosen = [key for key in cstruct if str(key).isdecimal()] if isinstance(cstruct, list | tuple) else []
        found = self.owner.found(self.what)
        picked = self.owner.labels(self.what, [int(key) for key in chosen])
        ids = {key for key, _label in picked}
        words = self.owner.request.typed(f"find_{self.what}")
        return field.renderer(
            self.template, field=field, what=self.what, picked=picked, words=words,
            found=None if found is None else [one for one in found if one[0] not in ids],
            address=self.owner.request.route_path("admin_faq_pick", kind=self.what),
            without=self.owner.article.id,
        )  # fmt: skip

    def deserialize(self, field: Any, pstruct: Any) -> Any:
        # several boxes of one name, of which the form's reader sees the last
        typed = [one for one in self.owner.request.POST.getall(field.name) if isinstance(one, str)]
        return [one for one in dict.fromkeys(typed) if one.isdecimal() and len(one) < 10]


class TicksWidget(deform.widget.Widget):
    """Some of a few."""

    template = "faq_ticks"
    group = True

    def __init__(self, owner: Any, choices: Iterable[tuple[str, Text]]) -> None:
        super().__init__()
        self.owner, self.choices = owner, list(choices)

    def serialize(self, field: Any, cstruct: Any, **kw: Any) -> Any:
        return field.renderer(self.template, field=field, chosen=set(cstruct or ()), choices=self.choices)

    def deserialize(self, field: Any, pstruct: Any) -> Any:
        typed = set(self.owner.request.POST.getall(field.name))
        return [key for key, _label in self.choices if key in typed]


FOUND = 12
"""How many organisations or articles a search offers to choose from."""


class FactsForm(EditForm):
    """Where an article stands, whom it is for, what it helps with and what it is shown with."""

    name = "facts"
    template = "forms/faq_facts.pt"

    def __init__(self, request: Any, article: Article) -> None:
        self.article = article
        super().__init__(request, article)

    @cached_property
    def shelves(self) -> list[Category]:
        """All of them."""
        return all_shelves(self.desk.session)

    def values_of(self, row: Any) -> dict[str, Any]:
        """The article's own facts."""
        facts = read_facts(self.desk.session, self.article)
        return {
            "shelf": str(facts.shelf), "audience": facts.audience, "topics": list(facts.topics),
            "organisations": [str(key) for key in facts.organisations], "related": [str(key) for key in facts.related],
        }  # fmt: skip

    def nodes(self) -> Iterable[colander.SchemaNode]:
        yield _shelf_node(self)
        yield _audience_node()
        yield form_node(
            colander.List(), "organisations", _("Organisations"), missing=(), widget=PicksWidget(self, "organisations"),
            description=_("Whose people may read it, where it is for some organisations."),
        )  # fmt: skip
        known = {**self.site.categories, **{key: self.site.all_categories[key] for key in self.article.topics
                                            if key in self.site.all_categories}}  # fmt: skip
        topics = [(key, category.label) for key, category in known.items()]
        yield form_node(
            colander.List(), "topics", _("Topics"), missing=(), widget=TicksWidget(self, topics),
            description=_("Beside the form of a ticket on one of them it is offered first."),
        )  # fmt: skip
        yield form_node(
            colander.List(), "related", _("Related articles"), missing=(), widget=PicksWidget(self, "related"),
            description=_("Shown below it, in this order. Without any, the site chooses."),
        )  # fmt: skip

    def shown(self, name: str, value: Any) -> Text:
        """A list as words."""
        if name in ("organisations", "related") and value:
            return ", ".join(label for _key, label in self.labels(name, [int(key) for key in value]))
        return ", ".join(value) if isinstance(value, list) and value else super().shown(name, value or "")

    def labels(self, what: str, ids: list[int]) -> list[tuple[int, str]]:
        """Id and name of those chosen."""
        if what == "organisations":
            return [(one.id, one.name) for one in self.desk.organisations(ids=ids)] if ids else []
        return overview.titles_of(self.desk.session, ids, self.request.locale_name)

    def forgive(self) -> None:
        """Say nothing of what is wrong so far: something was looked for, nothing sent."""
        self.general_errors.clear()
        for field in self.form.children:
            field.error = None

    def found(self, what: str) -> list[tuple[int, str]] | None:
        """What a search finds, where one was asked for."""
        words = self.request.typed(f"find_{what}") if self.request.method == "POST" else ""
        return pick(self.request, what, words, self.article.id) if words else None

    def submit(self) -> Facts | None:
        """The facts; None if something is wrong, which the form then shows."""
        values = self.validate()
        if self.good and values["audience"] == ORGANISATIONS and not values["organisations"]:
            self.refuse(FieldError(_("Please choose one organisation at least.")), "organisations")
        if not self.good:
            return None
        known = {one for one, _label in self.labels("organisations", [int(key) for key in values["organisations"]])}
        return Facts(
            int(values["shelf"]), values["audience"],
            tuple(int(key) for key in values["organisations"] if int(key) in known), tuple(values["topics"]),
            tuple(key for key, _title in self.labels("related", [int(key) for key in values["related"]])),
        )  # fmt: skip


def pick(request: Any, what: str, words: str, without: int) -> list[tuple[int, str]]:
    """What to choose from, by words."""
    if what == "organisations":
        return [(one.id, one.name) for one in request.desk.organisations(words)[:FOUND]]
    return overview.titles(request.dbsession, words, request.locale_name, FOUND, without)


# ------------------------------------------------------------------ files


TOO_MANY = plural(
    "An article has at most ${n} file: remove one first.", "An article has at most ${n} files: remove some first."
)


class FilesForm(DeskForm, MessageForm):
    """Files to download with an article."""

    name = "files"
    template = "forms/faq_files.pt"
    button = _("Add the files")

    def __init__(self, request: Any, article: Article) -> None:
        self.article = article
        super().__init__(request)

    def nodes(self) -> Iterable[colander.SchemaNode]:
        yield from (one for one in MessageForm.nodes(self) if one.name == "attachments")

    def submit(self) -> tuple[Any, ...]:
        """The files; none if something is wrong, which the form then shows."""
        self.validate()
        files = self.read_files()
        limit = self.site.settings.attachments_max_count
        if self.good and not files:
            self.refuse(FieldError(_("Please choose a file.")), "attachments")
        if self.good and len(offered(self.desk.session, self.article.id)) + len(files) > limit:
            self.refuse(FieldError(self.request.localizer.plural(TOO_MANY, limit)), "attachments")
        if not self.good:
            self.keep(files)
            return ()
        return files
