"""The row of a category, which tickets refer to and which stays when the plugin that offers it is gone."""

from __future__ import annotations

from sqlalchemy.orm import Session

from novantic_core.db import insert_or
from novantic_core.models import Category
from novantic_core.site import Site


def keep_category(site: Site, session: Session, key: str) -> None:
    """Make sure that a category which is offered has its row."""
    if key in site.kept_categories:
        return
    if session.get(Category, key) is None:
        label = str.__str__(site.all_categories[key].label)
        statement = insert_or(session, Category).values(key=key, label=label, plugin=site.category_plugin(key))
        session.execute(statement.on_conflict_do_nothing())
    else:
        site.kept_categories.add(key)
