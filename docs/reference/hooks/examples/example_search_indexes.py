"""The team's runbooks, found by the site's search engine: by their words' stems, accents or not."""

from novantic_core.plugin import SearchDocument, SearchIndex, SearchText, hookimpl

RUNBOOKS = {
    1: ("Redémarrer le serveur de sauvegarde", "Prévenir le client, arrêter les tâches, puis redémarrer."),
    2: ("Remplacer une imprimante", "Relever l’adresse, désinstaller l’ancienne, installer la nouvelle."),
}


def read(session, ids):
    """The documents of these ids as they stand now; a title counts more than what is said below it."""
    for id in ids:
        if id in RUNBOOKS:
            title, words = RUNBOOKS[id]
            yield SearchDocument(id, [SearchText(title, "A", "fr"), SearchText(words, "C", "fr")])


def ids(session, after, limit):
    """All ids, a piece at a time: for ``novantic init`` and ``novantic search rebuild``."""
    return [id for id in sorted(RUNBOOKS) if id > after][:limit]


@hookimpl
def novantic_search_indexes():
    """Its name begins with the plugin's. Say ``request.desk.changed("runbooks", 2)`` when one changed."""
    return [SearchIndex("runbooks", "Procédures", read, ids)]
