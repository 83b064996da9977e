import example_check_draft
import pytest

from novantic_core.plugin import FieldError

PLUGINS = {"plugins": ["webform", "slips"], "extra_plugins": {"slips": example_check_draft}}


@pytest.mark.novantic(**PLUGINS)
def test_a_slip_is_refused_with_a_sentence(novantic_app):
    with pytest.raises(FieldError) as refused:
        novantic_app.open_ticket(email="claire@gmial.com")
    assert refused.value.field == "email"
    assert refused.value.message == "Vouliez-vous écrire claire@gmail.com ?"


@pytest.mark.novantic(**PLUGINS, settings={"novantic.debug": "false"})
def test_a_check_that_fails_lets_nobody_in(novantic_app, monkeypatch):
    monkeypatch.setattr(example_check_draft, "SLIPS", None)
    with pytest.raises(FieldError, match="can't be checked at the moment"):
        novantic_app.open_ticket()
