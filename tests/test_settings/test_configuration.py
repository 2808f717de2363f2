"""Settings: read strictly, documented completely, refused when unsafe."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from virtual_return.config import ROOT, SettingsError, load_settings

SAFE = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "k" * 48,
    "BASE_URL": "https://return.example.org",
    "MAIL_URL": "smtp://mail.example.org:587",
}


@pytest.fixture(scope="module")
def script() -> dict[str, object]:
    return runpy.run_path(str(ROOT / "scripts" / "document_settings.py"))


def test_the_page_of_settings_is_in_step(script):
    assert (ROOT / "docs" / "configuration.md").read_text() == script["configuration_page"](), (
        "Run: python scripts/document_settings.py"
    )


def test_the_example_file_is_in_step(script):
    assert (ROOT / ".env.example").read_text() == script["example_file"]()


def test_a_safe_production_starts():
    assert load_settings(SAFE).is_production


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ({"SECRET_KEY": "short"}, "secrets.token_urlsafe"),
        ({"BASE_URL": "http://return.example.org"}, "https://"),
        ({"MAIL_URL": ""}, "SMTP server"),
        ({"OIDC_ISSUER": "http://login.example.org"}, "OIDC_ISSUER must begin"),
        ({"OIDC_ISSUER": "https://login.example.org"}, "OIDC_CLIENT_ID"),
    ],
)
def test_production_refuses_unsafe_settings_with_the_remedy(change, remedy):
    with pytest.raises(SettingsError, match=remedy):
        load_settings({**SAFE, **change})


def test_production_refuses_the_default_secret():
    without = {name: value for name, value in SAFE.items() if name != "SECRET_KEY"}
    with pytest.raises(SettingsError, match="SECRET_KEY is the default"):
        load_settings(without)


@pytest.mark.parametrize(
    ("name", "value"),
    [("METRICS", "yes"), ("PORT", "eighty"), ("PORT", "-1"), ("ENVIRONMENT", "staging")],
)
def test_a_value_of_the_wrong_kind_is_refused(name, value):
    with pytest.raises(SettingsError, match=name):
        load_settings({name: value})


def test_a_secret_may_lie_in_a_file(tmp_path: Path):
    file = tmp_path / "secret"
    file.write_text("f" * 40 + "\n")
    assert load_settings({"SECRET_KEY_FILE": str(file)}).secret_key == "f" * 40


def test_a_secret_in_two_places_is_refused(tmp_path: Path):
    with pytest.raises(SettingsError, match="keep one"):
        load_settings({"SECRET_KEY": "a", "SECRET_KEY_FILE": str(tmp_path / "b")})


def test_a_secret_file_that_is_missing_is_named(tmp_path: Path):
    with pytest.raises(SettingsError, match="SECRET_KEY_FILE"):
        load_settings({"SECRET_KEY_FILE": str(tmp_path / "absent")})
