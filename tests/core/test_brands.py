"""The brands of a site as the .ini file has them, and which of them a request is for."""

from __future__ import annotations

import pytest
import two_brands
from two_brands import OTHER

from novantic_core import make_app
from novantic_core.brands import host_name, read_brands
from novantic_core.settings import SettingsError, read

HERE = {"novantic.site_url": "https://help.example.com", "novantic.theme": "novantic"}
PRAIRIE = {
    "novantic.brands": "prairie",
    "novantic.brand.prairie.site_url": "https://help.prairie.example",
}


def brands_of(**changed):
    """The brands of some lines; a line that is None is left out."""
    lines = {**HERE, **PRAIRIE, **{name.replace("__", "."): text for name, text in changed.items()}}
    return read_brands(read({name: text for name, text in lines.items() if text is not None})[0])


def test_without_any_there_is_the_main_one():
    (main,) = read_brands(read(HERE)[0]).values()
    assert (main.key, main.site_url, main.theme, main.hosts) == (
        "main", "https://help.example.com", "novantic", ("help.example.com",),
    )  # fmt: skip


def test_a_brand_has_its_address_and_the_theme_of_its_name():
    main, prairie = brands_of().values()
    assert main.key == "main"
    assert (prairie.hosts, prairie.theme, prairie.locale) == (("help.prairie.example",), "prairie", "fr")


def test_what_is_said_of_a_brand_is_kept():
    lines = {
        "novantic.brand.prairie.hosts": "Aide.Prairie.example [::1]",
        "novantic.brand.prairie.theme": "meadow",
        "novantic.brand.prairie.default_locale": "en",
        "novantic.brand.prairie.topics": "internet printer",
        "novantic.brand.prairie.sender": "robot@prairie.example",
    }
    prairie = brands_of(**lines)["prairie"]
    assert prairie.hosts == ("help.prairie.example", "aide.prairie.example", "[::1]")
    assert (prairie.theme, prairie.locale, prairie.topics) == ("meadow", "en", ("internet", "printer"))
    assert prairie.sender == "robot@prairie.example"


def test_the_main_one_is_told_more_in_the_same_way():
    main = brands_of(**{"novantic.brand.main.topics": "printer"})["main"]
    assert (main.topics, main.site_url) == (("printer",), "https://help.example.com")


@pytest.mark.parametrize(
    "setting, text, told",
    [
        ("novantic.brand.prairie.site_url", None, "it takes the address"),
        ("novantic.brand.prairie.site_url", "help.prairie.example", "it takes the address"),
        ("novantic.brand.prairie.site_url", "http://help.prairie.example", "the scheme of novantic.site_url"),
        ("novantic.brand.prairie.hosts", "help.prairie.example:443", "host names without a port"),
        ("novantic.brand.prairie.hosts", "help.example.com", "is the brand main's"),
        ("novantic.brand.prairie.default_locale", "de", "fr or en"),
        ("novantic.brand.prairie.sender", "Prairie", "an e-mail address"),
        ("novantic.brand.prairie.colour", "green", "there is no such setting"),
        ("novantic.brand.meadow.theme", "meadow", "novantic.brands doesn't name a brand meadow"),
        ("novantic.brands", "Prairie", "small letters"),
    ],
)
def test_a_refusal_is_one_line_that_names_the_setting(setting, text, told):
    with pytest.raises(SettingsError) as refused:
        brands_of(**{setting: text})
    words = str(refused.value)
    assert told in words
    assert "\n" not in words
    # the host that two have is said of the brand
    assert setting in words or setting.rpartition(".")[0] in words


@pytest.mark.parametrize(
    "header, name",
    [
        ("help.example.com", "help.example.com"),
        ("HELP.Example.com:8080", "help.example.com"),
        ("help.example.com.", "help.example.com"),
        ("[2001:DB8::1]:6543", "[2001:db8::1]"),
        ("[::1]", "[::1]"),
        ("", ""),
    ],
)
def test_a_host_header_is_a_name(header, name):
    assert host_name(header) == name


