"""People whose tickets are urgent, whatever they choose themselves: their addresses are a setting."""

from novantic_core.plugin import PriorityProposal, Setting, hookimpl


def parse_addresses(text):
    """``"a@x.fr, b@y.fr"`` as a set; ValueError for what is no address."""
    addresses = {part.strip().casefold() for part in text.split(",") if part.strip()}
    if not all("@" in address for address in addresses):
        raise ValueError(text)
    return addresses


@hookimpl
def novantic_settings_schema():
    """``novantic.vip.addresses`` in the .ini file; else set under Settings in the back office."""
    return [Setting("addresses", "e-mail addresses, separated by commas", parse_addresses, frozenset(),
                    label="Very important people", help="Their tickets are urgent.")]  # fmt: skip


@hookimpl
def novantic_propose_priority(draft, own_settings):
    """Read at each use: what an administrator sets holds at once."""
    if draft.email.casefold() in own_settings["addresses"]:
        return PriorityProposal("urgent", "a very important person")
    return None
