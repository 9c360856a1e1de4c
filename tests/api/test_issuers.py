"""The file of identity providers: what it may say, and in what words it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from api.auth.cookie import cookie_name
from api.auth.issuers import Issuer, read_issuers
from api.settings import Settings
from api.settings_read import SettingsRefused

GOOD = """
[essai]
label = "Essai"
issuer = "https://essai.example/api"
client_id = "maillage"
client_secret = "secret"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "issuers.toml"
    path.write_text(text)
    return path


def test_a_table_is_a_provider_with_the_plain_defaults(tmp_path: Path) -> None:
    assert read_issuers(None) == {}
    found = read_issuers(written(tmp_path, GOOD))
    assert found == {
        "essai": Issuer(
            name="essai",
            label="Essai",
            issuer="https://essai.example/api",
            client_id="maillage",
            client_secret="secret",
        )
    }
    assert (found["essai"].pkce, found["essai"].acr_values, found["essai"].vouches_for_email) == (True, (), False)


def test_a_secret_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("caché\n")
    text = GOOD.replace('client_secret = "secret"', f'client_secret_file = "{tmp_path / "secret"}"')
    assert read_issuers(written(tmp_path, text))["essai"].client_secret == "caché"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('issuer = "https://essai.example/api"', 'issuer = "http://essai.example"'), "« https:// » est attendue"),
        (('issuer = "https://essai.example/api"', ""), "« issuer » manque"),
        (('client_secret = "secret"', ""), "l’un des deux"),
        (('client_secret = "secret"', 'client_secret_file = "/nowhere"'), "il n’existe pas"),
        (('label = "Essai"', "label = 3"), "« label »"),
        (('label = "Essai"', 'label = "Essai"\ncouleur = "bleu"'), "« couleur » n’y a pas de sens"),
        (("[essai]", "[Essai]"), "en minuscules"),
        (("[essai]", "[essai"), "n’est pas du TOML"),
        (('client_secret = "secret"', 'client_secret = "secret"\n' + GOOD.replace("essai]", "autre]")), "déjà celui"),
    ],
)
def test_what_is_wrong_is_said_and_the_secret_is_not(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    with pytest.raises(SettingsRefused) as refusal:
        read_issuers(written(tmp_path, GOOD.replace(*change)))
    assert words in str(refusal.value)
    assert "secret »" not in str(refusal.value).replace("client_secret »", "")


def test_the_cookie_is_bound_to_tls_wherever_there_is_any(tmp_path: Path) -> None:
    assert cookie_name(Settings(data=tmp_path, site="https://maillage.example")) == "__Host-maillage"
    assert cookie_name(Settings(data=tmp_path)) == "maillage"
    assert Settings(data=tmp_path, site="https://maillage.example/").public_site == "https://maillage.example"


def test_nobody_signs_in_in_the_clear_from_another_machine(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD)
    for clear in ("http://maillage.example", "http://192.0.2.1:8000"):
        with pytest.raises(ValidationError, match="en clair"):
            Settings(data=tmp_path, issuers=file, site=clear)
    assert Settings(data=tmp_path, issuers=file).may_sign_in is True
    with pytest.raises(ValidationError, match="sans chemin"):
        Settings(data=tmp_path, site="https://maillage.example/annuaire")
