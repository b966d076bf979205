"""Where another role owns the tables, the application's own cannot touch the past."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.project.files import ROOT

TABLE = "failover_auditentry"


@pytest.fixture(scope="module")
def urls(postgres_url: str) -> Iterator[dict[str, str]]:
    """A database with an owner and an application's role, and their addresses."""
    server = postgres_url.partition("@")[2].rpartition("/")[0]
    names = {"owner": "audit_owner", "app": "audit_app", "database": "audit_roles"}
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        for role in (names["owner"], names["app"]):
            admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(names["database"]), sql.Identifier(names["owner"])
            )
        )
    yield {
        role: f"postgres://{names[role]}@{server}/{names['database']}"
        for role in ("owner", "app")
    }
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute("DROP DATABASE audit_roles WITH (FORCE)")
        admin.execute("DROP ROLE audit_app")
        admin.execute("DROP ROLE audit_owner")


def manage(
    urls: dict[str, str], data_dir: Path, *arguments: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "DATA_DIR": str(data_dir),
            "DATABASE_URL": urls["app"],
            "MIGRATION_DATABASE_URL": urls["owner"],
            "SECRET_KEY": "a-long-random-text-for-this-test-of-roles-only-0123456789",
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def migrated(
    urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The database as `migrate` leaves it, with one row of the audit."""
    folder = tmp_path_factory.mktemp("roles")
    done = manage(urls, folder, "migrate", "--noinput")
    assert done.returncode == 0, done.stderr
    done = manage(urls, folder, "create_user", "ada", "--role", "admin")
    assert done.returncode == 0, done.stderr
    done = manage(urls, folder, "verify_audit")
    assert done.returncode == 0, done.stderr
    assert "role may" not in done.stderr
    return urls


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE failover_auditentry SET actor = 'mallory'",
        "DELETE FROM failover_auditentry",
        "TRUNCATE failover_auditentry",
        "ALTER TABLE failover_auditentry DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_refuses_change ON failover_auditentry",
        "DROP FUNCTION audit_refuse_change() CASCADE",
        "SET session_replication_role = replica",
        "DROP TABLE failover_auditentry",
        "UPDATE failover_auditanchor SET seq = 0",
        "DELETE FROM django_migrations",
    ],
)
def test_the_applications_role_cannot_rewrite_it(
    migrated: dict[str, str], statement: Any
) -> None:
    with (
        psycopg.connect(migrated["app"]) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


@pytest.mark.postgres
def test_the_owner_is_stopped_by_the_triggers(migrated: dict[str, str]) -> None:
    for statement in ("UPDATE {} SET actor = 'x'", "DELETE FROM {}", "TRUNCATE {}"):
        with (
            psycopg.connect(migrated["owner"]) as connection,
            pytest.raises(psycopg.errors.RaiseException, match="append-only"),
        ):
            connection.execute(sql.SQL(statement).format(sql.Identifier(TABLE)))


@pytest.mark.postgres
def test_a_role_that_may_more_is_told(migrated: dict[str, str], tmp_path: Path) -> None:
    with psycopg.connect(migrated["owner"], autocommit=True) as owner:
        owner.execute("GRANT DELETE ON failover_auditentry TO audit_app")

    done = manage(migrated, tmp_path, "verify_audit")
    assert "role may DELETE" in done.stderr

    assert manage(migrated, tmp_path, "guard_audit").returncode == 0
    done = manage(migrated, tmp_path, "verify_audit")
    assert (done.returncode, "role may" in done.stderr) == (0, False)
