"""A row of the audit has a page; whether the whole can be believed stands on it."""

import re

import pytest
from django.db import connection, transaction

from failover import audit, wiring
from failover.audit import guards
from failover.models import AuditCheck, AuditEntry
from failover.services import attesting
from failover.web.presenters import audit as audit_words
from tests.web.conftest import Home

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)> {{ 7 }} {% x %}'


def note(**fields: object) -> AuditEntry:
    given: dict[str, object] = {
        "at": wiring.now(),
        "actor": "olaf",
        "action": "pair.update",
        "subject": "pair/article",
        "outcome": "ok",
        "before": {"confirm": "none", "index": 1},
        "after": {"confirm": "name", "index": 1},
        **fields,
    }
    with transaction.atomic():
        return audit.record(**given)  # type: ignore[arg-type]


def page(home: Home, path: str) -> str:
    answer = home.client("vera").get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def test_a_row_shows_what_changed_and_its_place_in_the_chain(home: Home) -> None:
    row = note(source_ip="10.1.2.3", token="abc123", aws_request_id="req-1")

    text = page(home, f"/audit/{row.seq}/")

    assert "Before and after" in text
    assert text.count('class="is-changed"') == 1
    assert re.search(r"confirm <span class=\"badge\">changed", text)
    for value in ("10.1.2.3", "abc123", "req-1", row.hash, row.prev_hash):
        assert value in text
    assert f'data-copy="{row.hash}"' in text
    assert "fits its hash" in text
    assert 'href="/pairs/article/"' in text
    assert f'href="/audit/{row.seq - 1}/"' in text


def test_a_row_that_was_edited_says_so(home: Home) -> None:
    row = note()
    with connection.cursor() as cursor:
        guards.MIGRATION.remove(cursor, vendor="sqlite")
    AuditEntry.objects.filter(seq=row.seq).update(actor="mallory")

    assert "does not fit its hash" in page(home, f"/audit/{row.seq}/")


def test_hostile_values_are_shown_literally(home: Home) -> None:
    row = note(
        actor=HOSTILE[:150],
        subject=f"pair/{HOSTILE}",
        reason=HOSTILE,
        before={HOSTILE: HOSTILE},
        after={HOSTILE: [HOSTILE]},
    )

    for path in (f"/audit/{row.seq}/", "/audit/"):
        text = page(home, path)
        assert "<script>alert" not in text
        assert "<img" not in text
    assert "{{ 7 }}" in page(home, f"/audit/{row.seq}/")


@pytest.mark.parametrize("seq", ["0", "999999", "9" * 30])
def test_a_number_that_no_row_has_is_not_found(home: Home, seq: str) -> None:
    assert home.client("vera").get(f"/audit/{seq}/").status_code == 404


def test_rows_of_a_pair_and_of_a_person_take_their_jobs_along(home: Home) -> None:
    job = home.job(requested_by="olaf")
    called = note(
        actor="engine", action="DetachNetworkInterface", subject="x", job_id=job.id
    )
    other = note(actor="vera", subject="pair/other")

    assert 'href="/audit/?person=vera"' in page(home, "/audit/")
    assert 'href="/audit/?pair=article"' in page(home, "/pairs/article/")
    for query in ("pair=article", "person=olaf"):
        text = page(home, f"/audit/?{query}")
        assert f'id="row-{called.seq}"' in text
        assert f'id="row-{other.seq}"' not in text


def test_the_page_says_when_it_was_verified_and_what_was_found(home: Home) -> None:
    row = note()
    assert "Not verified yet" in page(home, f"/audit/{row.seq}/")
    assert "Not verified yet" in page(home, "/audit/")

    assert attesting.check(by="rita").is_whole
    text = page(home, f"/audit/{row.seq}/")
    assert "The audit is whole" in text
    assert "banner-audit" not in text

    AuditCheck.objects.update(is_whole=False, tampering="edited", bad_seq=1)
    text = page(home, f"/audit/{row.seq}/")
    assert "A row was edited: row 1" in text
    assert "banner-audit" in page(home, "/pairs/")


def test_a_reading_that_is_late_or_found_no_guards_warns() -> None:
    now = wiring.now()
    check = AuditCheck(began_at=now, ended_at=now, is_whole=True)
    assert audit_words.state(check, now).tone == "success"

    check.missing_guards = ["audit_refuses_update"]
    assert "guard_audit" in audit_words.state(check, now).text

    check.missing_guards, later = [], now + audit_words.LATE * 2
    assert "more than a day" in audit_words.state(check, later).title
