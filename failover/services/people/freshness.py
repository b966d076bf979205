"""How long ago a person has shown who they are, from what their session keeps."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

# A swap in production, new roles and new tokens want to see the person again.
FRESH = timedelta(minutes=5)
SIGNED_IN = "auth_at"
# Where django-allauth notes passwords, codes and keys that were shown and were right.
SHOWN = "account_authentication_methods"


def is_fresh(session: Mapping[str, Any], *, now: datetime) -> bool:
    """Whether the session's person was seen in the last five minutes."""
    shown = session.get(SHOWN) or []
    moments = [record.get("at") for record in shown] + [session.get(SIGNED_IN)]
    latest = max((float(m) for m in moments if m is not None), default=0.0)
    return 0 <= now.timestamp() - latest <= FRESH.total_seconds()
