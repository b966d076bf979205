"""Anchors are made every five minutes and at each job's end, and are kept outside."""

import json
import logging
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from failover import audit, wiring
from failover.audit import anchors
from failover.models import AuditAnchor, AuditCheck
from failover.services import anchoring, attesting

pytestmark = pytest.mark.usefixtures("database", "data_dir")


@pytest.fixture
def data_dir(tmp_path: Path) -> Any:
    with override_settings(DATA_DIR=tmp_path / "data"):
        yield tmp_path / "data"


def write(action: str = "pair.freeze") -> None:
    with transaction.atomic():
        audit.record(
            at=wiring.now(), actor="a", action=action, subject="o", outcome="ok"
        )


def test_an_anchor_is_a_row_a_private_line_and_a_log_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    write()

    with caplog.at_level(logging.INFO):
        made = anchoring.anchor()

    assert made is not None
    assert [a.digest for a in anchors.read(anchoring.path())] == [made.digest]
    assert stat.S_IMODE(anchoring.path().stat().st_mode) == 0o600
    told: list[Any] = [record.msg for record in caplog.records]
    line = next(t for t in told if t["event"] == "audit.anchor")
    assert (line["seq"], line["hash"]) == (1, made.hash)
    assert line["previous"] == audit.GENESIS


def test_the_next_one_comes_after_five_minutes_or_at_a_jobs_end() -> None:
    write()
    anchoring.anchor()

    write()
    assert anchoring.anchor() is None

    write("job.finish")
    made = anchoring.anchor()
    assert made is not None
    assert made.previous == AuditAnchor.objects.order_by("id")[0].digest

    write()
    AuditAnchor.objects.update(at=wiring.now() - timedelta(minutes=5, seconds=1))
    assert anchoring.anchor() is not None


def test_nothing_new_is_not_anchored_again() -> None:
    assert anchoring.anchor() is None
    write()
    anchoring.anchor()
    AuditAnchor.objects.update(at=wiring.now() - timedelta(hours=1))

    assert anchoring.anchor() is None
    assert AuditAnchor.objects.count() == 1


def test_anchors_that_others_made_and_torn_lines_are_made_good() -> None:
    write()
    anchoring.anchor()
    for _ in range(3):
        write("job.finish")
        anchoring.anchor()
    whole = anchoring.path().read_text()
    anchoring.path().write_text(whole[: len(whole) // 2])

    anchoring.keep_file()

    seqs = [a.seq for a in anchors.read(anchoring.path())]
    assert seqs == [1, 2, 3, 4]


def test_a_chain_at_odds_with_the_file_is_read_at_once_and_tells() -> None:
    write()
    write("job.finish")
    anchoring.anchor()
    assert attesting.check_if_due(by="rita") is not None
    assert attesting.check_if_due(by="rita") is None
    AuditCheck.objects.update(began_at=wiring.now() - timedelta(hours=2))
    assert attesting.check_if_due(by="rita") is None

    line = json.loads(anchoring.path().read_text())
    forged = anchors.Anchor(
        seq=1, hash="f" * 64, previous=line["previous"], at=wiring.now()
    )
    anchors.append(anchoring.path(), [forged])

    verdict = attesting.check_if_due(by="rita")
    assert verdict is not None
    assert not verdict.is_whole
