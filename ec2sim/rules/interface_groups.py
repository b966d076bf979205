"""The security groups of an interface, found or refused in EC2's words."""

from ec2sim.errors import Ec2Error
from ec2sim.rules import lookup
from ec2sim.state import ids
from ec2sim.state.interface import NetworkInterface
from ec2sim.state.network import SecurityGroup, Subnet
from ec2sim.state.region import Region

Groups = tuple[tuple[str, str], ...]


def for_new(
    region: Region, values: list[str], subnet: Subnet, *, launching: bool = False
) -> Groups:
    """Identifier and name of each group; without any, the VPC's default one.

    CreateNetworkInterface says InvalidSecurityGroupID.NotFound of an unknown group
    (Amazon EKS user guide), RunInstances InvalidGroup.NotFound.
    """
    if not values:
        return lookup.groups(region, [], vpc_id=subnet.vpc_id)
    code = "InvalidGroup" if launching else "InvalidSecurityGroupID"
    said = "security group" if launching else "securityGroup ID"
    found = []
    for value in dict.fromkeys(values):
        group = _known(region, value, code=f"{code}.NotFound", said=said)
        if group.vpc_id != subnet.vpc_id:
            raise Ec2Error(
                "InvalidParameter",
                f"Security group {value} and subnet {subnet.id} belong to different "
                "networks.",
            )
        found.append((group.id, group.name))
    return tuple(found)


def for_change(region: Region, row: NetworkInterface, values: list[str]) -> Groups:
    """Identifier and name of each group that an interface is to have instead."""
    if not values:
        raise Ec2Error(
            "InvalidParameterValue", "At least one security group must be specified."
        )
    found = []
    for value in dict.fromkeys(values):
        group = _known(
            region, value, code="InvalidGroup.NotFound", said="security group"
        )
        if group.vpc_id != row.vpc_id:
            raise Ec2Error(
                "InvalidGroup.NotFound",
                "You have specified two resources that belong to different networks.",
            )
        found.append((group.id, group.name))
    return tuple(found)


def _known(region: Region, value: str, *, code: str, said: str) -> SecurityGroup:
    ids.SECURITY_GROUP.check(value)
    group = region.groups.get(value)
    if group is None:
        raise Ec2Error(code, f"The {said} '{value}' does not exist")
    return group
