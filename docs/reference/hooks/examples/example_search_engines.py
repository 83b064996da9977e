"""An engine that looks letter by letter: slow, good for a few hundred documents, and all that an engine must do."""

from sqlalchemy import bindparam, inspect, text

from novantic_core.plugin import SearchBackend, SearchHit, hookimpl


class Plain:
    """``novantic.search = plain``. Everything happens in the session's transaction."""

    def __init__(self, settings):
        self.settings = settings

    def missing(self, connection, indexes):
        there = inspect(connection).get_table_names()
        return [index for index in indexes if f"plain_{index}" not in there]

    def prepare(self, connection, indexes):
        made = self.missing(connection, indexes)
        for index in made:
            connection.execute(text(f"CREATE TABLE plain_{index} (id integer PRIMARY KEY, words text)"))
        return made

    def hold(self, session, index, ids):
        """Two writers at once would need a lock here."""

    def put(self, session, index, documents):
        self.remove(session, index, [document.id for document in documents])
        for document in documents:
            words = " ".join(part.text for part in document.texts).casefold()
            row = text(f"INSERT INTO plain_{index} VALUES (:id, :words)")
            session.execute(row, {"id": document.id, "words": words})

    def remove(self, session, index, ids):
        gone = text(f"DELETE FROM plain_{index} WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))
        session.execute(gone, {"ids": list(ids)})

    def kept(self, session, index, after, limit):
        ids = text(f"SELECT id FROM plain_{index} WHERE id > :after ORDER BY id LIMIT :limit")
        return list(session.scalars(ids, {"after": after, "limit": limit}))

    def clear(self, session, index):
        session.execute(text(f"DELETE FROM plain_{index}"))

    def find(self, session, index, query, *, within=None, newest=False, limit=20, offset=0):
        allowed = None if within is None else set(session.scalars(within))
        wanted = [" ".join(term.words).casefold() for term in query.terms if not term.excluded]
        unwanted = [" ".join(term.words).casefold() for term in query.terms if term.excluded]
        rows = session.execute(text(f"SELECT id, words FROM plain_{index} ORDER BY id DESC"))
        found = [
            SearchHit(id, 1.0)
            for id, words in rows
            if wanted and all(word in words for word in wanted) and not any(word in words for word in unwanted)
            and (allowed is None or id in allowed)
        ]  # fmt: skip
        return found[offset : offset + limit]


@hookimpl
def novantic_search_engines():
    """An engine elsewhere would have settings: ``novantic.search.plain.*``."""
    return [SearchBackend("plain", Plain)]
