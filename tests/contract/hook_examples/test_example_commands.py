import example_commands
import pytest

PLUGIN = {"plugins": ["webform", "scripts"], "extra_plugins": {"scripts": example_commands}}


@pytest.mark.novantic(**PLUGIN)
def test_a_script_opens_a_ticket(novantic_app, back_office):
    result = novantic_app.command("open-ticket", "Sauvegarde en échec", "--text", "Disque < 1 Go")
    assert result.exit_code == 0
    page = back_office.get(f"/admin/tickets/{result.output.strip()}")
    assert "Sauvegarde en échec" in page
    assert "Disque &lt; 1 Go" in page
    assert "par un script" in page
