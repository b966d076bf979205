"""The audit holds what was done, in one chain that only grows."""

import importlib
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.utils import IntegrityError

from failover import audit
from failover.models import AuditEntry
from tests import at_once

NOW = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
guard: Any = importlib.import_module("failover.migrations.0002_audit_is_append_only")

pytestmark = pytest.mark.usefixtures("database")


def note(**fields: Any) -> AuditEntry:
    given: dict[str, Any] = {
        "at": NOW,
        "actor": "alice",
        "action": "pair.freeze",
        "subject": "pair/article",
        "outcome": "accepted",
        **fields,
    }
    with transaction.atomic():
        return audit.record(**given)


def chain() -> list[AuditEntry]:
    return list(AuditEntry.objects.order_by("seq"))


def is_whole() -> bool:
    prev_hash = audit.GENESIS
    for seq, entry in enumerate(chain(), start=1):
        if (entry.seq, entry.prev_hash) != (seq, prev_hash):
            return False
        if entry.hash != audit.digest(entry):
            return False
        prev_hash = entry.hash
    return True


def test_each_row_names_the_one_before() -> None:
    first, second = note(), note(action="pair.unfreeze")

    assert (first.seq, second.seq) == (1, 2)
    assert second.prev_hash == first.hash
    assert is_whole()


def test_outside_a_transaction_nothing_is_recorded() -> None:
    with pytest.raises(audit.AuditOutsideTransaction):
        audit.record(
            at=NOW, actor="alice", action="a", subject="pair/article", outcome="ok"
        )

    assert chain() == []


def test_a_change_that_is_undone_leaves_no_row_and_no_gap() -> None:
    note()

    with transaction.atomic():
        audit.record(at=NOW, actor="a", action="a", subject="o", outcome="ok")
        transaction.set_rollback(True)

    assert note().seq == 2
    assert is_whole()


@pytest.mark.parametrize(
    "value",
    [
        {"text": "déjà vu \u2028 \\ \" ' % {x}"},
        {"nul": "a\0b", "lone": "\ud800"},
        {"numbers": [0, -1, 0.1, 1e-7, 1e16, 1e300, 2**60, 0.30000000000000004]},
        {"nested": {"z": 1, "a": [None, True, {"k": ()}]}},
        {"at": NOW},
    ],
    ids=["text", "unstorable", "numbers", "nested", "object"],
)
def test_what_comes_back_has_the_hash_of_what_went_in(value: dict[str, Any]) -> None:
    note(before=value, after={}, reason="why\0not")

    assert is_whole()


def test_many_rows_of_one_change_stand_in_their_order() -> None:
    entries = [
        audit.Entry(at=NOW, actor="a", action=f"act.{n}", subject="o", outcome="ok")
        for n in range(50)
    ]

    with transaction.atomic():
        audit.record_all(entries)

    assert [e.action for e in chain()] == [f"act.{n}" for n in range(50)]
    assert is_whole()


def test_writers_at_once_make_one_chain_without_gaps() -> None:
    def write(name: str) -> None:
        for _ in range(10):
            note(actor=name)

    at_once.run(*(partial(write, f"w{n}") for n in range(6)))

    assert len(chain()) == 60
    assert is_whole()


ATTACKS = {
    "update": "UPDATE failover_auditentry SET actor = 'mallory' WHERE seq = 1",
    "delete": "DELETE FROM failover_auditentry WHERE seq = 2",
    "delete all": "DELETE FROM failover_auditentry",
    "gap": (
        "INSERT INTO failover_auditentry SELECT 9, at, actor, token, source_ip, action,"
        " object, outcome, before, after, reason, job_id, aws_request_id, plan_hash,"
        " prev_hash, hash FROM failover_auditentry WHERE seq = 1"
    ),
    "second one": (
        "INSERT INTO failover_auditentry SELECT * FROM failover_auditentry"
        " WHERE seq = 1"
    ),
}
COLUMNS = (
    "at, actor, token, source_ip, action, object, outcome, before, after, reason,"
    " job_id, aws_request_id, plan_hash, prev_hash, hash"
)
SQLITE_ATTACKS = {
    "replace": (
        "INSERT OR REPLACE INTO failover_auditentry SELECT * FROM failover_auditentry"
        " WHERE seq = 1"
    ),
    "replace by row id": (
        "INSERT OR REPLACE INTO failover_auditentry (rowid, seq, COLUMNS)"
        " SELECT 1, 3, COLUMNS FROM failover_auditentry WHERE seq = 1"
    ).replace("COLUMNS", COLUMNS),
    "update or replace": "UPDATE OR REPLACE failover_auditentry SET seq = 1",
}
POSTGRESQL_ATTACKS = {
    "truncate": "TRUNCATE failover_auditentry",
    "upsert": (
        "INSERT INTO failover_auditentry SELECT * FROM failover_auditentry"
        " WHERE seq = 1 ON CONFLICT (seq) DO UPDATE SET actor = 'mallory'"
    ),
}


def refuse(statement: str) -> None:
    before = AuditEntry.objects.count()
    with (
        pytest.raises((DatabaseError, IntegrityError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEntry.objects.count() == before
    assert is_whole()


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_database_refuses_to_rewrite_it(attack: str) -> None:
    note()
    note()

    refuse(ATTACKS[attack])


@pytest.mark.parametrize("attack", [*SQLITE_ATTACKS, *POSTGRESQL_ATTACKS])
def test_each_databases_own_ways_are_refused_too(attack: str, database: str) -> None:
    attacks = SQLITE_ATTACKS if database == "sqlite" else POSTGRESQL_ATTACKS
    if attack not in attacks:
        return
    note()
    note()

    refuse(attacks[attack])


def test_the_migration_can_be_taken_back_and_applied_again(database: str) -> None:
    note()
    with connection.cursor() as cursor:
        guard.remove(cursor, vendor=database)
        cursor.execute("UPDATE failover_auditentry SET actor = 'bob'")
        guard.install(cursor, vendor=database)

    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.update(actor="mallory")
