"""The audit over REST: what is filtered, as JSON, CSV and JSON lines."""

import csv
import hashlib
import io
import json
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from failover import audit, wiring
from failover.audit import GENESIS
from failover.models import Pair
from tests.api.asking import Ask
from tests.services.world import make_token


@pytest.fixture
def vera(article: Pair) -> Client:
    """A viewer, and fifty rows of somebody who writes formulas."""
    token = make_token("vera", "viewer")
    rows = [
        audit.Entry(
            at=wiring.now(),
            actor="=1+1",
            action="pair.freeze",
            subject=f"pair/p{n}",
            outcome="ok",
            after={"n": n},
            reason="＝cmd|' /C calc'!A0",
        )
        for n in range(50)
    ]
    with transaction.atomic():
        audit.record_all(rows)
    return Client(headers={"Authorization": f"Bearer {token}"})


def read(client: Client, query: str) -> str:
    answer: Any = client.get(f"/api/v1/audit/?{query}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()


def test_an_export_has_exactly_what_is_filtered(vera: Client) -> None:
    query = "actor=%3D1%2B1&ordering=seq"
    listed = vera.get(f"/api/v1/audit/?{query}&limit=1000").json()["results"]

    lines = [
        json.loads(line)
        for line in read(vera, f"{query}&format=jsonl").split("\n")
        if line
    ]
    table = list(csv.DictReader(io.StringIO(read(vera, f"{query}&format=csv"))))

    assert len(listed) == 50
    assert lines == listed
    assert [row["object"] for row in table] == [row["object"] for row in listed]


def test_no_cell_of_the_csv_is_a_formula(vera: Client) -> None:
    table = list(csv.DictReader(io.StringIO(read(vera, "actor=%3D1%2B1&format=csv"))))

    assert {row["actor"] for row in table} == {"'=1+1"}
    assert all(row["reason"].startswith("'＝") for row in table)


def test_an_auditor_can_check_the_chain_with_the_json_lines_alone(
    vera: Client,
) -> None:
    prev_hash = GENESIS

    for line in read(vera, "format=jsonl&ordering=seq").splitlines():
        row = json.loads(line)
        plain = {name: value for name, value in row.items() if name != "hash"}
        plain["at"] = row["at"].replace("Z", "+00:00")
        canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"))
        assert row["prev_hash"] == prev_hash
        assert hashlib.sha256(canonical.encode()).hexdigest() == row["hash"]
        prev_hash = row["hash"]

    assert prev_hash != GENESIS


@pytest.mark.usefixtures("article")
def test_the_audit_leaves_as_csv_that_no_spreadsheet_runs(olga: Ask) -> None:
    olga("POST", "pairs/article/freeze", {"reason": "=HYPERLINK(1)"})

    reply = olga("GET", "audit/?format=csv")
    text = b"".join(reply.streaming_content).decode()

    assert '"\'=HYPERLINK(1)"' in text
    lines = b"".join(olga("GET", "audit?format=jsonl").streaming_content)
    assert [json.loads(x)["seq"] for x in lines.splitlines()][-1] == 1
