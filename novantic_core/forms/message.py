"""The part that all discussions share: the text, the files, and what happens to both when something is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import partial
from typing import Any

import colander
import deform

from novantic_core.forms import checks
from novantic_core.forms.base import Form, node
from novantic_core.html import clean_html, is_intricate
from novantic_core.i18n import _, plural
from novantic_core.services.keep_file import (
    find_uploads,
    keep_uploads,
    room_for_uploads,
    take_pictures,
    take_pictures_out,
)
from novantic_core.values import FieldError, StoredFile, Text

MAX_MESSAGE = 200_000
"""Characters of a message, its markup included and its pasted pictures not."""

TOO_MANY = plural("At most ${n} file, please: remove some.", "At most ${n} files, please: remove some.")

NOT_KEPT = _("These files could not be kept. Please choose them again once the rest of the form is right.")


class RichTextWidget(deform.widget.Widget):
    """A text area, which the page's script turns into an editor."""

    template = "richtext"
    placeholder = ""
    height: int | None = None
    """Pixels that the editor has when it is empty, if not its own."""
    tools: str | None = None
    """``few`` for a text of some lines: no pictures, tables and the like."""

    def serialize(self, field: Any, cstruct: Any, **kw: Any) -> Any:
        text = "" if cstruct in (colander.null, None) else cstruct
        return field.renderer(self.template, field=field, cstruct=text, widget=self)

    def deserialize(self, field: Any, pstruct: Any) -> Any:
        return pstruct or colander.null


class FilesWidget(deform.widget.Widget):
    """A choice of files, and those kept from before."""

    template = "files"
    owner: MessageForm

    def serialize(self, field: Any, cstruct: Any, **kw: Any) -> Any:
        settings = self.owner.site.settings
        return field.renderer(
            self.template, field=field, kept=self.owner.kept, max_count=settings.attachments_max_count,
            max_size=settings.attachments_max_size,
        )  # fmt: skip

    def deserialize(self, field: Any, pstruct: Any) -> Any:
        return colander.null


class MessageForm(Form):
    """A form with a message and files."""

    message_title = _("Details")
    message_help = ""
    placeholder = _("Details of the problem you have run into.")
    blank = checks.BLANK_MESSAGE
    """What is said of a text that shows nothing."""

    def __init__(self, request: Any) -> None:
        self.kept: dict[str, StoredFile] = {}
        super().__init__(request)

    def nodes(self) -> Iterable[colander.SchemaNode]:
        widget = RichTextWidget(placeholder=self.placeholder)
        yield node(
            colander.String(), "message", self.message_title, description=self.message_help, widget=widget,
            validator=partial(_readable, self.blank), section="detail", missing_msg=self.blank,
        )  # fmt: skip
        if self.site.keeps_files:
            files = node(colander.String(), "attachments", _("Attachments"), missing=(), section="detail")
            files.widget = FilesWidget(owner=self)
            yield files

    # ------------------------------------------------------------------ reading

    def read_files(self) -> tuple[StoredFile, ...]:
        """The files that came with the form and those kept from before; what is wrong is shown beside the field."""
        if not self.site.keeps_files:
            return ()
        posted = self.request.POST
        tokens = [token for token in posted.getall("kept_files") if isinstance(token, str)]
        files = list(find_uploads(self.desk.session, tokens, self.desk.now).values())
        parts = [part for part in posted.getall("attachments") if getattr(part, "filename", None)]
        limit = self.site.settings.attachments_max_count
        if len(files) + len(parts) > limit:
            self.refuse(FieldError(self.request.localizer.plural(TOO_MANY, limit), "attachments"))
        if parts and not self.good and not self._may_keep():
            self.refuse(FieldError(NOT_KEPT, "attachments"))
            return tuple(files)
        # one that comes with a file too many gets them all back, to choose: a body holds no more than twice as many
        for part in parts[: 2 * limit]:
            try:
                files.append(self.desk.keep_file(part.file, part.filename, part.type or ""))
            except FieldError as error:
                self.refuse(error, "attachments")
            finally:
                part.file.close()
        return tuple(files)

    def _may_keep(self) -> bool:
        settings, client = self.site.settings, self.request.client_addr or ""
        return self.desk.within_limit(settings.limit_kept_files, "kept-files", client) and room_for_uploads(
            self.site, self.desk.session
        )

    def read_message(self, typed: str) -> tuple[str, tuple[StoredFile, ...]]:
        """The clean message and the pictures that were pasted into it; what is wrong is shown beside the field."""
        # a wrong form comes back with its text: the pictures are put into the storage once it is right
        store = self.good
        try:
            html, pictures = take_pictures(self.site, self.desk.session, typed, self.desk.now, store=store)
        except FieldError as error:
            self.refuse(error, "message")
            return "", ()
        return (clean_html(html), pictures) if store else ("", ())

    def key(self, values: dict[str, Any], files: tuple[StoredFile, ...]) -> str:
        """A key that is the same when the same form is sent twice, and another as soon as a word of it is.

        Somebody who goes back to a sent form to write about a second problem must not get the first one's number.
        """
        said = json.dumps([self.submission, values, [file.key for file in files]], sort_keys=True, default=str)
        return hashlib.sha256(said.encode()).hexdigest()

    def keep(self, files: tuple[StoredFile, ...]) -> None:
        """Keep files for the next attempt: a browser can't fill in a file's field again."""
        self.kept = keep_uploads(self.desk.session, files, self.desk.now)


def _readable(blank: Text, schema: Any, value: str) -> None:
    # one after the other: whether a text is blank takes its cleaning, and what is too long must not be cleaned
    text = take_pictures_out(value)
    if len(text) > MAX_MESSAGE or is_intricate(text):
        raise colander.Invalid(schema, _("This text is too long. Please attach it as a file."))
    checks.not_blank(schema, text, blank)
