"""The one place that knows which strategy a job follows, and what that looks at.

`eni` detaches and attaches (`sight`, `decide`); the others move in one atomic call
(`moves`).
"""

from collections.abc import Iterable
from dataclasses import fields

from failover.engine.job import Job, Moving
from failover.engine.steps import Need
from failover.engine.topology import InterfaceId, Scope

FIELDS = tuple(field.name for field in fields(Scope))


def scope(job: Job, needs: frozenset[Need]) -> Scope:
    """What one look must show of this job, and what the job needs besides."""
    wanted = [_basics(job)]
    if Need.INSTANCES in needs:
        ends = (job.from_instance_id, job.to_instance_id)
        wanted.append(Scope(instance_ids=frozenset(i for i in ends if i)))
    if Need.ADDRESSES in needs:
        wanted.append(_addresses(job))
    if Need.CONFIRMATION in needs:
        wanted.append(_confirmation(job))
    return join(wanted)


def covers(seen: Scope, job: Job) -> bool:
    """Whether a look at `seen` may serve this job: it shows where its resource is."""
    if job.moving is None:
        return job.interface_id in seen.interface_ids
    basics = _basics(job)
    return (
        basics.interface_ids <= seen.interface_ids
        and basics.allocation_ids <= seen.allocation_ids
        and basics.route_table_ids <= seen.route_table_ids
    )


def join(scopes: Iterable[Scope]) -> Scope:
    """One scope that asks for all that these ask for."""
    asked = list(scopes)
    return Scope(
        **{
            name: frozenset().union(*(getattr(s, name) for s in asked))
            for name in FIELDS
        }
    )


def _basics(job: Job) -> Scope:
    if job.moving is None:
        return Scope(interface_ids=frozenset({job.interface_id}))
    parts = job.moving.parts
    return Scope(
        interface_ids=_interfaces(job.moving),
        allocation_ids=frozenset(p.allocation_id for p in parts if p.allocation_id),
        route_table_ids=frozenset(p.route_table_id for p in parts if p.route_table_id),
    )


def _interfaces(moving: Moving) -> frozenset[InterfaceId]:
    ends = (moving.source, moving.target)
    return frozenset(end.interface_id for end in ends if end)


def _addresses(job: Job) -> Scope:
    """The Elastic IPs that must come along, and who else carries a moving address."""
    parts = job.moving.parts if job.moving else ()
    return Scope(
        allocation_ids=frozenset(allocation for allocation, _ in job.snapshot),
        private_ips=frozenset(
            (p.subnet_id, p.private_ip) for p in parts if p.subnet_id
        ),
    )


def _confirmation(job: Job) -> Scope:
    if job.moving is None:
        return Scope(confirm_ids=frozenset({job.interface_id}))
    parts = job.moving.parts
    return Scope(
        confirm_allocation_ids=frozenset(
            p.allocation_id for p in parts if p.allocation_id
        ),
        confirm_route_table_ids=frozenset(
            p.route_table_id for p in parts if p.route_table_id
        ),
    )
