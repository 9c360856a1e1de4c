"""The house's own rules: sizes, closed lists, docs that can fail."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from api.cli import app
from api.settings import Settings

HOME = Path(__file__).resolve().parent.parent
FILE_LINES, TEST_LINES, FUNCTION_LINES = 320, 600, 45
ROOMS = ("graph", "search", "importers", "api", "bench")
CODE = sorted(path for room in ROOMS for path in (HOME / room).rglob("*.py"))
TESTS = sorted((HOME / "tests").rglob("*.py"))
PROJECT_FILES = sorted(
    HOME / name
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=HOME,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
)


def name(path: Path) -> str:
    return str(path.relative_to(HOME))


@pytest.mark.parametrize("path", CODE, ids=name)
def test_a_file_fits_in_a_head(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert len(lines) <= FILE_LINES
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_a_test_file_fits_in_a_head(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= TEST_LINES


def test_no_drawer_is_named_utils() -> None:
    assert [name(path) for path in CODE if path.stem in {"utils", "helpers", "common", "misc"}] == []


def test_no_mock_of_our_own_code() -> None:
    mocking = re.compile(r"unittest\.mock|MagicMock|mocker\b")
    itself = Path(__file__).resolve()
    assert [name(path) for path in TESTS if path != itself and mocking.search(path.read_text())] == []


def test_cypher_is_spoken_in_the_store_only() -> None:
    cypher = re.compile(r"\b(MATCH|MERGE) \(|UNWIND \$")
    outside = [path for path in CODE if not path.is_relative_to(HOME / "graph" / "store")]
    assert [name(path) for path in outside if cypher.search(path.read_text())] == []


def test_every_setting_is_documented() -> None:
    readme = (HOME / "README.md").read_text()
    missing = [
        f"MAILLAGE_{field.upper()}" for field in Settings.model_fields if f"`MAILLAGE_{field.upper()}`" not in readme
    ]
    assert missing == []


def test_every_command_is_documented() -> None:
    readme = (HOME / "README.md").read_text()
    commands = get_command(app).commands  # pyright: ignore[reportAttributeAccessIssue]
    assert [command for command in commands if f"maillage {command}" not in readme] == []


def test_every_folder_and_file_of_the_plan_is_there() -> None:
    """Paths written in code style in ARCHITECTURE.md and the tour exist."""
    missing = []
    for page in ("ARCHITECTURE.md", "docs/tour.md"):
        named = re.findall(r"`((?:graph|search|importers|api|bench|docs|tests)/[\w./-]*)`", (HOME / page).read_text())
        missing += [f"{page}: {path}" for path in named if not (HOME / path).exists()]
    assert missing == []


def test_every_decision_says_context_decision_and_price() -> None:
    decisions = sorted((HOME / "docs" / "decisions").glob("[0-9]*.md"))
    assert [path.name[:4] for path in decisions] == [f"{number:04}" for number in range(1, len(decisions) + 1)]
    for path in decisions:
        text = path.read_text()
        assert all(f"\n**{part}.** " in text for part in ("Context", "Decision", "Price")), path.name


def test_no_file_names_a_registry_or_a_machine() -> None:
    """Lock files carry no index address, and no path of someone's machine is left anywhere."""
    barred = re.compile(
        r"(?<![\w.])(pypi\.org|files\.pythonhosted\.org|registry\.npmjs\.org|repo1?\.maven)|/(root|home)/\w+/"
    )
    texts = [
        path for path in PROJECT_FILES if path.suffix in {".py", ".md", ".toml", ".lock", ".txt", ".json", ".yaml"}
    ]
    itself = Path(__file__).resolve()
    assert [name(path) for path in texts if path != itself and path.exists() and barred.search(path.read_text())] == []
