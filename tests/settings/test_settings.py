"""Every variable has a unit, a default, and a refusal that names it."""

import os
import re
import runpy
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from failover.ec2 import session

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "controlpanel" / "settings.py"
EXAMPLE = ROOT / ".env.example"
POSTGRESQL = "postgres://app:canary-password@db.example.com:5432/swapboard"


def load(monkeypatch: pytest.MonkeyPatch, **variables: str) -> dict[str, Any]:
    """The settings as a process with these variables would read them."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(SETTINGS))


def read_names() -> list[str]:
    return re.findall(r'environment\.\w+\(\s*"([A-Z_]+)"', SETTINGS.read_text())


def test_every_variable_stands_once_in_the_example() -> None:
    shown = re.findall(r"^([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE)

    assert sorted(shown) == sorted(set(read_names()))


def test_the_example_itself_is_the_defaults(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE)
    shown = {**dict(lines), "DATA_DIR": str(tmp_path)}
    plain = load(monkeypatch, DATA_DIR=str(tmp_path))

    from_example = load(monkeypatch, **shown)

    for name in read_names():
        assert from_example.get(name) == plain.get(name), name


def test_passwords_are_kept_by_argon2id(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = load(monkeypatch)["PASSWORD_HASHERS"]

    with override_settings(PASSWORD_HASHERS=ours):
        assert make_password("sesame").startswith("argon2$argon2id$")


def test_the_engines_defaults_are_the_contracts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = load(monkeypatch)

    assert {
        name: settings[name]
        for name in (
            "POLL_DARK_S",
            "POLL_IDLE_S",
            "LEASE_TTL_S",
            "SETTLE_S",
            "VERIFY_AFTER_S",
            "FORCE_AFTER_S",
            "HOLD_DOWN_S",
            "SYNC_EVERY_S",
        )
    } == {
        "POLL_DARK_S": 0.2,
        "POLL_IDLE_S": 1,
        "LEASE_TTL_S": 15,
        "SETTLE_S": 360,
        "VERIFY_AFTER_S": 5,
        "FORCE_AFTER_S": 60,
        "HOLD_DOWN_S": 600,
        "SYNC_EVERY_S": 30,
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POLL_DARK_S", "soon"),
        ("POLL_DARK_S", "0"),
        ("POLL_IDLE_S", "-1"),
        ("LEASE_TTL_S", "nan"),
        ("SETTLE_S", "inf"),
        ("VERIFY_AFTER_S", "5s"),
        ("FORCE_AFTER_S", "1,5"),
        ("HOLD_DOWN_S", "canary"),
        ("SYNC_EVERY_S", "0.5"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("DEBUG", "maybe"),
        ("INSECURE_HTTP", "2"),
        ("TRUSTED_PROXIES", "all"),
        ("TRUSTED_PROXIES", "-1"),
        ("PUBLIC_URL", "swapboard.example.com"),
        ("PUBLIC_URL", "https://swapboard.example.com/canary"),
        ("PUBLIC_URL", "ftp://swapboard.example.com"),
        ("PUBLIC_URL", "http://swapboard.example.com"),
        ("PUBLIC_URL", "https://user:canary@swapboard.example.com"),
        ("PUBLIC_URL", "https://swapboard.example.com:canary"),
        ("CSRF_TRUSTED_ORIGINS", "swapboard.example.com"),
        ("DATABASE_URL", "mysql://root:canary@db/x"),
        ("DATABASE_URL", "canary"),
        ("DATABASE_URL", "postgres://user:canary@db"),
        ("DATABASE_URL", "postgres://user:canary@db:port/x"),
        ("MIGRATION_DATABASE_URL", "canary"),
        ("REDIS_URL", "amqp://canary@mq"),
        ("PROBE_ALLOW_NETS", "10.0.0.1/8"),
        ("PROBE_ALLOW_NETS", "canary"),
        ("PROBE_PORTS", "0"),
        ("PROBE_PORTS", "80-70000"),
        ("PROBE_PORTS", "90-80"),
        ("DATA_DIR", "/dev/null/canary"),
    ],
)
def test_a_bad_value_is_refused_by_name_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        load(monkeypatch, **{name: value})

    said = str(refused.value)
    assert said.startswith(f"{name}: expected ")
    assert "canary" not in said


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, POLL_DARK_S="", DATABASE_URL=" ", REDIS_URL="")

    assert settings["POLL_DARK_S"] == 0.2
    assert settings["IS_SQLITE"]


def test_everything_written_is_ours_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "data"

    first = load(monkeypatch, DATA_DIR=str(folder))
    second = load(monkeypatch, DATA_DIR=str(folder))

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert len(first["SECRET_KEY"]) >= 50
    assert sorted(p.name for p in folder.iterdir()) == ["secret_key", "static"]


def test_a_relative_data_folder_is_the_repositorys(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    relative = os.path.relpath(tmp_path / "data", ROOT)

    settings = load(monkeypatch, DATA_DIR=relative)

    assert settings["DATA_DIR"].resolve() == tmp_path / "data"
    assert Path(settings["DATABASES"]["default"]["NAME"]).is_absolute()


def test_sqlite_never_loses_a_commit_nor_a_race(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = load(monkeypatch)["DATABASES"]["default"]["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] == 20
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        assert pragma in options["init_command"]


def test_postgresql_has_time_limits_and_healthy_connections(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = load(monkeypatch, DATABASE_URL=POSTGRESQL, SECRET_KEY="k" * 60)

    database = settings["DATABASES"]["default"]
    assert database["CONN_HEALTH_CHECKS"] is True
    for limit in ("lock_timeout", "statement_timeout", "idle_in_transaction"):
        assert limit in database["OPTIONS"]["options"]
    assert settings["MIGRATION_DATABASE"] == "default"


def test_postgresql_needs_a_key_that_all_processes_share(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^SECRET_KEY: expected"):
        load(monkeypatch, DATABASE_URL=POSTGRESQL)


def test_migrations_may_have_a_role_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owner = POSTGRESQL.replace("app:", "owner:")

    settings = load(
        monkeypatch,
        DATABASE_URL=POSTGRESQL,
        MIGRATION_DATABASE_URL=owner,
        SECRET_KEY="k" * 60,
    )

    alias = settings["MIGRATION_DATABASE"]
    assert settings["DATABASES"][alias]["USER"] == "owner"
    assert settings["DATABASES"]["default"]["USER"] == "app"


def test_the_public_url_names_the_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, PUBLIC_URL="https://sb.example.com")

    assert settings["ALLOWED_HOSTS"] == ["sb.example.com", "127.0.0.1", "localhost"]
    assert load(monkeypatch, ALLOWED_HOSTS="a.b, c")["ALLOWED_HOSTS"] == ["a.b", "c"]


def test_https_makes_cookies_that_only_this_host_gets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = load(monkeypatch, PUBLIC_URL="https://sb.example.com")

    assert settings["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert settings["CSRF_COOKIE_NAME"] == "__Host-csrftoken"
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["CSRF_COOKIE_SECURE"]
    assert settings["SECURE_SSL_REDIRECT"]
    assert settings["SECURE_HSTS_SECONDS"] == 31_536_000
    plain = load(monkeypatch, PUBLIC_URL="http://127.0.0.1:9000")
    assert not plain["SESSION_COOKIE_SECURE"]
    assert plain["SECURE_HSTS_SECONDS"] == 0


def test_clear_text_off_this_machine_must_be_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allowed = load(monkeypatch, PUBLIC_URL="http://10.0.0.7:8000", INSECURE_HTTP="1")

    assert "10.0.0.7" in allowed["ALLOWED_HOSTS"]
    for loopback in ("localhost:8000", "127.0.0.5", "[::1]:8000"):
        load(monkeypatch, PUBLIC_URL=f"http://{loopback}", INSECURE_HTTP="0")


def test_debug_stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, DEBUG="true")["DEBUG"] is True

    with pytest.raises(ImproperlyConfigured, match=r"^DEBUG: expected"):
        load(monkeypatch, DEBUG="true", PUBLIC_URL="https://sb.example.com")


def test_a_proxys_word_on_tls_counts_only_when_proxies_are_trusted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert load(monkeypatch)["SECURE_PROXY_SSL_HEADER"] is None
    trusted = load(monkeypatch, TRUSTED_PROXIES="1")
    assert trusted["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    # A browser test before this one leaves its word for Django in the environment.
    kept = {k: v for k, v in os.environ.items() if k != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_line_says_a_bad_value_in_one_line() -> None:
    done = manage("check", LEASE_TTL_S="soon")

    assert done.returncode == 78
    expected = "LEASE_TTL_S: expected a number of seconds, at least 1.\n"
    assert done.stderr == expected
    assert done.stdout == ""


def test_a_settle_time_that_a_late_call_outlasts_stops_the_start() -> None:
    done = manage(
        "check",
        SETTLE_S="319",
        LEASE_TTL_S="15",
        AWS_ENDPOINT_URL_EC2="https://ec2.eu-west-1.amazonaws.com",
    )

    assert done.returncode == 78
    assert done.stderr == (
        "SETTLE_S: expected at least 320 seconds with this LEASE_TTL_S, because a call"
        " of ours may land that long after its intent.\n"
    )


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:4566", "http://localhost:4566", "http://[::1]:1"]
)
def test_beside_a_simulator_on_this_machine_a_test_need_not_wait_so_long(
    monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    settings = load(monkeypatch, SETTLE_S="20", AWS_ENDPOINT_URL_EC2=endpoint)

    assert settings["SETTLE_S"] == 20


def test_an_endpoint_elsewhere_is_no_simulator(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^SETTLE_S: expected at least 320"):
        load(monkeypatch, SETTLE_S="20", AWS_ENDPOINT_URL_EC2="https://ec2.example.com")


def test_the_settle_time_counts_on_the_time_that_replies_are_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = load(monkeypatch)

    lease_s = settings["LEASE_TTL_S"] * 2 / 3
    least_s = lease_s + 300 + session.MUTATING_READ_TIMEOUT_S
    assert settings["SETTLE_LEAST_S"] == least_s


def test_a_deployment_behind_https_has_nothing_to_complain_about() -> None:
    done = manage(
        *("check", "--deploy", "--fail-level", "WARNING"),
        PUBLIC_URL="https://sb.example.com",
        TRUSTED_PROXIES="1",
    )

    assert done.returncode == 0, done.stderr


def test_no_migration_is_missing() -> None:
    done = manage("makemigrations", "--check", "--dry-run")

    assert done.returncode == 0, done.stdout
