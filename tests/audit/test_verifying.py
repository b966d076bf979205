"""Nine ways to tamper with the audit; each is named, with the number where it shows."""

import json
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings

from failover import audit, wiring
from failover.audit import anchors, guards, reading
from failover.audit.tampering import Tampering
from failover.models import AuditAnchor, AuditCheck, AuditEntry
from failover.services import anchoring, attesting

pytestmark = pytest.mark.usefixtures("database", "data_dir")

TABLE = "failover_auditentry"
ROWS = 40
ANCHORED = (10, 20, 30, 40)


@pytest.fixture
def data_dir(tmp_path: Path) -> Any:
    """A folder of the test's own, where the anchors lie."""
    with override_settings(DATA_DIR=tmp_path / "data"):
        yield tmp_path / "data"


def write(count: int, **fields: Any) -> None:
    """Rows as the product writes them."""
    start = AuditEntry.objects.count()
    entries = [
        audit.Entry(
            **{
                "at": wiring.now(),
                "actor": "alice",
                "action": "pair.freeze",
                "subject": f"pair/p{start + n}",
                "outcome": "ok",
                "after": {"until": None, "n": n},
                **fields,
            }
        )
        for n in range(count)
    ]
    with transaction.atomic():
        audit.record_all(entries)


@pytest.fixture
def anchored(data_dir: Path) -> Path:
    """Forty rows with an anchor after each ten; the file of the anchors."""
    for _ in ANCHORED:
        write(ROWS // len(ANCHORED) - 1)
        # A job's end is anchored at once.
        write(1, action="job.finish")
        assert anchoring.anchor() is not None
    assert [a.seq for a in anchors.read(anchoring.path())] == list(ANCHORED)
    # An auditor's copy: whoever rules this machine does not rule it.
    copy = data_dir / "copy.jsonl"
    copy.write_text(anchoring.path().read_text())
    return copy


def run(*statements: str) -> None:
    """Statements of somebody who rules the database."""
    with connection.cursor() as cursor:
        guards.MIGRATION.remove(cursor, vendor=connection.vendor)
        for statement in statements:
            cursor.execute(statement.replace("AUDIT", TABLE))


def seal_from(seq: int) -> None:
    """Make the chain consistent again from this row on."""
    before = AuditEntry.objects.filter(seq__lt=seq).order_by("-seq").first()
    prev_hash = before.hash if before else audit.GENESIS
    for row in AuditEntry.objects.filter(seq__gte=seq).order_by("seq"):
        row.prev_hash = prev_hash
        row.hash = prev_hash = audit.digest(row)
        row.save()


def edit_a_byte() -> None:
    run("UPDATE AUDIT SET reason = 'x' WHERE seq = 17")


def swap_two_rows() -> None:
    run(
        "UPDATE AUDIT SET seq = 1017 WHERE seq = 17",
        "UPDATE AUDIT SET seq = 17 WHERE seq = 23",
        "UPDATE AUDIT SET seq = 23 WHERE seq = 1017",
    )


def delete_in_the_middle() -> None:
    run("DELETE FROM AUDIT WHERE seq = 17")


def cut_off_the_tail() -> None:
    run("DELETE FROM AUDIT WHERE seq > 34")


def rewrite_it_all() -> None:
    run("UPDATE AUDIT SET actor = 'mallory' WHERE seq = 3")
    seal_from(1)


def give_a_number_twice() -> None:
    if connection.vendor == "sqlite":
        run(
            "CREATE TABLE forged AS SELECT * FROM AUDIT",
            "DROP TABLE AUDIT",
            "ALTER TABLE forged RENAME TO AUDIT",
        )
    else:
        run("ALTER TABLE AUDIT DROP CONSTRAINT AUDIT_pkey")
    run("INSERT INTO AUDIT SELECT * FROM AUDIT WHERE seq = 17")


def write_of_the_future() -> None:
    write(1, at=datetime(2099, 1, 1, tzinfo=UTC))


def take_an_anchor_out(copy: Path) -> None:
    lines = copy.read_text().splitlines(keepends=True)
    copy.write_text("".join([lines[0], *lines[2:]]))


def restore_in_silence() -> None:
    run("DELETE FROM AUDIT WHERE seq > 25")
    write(20)


WAYS: dict[Tampering, tuple[Callable[..., None], int]] = {
    Tampering.EDITED: (edit_a_byte, 17),
    Tampering.SWAPPED: (swap_two_rows, 17),
    Tampering.DELETED: (delete_in_the_middle, 17),
    Tampering.TRUNCATED: (cut_off_the_tail, 35),
    Tampering.REWRITTEN: (rewrite_it_all, 1),
    Tampering.DUPLICATE: (give_a_number_twice, 17),
    Tampering.FUTURE: (write_of_the_future, 41),
    Tampering.MISSING_ANCHOR: (take_an_anchor_out, 20),
    Tampering.RESTORED: (restore_in_silence, 21),
}


def ask(*arguments: str) -> tuple[int, dict[str, Any], str]:
    """What `verify_audit` answers: exit code, last line, complaints."""
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("verify_audit", *arguments, stdout=out, stderr=err)
    except SystemExit as exit:
        code = int(exit.code or 0)
    return code, json.loads(out.getvalue().splitlines()[-1]), err.getvalue()


def test_there_are_nine_ways() -> None:
    assert len(WAYS) == len(Tampering) == 9


@pytest.mark.parametrize("tampering", WAYS)
def test_each_way_to_tamper_is_named_with_its_number(
    tampering: Tampering, anchored: Path
) -> None:
    tamper, seq = WAYS[tampering]
    tamper(anchored) if tampering is Tampering.MISSING_ANCHOR else tamper()

    verdict = attesting.read(path=anchored, is_partial=False, now=later())

    bad = verdict.first_bad
    assert bad is not None
    assert (bad.tampering, bad.seq) == (tampering, seq)


def later() -> datetime:
    """A minute on: what was made a moment ago has been copied by then."""
    return wiring.now() + timedelta(minutes=1)


def test_the_command_ends_1_with_the_number_and_0_when_all_is_well(
    anchored: Path,
) -> None:
    code, said, complaint = ask("--anchors", str(anchored))
    assert (code, said["whole"], said["rows"], said["anchors"]) == (0, True, 40, 4)
    assert complaint == ""

    edit_a_byte()

    code, said, complaint = ask("--anchors", str(anchored))
    assert (code, said["first_bad_seq"], said["tampering"]) == (1, 17, "edited")
    assert "17: Row 17 was edited" in complaint
    assert "guard_audit" in complaint
    check = AuditCheck.objects.order_by("-id")[0]
    assert (check.is_whole, check.tampering, check.bad_seq) == (False, "edited", 17)
    row = AuditEntry.objects.order_by("-seq")[0]
    assert (row.action, row.outcome) == ("audit.verify", "broken")


def test_a_file_that_is_not_there_is_a_usage_error() -> None:
    with pytest.raises(SystemExit) as left:
        call_command("verify_audit", "--anchors", "/nowhere", stderr=StringIO())

    assert left.value.code == 64


# Variations that a cleverer forger would try


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("hash", "'" + "0" * 64 + "'"),
        ("prev_hash", "'" + "0" * 64 + "'"),
        ("at", "'2026-11-28 00:00:00'"),
        ("before", "'{\"a\": 1}'"),
        ("seq", "-5"),
    ],
)
def test_whatever_column_is_edited_shows(
    anchored: Path, column: str, value: str
) -> None:
    run(f"UPDATE AUDIT SET {column} = {value} WHERE seq = 17")  # noqa: S608

    verdict = attesting.read(path=anchored, is_partial=False, now=later())

    assert verdict.first_bad is not None
    assert verdict.first_bad.seq in (17, -5)


