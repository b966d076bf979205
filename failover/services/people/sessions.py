"""Who is signed in where: one row for each session, so that sessions can be ended."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from failover import wiring
from failover.models import Sitting

IDLE = timedelta(seconds=settings.SESSION_IDLE_S)
LONGEST = timedelta(seconds=settings.SESSION_LONGEST_S)
# The last use of a session is written at most this often.
SEEN_EVERY = timedelta(minutes=1)


def begin(*, user_id: int, key: str, source_ip: str, agent: str) -> None:
    """Note a session that has just been signed in."""
    now = wiring.now()
    Sitting.objects.filter(seen_at__lt=now - LONGEST).delete()
    Sitting.objects.update_or_create(
        session_key=key,
        defaults={
            "user_id": user_id,
            "began_at": now,
            "seen_at": now,
            "source_ip": source_ip[:45],
            "agent": agent[:200],
        },
    )


def see(*, key: str, now: datetime) -> None:
    """Note that the session was used."""
    Sitting.objects.filter(session_key=key).update(seen_at=now)


def rename(*, key: str, new: str) -> None:
    """The session has another key now."""
    Sitting.objects.filter(session_key=key).update(session_key=new)


def is_over(*, began_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Whether a session was left alone for too long, or is too old."""
    return now - seen_at > IDLE or now - began_at > LONGEST


def list_of(user_id: int) -> QuerySet[Sitting]:
    """The sessions of a user, the last used first."""
    since = wiring.now() - IDLE
    mine = Sitting.objects.filter(user_id=user_id, seen_at__gte=since)
    return mine.order_by("-seen_at", "-pk")


def end_all(*, user_id: int) -> int:
    """End every session of the user; how many there were."""
    mine = Sitting.objects.filter(user_id=user_id)
    keys = list(mine.values_list("session_key", flat=True))
    ended, _ = Session.objects.filter(session_key__in=keys).delete()
    mine.delete()
    return ended


def end(*, user_id: int, sitting_id: int) -> bool:
    """End one session of the user; whether there was one."""
    mine = Sitting.objects.filter(user_id=user_id, pk=sitting_id)
    keys = list(mine.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return bool(mine.delete()[0])


def forget(*, key: str) -> None:
    """The session was signed out, or is over."""
    Sitting.objects.filter(session_key=key).delete()
