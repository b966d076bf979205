"""How many start calls a token, or a signed-in user, may make in a minute.

Counted in this process: it bounds a runaway script, and needs neither broker nor
database to hold.
"""

import threading
from collections import deque

from failover import wiring
from failover.services import refusals
from failover.services.access import Actor

STARTS_A_MINUTE = 1000
WINDOW_S = 60.0
MOST_ASKERS = 10_000

_lock = threading.Lock()
_starts: dict[str, deque[float]] = {}


def require(actor: Actor) -> None:
    """Count one start call. Raises Throttled."""
    asker = actor.token_id or f"user:{actor.user_id}"
    now = wiring.monotonic()
    with _lock:
        if len(_starts) > MOST_ASKERS:
            _starts.clear()
        starts = _starts.setdefault(asker, deque())
        while starts and starts[0] <= now - WINDOW_S:
            starts.popleft()
        if len(starts) >= STARTS_A_MINUTE:
            wait_s = int(starts[0] + WINDOW_S - now) + 1
            raise refusals.Throttled(retry_after_s=wait_s)
        starts.append(now)
