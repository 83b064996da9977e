"""Columns that refer to another table, added to one that is there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def add_reference(table: str, column: str, target: str) -> None:
    """Add a column that may be empty and refers to another table.

    SQLite adds a constraint only together with its column. Making the table anew instead, as Alembic's batch mode does,
    would drop the old one, and with foreign keys on every row that refers to it would go too.
    """
    referred, key = target.split(".")
    name = f"fk_{table}_{column}_{referred}"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {referred} ({key})")


def index_the_set(name: str, table: str, column: str) -> None:
    """Index the rows of a table in which a column that is mostly empty has a value."""
    filled = sa.text(f"{column} IS NOT NULL")
    op.create_index(name, table, [column], unique=False, sqlite_where=filled, postgresql_where=filled)
