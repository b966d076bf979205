"""How a job of moves ends: verified, called off, released (protocol P4)."""

from failover.engine import refusals
from failover.engine.addresses import associate, make_association
from failover.engine.job import End, Intent, Kind, State
from failover.engine.moves import verdicts
from failover.engine.moves.places import goes_to
from failover.engine.moves.verdicts import Case
from failover.engine.steps import Finish, Need, Park, Step, Turn, Wait
from failover.engine.topology import AllocationId, Interface, InterfaceId

Args = tuple[tuple[str, str], ...]
INSTANCES = frozenset({Need.INSTANCES})
ADDRESSES = frozenset({Need.ADDRESSES})


def verify(case: Case, aim: End, *, is_target: bool) -> Step:
    """All parts are at the aim: believed on a second look, nothing harmful open."""
    job, limits = case.job, case.limits
    rider = _rider_missing(case, aim)
    if rider is not None:
        return rider
    settled = job.memory.settled_since
    if settled is None or case.seen.began_at < settled + limits.verify_after_s:
        due = (case.now if settled is None else settled) + limits.verify_after_s
        return Wait(waiting_for="verify", until=due, needs=INSTANCES)
    if _has_harmful(case, aim):
        return Wait(waiting_for="settle", needs=INSTANCES)
    fact = case.facts.get(aim.instance_id)
    if fact is None or case.now - fact.began_at > limits.finish_age_s:
        return Wait(waiting_for="verify", needs=INSTANCES)
    if is_target and job.kind is Kind.SWAP and not _serves(case, aim):
        return _not_serving(case, aim, settled)
    return finish(case, State.SUCCEEDED if is_target else State.REVERSED)


def finish(case: Case, state: State, why: str = "") -> Finish:
    """The final state says where it lies, whatever was aimed at (P4)."""
    job = case.job
    if state is State.SUCCEEDED and job.cancel_requested_at is not None:
        why = why or "cancel_too_late"
    # A turn has already said why it is back where it was.
    kept = job.why_args if job.turns and not why else ()
    why = why or (job.why if job.turns else "") or "done"
    return Finish(state=state, why=why, args=kept)


def call_off(reason: str) -> Finish:
    """P6: no longer true before the first call, so nothing is sent."""
    return Finish(
        state=State.CANCELLED, why="no_longer_possible", args=(("reason", reason),)
    )


def leave(case: Case, why: str, args: Args) -> Step:
    """Somebody else is at work: zero calls; a cancel releases what was parked (P4)."""
    return refusals.leave(
        Park(why=why, args=args, needs=INSTANCES | ADDRESSES),
        job=case.job,
        intents=case.intents,
        now=case.now,
        limits=case.limits,
    )


def _has_harmful(case: Case, aim: End) -> bool:
    """Whether an open call may still take a part away from the aim (P2).

    Calls that take from nobody cannot. One that takes is harmless if it is the only
    one open for its part and its effect was seen: EC2 does a call at most once.
    """
    landed = case.job.memory.landed
    for part in case.moving.parts:
        taking = [i for i in case.moves(part) if _may_take_away(case, i, aim)]
        if len(taking) > 1 or any(i.seq not in landed for i in taking):
            return True
    return False


def _may_take_away(case: Case, intent: Intent, aim: End) -> bool:
    takes = intent.call.is_departure
    return takes and case.is_open(intent) and not goes_to(intent, aim)


def _serves(case: Case, aim: End) -> bool:
    instance = case.instance(aim.instance_id)
    interface = case.seen.interfaces.get(aim.interface_id)
    is_running = instance is not None and instance.state == "running"
    return is_running and _is_on(interface, aim)


def _is_on(interface: Interface | None, aim: End) -> bool:
    return interface is not None and verdicts.is_on(interface, aim.instance_id)


def _not_serving(case: Case, aim: End, settled: float) -> Step:
    if case.now - settled < case.limits.attach_stuck_s:
        return Wait(waiting_for="target_running", needs=INSTANCES)
    other = case.moving.source
    # Once only: an end that has failed it already would send it back here.
    is_first = case.job.turns == 0
    if is_first and other and verdicts.find_obstacle(case, other) is None:
        return Turn(why="target_not_running", args=(("target", aim.instance_id),))
    return finish(case, State.SUCCEEDED, "target_not_running")


# Elastic IPs that ride on a moving private address.


def _rider_missing(case: Case, aim: End) -> Step | None:
    """An Elastic IP of the snapshot that did not come along (ec2-semantics, Assign)."""
    interface = case.seen.interfaces.get(aim.interface_id)
    if interface is None:
        return Wait(waiting_for="clear_view") if case.job.snapshot else None
    missing = [r for r in case.job.snapshot if r not in interface.associations]
    if not missing:
        return None
    if case.seen.riders is None:
        return Wait(waiting_for="addresses", needs=ADDRESSES)
    return _associate(case, aim, missing[0])


def _associate(case: Case, aim: End, rider: tuple[AllocationId, str]) -> Step:
    allocation, private_ip = rider
    riders = case.seen.riders or {}
    if allocation not in riders or _is_foreign(case, riders[allocation], private_ip):
        return leave(case, "address_elsewhere", (("addresses", allocation),))
    if riders[allocation][0] is not None:
        return Wait(waiting_for="addresses", needs=ADDRESSES)
    call = make_association(allocation, aim.interface_id, private_ip)
    return associate(call, intents=case.intents, now=case.now, limits=case.limits)


def _is_foreign(
    case: Case, place: tuple[InterfaceId | None, str], private_ip: str
) -> bool:
    """Whether somebody has put it elsewhere; at our other end the look is only old."""
    interface_id, address = place
    ends = (case.moving.source, case.moving.target)
    ours = {end.interface_id for end in ends if end is not None}
    if interface_id is None:
        return False
    return interface_id not in ours or address != private_ip
