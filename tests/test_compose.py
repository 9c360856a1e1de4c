"""compose.yaml and the Dockerfile, read without an engine: they name what exists, and say what must be said."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from api.cli import app
from api.settings import Settings
from api.settings_read import file_names, is_secret, setting_name
from importers.registry import SHIPPED

HOME = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((HOME / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("build") == "."}
STEPS = [
    shlex.split(line, comments=True)
    for line in (HOME / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    if line and not line.startswith("#")
]
SETTINGS = {setting_name(field) for field in Settings.model_fields} | file_names(Settings)


def environment(service: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in service.get("environment", {}).items()}


def plain(value: str) -> str:
    """With what the file gives to variables that nobody set."""
    return re.sub(r"\$\{\w+:-(.*)\}", r"\1", value)


def options(command: str) -> set[str]:
    commands = get_command(app).commands  # pyright: ignore[reportAttributeAccessIssue]
    return {option for given in commands[command].params for option in (*given.opts, *given.secondary_opts)}


def test_the_services_of_the_guide_are_there() -> None:
    assert set(SERVICES) == {"proxy", "web-1", "web-2", "worker", "migrate", "graph", "search", "keycloak"}
    assert set(OURS) == {"web-1", "web-2", "worker", "migrate"}


def test_every_variable_of_ours_is_a_setting() -> None:
    unknown = {
        f"{name}: {variable}"
        for name, service in SERVICES.items()
        for variable in environment(service)
        if variable.startswith("MAILLAGE_") and variable not in SETTINGS
    }
    assert unknown == set()
    named = set(re.findall(r"MAILLAGE_[A-Z_]+", (HOME / "compose.yaml").read_text()))
    assert named - SETTINGS == set()


@pytest.mark.parametrize("name", OURS)
def test_settings_are_accepted_together(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = environment(OURS[name])
    required = {"MAILLAGE_GRAPH_URI", "MAILLAGE_GRAPH_PASSWORD_FILE", "MAILLAGE_SEARCH_URL", "MAILLAGE_DATA"}
    assert required <= given.keys()
    for variable, value in given.items():
        if variable.endswith("_FILE"):
            secret = tmp_path / Path(value).name
            secret.write_text("a secret")
            assert value == f"/run/secrets/{secret.name}"
            assert secret.name in OURS[name]["secrets"]
            monkeypatch.setenv(variable, str(secret))
        else:
            monkeypatch.setenv(variable, plain(value))
    settings = Settings(worker="--no-worker" not in OURS[name]["command"])
    assert settings.graph_password.get_secret_value() == "a secret"


def test_no_secret_stands_in_the_file() -> None:
    secret = {setting_name(field) for field, info in Settings.model_fields.items() if is_secret(info)}
    told = {f"{name}: {variable}" for name, given in SERVICES.items() for variable in environment(given)}
    assert {line for line in told if line.partition(": ")[2] in secret} == set()
    assert [line for line in told if re.search(r"(PASSWORD|_KEY|_AUTH|TOKEN)$", line)] == []
    for name, source in COMPOSE["secrets"].items():
        assert source == {"file": f"./secrets/{name}"}
    assert "/secrets/" in (HOME / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize("name", OURS)
def test_commands_exist(name: str) -> None:
    command, *given = OURS[name]["command"]
    assert set(given) <= options(command)


def test_two_serve_and_one_works() -> None:
    commands = [service["command"] for service in OURS.values()]
    assert commands.count(["serve", "--no-worker"]) == 2
    assert commands.count(["worker"]) == 1
    assert all(OURS[name]["environment"]["MAILLAGE_HOST"] == "0.0.0.0" for name in ("web-1", "web-2", "worker"))


def test_what_is_referred_to_exists() -> None:
    for name, service in SERVICES.items():
        for other, how in service.get("depends_on", {}).items():
            assert other in SERVICES, name
            needed = "healthcheck" if how["condition"] == "service_healthy" else "command"
            assert needed in SERVICES[other], name
        for mount in service.get("volumes", []):
            assert mount.partition(":")[0] in COMPOSE["volumes"], name
        assert set(service.get("secrets", [])) <= COMPOSE["secrets"].keys(), name
        assert {given["source"] for given in service.get("configs", [])} <= COMPOSE["configs"].keys(), name
        hosts = re.findall(r"(?:bolt|http)://([a-z0-9-]+):\d", " ".join(environment(service).values()))
        assert set(hosts) <= SERVICES.keys(), name
    used = {mount.partition(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])}
    assert used == COMPOSE["volumes"].keys()


def test_every_service_that_stays_is_watched_restarted_and_pinned() -> None:
    for name, service in SERVICES.items():
        assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")
        assert ("healthcheck" in service) == (name != "migrate"), name
        version = service["image"].partition(":")[2]
        assert re.fullmatch(r"v?\d+\.\d+\.\d+(-\w+)?", version), service["image"]
    version = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]["version"]
    assert {service["image"] for service in OURS.values()} == {f"maillage:{version}"}


def test_only_the_proxy_is_reached_and_keeps_figures_inside() -> None:
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "proxy": ["80:80", "443:443"]
    }
    caddyfile = COMPOSE["configs"]["caddyfile"]["content"]
    assert re.search(r"@inside path /metrics /health /ready\n\s+respond @inside 404", caddyfile)
    webs = [name for name in OURS if OURS[name]["command"][0] == "serve"]
    assert f"reverse_proxy {' '.join(f'{name}:8000' for name in webs)} {{" in caddyfile
    header = OURS["web-1"]["environment"]["MAILLAGE_REQUEST_ID_HEADER"]
    assert f"request_header {header} {{http.request.uuid}}" in caddyfile
    assert "health_uri /ready" in caddyfile


def test_visitors_are_told_apart_behind_the_proxy_and_the_site_has_one_name() -> None:
    """Else everyone would be one client, the proxy: ten busy people, and all are refused."""
    (network,) = COMPOSE["networks"]["default"]["ipam"]["config"]
    assert [name for name, service in SERVICES.items() if "networks" in service] == []
    for name in ("web-1", "web-2"):
        given = environment(OURS[name])
        assert given["MAILLAGE_TRUSTED_PROXIES"] == network["subnet"]
        assert given["MAILLAGE_HOSTS"] == environment(SERVICES["proxy"])["SITE_NAME"]
        assert plain(given["MAILLAGE_HOSTS"]) == "localhost"


def test_sources_of_the_header_are_those_that_invent_nothing() -> None:
    named = re.search(
        r"for source in ([\w -]+); do docker compose exec worker maillage import ", (HOME / "compose.yaml").read_text()
    )
    assert named is not None
    assert named[1].split() == [name for name in SHIPPED if name != "demonstration"]


@pytest.mark.parametrize(
    ("name", "path"), [("web-1", "8000/ready"), ("web-2", "8000/ready"), ("worker", "8001/metrics")]
)
def test_health_checks_ask_what_is_served(name: str, path: str) -> None:
    command, program, _, code = OURS[name]["healthcheck"]["test"]
    assert (command, program) == ("CMD", "python")
    compile(code, name, "exec")
    assert f"http://127.0.0.1:{path}" in code
    given = environment(OURS[name])
    assert given.get("MAILLAGE_WORKER_PORT" if name == "worker" else "MAILLAGE_PORT") == path[:4]


def test_keycloak_waits_under_its_profile() -> None:
    """Most sites have a provider: it must not start by itself, nor be waited for."""
    assert SERVICES["keycloak"]["profiles"] == ["signin"]
    assert [name for name, service in SERVICES.items() if "keycloak" in service.get("depends_on", {})] == []
    # The site's own paths of signing in begin with /connexion.
    assert environment(SERVICES["keycloak"])["KC_HTTP_RELATIVE_PATH"] == "/comptes"


def test_the_image_is_built_from_what_is_here() -> None:
    copied = [source for step in STEPS if step[0] == "COPY" and "--from=build" not in step for source in step[1:-1]]
    assert [source for source in copied if not (HOME / source).exists()] == []
    rooms = {path.name for path in HOME.iterdir() if (path / "__init__.py").exists()} - {"bench", "tests"}
    assert rooms <= set(copied)
    shown = (HOME / ".dockerignore").read_text().splitlines()
    assert shown[0] == "*"
    assert {line.removeprefix("!") for line in shown if line.startswith("!")} == set(copied)
    assert any("--require-hashes" in step and "requirements.lock" in step for step in STEPS)
    python = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]["requires-python"]
    assert python.startswith(">=3.11")
    assert {step[1] for step in STEPS if step[0] == "FROM"} == {"python:3.11-slim"}


def test_the_image_runs_our_command_as_nobody_in_particular() -> None:
    last = [step for step in STEPS if step[0] in {"USER", "ENTRYPOINT", "CMD"}]
    assert [step[0] for step in last] == ["USER", "ENTRYPOINT", "CMD"]
    assert last[0][1] == "maillage"
    (program,) = yaml.safe_load(" ".join(last[1][1:]))
    assert program in tomllib.loads((HOME / "pyproject.toml").read_text())["project"]["scripts"]
    (command,) = yaml.safe_load(" ".join(last[2][1:]))
    assert options(command)
    (variables,) = (step[1:] for step in STEPS if step[0] == "ENV")
    assert {pair.partition("=")[0] for pair in variables if pair.startswith("MAILLAGE_")} <= SETTINGS


def test_the_guide_speaks_of_what_there_is() -> None:
    guide = (HOME / "docs" / "operations.md").read_text()
    assert set(re.findall(r"`(MAILLAGE_\w+)", guide)) - SETTINGS == set()
    commands = get_command(app).commands  # pyright: ignore[reportAttributeAccessIssue]
    assert set(re.findall(r"`maillage (\w+)", guide)) - set(commands) == set()