@pytest.mark.novantic(settings=two_brands.settings("prairie", **{"novantic.brand.other.hosts": "[::1] aide.example"}))
@pytest.mark.parametrize(
    "header, brand",
    [
        ("help.elsewhere.example", OTHER),
        ("Help.Elsewhere.Example:8443", OTHER),
        ("aide.example.", OTHER),
        ("[::1]:6543", OTHER),
        ("support.example.com", "main"),
        ("made.up.example", "main"),
        ("", "main"),
    ],
)
def test_the_host_name_alone_chooses_the_brand(novantic_app, header, brand):
    assert novantic_app.site.brand_of_host(header).key == brand


def test_an_address_of_ipv6_is_its_own_host():
    brands = brands_of(**{"novantic.brand.prairie.site_url": "https://[2001:db8::1]:8443"})
    assert brands["prairie"].hosts == ("[2001:db8::1]",)


@pytest.mark.novantic(settings=two_brands.settings("prairie", **{"novantic.trusted_proxies": "192.0.2.1"}))
@pytest.mark.parametrize(
    "forwarded, peer, name",
    [
        ("help.elsewhere.example", "192.0.2.1", "Prairie Dépannage"),
        # what the client made up stands first
        ("support.example.com, help.elsewhere.example", "192.0.2.1", "Prairie Dépannage"),
        ("help.elsewhere.example, made.up.example", "192.0.2.1", "Prairie Dépannage"),
        ("made.up.example", "192.0.2.1", "Novantic Support"),
        ("help.elsewhere.example", "198.51.100.7", "Novantic Support"),
    ],
)
def test_a_proxy_that_is_trusted_says_which_host_was_asked(novantic_app, forwarded, peer, name):
    client = two_brands.browser(novantic_app, "main", HTTP_X_FORWARDED_HOST=forwarded, REMOTE_ADDR=peer)
    assert client.get("/").html.title.text.strip().endswith(name)


@pytest.mark.novantic(settings=two_brands.settings("prairie"))
def test_no_address_is_ever_made_of_a_made_up_host(novantic_app):
    client = novantic_app.client()
    client.extra_environ["HTTP_HOST"] = "evil.example"
    assert "evil.example" not in client.get("/sitemap.xml").text
    assert "http://support.example.com/kb" in client.get("/sitemap.xml")


@pytest.mark.parametrize("theme", ["nowhere"])
def test_a_theme_that_is_not_there_stops_the_start(novantic_settings, theme):
    with pytest.raises(SettingsError, match=theme):
        make_app({**novantic_settings, **two_brands.settings(theme)})


@pytest.mark.novantic(settings=two_brands.settings("prairie"))
def test_a_topic_that_nobody_offers_stops_the_start(novantic_app):
    lines = {**novantic_app.settings, "novantic.brand.other.topics": "printer fax"}
    with pytest.raises(SettingsError, match=r"^novantic\.brand\.other\.topics = printer fax: there is no topic fax; "):
        make_app(lines)


@pytest.mark.novantic(settings=two_brands.settings("prairie"))
def test_a_topic_that_the_desk_added_itself_is_one(novantic_app, back_office):
    form = back_office.get("/admin/categories/new").forms["category"]
    form["fr"], form["en"] = "Télécopie", "Fax"
    form.submit(status=303)
    (key,) = [key for key in novantic_app.site.preferences.categories if key not in novantic_app.site.plugin_categories]
    app = make_app({**novantic_app.settings, "novantic.brand.other.topics": key})
    app.registry.site.database.engine.dispose()


def test_before_there_is_a_database_nobody_can_tell(novantic_settings):
    app = make_app({**novantic_settings, **two_brands.settings("prairie", **{"novantic.brand.other.topics": "fax"})})
    # no refusal; and what was asked of the database is closed
    app.registry.site.database.engine.dispose()
