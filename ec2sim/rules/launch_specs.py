"""The interfaces that come with each instance of a launch."""

from collections.abc import Mapping
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import lookup, unsimulated, zones
from ec2sim.rules.actions import Params
from ec2sim.state.network import Subnet
from ec2sim.state.region import Region

Spec = dict[str, Any]
NOT_SIMULATED = (
    "Ipv4PrefixCount",
    "Ipv4Prefixes",
    "Ipv6AddressCount",
    "Ipv6Addresses",
    "Ipv6PrefixCount",
    "Ipv6Prefixes",
    "NetworkCardIndex",
    "PrimaryIpv6",
    "EnaSrdSpecification",
    "ConnectionTrackingSpecification",
)
# What may not be given beside NetworkInterfaces, and EC2's word for it.
BESIDE = {
    "SubnetId": "subnet ID",
    "SecurityGroupIds": "security groups",
    "SecurityGroups": "security groups",
    "PrivateIpAddress": "private IP address",
}
# What may not be given for an interface that exists already.
MADE = {
    "SubnetId": "a subnet",
    "PrivateIpAddress": "a private IP address",
    "PrivateIpAddresses": "a private IP address",
    "SecondaryPrivateIpAddressCount": "secondary private IP addresses",
    "Groups": "security groups",
    "Description": "a description",
}


def read(region: Region, params: Params) -> list[Spec]:
    """The interfaces of each instance, the primary one first; every one checked."""
    given: list[Spec] = [dict(spec) for spec in params.get("NetworkInterfaces") or ()]
    if not given or _is_wish(given):
        return [_single(region, params, given)]
    for name, said in BESIDE.items():
        if params.get(name):
            raise _combination(
                f"Network interfaces and an instance-level {said} may not be "
                "specified on the same request"
            )
    _check_indexes(given)
    for spec in given:
        _check(region, params, spec)
    _check_public(given)
    given.sort(key=lambda spec: int(spec["DeviceIndex"]))
    homes = [_home(region, spec) for spec in given]
    if len({vpc_id for vpc_id, _ in homes}) > 1:
        raise _value("Network interface attachments may not cross VPC boundaries.")
    if len({zone for _, zone in homes}) > 1:
        raise _combination(
            "You may not attach a network interface to an instance if they are not in "
            "the same availability zone"
        )
    return given


def zone_of(region: Region, specs: list[Spec]) -> str:
    """The zone that the instances come to."""
    return _home(region, specs[0])[1]


def wanted_addresses(spec: Mapping[str, Any]) -> int:
    """How many addresses one interface takes out of its subnet."""
    if spec.get("NetworkInterfaceId"):
        return 0
    entries = spec.get("PrivateIpAddresses") or ()
    secondary = sum(1 for entry in entries if not entry.get("Primary"))
    return 1 + secondary + (spec.get("SecondaryPrivateIpAddressCount") or 0)


def _is_wish(given: list[Spec]) -> bool:
    """Whether only a public address is asked for, which goes with SubnetId and all."""
    return len(given) == 1 and set(given[0]) == {
        "AssociatePublicIpAddress",
        "DeviceIndex",
    }


def _single(region: Region, params: Params, given: list[Spec]) -> Spec:
    subnet = _subnet(region, params)
    if params.get("PrivateIpAddress") and params["MaxCount"] > 1:
        raise _many()
    wish = given[0].get("AssociatePublicIpAddress") if given else None
    return {
        "DeviceIndex": 0,
        "SubnetId": subnet.id,
        "Groups": _groups(region, params, subnet),
        "PrivateIpAddress": params.get("PrivateIpAddress"),
        "AssociatePublicIpAddress": wish,
        "DeleteOnTermination": True,
    }


def _check_indexes(given: list[Spec]) -> None:
    indexes = [spec.get("DeviceIndex") for spec in given]
    if None in indexes:
        raise _value("Each network interface requires a device index.")
    if len(set(indexes)) < len(indexes):
        raise _value("Each network interface requires a unique device index.")
    if 0 not in indexes or min(index or 0 for index in indexes) < 0:
        raise _combination(
            "Primary network interface required when secondary network interface(s) "
            "specified"
        )
    named = [spec.get("NetworkInterfaceId") for spec in given]
    for interface_id in named:
        if interface_id and named.count(interface_id) > 1:
            raise _value(
                f"Network interface ID '{interface_id}' may not be specified on "
                "multiple interfaces."
            )


