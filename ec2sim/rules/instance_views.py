"""DescribeInstances: instances in EC2's own shape, by launch."""

from collections.abc import Iterable, Mapping
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import (
    instance_filters,
    instance_options,
    instance_sights,
    interface_views,
    listing,
    zones,
)
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.rules.instance_sights import Sight
from ec2sim.state import ids
from ec2sim.state.instance import STATE_CODES, Instance
from ec2sim.state.region import Region

# What is the same for every instance: Linux on shared hardware, without extras.
SAME: Mapping[str, Any] = {
    "BlockDeviceMappings": [],
    "CapacityReservationSpecification": {"CapacityReservationPreference": "open"},
    "CurrentInstanceBootMode": "legacy-bios",
    "EnaSupport": True,
    "EnclaveOptions": {"Enabled": False},
    "HibernationOptions": {"Configured": False},
    "Hypervisor": "xen",
    "MaintenanceOptions": {"AutoRecovery": "default", "RebootMigration": "default"},
    "NetworkPerformanceOptions": {"BandwidthWeighting": "default"},
    "Operator": {"Managed": False},
    "PlatformDetails": "Linux/UNIX",
    "PrivateDnsNameOptions": {
        "HostnameType": "ip-name",
        "EnableResourceNameDnsARecord": False,
        "EnableResourceNameDnsAAAARecord": False,
    },
    "ProductCodes": [],
    "RootDeviceName": "/dev/xvda",
    "RootDeviceType": "ebs",
    "UsageOperation": "RunInstances",
    "VirtualizationType": "hvm",
}


def view(region: Region, row: Instance, sight: Sight) -> dict[str, Any]:
    """An instance with its interfaces, as DescribeInstances shows it."""
    first_launch = row.launch_time
    if row.first_launch_time is not None:
        first_launch = row.first_launch_time
    shown: dict[str, Any] = {
        **SAME,
        "AmiLaunchIndex": row.launch_index,
        "Architecture": instance_filters.architecture(region, row),
        "ClientToken": row.client_token,
        "EbsOptimized": row.ebs_optimized,
        "ImageId": row.image_id,
        "InstanceId": row.id,
        "InstanceType": row.type,
        "LaunchTime": row.launch_time,
        "MetadataOptions": instance_options.metadata_view(row.metadata),
        "Monitoring": {"State": "enabled" if row.monitored else "disabled"},
        "NetworkInterfaces": [],
        "Placement": {
            "AvailabilityZone": row.zone,
            "AvailabilityZoneId": zones.zone_id(row.zone),
            "GroupName": "",
            "Tenancy": "default",
        },
        "PrivateDnsName": "",
        "PublicDnsName": "",
        "SecurityGroups": [],
        "State": {"Code": STATE_CODES[row.state], "Name": row.state},
        "StateTransitionReason": row.transition_reason,
        "Tags": listing.tag_set(row.tags),
        "UsageOperationUpdateTime": first_launch,
    }
    if row.key_name is not None:
        shown["KeyName"] = row.key_name
    if row.profile_arn is not None:
        shown["IamInstanceProfile"] = {"Arn": row.profile_arn}
    if row.state_reason is not None:
        code, message = row.state_reason
        shown["StateReason"] = {"Code": code, "Message": f"{code}: {message}"}
    if row.state != "terminated":
        shown.update(_network(region, row, sight))
    return shown


def _network(region: Region, row: Instance, sight: Sight) -> dict[str, Any]:
    """What a terminated instance does not have any more."""
    held = sight.held(row)
    shown: dict[str, Any] = {
        "NetworkInterfaces": [instance_sights.interface(region, each) for each in held],
        "PrivateDnsName": row.private_dns_name,
        "SubnetId": row.subnet_id,
        "VpcId": row.vpc_id,
    }
    primary = next(iter(held), None)
    if primary is None or primary.attachment is None or primary.attachment.device_index:
        return shown
    shown["SourceDestCheck"] = primary.source_dest_check
    shown["PrivateIpAddress"] = primary.private_ip
    shown["SecurityGroups"] = [
        {"GroupId": key, "GroupName": name} for key, name in primary.groups
    ]
    bond = primary.addresses[0].association
    if bond is not None:
        shown["PublicIpAddress"] = bond.public_ip
        shown["PublicDnsName"] = interface_views.public_dns_name(
            region.name, bond.public_ip
        )
    return shown


def reservation(
    region: Region, rows: list[Instance], sight: Sight | None = None
) -> Reply:
    """The instances of one launch."""
    seen = sight or Sight(region)
    return {
        "ReservationId": rows[0].reservation_id,
        "OwnerId": region.account_id,
        "Groups": [],
        "Instances": [view(region, row, seen) for row in rows],
    }


@action
def describe_instances(region: Region, params: Params) -> Reply:
    """DescribeInstances, in pages of 5 to 1000 instances."""
    sight = Sight(region)
    asked = listing.Listing(
        action="DescribeInstances",
        kind=ids.INSTANCE,
        ids="InstanceIds",
        fields=instance_filters.fields(region, sight),
        id_filter="instance-id",
        through=instance_filters.through(region),
    )
    check_outage(region, params)
    found, token = listing.rows(region, region.instances, asked, params)
    return listing.page(
        "Reservations",
        [reservation(region, rows, sight) for rows in _by_launch(found)],
        token=token,
    )


def _by_launch(found: Iterable[Instance]) -> Iterable[list[Instance]]:
    launches: dict[str, list[Instance]] = {}
    for row in found:
        launches.setdefault(row.reservation_id, []).append(row)
    return launches.values()


def check_outage(region: Region, params: Params) -> None:
    """Fail as EC2 documents it: a zone is down, and nothing outside it is named."""
    if not region.outages:
        return
    named = list(params.get("InstanceIds") or ())
    for entry in params.get("Filters") or ():
        if entry.get("Name") == "instance-id":
            named += entry.get("Values") or ()
    rows = [region.instances.get(name) for name in named]
    if not named or any(row and row.zone in region.outages for row in rows):
        raise Ec2Error(
            "Unavailable", "The service is unavailable in an availability zone."
        )
