"""One call of EC2's API, and what the log says of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ec2sim.errors import THROTTLED, Ec2Error
from ec2sim.faults import buckets
from ec2sim.faults.fault import Fault, Target
from ec2sim.state.ids import LIKE_AN_ID
from ec2sim.state.region import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who asks for what; `session` is the role session's name, if any."""

    account_id: str
    region: str
    action: str
    params: Mapping[str, Any]
    request_id: str
    session: str | None = None

    @property
    def reads(self) -> bool:
        """Whether the call changes nothing."""
        return self.action.startswith(buckets.READS)


@dataclass(slots=True, kw_only=True)
class Record:
    """The line of a call, filled in as it goes. Times in seconds since 1970.

    `effect_at` is the one moment at which everything that the call does is done, and
    `place` its place among all effects, also of calls with the same moment.
    """

    call: Call
    at: float
    resources: list[str] = field(default_factory=list)
    effect_at: float | None = None
    place: int | None = None
    outcome: str = "ok"
    code: str | None = None
    struck: Fault | None = None

    def answered(self, error: Ec2Error) -> None:
        """The call has come to an error."""
        self.code = error.code
        if error.code in THROTTLED:
            self.outcome = "throttled"
        else:
            self.outcome = "error" if error.status >= 500 else "refused"

    def line(self, end_at: float) -> dict[str, Any]:
        """The line as the log has it."""
        return {
            "event": "call",
            "at": self.at,
            "effect_at": self.effect_at,
            "end_at": end_at,
            "account": self.call.account_id,
            "region": self.call.region,
            "action": self.call.action,
            "resources": self.resources,
            "outcome": self.outcome,
            "code": self.code,
            "request_id": self.call.request_id,
            "session": self.call.session,
            "dry_run": bool(self.call.params.get("DryRun")),
            "fault": None if self.struck is None else self.struck.id,
            "place": self.place,
        }


def touched(region: Region, params: Mapping[str, Any]) -> list[str]:
    """The resources that a call names, with those its bonds stand for.

    A detach names an attachment only; its interface and instance are found here, so
    that a fault or a reader of the log can go by them.
    """
    found = dict.fromkeys(named_in(params))
    for name in list(found):
        for row in region.interfaces.find("attachment.attachment-id", name):
            found[row.id] = None
            if row.instance_id:
                found[row.instance_id] = None
        for address in region.elastic_ips.find("association-id", name):
            found[address.id] = None
            if address.interface_id:
                found[address.interface_id] = None
    return list(found)


def target(region: Region, call: Call, resources: list[str]) -> Target:
    """The call as a plan of faults sees it: with the holders, and the zones."""
    instances: dict[str, None] = {}
    for name in resources:
        if name in region.instances:
            instances[name] = None
        interface = region.interfaces.get(name)
        if interface is not None and interface.instance_id:
            instances[interface.instance_id] = None
    return Target(
        action=call.action,
        account=call.account_id,
        region=call.region,
        session=call.session,
        resources=resources,
        instances=instances,
        zones=zones(region, call, resources),
    )


def zones(region: Region, call: Call, resources: Iterable[str]) -> set[str]:
    """The availability zones that a call is about."""
    found: set[str] = set()
    for name in resources:
        for table in (region.interfaces, region.instances, region.subnets):
            row: Any = table.get(name)
            if row is not None:
                found.add(row.zone)
    placement = call.params.get("Placement")
    if isinstance(placement, Mapping) and placement.get("AvailabilityZone"):
        found.add(str(placement["AvailabilityZone"]))
    return found


def named_in(value: Any) -> Iterable[str]:
    """Every identifier inside parameters or a reply."""
    if isinstance(value, str):
        if LIKE_AN_ID.match(value):
            yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from named_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from named_in(each)
