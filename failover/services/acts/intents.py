"""The rows of actions: written before the call leaves, completed once after its end.

Each write is one conditional update with its audit row in the same transaction; zero
rows changed means that somebody else has completed the action meanwhile.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from failover import audit, wiring
from failover.ec2.requests import Done
from failover.engine import ports
from failover.models import Action
from failover.services.acts import orders
from failover.services.acts.orders import Order


def begin(order: Order) -> Action:
    """The row of a call that is about to leave. A crash after it leaves it `sent`."""
    now = wiring.now()
    row = Action(
        id=order.id,
        region=order.region,
        kind=order.kind,
        resource=orders.subject(order.resource),
        operation=order.request.operation.value,
        args=orders.redact(order.request.args),
        touches=list(order.touches),
        before=None if order.before is None else dict(order.before),
        awaits=None if order.awaits is None else dict(order.awaits),
        known=list(order.known),
        claim_id=order.claim_id,
        actor=order.actor.name,
        token=order.actor.token_id,
        source_ip=order.actor.source_ip,
        trigger=order.actor.trigger,
        begun_at=now,
    )
    with transaction.atomic():
        row.save(force_insert=True)
        _tell(row, outcome="requested", after=row.args)
    return row


def is_open(row: Action) -> bool:
    """Whether the call may still leave: nobody has given it up."""
    return Action.objects.filter(id=row.id, state="sent", answered_at=None).exists()


def note_answer(row: Action, done: Done) -> None:
    """EC2 has accepted it. What a crash from here on leaves is known to have left."""
    touches = list(dict.fromkeys([*row.touches, *done.made, *_slots(done)]))
    _update(
        row,
        answered_at=wiring.now(),
        aws_request_id=done.aws_request_id,
        made=list(done.made),
        touches=touches,
    )


def note_made(row: Action, ids: Sequence[str]) -> None:
    """Looks have shown what a call has made whose reply was lost."""
    if ids:
        touches = list(dict.fromkeys([*row.touches, *ids]))
        _update(row, made=list(ids), touches=touches)


def note_progress(row: Action) -> None:
    """It was accepted, and takes its time."""
    _update(row, state="progressing")


def lose(row: Action, *, code: str, message: str) -> None:
    """Nobody knows whether it happened: looks will tell."""
    with transaction.atomic():
        if _update(row, state="unknown", error_code=code, error_message=message):
            _tell(row, outcome="unknown", reason=code)


def refuse(row: Action, error: ports.Ec2Error) -> None:
    """EC2 did not do it, or it never left: nothing has happened."""
    with transaction.atomic():
        changed = _update(
            row,
            state="refused",
            error_code=error.code,
            error_message=error.message,
            aws_request_id=error.aws_request_id,
            finished_at=wiring.now(),
        )
        if changed:
            _tell(row, outcome="refused", reason=error.code)


def complete(row: Action, *, after: Mapping[str, Any]) -> None:
    """It has happened, and what it was to bring about was seen."""
    was, is_now = orders.difference(row.kind, row.before, after)
    with transaction.atomic():
        changed = _update(
            row,
            state="done",
            error_code="",
            error_message="",
            before=was,
            after=is_now,
            finished_at=wiring.now(),
        )
        if changed:
            _tell(row, outcome="done", before=was, after=is_now)


def give_up(row: Action, *, code: str, message: str) -> None:
    """No look has shown it in time: it stays unknown, and is looked after no more."""
    with transaction.atomic():
        changed = _update(
            row,
            state="unknown",
            error_code=code,
            error_message=message,
            finished_at=wiring.now(),
        )
        if changed:
            _tell(row, outcome="unknown", reason=code)


def _update(row: Action, **columns: Any) -> bool:
    """Change the row unless it has ended, or another has changed its state."""
    mine = Action.objects.filter(id=row.id, state=row.state, finished_at=None)
    if not mine.update(**columns):
        row.refresh_from_db()
        return False
    for name, value in columns.items():
        setattr(row, name, value)
    return True


def _slots(done: Done) -> list[str]:
    """The interfaces that came with new instances."""
    return [s.interface_id for i in done.instances for s in i.slots]


def _tell(
    row: Action,
    *,
    outcome: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    audit.record(
        at=wiring.now(),
        actor=row.actor,
        token=row.token,
        source_ip=row.source_ip,
        action=row.kind,
        subject=row.resource,
        outcome=outcome,
        before=before or None,
        after={"action": str(row.id), **(after or {})},
        reason=reason,
        aws_request_id=row.aws_request_id,
    )
