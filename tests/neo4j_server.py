"""A Neo4j of one test run: jars by Maven into a cache outside the repository, a process of its own, gone with the run.

`python -m tests.neo4j_server` starts one by hand and says how to point the product at it.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from neo4j import GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError

from graph.store.engine import DATABASE, Address, end_with_parent
from tests.outside import answers, certificate, free_port

VERSION: Final = "5.26.30"
MAIN: Final = "org.neo4j.server.CommunityEntryPoint"
START_SECONDS: Final = 180.0
STOP_SECONDS: Final = 60.0
DOWNLOAD_SECONDS: Final = 900.0
# What Neo4j 5.26 and Keycloak 26 are made for; the embedded engine's own Java, newer, runs Neo4j too, twice as slow to start.
JAVA_VERSIONS: Final = (17, 21)
POM: Final = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>maillage</groupId><artifactId>neo4j-for-tests</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{VERSION}</version></dependency>
  </dependencies>
</project>
"""


class Missing(Exception):
    """The server cannot be run here; the message is one line, and says what to do."""


@dataclass(frozen=True, slots=True)
class Java:
    """A program and the version it names."""

    program: Path
    version: str


class Neo4jServer:
    """One server over one folder, with one user database. Started again, it answers at the same address."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        self.certificate = folder / "certificates" / "public.crt"
        self._settings = dict(settings or {})
        self._port = free_port()
        self._password = secrets.token_urlsafe(16)
        self._archive_to_come: Path | None = None
        self._welcome = False

    def address(self) -> Address:
        """Where it answers, in the clear or over TLS with `certificate`."""
        return Address(f"bolt://127.0.0.1:{self._port}", "neo4j", self._password)

    def start(self) -> Address:
        """Start it, give it its password, and return its address. Raises Missing, in one line."""
        jars, java = _jars(), java_17()
        if not self.certificate.exists():
            self._write_configuration()
        with (self.folder / "neo4j.out").open("ab") as log:
            self.process = subprocess.Popen(
                [str(java.program), *self._options(java), "-cp", f"{jars}/*", MAIN, *self._places()],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=partial(end_with_parent, os.getpid()) if sys.platform == "linux" else None,
                start_new_session=True,
            )
        self._wait()
        return self.address()

    def stop(self) -> None:
        """Stop it, and keep the archive of classes that a first run leaves."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
        fresh = self.folder / "classes.jsa"
        if self._archive_to_come and fresh.exists():
            aside = self._archive_to_come.with_suffix(f".{os.getpid()}")
            shutil.copyfile(fresh, aside)
            aside.replace(self._archive_to_come)

    def empty(self) -> None:
        """Take every node away; constraints and indexes stay."""
        address = self.address()
        driver = GraphDatabase.driver(address.uri, auth=(address.user, address.password), telemetry_disabled=True)
        with driver, driver.session(database=address.database) as session:
            session.run("MATCH (n) DETACH DELETE n").consume()

    def _options(self, java: Java) -> list[str]:
        """A class archive halves the start; the first run makes it."""
        archive = cache() / f"neo4j-{VERSION}-java-{java.version}.jsa"
        self._archive_to_come = None if archive.exists() else archive
        classes = (
            f"-XX:SharedArchiveFile={archive}"
            if archive.exists()
            else f"-XX:ArchiveClassesAtExit={self.folder / 'classes.jsa'}"
        )
        # With two cores the small compiler is the quicker one: a test run is over before the large one pays.
        return ["-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xlog:cds=off", classes]

    def _places(self) -> list[str]:
        return [f"--home-dir={self.folder}", f"--config-dir={self.folder / 'conf'}"]

    def _write_configuration(self) -> None:
        for part in ("conf", "certificates", "data", "logs"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        settings = {
            "server.default_listen_address": "127.0.0.1",
            "server.http.enabled": "false",
            "server.https.enabled": "false",
            "server.bolt.listen_address": f"127.0.0.1:{self._port}",
            "server.bolt.advertised_address": f"127.0.0.1:{self._port}",
            "server.bolt.tls_level": "OPTIONAL",
            "dbms.ssl.policy.bolt.enabled": "true",
            "dbms.ssl.policy.bolt.base_directory": str(self.certificate.parent),
            "dbms.ssl.policy.bolt.client_auth": "NONE",
            "initial.dbms.default_database": DATABASE,
            "dbms.usage_report.enabled": "false",
            "db.transaction.timeout": "60s",
            # A statement is planned once: graphs that are emptied between two tests, and lists of another length, would plan it
            # anew, which takes more than running it.
            "dbms.cypher.min_replan_interval": "1d",
            "dbms.cypher.statistics_divergence_threshold": "1.0",
            "internal.cypher.use_parameter_size": "false",
            "server.memory.pagecache.size": "128m",
            # Its pauses at the end are for clients that we do not have: 11 s become 0.3.
            "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
            "internal.server.bolt.thread_pool_shutdown_wait_time": "0s",
        }
        lines = [f"{name}={value}\n" for name, value in (settings | self._settings).items()]
        (self.folder / "conf" / "neo4j.conf").write_text("".join(lines))
        certificate(self.certificate, self.certificate.with_name("private.key"))

    def _wait(self) -> None:
        """Until the password is ours."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process is None or self.process.poll() is not None:
                break
            if self._password_given():
                return
            time.sleep(0.1)
        last = (self.folder / "neo4j.out").read_text(errors="replace").strip().splitlines()[-1:]
        self.stop()
        raise Missing(f"Neo4j n’a pas démarré : {last[0] if last else 'il n’a rien dit'}")

    def _password_given(self) -> bool:
        """The first password is the same for everyone, and must be changed before anything else."""
        if not answers(self._port):
            return False
        if self._welcome:
            return True
        driver = GraphDatabase.driver(self.address().uri, auth=("neo4j", "neo4j"), telemetry_disabled=True)
        try:
            with driver, driver.session(database="system") as session:
                session.run("ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $p", p=self._password).consume()
        except (DriverError, Neo4jError):
            return False
        self._welcome = True
        return True


def cache() -> Path:
    """Where jars and class archives stay between runs."""
    return Path(os.environ.get("MAILLAGE_TEST_CACHE") or Path.home() / ".cache" / "maillage")


def _jars() -> Path:
    """The folder of Neo4j's jars, fetched once: 213 of them, 123 MB."""
    kept = cache() / f"neo4j-{VERSION}"
    if kept.exists():
        return kept
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache(), prefix="neo4j-") as folder:
        pom, fetched = Path(folder, "pom.xml"), Path(folder, "jars")
        pom.write_text(POM)
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={fetched}"]
        by_maven(f"Neo4j {VERSION}", ["--file", str(pom), *goal], fetched, "neo4j-kernel-*.jar")
        if not kept.exists():
            fetched.rename(kept)
    return kept


