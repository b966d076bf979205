"""The cast of the moves' tests: an Elastic IP, an address and two routes, two ends."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from failover.engine import strategies
from failover.engine.job import (
    Call,
    End,
    Intent,
    Job,
    Memory,
    Moving,
    Outcome,
    Part,
    Strategy,
    Trace,
)
from failover.engine.moves.calls import make_move
from failover.engine.moves.places import Lying, Place, Whereabouts
from failover.engine.moves.verdicts import Case
from failover.engine.steps import Need, Send, Step, Wait
from failover.engine.topology import (
    AllocationId,
    Attachment,
    AttachmentId,
    ElasticIp,
    Instance,
    Interface,
    InterfaceId,
    Observation,
    PrivateAddress,
    Route,
    RouteTable,
    RouteTableId,
)
from tests.engine.cast import (
    ADDRESS,
    LIMITS,
    NOW,
    PRIMARY,
    STANDBY,
    a_job,
    an_intent,
    facts,
)

SUBNET = "subnet-a"
VIP = "10.0.0.100"
CIDR = "10.9.0.0/16"
OTHER_ADDRESS = AllocationId("eipalloc-other")
STRANGERS = InterfaceId("eni-strangers")
TABLES = (RouteTableId("rtb-1"), RouteTableId("rtb-2"))
SOURCE = End(
    instance_id=PRIMARY, interface_id=InterfaceId("eni-a"), private_ip="10.0.0.4"
)
TARGET = End(
    instance_id=STANDBY, interface_id=InterfaceId("eni-b"), private_ip="10.0.0.5"
)
EIP = Part(allocation_id=ADDRESS)
IP = Part(subnet_id=SUBNET, private_ip=VIP)
ROUTES = tuple(Part(route_table_id=table, destination_cidr=CIDR) for table in TABLES)


def moving(*parts: Part, **changes: Any) -> Moving:
    return replace(
        Moving(parts=parts or (EIP,), source=SOURCE, target=TARGET), **changes
    )


def a_move(*parts: Part, **changes: Any) -> Job:
    """A swap from primary to standby that has not begun."""
    what = changes.pop("moving", moving(*parts))
    defaults: dict[str, Any] = {
        "interface_id": InterfaceId(""),
        "strategy": strategy_of(what),
        "moving": what,
        "from_instance_id": what.source.instance_id if what.source else None,
        "to_instance_id": what.target.instance_id if what.target else None,
    }
    return a_job(**{**defaults, **changes})


def strategy_of(what: Moving) -> Strategy:
    part = what.parts[0]
    if part.allocation_id is not None:
        return Strategy.EIP
    return Strategy.ROUTE if part.route_table_id else Strategy.PRIVATE_IP


def begun(*parts: Part, **changes: Any) -> Job:
    """The same, with its first call made."""
    return a_move(
        *parts,
        **{"first_intent_at": NOW - 9, "outage_started_at": NOW - 9, **changes},
    )


# Calls.


def a_call(
    end: End = TARGET, part: Part = EIP, *, is_free: bool = False, **changes: Any
) -> Intent:
    """An accepted move of five seconds ago."""
    call = make_move(part, end, is_free=is_free)
    return an_intent(call.action, **{"call": call, **changes})


def unanswered(end: End = TARGET, part: Part = EIP, **changes: Any) -> Intent:
    return a_call(end, part, **{"outcome": Outcome.UNKNOWN, **changes})


def denied(code: str, end: End = TARGET, part: Part = EIP, **changes: Any) -> Intent:
    return a_call(
        end, part, **{"outcome": Outcome.REFUSED, "error_code": code, **changes}
    )


# What is believed.


def lying(place: Place, part: Part = EIP, **changes: Any) -> Lying:
    return replace(Lying(part=part, place=place, since=NOW - 1), **changes)


def at(*places: Place, job: Job | None = None, **changes: Any) -> Whereabouts:
    """The parts of the job (an Elastic IP without one) at these places."""
    what = job.moving if job is not None and job.moving else moving()
    return replace(
        Whereabouts(
            began_at=NOW - 0.1,
            ended_at=NOW,
            parts=tuple(
                lying(place, part)
                for place, part in zip(places, what.parts, strict=True)
            ),
            interfaces={i.id: i for i in (an_end(SOURCE), an_end(TARGET))},
        ),
        **changes,
    )


def an_end(end: End, **changes: Any) -> Interface:
    """The end's interface, attached to its instance, fit for everything."""
    interface = Interface(
        id=end.interface_id,
        status="in-use",
        vpc_id="vpc-1",
        subnet_id=SUBNET,
        addresses=(PrivateAddress(address=end.private_ip, primary=True),),
        source_dest_check=False,
        attachment=Attachment(
            id=AttachmentId(f"eni-attach-{end.interface_id}"),
            instance_id=end.instance_id,
            device_index=0,
            status="attached",
        ),
    )
    return replace(interface, **changes)


