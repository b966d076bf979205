"""DescribeInstanceStatus: what the checks of EC2 say."""

from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import filters, instance_views, listing, zones
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.instance import STATE_CODES, Instance
from ec2sim.state.region import Region

MOST_NAMED = 100
STATE = "instance-state-name"
# The checks, and the members of the reply that tell of them.
CHECKS = {
    "instance_status": "InstanceStatus",
    "system_status": "SystemStatus",
    "ebs_status": "AttachedEbsStatus",
}
NEVER = (
    "event.code",
    "event.description",
    "event.instance-event-id",
    "event.not-after",
    "event.not-before",
    "event.not-before-deadline",
    "operator.principal",
)


def _fields(*, only_running: bool) -> filters.Fields[Instance]:
    fields: dict[str, filters.Values[Instance]] = dict.fromkeys(NEVER, lambda _row: ())
    return {
        **fields,
        "application-status.status": lambda _row: ("not-applicable",),
        "attached-ebs-status.status": lambda row: (_status(row, "ebs_status"),),
        "availability-zone": lambda row: (row.zone,),
        "availability-zone-id": lambda row: (zones.zone_id(row.zone),),
        "instance-id": lambda row: (row.id,),
        "instance-state-code": lambda row: (str(STATE_CODES[row.state]),),
        STATE: lambda row: (
            () if only_running and row.state != "running" else (row.state,)
        ),
        "instance-status.reachability": lambda row: (_check(row, "instance_status"),),
        "instance-status.status": lambda row: (_status(row, "instance_status"),),
        "operator.managed": lambda _row: ("false",),
        "system-status.reachability": lambda row: (_check(row, "system_status"),),
        "system-status.status": lambda row: (_status(row, "system_status"),),
    }


@action
def describe_instance_status(region: Region, params: Params) -> Reply:
    """DescribeInstanceStatus: running instances, or all when it is asked so."""
    only_running = not params.get("IncludeAllInstances")
    asked = listing.Listing(
        action="DescribeInstanceStatus",
        kind=ids.INSTANCE,
        ids="InstanceIds",
        fields=_fields(only_running=only_running),
        id_filter="instance-id",
    )
    named = params.get("InstanceIds") or ()
    if len(named) > MOST_NAMED:
        raise Ec2Error(
            "InvalidParameterValue",
            f"The number of instance IDs ({len(named)}) exceeds the maximum of "
            f"{MOST_NAMED}.",
        )
    instance_views.check_outage(region, params)
    if only_running:
        params = _with_running(params)
    found, token = listing.rows(region, region.instances, asked, params)
    return listing.page("InstanceStatuses", [_view(row) for row in found], token=token)


def _with_running(params: Params) -> Params:
    """The call with the state that it means; the filter knows no other by now."""
    given = list(params.get("Filters") or ())
    if any(entry.get("Name") == STATE for entry in given):
        return params
    return {**params, "Filters": [*given, {"Name": STATE, "Values": ["running"]}]}


def _view(row: Instance) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "AvailabilityZone": row.zone,
        "AvailabilityZoneId": zones.zone_id(row.zone),
        "Events": [],
        "InstanceId": row.id,
        "InstanceState": {"Code": STATE_CODES[row.state], "Name": row.state},
        "Operator": {"Managed": False},
        "ApplicationStatus": {"Status": "not-applicable"},
    }
    for name, member in CHECKS.items():
        shown[member] = _summary(row, name)
    return shown


def _summary(row: Instance, name: str) -> dict[str, Any]:
    status = _status(row, name)
    if status == "not-applicable":
        return {"Status": status}
    detail: dict[str, Any] = {"Name": "reachability", "Status": _check(row, name)}
    if status == "impaired" and name in row.impaired_since:
        detail["ImpairedSince"] = row.impaired_since[name]
    return {"Status": status, "Details": [detail]}


def _status(row: Instance, name: str) -> str:
    """What a check says; there is nothing to check unless the instance runs."""
    status: str = getattr(row, name)
    return status if row.state == "running" else "not-applicable"


def _check(row: Instance, name: str) -> str:
    status = _status(row, name)
    return {"ok": "passed", "impaired": "failed"}.get(status, status)