def test_bytes_that_are_of_no_type_at_all_show(anchored: Path, database: str) -> None:
    if database != "sqlite":
        return
    run(
        "PRAGMA ignore_check_constraints = ON",
        "UPDATE AUDIT SET after = '{torn' WHERE seq = 17",
    )

    bad = attesting.read(path=anchored, is_partial=False, now=later()).first_bad

    assert bad is not None
    assert (bad.tampering, bad.seq) == (Tampering.EDITED, 17)


def test_an_edited_row_that_was_sealed_anew_shows_by_the_next(anchored: Path) -> None:
    run("UPDATE AUDIT SET actor = 'mallory' WHERE seq = 17")
    row = AuditEntry.objects.get(seq=17)
    AuditEntry.objects.filter(seq=17).update(hash=audit.digest(row))

    bad = attesting.read(path=anchored, is_partial=False, now=later()).first_bad

    assert bad is not None
    assert (bad.tampering, bad.seq) == (Tampering.EDITED, 17)


def test_neighbours_that_were_swapped_show(anchored: Path) -> None:
    run(
        "UPDATE AUDIT SET seq = 1017 WHERE seq = 17",
        "UPDATE AUDIT SET seq = 17 WHERE seq = 18",
        "UPDATE AUDIT SET seq = 18 WHERE seq = 1017",
    )

    bad = attesting.read(path=anchored, is_partial=False, now=later()).first_bad

    assert bad is not None
    assert (bad.tampering, bad.seq, bad.other) == (Tampering.SWAPPED, 17, 18)


