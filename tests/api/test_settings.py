"""Settings: where they come from, what is refused and in which words, what is never shown."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from api.cli import app
from api.settings import Settings
from api.settings_read import SettingsRefused, file_names, in_text, is_secret, setting_name
from api.settings_told import each_told, refusals, unknown_settings

SECRET = "zibeline-7391"
SERVER = {"MAILLAGE_GRAPH_URI": "bolt://graphe:7687"}
MAIL = {"MAILLAGE_SMTP_HOST": "courriel", "MAILLAGE_SENDER": "maillage@example.org"}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("MAILLAGE_", "OTEL_"))]:
        monkeypatch.delenv(name)


def put(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PORT", "99999", "un nombre d’au plus 65535 est attendu"),
        ("PORT", "huit", "un nombre entier est attendu"),
        ("WEB", "0", "un nombre d’au moins 1 est attendu"),
        ("GRAPHQL_SECONDS", "0", "un nombre plus grand que 0 est attendu"),
        ("GRAPHQL_SECONDS", "1,5", "un nombre est attendu, avec un point : « 1.5 »"),
        ("DEMO", "peut-être", "« true » ou « false » est attendu"),
        ("HEAP", "beaucoup", "écrivez un nombre suivi de « m » ou « g » : « 768m », « 2g »"),
        ("LOG", "xml", "l’un de ces mots est attendu : auto, json, console"),
        ("METRICS", "moi", "l’un de ces mots est attendu : loopback, open, off"),
        ("GRAPH_URI", "graphe:7687", "l’adresse d’un serveur de graphe commence par bolt://"),
        ("GRAPH_URI", "bolt://graphe:port", "le port est un nombre de 1 à 65535"),
        ("OTLP_ENDPOINT", "collecteur", "écrivez une adresse complète : « http://collecteur:4318 »"),
        ("SEARCH_URL", "recherche:7700", "écrivez une adresse complète"),
        ("REQUEST_ID_HEADER", "X Request", "écrivez le nom d’un en-tête"),
        ("SITE", "maillage.example", "écrivez une adresse complète"),
        ("SMTP_TLS", "oui", "l’un de ces mots est attendu : starttls, tls, none"),
        ("SENDER", "Maillage <a@b.fr>", "écrivez une seule adresse, sans nom"),
        ("ALLOWED_ORIGINS", "a.example", "« a.example » n’est pas une origine"),
    ],
)
def test_a_bad_value_is_named_with_what_is_expected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    put(monkeypatch, **{f"MAILLAGE_{name}": value})
    with pytest.raises(ValidationError) as refused:
        Settings()
    (sentence,) = refusals(refused.value)
    assert sentence.startswith(f"MAILLAGE_{name} = « {value} » : {expected}")
    assert sentence.endswith(Settings.model_fields[name.lower()].description or "")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"MAILLAGE_GRAPH_PASSWORD": SECRET}, "sans son adresse : ajoutez MAILLAGE_GRAPH_URI"),
        ({"MAILLAGE_WORKER": "false"}, "le moteur embarqué n’en admet pas : ajoutez MAILLAGE_GRAPH_URI"),
        ({**SERVER, "MAILLAGE_WORKER": "false"}, "n’écrirait pas l’index de ce dossier : ajoutez MAILLAGE_SEARCH_URL"),
        ({"MAILLAGE_SEARCH_KEY": SECRET}, "sans son adresse : ajoutez MAILLAGE_SEARCH_URL"),
        ({"MAILLAGE_SMTP_HOST": "courriel"}, "sans adresse d’expédition : ajoutez MAILLAGE_SENDER"),
        ({"MAILLAGE_SMTP_USER": "u", "MAILLAGE_SMTP_PASSWORD": SECRET}, "sans son nom : ajoutez MAILLAGE_SMTP_HOST"),
        ({**MAIL, "MAILLAGE_SMTP_USER": "u"}, "vont ensemble : donnez les deux, ou aucun"),
        ({**MAIL, "MAILLAGE_SMTP_TLS": "none"}, "enverrait en clair vers « courriel »"),
        ({"MAILLAGE_DEMO": "true", "MAILLAGE_HOST": "0.0.0.0"}, "elle ne se sert que sur cette machine"),
    ],
)
def test_contradictions_are_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], expected: str
) -> None:
    put(monkeypatch, **values)
    with pytest.raises(ValidationError) as refused:
        Settings()
    (sentence,) = refusals(refused.value)
    assert expected in sentence
    assert SECRET not in sentence + str(refused.value)
    mended = {"MAILLAGE_SMTP_USER": "u", "MAILLAGE_SMTP_PASSWORD": SECRET, "MAILLAGE_SMTP_TLS": "tls"}
    put(monkeypatch, **SERVER, **MAIL, **mended)
    put(monkeypatch, MAILLAGE_SEARCH_URL="http://recherche:7700", MAILLAGE_HOST="127.0.0.1")
    Settings()


def test_a_secret_comes_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "graph"
    file.write_text(f"{SECRET}\n")
    put(monkeypatch, **SERVER, MAILLAGE_GRAPH_PASSWORD_FILE=str(file))
    settings = Settings()
    assert settings.graph_password.get_secret_value() == SECRET
    assert SECRET not in repr(settings)
    origins = {told.name: (told.value, told.origin) for told in each_told(settings)}
    assert origins["MAILLAGE_GRAPH_PASSWORD"] == ("••••••", f"fichier {file}")
    assert origins["MAILLAGE_GRAPH_URI"] == ("bolt://graphe:7687", "environnement")
    assert origins["MAILLAGE_PORT"] == ("8000", "défaut")


def test_an_empty_variable_does_not_hide_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "graph"
    file.write_text(SECRET)
    put(monkeypatch, **SERVER, MAILLAGE_GRAPH_PASSWORD="", MAILLAGE_GRAPH_PASSWORD_FILE=str(file))
    assert Settings().graph_password.get_secret_value() == SECRET


@pytest.mark.parametrize("name", ["SEARCH_URL", "OTLP_ENDPOINT", "GRAPH_URI"])
def test_a_password_in_an_address_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    scheme = "bolt" if name == "GRAPH_URI" else "http"
    put(monkeypatch, **{f"MAILLAGE_{name}": f"{scheme}://jeanne:{SECRET}@machine:7700"})
    with pytest.raises(ValidationError) as refused:
        Settings()
    (sentence,) = refusals(refused.value)
    assert sentence.startswith(f"MAILLAGE_{name} = « {scheme}://••••••@machine:7700 » : ")
    assert "mot de passe" in sentence
    assert SECRET not in sentence
    assert "jeanne" not in sentence


def test_an_address_loses_the_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, MAILLAGE_SEARCH_URL="http://recherche:7700/", MAILLAGE_OTLP_ENDPOINT="http://c:4318/otlp/")
    settings = Settings()
    assert (settings.search_url, settings.otlp_endpoint) == ("http://recherche:7700", "http://c:4318/otlp")


def test_children_are_given_paths_with_their_accents(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    data = tmp_path / 'données d’été "1"'
    put(monkeypatch, MAILLAGE_DATA=str(data))
    told = Settings().environment(os.environ)
    assert told["MAILLAGE_DATA"] == str(data)
    assert in_text(data) == str(data)


def test_children_get_the_secret_and_not_the_name_of_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "graph"
    file.write_text(SECRET)
    put(monkeypatch, **SERVER, MAILLAGE_GRAPH_PASSWORD_FILE=str(file), MAILLAGE_GRAPHQL_SECONDS="2.5")
    settings = Settings()
    told = settings.environment(os.environ)
    assert told["PATH"] == os.environ["PATH"]
    assert (told["MAILLAGE_GRAPH_PASSWORD"], told["MAILLAGE_GRAPHQL_SECONDS"]) == (SECRET, "2.5")
    assert [name for name in told if name.endswith("_FILE") and name.startswith("MAILLAGE_")] == []
    monkeypatch.delenv("MAILLAGE_GRAPH_PASSWORD_FILE")
    put(monkeypatch, **{name: value for name, value in told.items() if name.startswith("MAILLAGE_")})
    assert Settings().model_copy(update={"data": settings.data}) == settings


@pytest.mark.parametrize(
    ("content", "expected"),
    [(None, "il n’existe pas"), ("", "ce fichier est vide"), (b"\xff\xfe\xff", "ce n’est pas du texte")],
)
def test_a_secret_file_that_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | bytes | None, expected: str
) -> None:
    file = tmp_path / "graph"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    put(monkeypatch, **SERVER, MAILLAGE_GRAPH_PASSWORD_FILE=str(file))
    with pytest.raises(SettingsRefused) as refused:
        Settings()
    assert str(refused.value).startswith(f"MAILLAGE_GRAPH_PASSWORD_FILE = « {file} » : ")
    assert expected in str(refused.value)


def test_a_secret_given_twice_is_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    put(monkeypatch, **SERVER, MAILLAGE_GRAPH_PASSWORD=SECRET, MAILLAGE_GRAPH_PASSWORD_FILE=str(tmp_path / "graph"))
    with pytest.raises(SettingsRefused, match="sont donnés tous les deux") as refused:
        Settings()
    assert SECRET not in str(refused.value)


def test_a_variable_that_is_no_setting_is_told_with_the_nearest_name() -> None:
    around = {
        "MAILLAGE_PROT": SECRET,
        "MAILLAGE_ZZZ": SECRET,
        "MAILLAGE_PORT": "1",
        "MAILLAGE_GRAPH_PASSWORD_FILE": "/f",
        "MAILLAGE_TEST_GRAPH_URI": "bolt://x",
        "PORT": "1",
    }
    assert list(unknown_settings(around)) == [
        "MAILLAGE_PROT n’est pas un réglage : il est ignoré. Vouliez-vous dire MAILLAGE_PORT ?",
        "MAILLAGE_ZZZ n’est pas un réglage : il est ignoré. « maillage settings » donne ceux qui existent.",
    ]


def test_the_collector_of_the_standard_variable_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, OTEL_EXPORTER_OTLP_ENDPOINT="http://collecteur:4318")
    settings = Settings()
    assert settings.otlp_endpoint == "http://collecteur:4318"
    told = {told.name: told.origin for told in each_told(settings)}
    assert told["MAILLAGE_OTLP_ENDPOINT"] == "environnement, OTEL_EXPORTER_OTLP_ENDPOINT"
    put(monkeypatch, MAILLAGE_OTLP_ENDPOINT="http://autre:4318")
    assert Settings().otlp_endpoint == "http://autre:4318"
    monkeypatch.delenv("MAILLAGE_OTLP_ENDPOINT")
    put(monkeypatch, OTEL_EXPORTER_OTLP_ENDPOINT="collecteur")
    with pytest.raises(ValidationError):
        Settings()


def test_the_command_prints_every_setting_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, **SERVER, MAILLAGE_GRAPH_PASSWORD=SECRET, MAILLAGE_PROT="1")
    done = CliRunner().invoke(app, ["settings"])
    assert done.exit_code == 0
    for name, field in Settings.model_fields.items():
        assert f"{setting_name(name)} = " in done.stdout
        assert field.description
        assert field.description in done.stdout
    assert "MAILLAGE_GRAPH_PASSWORD = ••••••" in done.stdout
    assert SECRET not in done.output
    assert "Vouliez-vous dire MAILLAGE_PORT ?" in done.stderr


def test_a_refused_setting_ends_the_command_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    put(monkeypatch, MAILLAGE_PORT="zéro", MAILLAGE_DATA=str(tmp_path / "d"))
    done = CliRunner().invoke(app, ["serve"])
    assert done.exit_code == 2
    assert done.stderr.splitlines()[:2] == [
        "Réglage refusé : rien n’a été démarré.",
        "MAILLAGE_PORT = « zéro » : un nombre entier est attendu. Port du site.",
    ]
    assert not (tmp_path / "d").exists()


def test_every_password_and_key_is_a_secret() -> None:
    sounds_secret = ("password", "secret", "token", "_key")
    named = [name for name in Settings.model_fields if name.endswith(sounds_secret)]
    assert [name for name in named if not is_secret(Settings.model_fields[name])] == []
    assert "MAILLAGE_GRAPH_PASSWORD_FILE" in file_names(Settings)


def test_the_defaults_of_the_readme_are_those_of_the_code() -> None:
    readme = (Path(__file__).resolve().parent.parent.parent / "README.md").read_text()
    rows = re.findall(r"^\| `(MAILLAGE_\w+)` \| .* \|(?: `(.+?)`)? \|$", readme, re.MULTILINE)
    given = {told.name: told.value for told in each_told(Settings(), {})}
    assert dict(rows) == given
