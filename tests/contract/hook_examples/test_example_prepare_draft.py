import example_prepare_draft
import pytest

PLUGINS = {"plugins": ["webform", "subjects"], "extra_plugins": {"subjects": example_prepare_draft}}


@pytest.mark.novantic(**PLUGINS)
@pytest.mark.parametrize("subject", ["TR: Re : Imprimante", "Imprimante"])
def test_what_mail_programs_add_is_left_out(novantic_app, subject):
    assert novantic_app.open_ticket(subject=subject).subject == "Imprimante"


@pytest.mark.novantic(**PLUGINS, settings={"novantic.debug": "false"})
def test_when_it_fails_the_draft_stays_as_it_was(novantic_app, monkeypatch):
    monkeypatch.setattr(example_prepare_draft, "PREFIXES", None)
    assert novantic_app.open_ticket(subject="TR: Imprimante").subject == "TR: Imprimante"