def test_a_deleted_row_whose_gap_was_closed_shows(anchored: Path) -> None:
    run("DELETE FROM AUDIT WHERE seq = 17")
    for seq in range(18, ROWS + 1):
        AuditEntry.objects.filter(seq=seq).update(seq=seq - 1)

    bad = attesting.read(path=anchored, is_partial=False, now=later()).first_bad

    assert bad is not None
    assert (bad.tampering, bad.seq) == (Tampering.DELETED, 17)


@pytest.mark.parametrize("kept", [slice(1, None), slice(0, -1), slice(0, 0)])
def test_anchors_taken_from_either_end_show_too(anchored: Path, kept: slice) -> None:
    lines = anchored.read_text().splitlines(keepends=True)
    anchored.write_text("".join(lines[kept]))

    bad = attesting.read(path=anchored, is_partial=False, now=later()).first_bad

    assert bad is not None
    assert bad.tampering is Tampering.MISSING_ANCHOR


def test_an_older_copy_is_enough_when_it_is_said_to_be_one(anchored: Path) -> None:
    lines = anchored.read_text().splitlines(keepends=True)
    anchored.write_text("".join(lines[:2]))

    assert attesting.read(path=anchored, is_partial=True, now=later()).is_whole


def test_a_restore_on_record_is_whole_and_is_told(anchored: Path) -> None:
    run("DELETE FROM AUDIT WHERE seq > 25")
    AuditAnchor.objects.filter(seq__gt=25).delete()

    call_command("record_restore", "--reason", "disk died", stdout=StringIO())
    write(20)
    anchoring.keep_file()

    verdict = attesting.read(path=anchored, is_partial=True, now=later())
    assert verdict.is_whole
    assert [(r.seq, r.from_seq) for r in verdict.restores] == [(26, 25)]
    assert "restore" in ask("--anchors", str(anchored), "--partial")[2]


# Triggers


def test_guards_in_place_are_not_missing() -> None:
    assert guards.list_missing(connection) == []


def test_dropped_and_hollow_guards_are_told_and_come_back(database: str) -> None:
    name = "audit_refuses_update" if database == "sqlite" else "audit_refuses_change"
    with connection.cursor() as cursor:
        if database == "sqlite":
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(
                f"CREATE TRIGGER {name} BEFORE UPDATE ON {TABLE} BEGIN SELECT 1; END"
            )
        else:
            cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER {name}")

    assert attesting.check_guards() == [name]
    row = AuditEntry.objects.order_by("-seq")[0]
    assert (row.action, row.outcome) == ("audit.guard", "missing")

    call_command("guard_audit", stdout=StringIO())

    assert guards.list_missing(connection) == []


# A million rows


def test_memory_does_not_grow_with_the_rows() -> None:
    write(3 * reading.PAGE)

    def peak() -> int:
        tracemalloc.start()
        attesting.read(path=None, is_partial=False, now=later())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small = peak()
    write(3 * reading.PAGE)

    assert peak() < 1.3 * small
