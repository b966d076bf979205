"""Pytest plugin: the environment that every test runs in, set before any settings.

No test may read a developer's own settings, write into the repository, or reach AWS.
"""

import atexit
import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path

PRODUCT = (
    "ALLOWED_HOSTS",
    "API_CALLS_PER_MINUTE",
    "API_STARTS_PER_MINUTE",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "DEBUG",
    "FORCE_AFTER_S",
    "HOLD_DOWN_S",
    "INSECURE_HTTP",
    "LEASE_TTL_S",
    "MFA_REQUIRED_FROM",
    "MIGRATION_DATABASE_URL",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_GROUPS_CLAIM",
    "OIDC_ISSUER",
    "OIDC_NAME",
    "OIDC_ORIGINS",
    "OIDC_ROLE_MAP",
    "OIDC_SCOPES",
    "POLL_DARK_S",
    "POLL_IDLE_S",
    "PORT",
    "PROBE_ALLOW_NETS",
    "PROBE_PORTS",
    "PUBLIC_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SETTLE_S",
    "SYNC_EVERY_S",
    "TRUSTED_PROXIES",
    "VERIFY_AFTER_S",
)
# A developer's account; and the words of a `make test` above, which a make started by
# a test would take for its own.
STRAYS = ("AWS_", "MAKE", "MFLAGS")


def keep_bytecode() -> None:
    """Let hundreds of processes compile the same modules once, not each for itself."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


# Names the folder of a whole run; xdist's workers inherit it from who starts them.
SHARED = "SHARED_BY_TESTS"


def shared() -> Path:
    """What is made once for all processes of this run lies here."""
    return Path(os.environ[SHARED])


def share() -> None:
    if SHARED in os.environ:
        return
    # Directly under the system's own: PostgreSQL runs as another user and widens the
    # modes of every folder above its data.
    os.environ[SHARED] = tempfile.mkdtemp(prefix="sb-shared-", dir="/tmp")
    atexit.register(shutil.rmtree, os.environ[SHARED], ignore_errors=True)
    # The PostgreSQL wheel keeps its lock here; without this folder it takes one file
    # for all users of the machine, which only the first of them may open.
    (shared() / "runtime").mkdir(mode=0o700)
    (shared() / "runtime/python_PostgresServer").mkdir()


def isolate() -> None:
    strays = [name for name in os.environ if name.startswith(STRAYS)]
    for name in [*PRODUCT, *strays]:
        os.environ.pop(name, None)
    folder = tempfile.mkdtemp(prefix="swapboard-test-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ |= {
        "DATA_DIR": folder,
        # Keys that open nothing, and an endpoint where nobody listens: a client that
        # forgot its endpoint is refused here and never reaches an account.
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "XDG_RUNTIME_DIR": str(shared() / "runtime"),
    }


def pytest_collection() -> None:
    """Half of the time to collect would be a search for garbage in what is read."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What was imported stays: it is not searched again and again."""
    gc.enable()
    gc.freeze()


share()
isolate()
keep_bytecode()
