import novantic_commands
import pytest

from novantic_core import cli

PLUGIN = {"plugins": ["webform", "scripts"], "extra_plugins": {"scripts": novantic_commands}}


@pytest.mark.novantic(**PLUGIN)
def test_a_script_opens_a_ticket(novantic_app, back_office, run_command):
    status, said = run_command(novantic_app, "open-ticket", "Sauvegarde en échec", "--text", "Disque < 1 Go")
    assert status == 0
    page = back_office.get(f"/admin/tickets/{said.strip()}")
    assert "Sauvegarde en échec" in page
    assert "Disque &lt; 1 Go" in page
    assert "par un script" in page
