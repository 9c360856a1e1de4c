"""The command line and its site: what is said when something is wrong, and what is kept silent."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from api.app import create_app
from api.archive import Manifest, Part
from api.cli import app as cli
from api.folder import Folder, Running
from api.premises import premises
from api.restoring import Restored
from api.settings import Settings
from api.supervisor import listening
from api.telling import said, tell_restored
from api.web.headers import SECURITY_HEADERS
from graph.model.errors import Unavailable
from graph.store import copy
from tests.conftest import free_port

HOME = Path(__file__).resolve().parent.parent.parent
FRIEND = "https://partenaire.example"


def test_a_stranger_in_place_of_a_room_is_named_before_it_is_imported(tmp_path: Path) -> None:
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "__init__.py").write_text("raise RuntimeError('the stranger was imported')")
    code = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(HOME)!r}]; from api.start import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert f"Le dossier « graph » attendu dans {HOME} est pris ailleurs : {tmp_path / 'graph'}" in done.stderr
    assert "décision 0001" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "given", [f"{FRIEND} http://[::1]:8000", f" {FRIEND},http://[::1]:8000\n", f"{FRIEND}, http://[::1]:8000"]
)
def test_origins_are_read_with_spaces_or_commas(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("MAILLAGE_ALLOWED_ORIGINS", given)
    assert Settings().allowed_origins == (FRIEND, "http://[::1]:8000")
    monkeypatch.setenv("MAILLAGE_ALLOWED_ORIGINS", " ")
    assert Settings().allowed_origins == ()


@pytest.mark.parametrize("given", ["partenaire.example", f"{FRIEND}/page", '["https://a.example"]', "*"])
def test_what_is_no_origin_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("MAILLAGE_ALLOWED_ORIGINS", given)
    with pytest.raises(ValidationError, match="n’est pas une origine"):
        Settings()


def test_children_are_given_the_same_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data=tmp_path, allowed_origins=(FRIEND, "http://b.example"), demo=True, heap="384m")
    for name, value in settings.environment({}).items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings


async def test_only_named_sites_read_answers_of_the_one_door(tmp_path: Path) -> None:
    app = create_app(Settings(data=tmp_path, allowed_origins=(FRIEND,)))
    asks = {"origin": FRIEND, "access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://m.example") as client:
        allowed = await client.options("/graphql", headers=asks)
        assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, FRIEND)
        stranger = await client.options("/graphql", headers=asks | {"origin": "https://autre.example"})
        assert "access-control-allow-origin" not in stranger.headers
        elsewhere = await client.get("/chercher-rien", headers={"origin": FRIEND})
        assert "access-control-allow-origin" not in elsewhere.headers


async def test_a_fault_has_the_same_headers_and_its_text_is_kept_silent(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    app = create_app(Settings(data=tmp_path))

    async def fails(name: str) -> None:
        raise ValueError(f"Madame Dupont a demandé {name}")

    app.add_api_route("/panne/{name}", fails)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://m.example") as client:
        answer = await client.get("/panne/secret")
    assert answer.status_code == 500
    assert {name: answer.headers[name] for name in SECURITY_HEADERS} == dict(SECURITY_HEADERS)
    out, err = capfd.readouterr()
    assert "Dupont" not in out + err
    assert "secret" not in out + err
    assert "ValueError" in out + err
    assert f"{Path(__file__).name}:" in out + err


def test_refusals_of_the_system_are_said_without_holes() -> None:
    full = "Le disque est plein. Libérez de la place, puis relancez."
    assert said(OSError(errno.ENOSPC, "No space left on device")) == full
    assert said(ValueError("An IO error occurred: 'No space left on device (os error 28)'")) == full
    assert said(ValueError("IoError { io_error: Os { code: 28, kind: StorageFull }}")) == full
    assert said(ValueError("our own fault")) is None
    for fault in (OSError(), OSError(errno.EIO, "Input/output error"), OSError("odd"), TimeoutError()):
        told = said(fault)
        assert told is not None
        assert "None" not in told
        assert told.startswith("Le système a refusé une opération (")


async def test_a_mere_command_is_not_joined(tmp_path: Path) -> None:
    with Folder(tmp_path) as owner:
        owner.tell(Running(41, "bolt://127.0.0.1:1"))
        with pytest.raises(Unavailable, match=r"déjà utilisé par une autre commande \(numéro 41\)"):
            async with premises(Settings(data=tmp_path)):
                pass


async def test_a_site_on_a_graph_server_is_not_joined_with_the_secret_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "secret").write_text("zibeline")
    with Folder(tmp_path) as owner:
        owner.tell(Running(41, "bolt://graphe.example:7687", 8000))
        with pytest.raises(Unavailable, match=r"utilise le serveur de graphe bolt://graphe\.example:7687 : donnez"):
            async with premises(Settings(data=tmp_path)):
                pass


@pytest.mark.parametrize("name", ["serve", "demo", "backup", "doctor"])
def test_the_graph_that_was_carried_away_is_not_worked_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "data"
    copy.files_of(data / "engine").mkdir(parents=True)
    with Folder(data) as folder:
        folder.note_carried("bolt://graphe.example:7687")
    port = ["--port", str(free_port())] if name in {"serve", "demo"} else []
    done = CliRunner().invoke(cli, [name, "--data", str(data), *port])
    assert done.exit_code == 1
    said = " ".join(done.stderr.split())
    assert "a été porté vers bolt://graphe.example:7687" in said
    assert "retirez le fichier" in said
    assert list(copy.files_of(data / "engine").iterdir()) == []
    assert list(tmp_path.glob("*.tar")) == []


def test_the_way_back_from_a_restore_can_be_pasted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "mes données"
    kept = data / "before-restore-1"
    for folder, text in ((data, "new"), (kept, "old")):
        (folder / "engine").mkdir(parents=True)
        (folder / "engine" / "graph").write_text(text)
    part = Part(bytes=0, sha256="0" * 64, files=0, unpacked=0)
    manifest = Manifest(
        maillage="0.2.0", engine="1", format=1, taken=datetime.now(UTC), migrations=(), counts={}, waiting=0, graph=part
    )
    tell_restored(Restored(manifest, kept), data)
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("  rm "))
    subprocess.run(["bash", "-c", line], check=True)
    assert (data / "engine" / "graph").read_text() == "old"


def test_why_the_port_cannot_be_had_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Unavailable, match="n’est pas libre"):
            listening(Settings(port=taken.getsockname()[1]))
    with pytest.raises(Unavailable, match="corrigez MAILLAGE_HOST"):
        listening(Settings(host="192.0.2.1", port=free_port()))
    with pytest.raises(Unavailable, match="corrigez MAILLAGE_HOST"):
        listening(Settings(host="nulle-part.invalid", port=free_port()))
    if os.geteuid() and socket.has_ipv6:
        with pytest.raises(Unavailable, match="réservé au système"):
            listening(Settings(port=80))