def _check(region: Region, params: Params, spec: Spec) -> None:
    unsimulated.refuse(spec, NOT_SIMULATED)
    interface_id = spec.get("NetworkInterfaceId")
    if interface_id is not None:
        _check_existing(region, params, spec, interface_id)
        return
    if not spec.get("SubnetId"):
        spec["SubnetId"] = _default_subnet(region, params).id
    if params["MaxCount"] > 1 and (
        spec.get("PrivateIpAddress") or spec.get("PrivateIpAddresses")
    ):
        raise _many()


def _check_existing(
    region: Region, params: Params, spec: Spec, interface_id: str
) -> None:
    for name, said in MADE.items():
        if spec.get(name):
            raise _combination(
                f"A network interface may not specify both a network interface ID and "
                f"{said}"
            )
    if spec.get("DeleteOnTermination"):
        raise _combination(
            "A network interface may not specify a network interface ID and delete on "
            "termination as true"
        )
    if params["MaxCount"] > 1:
        raise _many()
    row = lookup.interface(region, interface_id)
    lookup.check_unheld(row)


def _check_public(given: list[Spec]) -> None:
    for spec in given:
        if spec.get("AssociatePublicIpAddress") is None:
            continue
        if len(given) > 1:
            raise _combination(
                "The associatePublicIPAddress parameter cannot be specified when "
                "launching with multiple network interfaces."
            )
        if spec.get("NetworkInterfaceId"):
            raise _combination(
                "The associatePublicIPAddress parameter cannot be specified for a "
                "network interface with an ID."
            )


def _home(region: Region, spec: Mapping[str, Any]) -> tuple[str, str]:
    """VPC and zone of an interface, to be made or there already."""
    if spec.get("NetworkInterfaceId"):
        row = lookup.interface(region, spec["NetworkInterfaceId"])
        return row.vpc_id, row.zone
    subnet = lookup.subnet(region, spec["SubnetId"])
    return subnet.vpc_id, subnet.zone


def _subnet(region: Region, params: Params) -> Subnet:
    if not params.get("SubnetId"):
        return _default_subnet(region, params)
    subnet = lookup.subnet(region, params["SubnetId"])
    zone = _zone(region, params)
    if zone not in (None, subnet.zone):
        raise _value(
            f"Value ({zone}) for parameter availabilityZone is invalid. Subnet "
            f"'{subnet.id}' is in the availability zone {subnet.zone}"
        )
    return subnet


def _default_subnet(region: Region, params: Params) -> Subnet:
    zone = _zone(region, params)
    default = next((vpc.id for vpc in region.vpcs if vpc.is_default), None)
    if default is None:
        raise Ec2Error(
            "VPCIdNotSpecified",
            "No default VPC for this user. GroupName is only supported for EC2-Classic "
            "and default VPC.",
        )
    for subnet in region.subnets:
        if subnet.is_default and zone in (None, subnet.zone):
            return subnet
    raise Ec2Error(
        "MissingInput",
        f"No subnets found for the default VPC '{default}'. Please specify a subnet.",
    )


def _zone(region: Region, params: Params) -> str | None:
    """The zone that the caller insists on, by name or by identifier."""
    placement = params.get("Placement") or {}
    asked = placement.get("AvailabilityZone") or placement.get("AvailabilityZoneId")
    if not asked:
        return None
    for zone in zones.zones(region.name):
        if asked in (zone, zones.zone_id(zone)):
            return zone
    raise _value(f"Invalid availability zone: [{asked}]")


def _groups(region: Region, params: Params, subnet: Subnet) -> list[str]:
    names: list[str] = list(params.get("SecurityGroups") or ())
    if names and params.get("SubnetId"):
        raise _combination(
            "The parameter groupName cannot be used with the parameter subnet"
        )
    groups: list[str] = list(params.get("SecurityGroupIds") or ())
    for name in names:
        found = [
            group.id
            for group in region.groups
            if group.name == name and group.vpc_id == subnet.vpc_id
        ]
        if not found:
            raise Ec2Error(
                "InvalidGroup.NotFound",
                f"The security group '{name}' does not exist in VPC '{subnet.vpc_id}'",
            )
        groups += found
    return groups


def _many() -> Ec2Error:
    return _combination(
        "Multiple instances creation is not compatible with private IP address or "
        "network interface ID parameters."
    )


def _combination(said: str) -> Ec2Error:
    return Ec2Error("InvalidParameterCombination", said)


def _value(said: str) -> Ec2Error:
    return Ec2Error("InvalidParameterValue", said)