def by_maven(what: str, arguments: Sequence[str], fetched: Path, expected: str) -> None:
    """Have Maven fill the folder `fetched`, in which one file at least is then named as `expected`. Raises Missing."""
    maven = shutil.which("mvn")
    if maven is None:
        raise Missing(f"Maven manque pour chercher {what} : installez-le (Debian : apt-get install maven).")
    done = subprocess.run(
        [maven, "--batch-mode", "--quiet", *arguments],
        capture_output=True,
        text=True,
        timeout=DOWNLOAD_SECONDS,
        check=False,
        env={**os.environ, "JAVA_HOME": str(java_17().program.parent.parent)},
    )
    if done.returncode or not list(fetched.glob(expected)):
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("[ERROR]")]
        raise Missing(f"Maven n’a pas pu chercher {what} : {said[0] if said else 'sans dire pourquoi'}")


def java_17() -> Java:
    """The Java of the path when it is one that servers are made for, else the one that the embedded engine brings."""
    candidates = [Path(found).resolve()] if (found := shutil.which("java")) else []
    package = find_spec("arcadedb_embedded")
    own = Path(package.origin).parent / "jre" / "bin" / "java" if package and package.origin else None
    for program in candidates:
        version = _version(program)
        if int(version.partition(".")[0]) in JAVA_VERSIONS:
            return Java(program, version)
    if own and own.exists():
        return Java(own, _version(own))
    raise Missing("Java 17 ou 21 manque : installez-le (Debian : apt-get install default-jre-headless).")


def _version(program: Path) -> str:
    """As `java -version` says it; « 0 » when it says nothing."""
    done = subprocess.run([str(program), "-version"], capture_output=True, text=True, timeout=60, check=False)
    found = re.search(r'version "([\d.]+)', done.stderr + done.stdout)
    return found[1] if found else "0"


def main() -> None:
    """Run one until Ctrl-C."""
    with tempfile.TemporaryDirectory(prefix="maillage-neo4j-") as folder:
        server = Neo4jServer(Path(folder))
        try:
            address = server.start()
        except Missing as missing:
            raise SystemExit(str(missing)) from None
        sys.stdout.write(f"export MAILLAGE_GRAPH_URI={address.uri} MAILLAGE_GRAPH_PASSWORD={address.password}\n")
        sys.stdout.flush()
        try:
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
        finally:
            server.stop()


if __name__ == "__main__":
    main()
