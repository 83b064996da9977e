"""Forms that a script sends: it is told the address, which it could not see otherwise."""

from __future__ import annotations

XHR = {"X-Requested-With": "XMLHttpRequest"}


def test_a_script_is_told_where_a_form_leads(visit, portal):
    form = visit().forms["reply"]
    form["message"] = "Voici."
    told = portal.post(form.action, form.submit_fields(), headers=XHR, status=204)
    assert told.headers["X-Location"].endswith("#last")
    assert "Location" not in told.headers
    # and what is shown once is still to be shown
    assert portal.get(told.headers["X-Location"]).html.find(class_="done")


def test_a_script_keeps_the_cookies_of_a_redirection(portal):
    token = portal.get("/tickets/new").forms["ticket"]["csrf_token"].value
    told = portal.post("/language", {"csrf_token": token, "lang": "en"}, headers=XHR, status=204)
    assert "lang=en" in told.headers["Set-Cookie"]


def test_a_refused_form_comes_to_a_script_as_to_anybody(portal):
    form = portal.get("/tickets/new").forms["ticket"]
    refused = portal.post("/tickets/new", form.submit_fields(), headers=XHR, status=422)
    assert "ticket" in refused.forms


def test_the_editor_is_served(portal, novantic_app):
    folder = novantic_app.wsgi.registry.editor_url
    assert b"TinyMCE" in portal.get(f"{folder}/tinymce.min.js").body[:200]


def test_a_theme_has_one_version_so_that_scripts_can_import_each_other(portal):
    script = portal.get("/tickets/new").html.find("script", type="module")["src"]
    beside = script.replace("form.js", "files.js")
    assert "immutable" in portal.get(beside).headers["Cache-Control"]
