"""How many calls one asker may make in a minute.

Start calls are counted in the database, so that the limit holds across processes and
needs no broker. All others are counted in this process: that bounds a runaway script,
and a write for each read would cost more than the read.
"""

import threading
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import F

from failover import wiring
from failover.models import StartCount
from failover.services import refusals
from failover.services.access import Actor

WINDOW_S = 60
MOST_ASKERS = 10_000

_lock = threading.Lock()
# Each asker's calls in the minute that it is.
_calls: dict[str, tuple[int, int]] = {}


def count_start(actor: Actor, *, most: int) -> None:
    """Count one start call. Raises Throttled, and then it is not counted."""
    asker = _name(actor)
    second = int(wiring.now().timestamp())
    with transaction.atomic():
        # First, because a rival's count of this second waits here for ours.
        _add_one(asker, second)
        mine = StartCount.objects.filter(asker=asker, second__gt=second - WINDOW_S)
        counts = list(mine.order_by("second").values_list("second", "count"))
        over = sum(count for _, count in counts) - most
        if over > 0:
            wait_s = _free_at(counts, over) - second
            raise refusals.Throttled(
                what="start calls", most=most, retry_after_s=max(1, wait_s)
            )


def count_call(actor: Actor, *, most: int) -> None:
    """Count one call of any kind. Raises Throttled."""
    asker, now_s = _name(actor), wiring.monotonic()
    minute = int(now_s // WINDOW_S)
    with _lock:
        if len(_calls) > MOST_ASKERS:
            _calls.clear()
        of, count = _calls.get(asker, (minute, 0))
        count = count + 1 if of == minute else 1
        if count <= most:
            _calls[asker] = (minute, count)
            return
    wait_s = int((minute + 1) * WINDOW_S - now_s) + 1
    raise refusals.Throttled(what="calls", most=most, retry_after_s=wait_s)


def _name(actor: Actor) -> str:
    return f"token:{actor.token_id}" if actor.token_id else f"user:{actor.user_id}"


def _add_one(asker: str, second: int) -> None:
    this = StartCount.objects.filter(asker=asker, second=second)
    if this.update(count=F("count") + 1):
        return
    try:
        with transaction.atomic():
            StartCount.objects.create(asker=asker, second=second, count=1)
    except IntegrityError:
        this.update(count=F("count") + 1)
        return
    StartCount.objects.filter(asker=asker, second__lte=second - WINDOW_S).delete()


def _free_at(counts: Iterable[tuple[int, int]], over: int) -> int:
    """The second in which enough old calls have left the window."""
    at = 0
    for second, count in counts:
        at = second + WINDOW_S
        over -= count
        if over <= 0:
            break
    return at
