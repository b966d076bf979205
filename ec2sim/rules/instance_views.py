"""DescribeInstances and DescribeInstanceStatus, in EC2's own shape."""

from collections.abc import Callable, Iterable
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import filters, interface_views, listing, lookup
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.instance import STATE_CODES, Instance
from ec2sim.state.interface import NetworkInterface
from ec2sim.state.region import Region

SHOWN = (
    "Association",
    "Description",
    "Groups",
    "Ipv6Addresses",
    "MacAddress",
    "NetworkInterfaceId",
    "OwnerId",
    "PrivateDnsName",
    "PrivateIpAddress",
    "PrivateIpAddresses",
    "SourceDestCheck",
    "Status",
    "SubnetId",
    "VpcId",
    "InterfaceType",
    "Attachment",
)
UNMODELLED = (
    "affinity",
    "architecture",
    "block-device-mapping.status",
    "capacity-reservation-id",
    "client-token",
    "hibernation-options.configured",
    "host-id",
    "iam-instance-profile.arn",
    "instance-lifecycle",
    "ipv6-address",
    "kernel-id",
    "platform",
    "product-code",
    "ramdisk-id",
    "root-device-name",
    "spot-instance-request-id",
    "virtualization-type",
)


def view(region: Region, row: Instance) -> dict[str, Any]:
    """An instance with its interfaces, as DescribeInstances shows it."""
    held = [] if row.state == "terminated" else lookup.held_by(region, row.id)
    shown: dict[str, Any] = {
        "InstanceId": row.id,
        "ImageId": row.image_id,
        "InstanceType": row.type,
        "State": {"Code": STATE_CODES[row.state], "Name": row.state},
        "StateTransitionReason": row.transition_reason,
        "LaunchTime": row.launch_time,
        "AmiLaunchIndex": row.launch_index,
        "Placement": {"AvailabilityZone": row.zone, "Tenancy": "default"},
        "Monitoring": {"State": "disabled"},
        "Architecture": "x86_64",
        "RootDeviceType": "ebs",
        "RootDeviceName": "/dev/xvda",
        "VirtualizationType": "hvm",
        "Hypervisor": "xen",
        "PrivateDnsName": "" if row.state == "terminated" else row.private_dns_name,
        "PublicDnsName": "",
        "EbsOptimized": False,
        "BlockDeviceMappings": [],
        "NetworkInterfaces": [_interface(region, each) for each in held],
        "SecurityGroups": [],
        "Tags": listing.tag_set(row.tags),
    }
    if row.key_name is not None:
        shown["KeyName"] = row.key_name
    if row.state_reason is not None:
        code, message = row.state_reason
        shown["StateReason"] = {"Code": code, "Message": f"{code}: {message}"}
    if row.state != "terminated":
        shown["SubnetId"], shown["VpcId"] = row.subnet_id, row.vpc_id
    if held:
        first = held[0]
        shown["SourceDestCheck"] = first.source_dest_check
        shown["PrivateIpAddress"] = first.private_ip
        shown["SecurityGroups"] = [
            {"GroupId": key, "GroupName": name} for key, name in first.groups
        ]
        bond = first.addresses[0].association
        if bond is not None:
            shown["PublicIpAddress"] = bond.public_ip
            shown["PublicDnsName"] = interface_views.public_dns_name(
                region.name, bond.public_ip
            )
    return shown


def _interface(region: Region, row: NetworkInterface) -> dict[str, Any]:
    full = interface_views.view(region, row)
    return {name: full[name] for name in SHOWN if name in full}


def reservation(region: Region, rows: list[Instance]) -> Reply:
    """The instances of one launch."""
    return {
        "ReservationId": rows[0].reservation_id if rows else "",
        "OwnerId": region.account_id,
        "Groups": [],
        "Instances": [view(region, row) for row in rows],
    }


def _fields(region: Region) -> filters.Fields[Instance]:
    def held(row: Instance) -> list[NetworkInterface]:
        return [] if row.state == "terminated" else lookup.held_by(region, row.id)

    def first(row: Instance, read: Any) -> Iterable[str | None]:
        found = held(row)
        return [read(found[0])] if found else []

    fields: dict[str, filters.Values[Instance]] = {
        "availability-zone": lambda row: (row.zone,),
        "hypervisor": lambda _row: ("xen",),
        "image-id": lambda row: (row.image_id,),
        "instance-id": lambda row: (row.id,),
        "instance-state-code": lambda row: (str(STATE_CODES[row.state]),),
        "instance-state-name": lambda row: (row.state,),
        "instance-type": lambda row: (row.type,),
        "key-name": lambda row: (row.key_name,),
        "launch-index": lambda row: (str(row.launch_index),),
        "launch-time": lambda row: (listing.timestamp(row.launch_time),),
        "owner-id": lambda _row: (region.account_id,),
        "private-dns-name": lambda row: (row.private_dns_name,),
        "private-ip-address": lambda row: first(row, lambda each: each.private_ip),
        "ip-address": lambda row: first(row, _public_ip),
        "dns-name": lambda row: (view(region, row)["PublicDnsName"] or None,),
        "reservation-id": lambda row: (row.reservation_id,),
        "root-device-type": lambda _row: ("ebs",),
        "source-dest-check": lambda row: first(
            row, lambda each: filters.text(each.source_dest_check)
        ),
        "subnet-id": lambda row: (row.subnet_id,),
        "tenancy": lambda _row: ("default",),
        "vpc-id": lambda row: (row.vpc_id,),
        "instance.group-id": lambda row: [g for e in held(row) for g, _ in e.groups],
        "instance.group-name": lambda row: [n for e in held(row) for _, n in e.groups],
        "group-id": lambda row: [g for e in held(row) for g, _ in e.groups],
        "group-name": lambda row: [n for e in held(row) for _, n in e.groups],
    }
    for name, read in interface_views.FIELDS.items():
        fields[f"network-interface.{name}"] = _through(held, read)
    fields.update(dict.fromkeys(UNMODELLED, lambda _row: ()))
    return fields


