"""Every variable of the environment is read, listed and promised alike."""

import ast
import re

from tests import environment
from tests.project.files import ROOT

# What the contract promises to read; AWS's own are boto3's business.
PROMISED = {
    "ALLOWED_HOSTS",
    # Beyond it: the limits of the REST interface.
    "API_CALLS_PER_MINUTE",
    "API_STARTS_PER_MINUTE",
    # And who may sign in, and how.
    "MFA_REQUIRED_FROM",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_GROUPS_CLAIM",
    "OIDC_ISSUER",
    "OIDC_NAME",
    "OIDC_ORIGINS",
    "OIDC_ROLE_MAP",
    "OIDC_SCOPES",
    "SECRET_KEY_FALLBACKS",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "DATA_DIR",
    "DEBUG",
    "FORCE_AFTER_S",
    "HOLD_DOWN_S",
    "INSECURE_HTTP",
    "LEASE_TTL_S",
    "MIGRATION_DATABASE_URL",
    "POLL_DARK_S",
    "POLL_IDLE_S",
    "PORT",
    "PROBE_ALLOW_NETS",
    "PROBE_PORTS",
    "PUBLIC_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "SETTLE_S",
    "SYNC_EVERY_S",
    "TRUSTED_PROXIES",
    "VERIFY_AFTER_S",
}
VARIABLE = re.compile(r"^(?P<name>[A-Z][A-Z0-9_]+)=(?P<default>.*)$", re.M)


def read_by_settings() -> set[str]:
    """Return the names that settings.py asks `environment` for."""
    tree = ast.parse((ROOT / "controlpanel" / "settings.py").read_text())
    return {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "environment"
        and call.func.attr not in {"refusal", "is_sqlite", "is_loopback"}
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def listed() -> list[tuple[str, str]]:
    return VARIABLE.findall((ROOT / ".env.example").read_text())


def test_the_settings_read_every_promised_variable_and_no_other() -> None:
    assert read_by_settings() == PROMISED


def test_the_example_lists_every_variable_exactly_once() -> None:
    names = [name for name, _ in listed()]

    assert sorted(names) == sorted(PROMISED)


def test_the_example_holds_no_secret() -> None:
    values = dict(listed())

    assert {values[n] for n in PROMISED if "SECRET" in n or n.endswith("_URL")} == {""}


def test_the_tests_clear_every_variable_before_they_start() -> None:
    assert {*environment.PRODUCT, "DATA_DIR"} == PROMISED
