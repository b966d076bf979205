"""The walk of an action: row, call, answer, look, end.

A process that dies anywhere leaves a row that `following` resolves by looking. Nothing
is ever sent a second time, save a call that EC2 throttled (it was not executed) and
one whose token makes EC2 answer with what it made the first time.
"""

from collections.abc import Sequence
from typing import Any

import structlog
from django.db import DatabaseError

from failover import mirror, wiring
from failover.ec2 import requests
from failover.ec2.requests import Done, Operation
from failover.engine import ports
from failover.engine.job import Action as Api
from failover.engine.topology import Observation, Scope
from failover.models import Action
from failover.services import act_words, refusals, sights
from failover.services.acts import effects, intents, orders, protecting
from failover.services.acts.orders import Order

log = structlog.get_logger(__name__)

# How long a request looks for what it has brought about: EC2 shows it late at times.
LOOKS_AFTER_S = (0.0, 0.2, 0.4, 0.8)
RETRIES_AFTER_S = (0.3, 0.9)
RETRY_AFTER_S = 1
# The calls that jobs make too, paid from the same bucket (P8).
SHARED: dict[Operation, Api] = {
    Operation.MODIFY_INTERFACE: Api.MODIFY,
    Operation.ASSIGN_ADDRESSES: Api.ASSIGN,
    Operation.ASSOCIATE_ADDRESS: Api.ASSOCIATE,
}


def carry_out(order: Order) -> Action:
    """Make the order's call, and see what came of it.

    The action is `done`, or `progressing` where it takes its time. Raises JobActive,
    Ec2Said, Ec2Impatient, NotReached, OutcomeUnknown.
    """
    earlier = _find_earlier(order)
    if earlier is not None:
        return earlier
    protecting.require_no_job(order.region, order.alone)
    _pay(order)
    row = intents.begin(order)
    try:
        return _carry_out(order, row)
    except DatabaseError as error:
        # It may have left: whoever asks again must not make it happen twice.
        raise _unknown(row) from error


def carry_all(orders: Sequence[Order]) -> list[Action]:
    """Make the calls one after the other, up to the first that is refused.

    Raises what `carry_out` raises; after the first call as ChangedInPart.
    """
    done: list[Action] = []
    for order in orders:
        try:
            done.append(carry_out(order))
        except refusals.Refusal as refusal:
            if not done:
                raise
            applied = tuple(act_words.did(row.kind) for row in done)
            raise refusals.ChangedInPart(refusal=refusal, applied=applied) from refusal
    return done


def _carry_out(order: Order, row: Action) -> Action:
    try:
        done = _send(order, row)
    except ports.Ec2OutcomeUnknown as error:
        intents.lose(row, code=error.code, message=error.message)
        raise _unknown(row) from error
    except ports.Ec2Error as error:
        intents.refuse(row, error)
        raise _as_refusal(error, order, row) from error
    intents.note_answer(row, done)
    return settle(row, done)


def settle(row: Action, done: Done) -> Action:
    """See what an accepted call has brought about, and complete its row."""
    # Before the look: it may not know yet what was made a moment ago.
    mirror.upsert(
        region_id=row.region_id,
        interfaces=done.interfaces,
        instances=done.instances,
        elastic_ips=done.elastic_ips,
        began_at=done.ended_at,
    )
    seen = _look_until_shown(row)
    if seen is not None:
        keep(region_id=row.region_id, seen=seen)
    if row.awaits is not None and not (seen and effects.is_over(row, seen)):
        intents.note_progress(row)
    else:
        intents.complete(row, after=picture_after(row, seen))
    return row


def keep(*, region_id: int, seen: Observation) -> None:
    """Mirror what was seen, and that what was asked for by id is gone."""
    sights.keep(region_id=region_id, seen=seen)
    mirror.mark_gone(region_id=region_id, ids=seen.not_found, began_at=seen.began_at)


def picture_after(row: Action, seen: Observation | None) -> dict[str, Any]:
    """How the look shows what the action was about, and what it made."""
    ids = dict.fromkeys([*(row.before or {}), *row.made])
    return orders.picture(seen, tuple(ids)) if seen else {}


def scope_of(row: Action) -> Scope:
    """What shows how the action stands."""
    is_removal = Operation(row.operation) in (
        Operation.DELETE_INTERFACE,
        Operation.RELEASE_ADDRESS,
    )
    return orders.scope(tuple(row.touches), confirm=is_removal)


def _look_until_shown(row: Action) -> Observation | None:
    seen: Observation | None = None
    for pause_s in LOOKS_AFTER_S:
        wiring.sleep(pause_s)
        try:
            seen = wiring.gateway(row.region).observe(scope_of(row))
        except ports.Ec2Error as error:
            log.info("action.not_seen", action=str(row.id), error=str(error))
            return seen
        if effects.is_shown(row, seen):
            break
    return seen


def _send(order: Order, row: Action) -> Done:
    """Send it, and again where EC2 has not executed it or knows its token.

    Once a reply was lost only an answer of EC2 ends the doubt: what comes of a later
    try says nothing about the first.
    """
    doubt: ports.Ec2OutcomeUnknown | None = None
    for pause_s in (*RETRIES_AFTER_S, None):
        try:
            return _send_once(order, row)
        except ports.Ec2OutcomeUnknown as error:
            doubt = doubt or error
            is_safe = order.request.operation in requests.REPEATABLE
            if pause_s is None or not is_safe:
                raise doubt from error
        except ports.Ec2Error as error:
            is_patient = isinstance(error, ports.Ec2Busy) and pause_s is not None
            if not is_patient:
                raise doubt or error from error
        wiring.sleep(pause_s or 0.0)
    raise AssertionError("The last try returns or raises.")


def _send_once(order: Order, row: Action) -> Done:
    def may_leave() -> bool:
        if protecting.find_job(order.region, order.alone) is not None:
            return False
        return intents.is_open(row)

    return wiring.gateway(order.region).carry_out(
        order.request, begun_at=row.begun_at.timestamp(), may_leave=may_leave
    )


def _pay(order: Order) -> None:
    """Take a token of the bucket that jobs use too. Raises Ec2Impatient."""
    api = SHARED.get(order.request.operation)
    if api is None:
        return
    if not wiring.store().spend(region_id=order.region.pk, api=api):
        raise refusals.Ec2Impatient(retry_after_s=RETRY_AFTER_S)


def _find_earlier(order: Order) -> Action | None:
    """What the same request has done before, if its answer was never kept.

    Raises OutcomeUnknown where nobody knows yet.
    """
    if order.claim_id is None:
        return None
    mine = Action.objects.filter(
        claim_id=order.claim_id, kind=order.kind
    ).select_related("region__account")
    row = mine.exclude(state="refused").order_by("-begun_at").first()
    if row is not None and row.state in ("sent", "unknown"):
        raise _unknown(row)
    return row


def _unknown(row: Action) -> refusals.Refusal:
    return refusals.OutcomeUnknown(action=row.id, kind=row.kind, resource=row.resource)


def _as_refusal(error: ports.Ec2Error, order: Order, row: Action) -> refusals.Refusal:
    match error:
        case ports.Ec2Busy():
            return refusals.Ec2Impatient(retry_after_s=RETRY_AFTER_S)
        case ports.NotSent():
            job_id = protecting.find_job(order.region, order.alone)
            if job_id is not None:
                return refusals.JobActive(job_id=job_id)
            return refusals.NotReached(detail=str(error))
        case _:
            return refusals.Ec2Said(
                action=row.id,
                ec2_code=error.code,
                message=error.message,
                aws_request_id=error.aws_request_id,
            )