def carrying(end: End, *addresses: str, **changes: Any) -> Interface:
    """The end's interface with these secondary addresses on it."""
    own = PrivateAddress(address=end.private_ip, primary=True)
    more = (PrivateAddress(address=a, primary=False, **changes) for a in addresses)
    return an_end(end, addresses=(own, *more))


def a_case(job: Job, seen: Whereabouts, *intents: Intent, **changes: Any) -> Case:
    assert job.moving is not None
    case = Case(
        job=job,
        moving=job.moving,
        intents=intents,
        seen=seen,
        facts=facts(),
        now=NOW,
        limits=LIMITS,
    )
    return replace(case, **changes)


# What EC2 shows.


def an_elastic_ip(end: End | None = None, **changes: Any) -> ElasticIp:
    shown = ElasticIp(allocation_id=ADDRESS, public_ip="203.0.113.9")
    if end is not None:
        shown = replace(
            shown,
            association_id="eipassoc-1",
            interface_id=end.interface_id,
            private_ip=end.private_ip,
        )
    return replace(shown, **changes)


def a_table(table_id: RouteTableId, end: End | None = None) -> RouteTable:
    """A route table that leads to this end, or nowhere."""
    if end is None:
        return RouteTable(id=table_id, vpc_id="vpc-1")
    route = Route(destination_cidr=CIDR, interface_id=end.interface_id)
    return RouteTable(id=table_id, vpc_id="vpc-1", routes=(route,))


def a_look(
    job: Job,
    *shown: ElasticIp | RouteTable | Interface | Instance,
    began_at: float = NOW - 0.1,
    needs: Iterable[Need] = (),
    not_found: Iterable[str] = (),
) -> Observation:
    """A complete look for this job that shows these; its ends' interfaces always."""
    by_kind: dict[type, dict[Any, Any]] = {Interface: {}, ElasticIp: {}}
    by_kind |= {RouteTable: {}, Instance: {}}
    for one in (an_end(SOURCE), an_end(TARGET), *shown):
        key = one.allocation_id if isinstance(one, ElasticIp) else one.id
        by_kind[type(one)][key] = one
    return Observation(
        scope=strategies.scope(job, frozenset(needs)),
        began_at=began_at,
        ended_at=began_at + 0.05,
        interfaces=by_kind[Interface],
        elastic_ips=by_kind[ElasticIp],
        route_tables=by_kind[RouteTable],
        instances=by_kind[Instance],
        not_found=frozenset(not_found),
    )


def knowing(place: str, part: Part = EIP, **changes: Any) -> Memory:
    """A memory of this part at a place since ten seconds."""
    trace = Trace(key=part.key, place=place, since=NOW - 10)
    return Memory(traces=(replace(trace, **changes),))


# What is decided.


def sent(step: Step) -> Call:
    assert isinstance(step, Send), step
    return step.call


def waited_for(step: Step) -> str:
    assert isinstance(step, Wait), step
    return step.waiting_for
