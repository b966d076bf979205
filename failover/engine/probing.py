"""What a probe decides: nothing arrives well before its service has answered (P4).

The decide tables say where a resource lies. A job whose pair has a probe ends as
succeeded only when the newest answer to a probe that began after the arrival is a
pass, or when an operator has said that it may end without one. Silence is no answer.
"""

from collections.abc import Iterable

from failover.engine.job import Aim, End, Job, Moving, State
from failover.engine.limits import Limits
from failover.engine.probes import Heard, ProbeOutcome, Question
from failover.engine.steps import Finish, Need, Step, Wait
from failover.engine.topology import Interface, Observation, PrivateAddress
from failover.engine.values import replace

WAITING = "probe"


# What is believed of the service.


def arrived_at(job: Job) -> float | None:
    """Since when the resource is seen in its place; None: it is not."""
    settled = job.memory.settled_since
    if settled is None:
        return None
    return settled if job.restored_at is None else max(settled, job.restored_at)


def hear(job: Job, heard: Heard | None) -> Job:
    """The job with the newest answer of this arrival; one that says the same is none.

    So a service that goes on failing in the same way costs no write.
    """
    if job.probe is None:
        return job
    at = arrived_at(job)
    known = job.heard if _is_of(job.heard, at) else None
    if heard is not None and _is_of(heard, at) and _is_news(heard, known):
        known = heard
    return replace(job, heard=known, overdue_at=job.overdue_at if at else None)


def _is_of(heard: Heard | None, at: float | None) -> bool:
    """Whether the probe began after this arrival."""
    return heard is not None and at is not None and heard.began_at > at


def _is_news(heard: Heard, known: Heard | None) -> bool:
    if known is None:
        return True
    is_newer = heard.began_at > known.began_at
    return is_newer and not heard.verdict.says_the_same_as(known.verdict)


def has_passed(job: Job) -> bool:
    """Whether the newest answer of this arrival is a pass."""
    heard = job.heard
    is_of_now = heard is not None and _is_of(heard, arrived_at(job))
    return is_of_now and heard is not None and _is_pass(heard)


def _is_pass(heard: Heard) -> bool:
    return heard.verdict.outcome is ProbeOutcome.PASSED


def is_waived(job: Job) -> bool:
    """Whether an operator lets this arrival end without a pass."""
    at = arrived_at(job)
    return job.waived_at is not None and at is not None and job.waived_at > at


# What follows from it.


def hold_back(step: Step, *, job: Job) -> Step:
    """The step; but no success before the service has answered.

    A job that came back to its source says where the resource lies, and nothing of
    the service there, for whose sake it was to leave: it does not wait.
    """
    if not isinstance(step, Finish) or step.state is not State.SUCCEEDED:
        return step
    if job.probe is None or has_passed(job):
        return step
    if is_waived(job):
        return replace(step, why="probe_waived", args=())
    return Wait(waiting_for=WAITING, needs=frozenset({Need.INSTANCES}))


def note_overdue(job: Job, step: Step, *, now: float, limits: Limits) -> Job:
    """Once for each arrival: it has waited for its probe so long that humans are told.

    The job goes on waiting: a service that does not answer is no success, however
    long it is watched.
    """
    at = arrived_at(job)
    is_waiting = isinstance(step, Wait) and step.waiting_for == WAITING
    if not is_waiting or at is None or job.overdue_at is not None:
        return job
    is_over = now - at > limits.probe_give_up_s
    return replace(job, overdue_at=now) if is_over else job


# Whom to ask.


def find_question(job: Job, address: str) -> Question | None:
    """What to ask now; None while the resource is not seen in its place."""
    is_there = job.state is State.RUNNING and arrived_at(job) is not None
    if job.probe is None or not is_there or not address:
        return None
    return Question(address=address, probe=job.probe)


def find_address(job: Job, seen: Observation) -> str:
    """The address where the service is met; "" where this look does not show it."""
    if job.moving is None:
        interface = seen.interfaces.get(job.interface_id)
        return address_of_interface(interface) if interface else ""
    end = job.moving.target if job.aim is Aim.TARGET else job.moving.source
    return address_of_move(job.moving, end, seen)


def address_of_interface(interface: Interface) -> str:
    """Its Elastic IP, that of the primary address first; else its own address."""
    ordered = sorted(interface.addresses, key=lambda a: not a.primary)
    own = next((a.address for a in ordered), "")
    return _elastic_ip(ordered) or own or next(iter(interface.ipv6_addresses), "")


def address_of_move(moving: Moving, end: End | None, seen: Observation) -> str:
    """The Elastic IP that moves or rides along; else the private address that moves.

    A route brings other addresses than its own: then the instance's own is asked.
    """
    part = moving.parts[0]
    if part.allocation_id is not None:
        shown = seen.elastic_ips.get(part.allocation_id)
        return shown.public_ip if shown else ""
    interface = seen.interfaces.get(end.interface_id) if end else None
    if interface is None:
        return ""
    if part.route_table_id is not None:
        return next((a.address for a in interface.addresses if a.primary), "")
    mine = [a for a in interface.addresses if a.address == part.private_ip]
    return _elastic_ip(mine) or part.private_ip


def _elastic_ip(addresses: Iterable[PrivateAddress]) -> str:
    return next((a.public_ip for a in addresses if a.allocation_id and a.public_ip), "")
