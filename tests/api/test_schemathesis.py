"""The schema is kept: whatever is asked by whom, no 5xx and no answer beside it.

A longer run: SCHEMA_EXAMPLES=200 make test ARGS=tests/api/test_schemathesis.py
"""

import itertools
import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from failover.models import Pair
from failover.services import fields
from tests.services.world import ALLOCATION, FLOATING, PRIMARY, make_token

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "3"))
ROLES = ("viewer", "operator", "approver", "admin")
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
# What is there, so that more than "not found" is answered.
THERE = {
    "account": "default",
    "name": "article",
    "eni": FLOATING,
    "instance_id": PRIMARY,
    "allocation_id": ALLOCATION,
    "region_id": str(fields.uuid_of("region", 1)),
}


@pytest.fixture
def people(article: Pair) -> Iterator[dict[str, str]]:
    """Everybody in turn: headers of the anonymous and of each role."""
    tokens = [make_token(f"one-{role}", role) for role in ROLES]
    known = [{"Authorization": f"Bearer {token}"} for token in tokens]
    return itertools.cycle([*known, {}])


@pytest.mark.slow
@pytest.mark.timeout(max(120, EXAMPLES * 30))
def test_no_answer_is_beside_the_schema(people: Iterator[dict[str, str]]) -> None:
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/schema/?format=json", WSGIHandler(), headers=next(people)
    )
    failures: list[str] = []
    asked = 0
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            asked += EXAMPLES
            failures += list(_try(operation, mode, people))

    assert not failures, "\n".join(failures)
    assert asked > 30 * EXAMPLES


def _try(
    operation: Any, mode: GenerationMode, people: Iterator[dict[str, str]]
) -> Iterator[str]:
    named = {p.name for p in operation.path_parameters}
    # What a call deletes, the next ones would not find.
    is_there = mode is GenerationMode.POSITIVE and operation.method != "delete"
    path = {k: v for k, v in THERE.items() if k in named} if is_there else {}
    found: set[str] = set()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(generation_mode=mode, path_parameters=path or None)
    )
    def hold(case: Any) -> None:
        response = case.call(headers=next(people))
        # A pair's health tells by 503 that the pair is not ready: no error of ours.
        checks = CHECKS[1:] if operation.path.endswith("/health/") else CHECKS
        try:
            case.validate_response(response, checks=checks)
        except FailureGroup as failure:
            found.add(f"{operation.label}: {failure}")

    hold()
    yield from found