def _through(
    held: Callable[[Instance], list[NetworkInterface]],
    read: filters.Values[NetworkInterface],
) -> filters.Values[Instance]:
    """A filter of interfaces as a filter of the instances that hold them."""
    return lambda row: [value for each in held(row) for value in read(each)]


def _public_ip(row: NetworkInterface) -> str | None:
    bond = row.addresses[0].association
    return None if bond is None else bond.public_ip


@action
def describe_instances(region: Region, params: Params) -> Reply:
    """DescribeInstances, in pages of 5 to 1000 instances."""
    asked = listing.Listing(
        action="DescribeInstances",
        kind=ids.INSTANCE,
        ids="InstanceIds",
        fields=_fields(region),
        id_filter="instance-id",
    )
    _check_outage(region, params, asked.id_filter)
    found, token = listing.rows(region, region.instances, asked, params)
    by_launch: dict[str, list[Instance]] = {}
    for row in found:
        by_launch.setdefault(row.reservation_id, []).append(row)
    reply: Reply = {
        "Reservations": [reservation(region, rows) for rows in by_launch.values()]
    }
    if token:
        reply["NextToken"] = token
    return reply


STATUS_FIELDS: filters.Fields[Instance] = {
    "availability-zone": lambda row: (row.zone,),
    "instance-id": lambda row: (row.id,),
    "instance-state-code": lambda row: (str(STATE_CODES[row.state]),),
    "instance-state-name": lambda row: (row.state,),
    "instance-status.status": lambda row: (_status(row, row.instance_status),),
    "instance-status.reachability": lambda row: (_check(row, row.instance_status),),
    "system-status.status": lambda row: (_status(row, row.system_status),),
    "system-status.reachability": lambda row: (_check(row, row.system_status),),
    "attached-ebs-status.status": lambda row: (_status(row, "ok"),),
    "event.code": lambda _row: (),
    "operator.managed": lambda _row: ("false",),
}


@action
def describe_instance_status(region: Region, params: Params) -> Reply:
    """DescribeInstanceStatus: running instances, or all when it is asked so."""
    asked = listing.Listing(
        action="DescribeInstanceStatus",
        kind=ids.INSTANCE,
        ids="InstanceIds",
        fields=STATUS_FIELDS,
        id_filter="instance-id",
    )
    if len(params.get("InstanceIds") or ()) > 100:
        raise Ec2Error("InvalidParameterValue", "At most 100 instance IDs.")
    _check_outage(region, params, asked.id_filter)
    found, token = listing.rows(region, region.instances, asked, params)
    if not params.get("IncludeAllInstances"):
        found = [row for row in found if row.state == "running"]
    reply: Reply = {"InstanceStatuses": [_status_view(row) for row in found]}
    if token:
        reply["NextToken"] = token
    return reply


def _status_view(row: Instance) -> dict[str, Any]:
    return {
        "AvailabilityZone": row.zone,
        "InstanceId": row.id,
        "InstanceState": {"Code": STATE_CODES[row.state], "Name": row.state},
        "InstanceStatus": _summary(row, row.instance_status),
        "SystemStatus": _summary(row, row.system_status),
        "AttachedEbsStatus": _summary(row, "ok"),
        "Events": [],
    }


def _summary(row: Instance, status: str) -> dict[str, Any]:
    shown = _status(row, status)
    if shown == "not-applicable":
        return {"Status": shown}
    check = {"Name": "reachability", "Status": _check(row, status)}
    return {"Status": shown, "Details": [check]}


def _status(row: Instance, status: str) -> str:
    return status if row.state == "running" else "not-applicable"


def _check(row: Instance, status: str) -> str:
    words = {"ok": "passed", "impaired": "failed"}
    return words.get(_status(row, status), status)


def _check_outage(region: Region, params: Params, id_filter: str) -> None:
    """Fail as EC2 documents it: a zone is down, and nothing outside it is named."""
    if not region.outages:
        return
    named = list(params.get("InstanceIds") or ())
    for entry in params.get("Filters") or ():
        if entry.get("Name") == id_filter:
            named += entry.get("Values") or ()
    rows = [region.instances.get(name) for name in named]
    if not named or any(row and row.zone in region.outages for row in rows):
        raise Ec2Error(
            "Unavailable", "The service is unavailable in an availability zone."
        )
