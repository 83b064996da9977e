"""The pages of the MSP's own website among what the portal's search finds."""

from novantic_core.plugin import SearchSource, hookimpl

PAGES = {
    "https://www.msp.example.com/horaires": ("Nos horaires", "Du lundi au vendredi, de 8 h à 18 h."),
    "https://www.msp.example.com/contrats": ("Nos contrats", "Infogérance, sauvegarde, téléphonie."),
}


def find(request, words, limit):
    """Rows of title, address and a sentence, the best first."""
    wanted = words.casefold().split()
    for address, (title, sentence) in PAGES.items():
        if all(word in f"{title} {sentence}".casefold() for word in wanted):
            yield title, address, sentence


@hookimpl
def novantic_search_sources():
    """Where there are more than fit, ``more=`` would lead to a page with all of them."""
    return [SearchSource("website", "Notre site", find)]
