"""Every request that would change something is recorded, whoever answers it and how.

A verb writes its own row in the transaction of its change. What has left no row by
the time the answer leaves is recorded here: refusals, failures, and what changes
nothing that a verb would tell of. Denied reads and tokens that are not let in, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from failover import audit, wiring
from failover.audit.asking import Asking
from failover.services import requested
from failover.services.flood import Flood, Surplus
from failover.services.people import tokens_refused

READS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
ANONYMOUS = "anonymous"
# So many refusals of one asker are rows of their own in a minute; the others are
# counted in one. A stranger must not be able to fill the log, nor to hold up its lock.
MOST_OF_USER, MOST_OF_STRANGER = 600, 120
MOST_OF_STRANGERS = 600
CODES = {
    400: "invalid",
    401: "anonymous",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    412: "changed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "throttled",
    503: "unavailable",
}
# What is refused with this status has this code, whatever else said no on the way.
CERTAIN = frozenset({405, 413, 415, 429})

FLOOD = Flood()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A request and its answer. `route` is the URL pattern, empty where none fits.

    `status` is what it came to: a page shown again with its errors is a 422, a way
    to the login page a 401, whatever HTTP made of it.
    """

    method: str
    path: str
    route: str
    arguments: Mapping[str, object]
    status: int
    fields: Mapping[str, Any] = field(default_factory=dict)
    authorization: str = ""

    @property
    def is_read(self) -> bool:
        return self.method in READS


def must_tell(answered: Answered, asked: Asking) -> bool:
    """Whether a row is still owed."""
    if asked.rows:
        return False
    if not answered.is_read:
        return True
    return answered.status == 403 or _is_bad_token(answered)


def tell(answered: Answered, asked: Asking) -> None:
    """Write the row that is owed. Database errors pass through."""
    entry = _entry(answered, asked)
    entries = [_summary(surplus) for surplus in FLOOD.take_surplus(_now_s())]
    if entry.outcome != "refused" or _is_let_through(entry):
        entries.append(entry)
    with transaction.atomic():
        audit.record_all(entries)


def tell_refused(asked: Asking, *, action: str, subject: str) -> None:
    """Write the row of a command that was refused. Database errors pass through."""
    with transaction.atomic():
        audit.record(
            at=wiring.now(),
            actor=asked.actor,
            action=action,
            subject=subject,
            outcome="refused",
            after={"detail": asked.detail[:500]},
            reason=asked.code,
            job_id=asked.job_id,
        )


def _entry(answered: Answered, asked: Asking) -> audit.Entry:
    if _is_bad_token(answered):
        return _token_entry(answered, asked)
    what = requested.describe(
        method=answered.method,
        route=answered.route,
        path=answered.path,
        arguments=answered.arguments,
        fields=answered.fields,
    )
    outcome = outcome_of(answered.status, asked)
    after: dict[str, Any] = {
        "method": answered.method,
        "path": answered.path[:200],
        "status": answered.status,
    }
    if outcome != "ok" and asked.detail:
        after["detail"] = asked.detail[:500]
    said = requested.harmless(answered.fields)
    if said:
        after["asked"] = said
    return audit.Entry(
        at=wiring.now(),
        actor=asked.actor or ANONYMOUS,
        token=asked.token_id,
        source_ip=asked.source_ip,
        action=what.action,
        subject=asked.subject or what.subject,
        outcome=outcome,
        after=after,
        reason=_code(answered.status, asked) if outcome != "ok" else "",
        job_id=asked.job_id or what.job_id,
        plan_hash=str(answered.fields.get("plan_hash") or ""),
    )


def _token_entry(answered: Answered, asked: Asking) -> audit.Entry:
    verdict = tokens_refused.explain(answered.authorization, now=wiring.now())
    return audit.Entry(
        at=wiring.now(),
        actor=verdict.owner or ANONYMOUS,
        token=verdict.token_id,
        source_ip=asked.source_ip,
        action="token.use",
        subject=f"token/{verdict.token_id or 'unknown'}",
        outcome="refused",
        after={"method": answered.method, "path": answered.path[:200], "status": 401},
        reason=verdict.why,
    )


def outcome_of(status: int, asked: Asking) -> str:
    """`ok`, `replayed`, `refused` or `failed`."""
    if status >= 500:
        return "failed"
    # A refusal may end in a redirect that carries its sentence along.
    if status >= 400 or asked.code:
        return "refused"
    return "replayed" if asked.is_replayed else "ok"


def _code(status: int, asked: Asking) -> str:
    if status in CERTAIN or not asked.code:
        return CODES.get(status, f"http_{status}")
    return asked.code


def _is_bad_token(answered: Answered) -> bool:
    return answered.status == 401 and bool(answered.authorization)


def _is_let_through(entry: audit.Entry) -> bool:
    is_stranger = entry.actor == ANONYMOUS
    who = f"ip:{entry.source_ip}" if is_stranger else f"user:{entry.actor}"
    most = MOST_OF_STRANGER if is_stranger else MOST_OF_USER
    if not FLOOD.admits(who, at_s=_now_s(), most=most):
        return False
    return not is_stranger or FLOOD.admits(
        "strangers", at_s=_now_s(), most=MOST_OF_STRANGERS
    )


def _summary(surplus: Surplus) -> audit.Entry:
    """The row for all that was too much."""
    kind, _, name = surplus.who.partition(":")
    return audit.Entry(
        at=wiring.now(),
        actor=name if kind == "user" else ANONYMOUS,
        source_ip=name if kind == "ip" else "",
        action="requests.refused",
        subject="requests",
        outcome="refused",
        after={"count": surplus.count, "seconds": surplus.seconds},
        reason="too_many_to_list",
    )


def _now_s() -> float:
    return wiring.monotonic()
