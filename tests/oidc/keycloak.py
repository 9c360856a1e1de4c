"""Keycloak, as many a département runs it: fetched once by Maven, one process a test run, in memory.

`python -m pytest -m keycloak` runs what needs it; the ordinary run leaves it out, for it takes the best part of a minute.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx2

from graph.store.engine import end_with_parent
from tests.neo4j_server import JAVA_VERSIONS, Java, Missing, by_maven, cache, java_17
from tests.outside import free_port, loopback

VERSION: Final = "26.7.3"
ARTIFACT: Final = "keycloak-quarkus-dist"
REALM: Final = "maillage"
# What an operator may import too: no key, no secret and no person is in it.
REALM_FILE: Final = Path(__file__).with_name("maillage-realm.json")
START_SECONDS: Final = 400.0
STOP_SECONDS: Final = 60.0
# Small, and soon there: what it saves at run time by the large compiler, a test run never sees.
JAVA_OPTIONS: Final = (
    "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:MaxMetaspaceSize=256m -Dfile.encoding=UTF-8 -Xms128m -Xmx384m"
)


class Keycloak:
    """One server with the realm of `maillage-realm.json` and these people, for the site at `site`."""

    def __init__(self, folder: Path, site: str, secret: str, people: Sequence[dict[str, Any]]) -> None:
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}/realms/{REALM}"
        self.seconds = 0.0
        self._folder, self._site, self._secret, self._people = folder, site, secret, people
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait for its realm. Raises Missing, in one line."""
        kept, java = distribution(), _java()
        home = self._home(kept)
        began = time.monotonic()
        with (self._folder / "keycloak.out").open("wb") as out:
            self._process = subprocess.Popen(
                ["/bin/sh", str(home / "bin" / "kc.sh"), "start-dev", *self._options()],
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={
                    **{name: value for name, value in os.environ.items() if not name.startswith(("KC_", "JAVA_"))},
                    "JAVA": str(java.program),
                    "JAVA_OPTS": JAVA_OPTIONS,
                    "MAILLAGE_SITE": self._site,
                    "MAILLAGE_CLIENT_SECRET": self._secret,
                },
                preexec_fn=partial(end_with_parent, os.getpid()) if sys.platform == "linux" else None,
                start_new_session=True,
            )
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > began + START_SECONDS:
                said = (self._folder / "keycloak.out").read_text(errors="replace").strip().splitlines()[-1:]
                self.stop()
                raise Missing(f"Keycloak n’a pas démarré : {said[0] if said else 'il n’a rien dit'}")
            time.sleep(0.2)
        self.seconds = time.monotonic() - began

    def stop(self) -> None:
        """Stop it and the shell that started it: both are in a group of their own."""
        if self._process is None:
            return
        for how in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, how)
                self._process.wait(STOP_SECONDS)
                break
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        self._process = None

    def megabytes(self) -> int:
        """What it holds in memory now."""
        pages = 0
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if self._process and os.getpgid(int(folder.name)) == self._process.pid:
                    pages += int((folder / "statm").read_text().split()[1])
            except (OSError, ValueError):
                continue
        return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000

    def _options(self) -> list[str]:
        # In memory: nothing of a run is left for the next one.
        return ["--http-host=127.0.0.1", f"--http-port={self.port}", "--db=dev-mem", "--import-realm"]

    def _home(self, kept: Path) -> Path:
        """A folder of its own that shares the program: what Keycloak prepares at its very first start stays in the cache."""
        home = self._folder / "keycloak"
        (home / "data" / "import").mkdir(parents=True)
        shutil.copytree(kept / "bin", home / "bin")
        for part in ("conf", "lib", "providers", "themes", "version.txt"):
            (home / part).symlink_to(kept / part)
        realm = json.loads(REALM_FILE.read_text(encoding="utf-8")) | {"users": list(self._people)}
        (home / "data" / "import" / f"{REALM}-realm.json").write_text(json.dumps(realm), encoding="utf-8")
        return home

    def _ready(self) -> bool:
        try:
            answer = loopback().get(f"{self.issuer}/.well-known/openid-configuration", timeout=5)
        except httpx2.HTTPError:
            return False
        return answer.status_code == 200


def someone(name: str, **values: Any) -> dict[str, Any]:
    """A person of the realm, whose password is her name."""
    plain = {
        "username": name,
        "email": f"{name}@essai.example",
        "emailVerified": True,
        "enabled": True,
        "firstName": name.capitalize(),
        "lastName": "Essai",
        "credentials": [{"type": "password", "value": name, "temporary": False}],
    }
    return plain | values


def distribution() -> Path:
    """The unpacked program, fetched once: 177 MB. Raises Missing."""
    kept = cache() / f"keycloak-{VERSION}"
    if kept.exists():
        return kept
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache(), prefix="keycloak-") as folder:
        fetched = Path(folder)
        goal = [
            "dependency:copy",
            f"-Dartifact=org.keycloak:{ARTIFACT}:{VERSION}:zip",
            f"-DoutputDirectory={fetched}",
        ]
        by_maven(f"Keycloak {VERSION}", goal, fetched, f"{ARTIFACT}-*.zip")
        with zipfile.ZipFile(fetched / f"{ARTIFACT}-{VERSION}.zip") as whole:
            whole.extractall(fetched)
        if not kept.exists():
            (fetched / f"keycloak-{VERSION}").rename(kept)
    return kept


def _java() -> Java:
    """The engine's own is cut to the engine's needs: Keycloak wants a whole one."""
    java = java_17()
    if int(java.version.partition(".")[0]) not in JAVA_VERSIONS:
        raise Missing(
            "Java 17 ou 21 manque pour Keycloak : installez-le (Debian : apt-get install default-jre-headless)."
        )
    return java
