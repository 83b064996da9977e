import io
import json
import zipfile

import example_contact_export
import pytest

PLUGINS = {"plugins": ["webform", "local_storage", "loans"], "extra_plugins": {"loans": example_contact_export}}


@pytest.fixture
def loans(tmp_path):
    return tmp_path / "loans.json"


@pytest.fixture
def novantic_settings(novantic_settings, loans):
    return {**novantic_settings, "novantic.loans.path": str(loans)}


def download(back_office, status=200):
    form = next(one for one in back_office.get("/admin/contacts/1").forms.values() if one.action.endswith("/export"))
    return form.submit(status=status)


@pytest.mark.novantic(**PLUGINS)
def test_the_copy_says_what_is_lent(novantic_app, back_office, loans):
    loans.write_text(json.dumps({"claire@lefevre.example.com": ["HP 250, depuis le 3 mai"]}))
    novantic_app.open_ticket()
    archive = zipfile.ZipFile(io.BytesIO(download(back_office).body))
    assert "HP 250, depuis le 3 mai" in archive.read("person.json").decode()


@pytest.mark.novantic(**PLUGINS, settings={"novantic.debug": "false"})
def test_without_the_list_there_is_no_copy(novantic_app, back_office):
    novantic_app.open_ticket()
    page = download(back_office, status=303).follow()
    assert "loans" in page.html.find(class_="done").text
