"""oidc-provider, a real OpenID provider, as a process on loopback: fetched by npm into a cache outside the repository."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from joserfc.jwk import RSAKey

from graph.store.engine import end_with_parent
from tests.neo4j_server import cache
from tests.outside import answers, free_port

HERE: Final = Path(__file__).parent
FETCHED: Final = ("package.json", "package-lock.json")
START_SECONDS: Final = 120.0
FETCH_SECONDS: Final = 600.0


class Missing(Exception):
    """The provider cannot be run here; the message is one line, and says what to do."""


class OpenIdProvider:
    """One provider with these people; `clients` are as oidc-provider wants them."""

    def __init__(self, folder: Path, people: Sequence[dict[str, Any]], clients: Sequence[dict[str, Any]]) -> None:
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.key = RSAKey.generate_key(2048, {"kid": "its-own", "use": "sig", "alg": "RS256"}, private=True)
        self._folder = folder
        self._told = {
            "issuer": self.issuer,
            "port": self.port,
            "acr": ["eidas1", "eidas2"],
            "people": list(people),
            "clients": list(clients),
            "jwks": {"keys": [self.key.as_dict(private=True)]},
        }

    def start(self) -> None:
        """Start it. Raises Missing."""
        home = modules()
        configuration = self._folder / "provider.json"
        configuration.write_text(json.dumps(self._told))
        log = self._folder / "provider.log"
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [_program("node"), str(home / "provider.mjs"), str(configuration)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                preexec_fn=partial(end_with_parent, os.getpid()) if sys.platform == "linux" else None,
            )
        end = time.monotonic() + START_SECONDS
        while not answers(self.port):
            if self._process.poll() is not None or time.monotonic() > end:
                raise Missing(f"oidc-provider ne démarre pas : {log.read_text()[-800:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait(30)


def modules() -> Path:
    """The folder with the provider and its modules, fetched once for each lock file and script. Raises Missing."""
    texts = {name: (HERE / name).read_bytes() for name in (*FETCHED, "provider.mjs")}
    kept = cache() / f"oidc-provider-{hashlib.sha256(b''.join(texts.values())).hexdigest()[:16]}"
    if kept.exists():
        return kept
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache(), prefix="oidc-") as folder:
        fetched = Path(folder, "fetched")
        fetched.mkdir()
        for name, text in texts.items():
            (fetched / name).write_bytes(text)
        done = subprocess.run(
            [_program("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=fetched,
            capture_output=True,
            text=True,
            timeout=FETCH_SECONDS,
            check=False,
        )
        if done.returncode:
            raise Missing(f"npm n’a pas pu chercher oidc-provider : {(done.stderr or done.stdout).strip()[-800:]}")
        if not kept.exists():
            fetched.rename(kept)
    return kept


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Missing(
            f"« {name} » manque pour le fournisseur d’identité des tests (Debian : apt-get install nodejs npm)."
        )
    return found
