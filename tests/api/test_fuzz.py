"""Requests that nobody thought of: operations made from the schema, addresses made from the pages' parameters.

The examples are the same on every run; `make test-full` makes more of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx2
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from api.graphql.export import CONTRACT
from api.web.question import LONGEST_TEXT
from graph.model.directory import Public
from graph.model.vocabulary import competences
from tests.conftest import FULL

# A refusal, never a fault of ours nor an operation that was abandoned.
REFUSED: Final = {"INVALID_INPUT", "TOO_MUCH"}
# Twenty relays with their reasons, and every link that repeats the question.
LARGEST_PAGE: Final = 400_000
SCHEMA = schemathesis.graphql.from_path(CONTRACT)
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]  # pyright: ignore[reportAttributeAccessIssue]
MODES = list(schemathesis.GenerationMode)
fuzzing = settings(
    max_examples=100 if FULL else 4,
    derandomize=True,
    deadline=None,
    database=None,
    # The first failure is told as it is: looking for a shorter one takes minutes.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType]
)


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.mark.parametrize("mode", MODES, ids=[mode.value for mode in MODES])
@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.label for operation in OPERATIONS])
def test_an_operation_made_from_the_schema_is_answered_or_refused(
    site: str, session: requests.Session, operation: Any, mode: Any
) -> None:
    @fuzzing
    @given(case=operation.as_strategy(generation_mode=mode))
    def asked(case: Any) -> None:
        response = case.call(base_url=f"{site}/graphql", session=session)
        assert response.status_code == 200
        errors = response.json().get("errors", [])
        if errors:
            assert {error["extensions"]["code"] for error in errors} <= REFUSED
        else:
            case.validate_response(response)

    asked()


words = st.one_of(
    st.text(max_size=LONGEST_TEXT + 20),
    st.sampled_from(
        ["rsa", "impayés de loyer", "115", "25000", "Besançon", "departement:25", "75113", "0", "-1", "9999"]
    ),
    st.lists(
        st.sampled_from([".*", "\\", "(", "[", "'", '"', "\x00", "%", "\u202e", "é", "ß", "ﬁ", "{{", "</"]), max_size=40
    ).map("".join),
)
values = {
    "c": st.one_of(st.sampled_from(sorted(competences())), words),
    "sans": st.one_of(st.sampled_from(sorted(competences())), words),
    "qui": st.one_of(st.sampled_from([public.value for public in Public]), words),
}
names = st.sampled_from(["q", "ou", "lieu", "qui", "c", "sans", "urgent", "debut", "first", "x"])
parameters = st.lists(names.flatmap(lambda name: st.tuples(st.just(name), values.get(name, words))), max_size=30)
accepted = st.sampled_from(["text/html", "application/json"])
methods = st.sampled_from(["GET", "GET", "GET", "HEAD", "POST"])
STANDING: Final = ("/", "/themes", "/aide", "/accessibilite", "/galerie", "/graphql")
READING: Final = ("/chercher", "/completer/problemes", "/completer/lieux")
sheets = st.tuples(st.sampled_from(["/organisme/", "/service/", "/static/", "/graphql/static/", "/"]), words)
paths = st.one_of(st.sampled_from(READING), st.sampled_from(STANDING), sheets.map("".join))


def test_a_page_asked_with_anything_is_answered_or_refused(site: str) -> None:
    with httpx2.Client(base_url=site, timeout=60) as client:

        @settings(fuzzing, max_examples=1000 if FULL else 50)
        @given(path=paths, pairs=parameters, accept=accepted, method=methods)
        def asked(path: str, pairs: list[tuple[str, str]], accept: str, method: str) -> None:
            address = f"{quote(path)}?{urlencode(pairs)}"
            response = client.request(method, address, headers={"accept": accept})
            assert response.status_code < 500
            assert "Traceback" not in response.text
            assert len(response.content) < LARGEST_PAGE

        asked()
