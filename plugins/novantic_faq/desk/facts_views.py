"""What is set about an article besides its texts: its place, its readers, its files, and its end."""

from __future__ import annotations

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.plugin import _, actor
from novantic_faq.desk.base import draw_article, find_article, to
from novantic_faq.desk.forms import FactsForm, FilesForm
from novantic_faq.desk.pictures import add_files, address_of, offered
from novantic_faq.desk.place import is_own, remove_article, save_facts
from novantic_faq.models import Article, ArticleFile


def _draw_facts(request: Request, article: Article, form: FactsForm, status: int) -> Response:
    drawn = form.draw_for(request.path, request.route_path("admin_faq"))
    return draw_article(request, article, "admin/faq/facts.pt", status, form=drawn,
                        may_remove=_may_remove(request, article))  # fmt: skip


@view_config(route_name="admin_faq_facts", request_method="GET")
def show(request: Request) -> Response:
    """The form of its facts."""
    article = find_article(request)
    return _draw_facts(request, article, FactsForm(request, article), 200)


@view_config(route_name="admin_faq_facts", request_method="POST", require_csrf=False)
def change(request: Request) -> Response:
    """Set them; ``find`` only looks for what can be chosen, for want of a script."""
    article = find_article(request)
    form = FactsForm(request, article)
    facts = form.submit()
    if request.typed("find"):
        form.forgive()
        return _draw_facts(request, article, form, 200)
    if facts is None:
        return _draw_facts(request, article, form, form.status)
    save_facts(request.desk, article, facts, actor(request))
    request.page.tell(_("Saved: it holds from now on."))
    return to(request, "admin_faq_facts", id=article.id)


# ------------------------------------------------------------------ files


def _draw_files(request: Request, article: Article, form: FilesForm) -> Response:
    files = offered(request.dbsession, article.id)
    drawn = form.draw_for(request.path) if form.fields() else None
    return draw_article(
        request, article, "admin/faq/files.pt", form.status, form=drawn, files=files, address=address_of,
        most=request.desk.site.settings.attachments_max_count,
    )  # fmt: skip


@view_config(route_name="admin_faq_files", request_method="GET")
def files(request: Request) -> Response:
    """What can be downloaded with it."""
    article = find_article(request)
    return _draw_files(request, article, FilesForm(request, article))


@view_config(route_name="admin_faq_files", request_method="POST", require_csrf=False)
def add(request: Request) -> Response:
    """Add files."""
    article = find_article(request)
    form = FilesForm(request, article)
    kept = form.submit()
    if not kept:
        return _draw_files(request, article, form)
    add_files(request.desk, article.id, kept)
    request.page.tell(_("The files stand below the article now, in all of its languages."))
    return to(request, "admin_faq_files", id=article.id)


@view_config(route_name="admin_faq_file_remove", request_method="POST")
def take_away(request: Request) -> Response:
    """No longer offer a file."""
    article = find_article(request)
    file = request.dbsession.get(ArticleFile, int(request.matchdict["file"]))
    if file is None or file.article_id != article.id or file.inline:
        raise HTTPNotFound
    file.removed = True
    request.page.tell(_("“${name}” is no longer offered.", mapping={"name": file.filename}))
    return to(request, "admin_faq_files", id=article.id)


# ------------------------------------------------------------------ its end


def _may_remove(request: Request, article: Article) -> bool:
    """An administrator may remove any, a technician what nobody else wrote in."""
    technician = request.technician
    return technician.role == "administrator" or is_own(request.dbsession, article, technician.id)


@view_config(route_name="admin_faq_remove", request_method="GET")
def ask(request: Request) -> Response:
    """Whether it really is to go."""
    article = find_article(request)
    if not _may_remove(request, article):
        return _refuse(request, article)
    return draw_article(request, article, "admin/faq/remove.pt")


def _refuse(request: Request, article: Article) -> Response:
    request.page.tell(_("Others wrote in this article too: an administrator has to remove it."))
    return to(request, "admin_faq_article", id=article.id)


@view_config(route_name="admin_faq_remove", request_method="POST")
def remove(request: Request) -> Response:
    """Remove it."""
    article = find_article(request)
    if not _may_remove(request, article):
        return _refuse(request, article)
    remove_article(request.desk, article, actor(request))
    request.page.tell(_("The article is removed. The audit trail keeps its title."))
    return to(request, "admin_faq")
