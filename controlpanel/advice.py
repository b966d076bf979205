"""Settings that are allowed, and about which an operator should hear something."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

# Protocol P2: how long a signature is good for, and the longest wait for a reply.
SIGNATURE_S = 300
READ_TIMEOUT_S = 10


def check_settle_covers_a_late_call(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """A call that left at the last moment may land this much later."""
    lease_s: float = settings.LEASE_TTL_S
    least_s = lease_s - lease_s / 3 + SIGNATURE_S + READ_TIMEOUT_S
    if least_s <= settings.SETTLE_S:
        return []
    return [
        checks.Warning(
            f"SETTLE_S is {settings.SETTLE_S:g}, and a call of ours may land"
            f" {least_s:g} s after its intent.",
            hint=f"Set SETTLE_S to {least_s:g} or more, but for tests.",
            id="controlpanel.W001",
        )
    ]


def check_https_has_its_end(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Our web server speaks no TLS: behind https there is a proxy to be trusted."""
    if not settings.IS_HTTPS or settings.TRUSTED_PROXIES:
        return []
    return [
        checks.Info(
            "PUBLIC_URL is https, and TRUSTED_PROXIES is 0: every request that the"
            " proxy passes on without TLS is redirected to https again.",
            hint="Set TRUSTED_PROXIES to the number of proxies in front of us.",
            id="controlpanel.I001",
        )
    ]
