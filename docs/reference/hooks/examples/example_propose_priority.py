"""Pay day: for three days at the end of the month, what the accountants can't do is urgent."""

from datetime import date, timedelta

from novantic_core.plugin import PriorityProposal, hookimpl

ACCOUNTANTS = {"Cabinet Comptable Morel"}


def is_pay_time(day):
    """Whether the month is over in three days."""
    return (day + timedelta(days=3)).month != day.month


@hookimpl
def novantic_propose_priority(draft, organisation):
    """The most urgent proposal wins; each reason stays on the ticket, with the plugin's name."""
    if organisation is None or organisation.name not in ACCOUNTANTS or not is_pay_time(date.today()):  # noqa: DTZ011
        return None
    return PriorityProposal("urgent", "paies du mois", call_back="paie" in draft.subject.lower())
