"""Elastic IPs that must be in their place at the end, and are not (protocol P4)."""

from collections.abc import Sequence

from failover.engine import refusals
from failover.engine.case import Case
from failover.engine.job import Action, Call, Intent
from failover.engine.limits import Limits
from failover.engine.steps import Need, Park, Send, Step, Wait
from failover.engine.topology import AllocationId, InterfaceId

ADDRESSES = frozenset({Need.ADDRESSES})


def mend(case: Case) -> Step:
    """Put the first missing one back where nobody has it; else tell, and leave it."""
    elsewhere = case.seen.elsewhere
    if elsewhere is None:
        return Wait(waiting_for="addresses", needs=ADDRESSES)
    if elsewhere:
        args = (("addresses", ", ".join(elsewhere)),)
        return refusals.leave(
            Park(why="address_elsewhere", args=args, needs=ADDRESSES),
            job=case.job,
            intents=case.intents,
            now=case.now,
            limits=case.limits,
        )
    allocation, private_ip = case.seen.missing[0]
    call = make_association(allocation, case.job.interface_id, private_ip)
    return associate(call, intents=case.intents, now=case.now, limits=case.limits)


def make_association(
    allocation: AllocationId, interface_id: InterfaceId, private_ip: str
) -> Call:
    """Put an Elastic IP on the private address that it belongs to, taking it from none.

    EC2 refuses if somebody has it by then.
    """
    return Call(
        action=Action.ASSOCIATE,
        interface_id=interface_id,
        allocation_id=allocation,
        private_ip=private_ip,
    )


def associate(
    call: Call, *, intents: Sequence[Intent], now: float, limits: Limits
) -> Step:
    """Send the association, wait to send it again, or tell that EC2 refuses it."""
    tried = [
        i
        for i in intents
        if i.call.action is Action.ASSOCIATE
        and i.call.allocation_id == call.allocation_id
    ]
    if tried and refusals.is_final_as_said(tried[-1]):
        last = tried[-1]
        if now <= refusals.ended_at(last) + limits.parked_retry_s:
            args = (("addresses", call.allocation_id or ""), *refusals.as_args(last))
            return Park(why="address_refused", args=args, needs=ADDRESSES)
    at = refusals.repeat_at(tried, limits=limits)
    if now < at:
        return Wait(waiting_for="addresses", until=at, needs=ADDRESSES)
    return Send(call=call, waiting_for="addresses")
