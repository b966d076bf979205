"""Security groups and their permissions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import filters, listing, lookup, tags
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.network import SecurityGroup
from ec2sim.state.region import Region

EVERYWHERE: Mapping[str, Any] = {
    "IpProtocol": "-1",
    "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
    "Ipv6Ranges": [],
    "PrefixListIds": [],
    "UserIdGroupPairs": [],
}


def view(region: Region, row: SecurityGroup) -> dict[str, Any]:
    """A group in EC2's shape."""
    return {
        "GroupId": row.id,
        "GroupName": row.name,
        "Description": row.description,
        "VpcId": row.vpc_id,
        "OwnerId": region.account_id,
        "SecurityGroupArn": (
            f"arn:aws:ec2:{region.name}:{region.account_id}:security-group/{row.id}"
        ),
        "IpPermissions": list(row.ingress),
        "IpPermissionsEgress": list(row.egress),
        "Tags": listing.tag_set(row.tags),
    }


def _ranges(permissions: tuple[Mapping[str, Any], ...]) -> list[str]:
    return [
        entry["CidrIp"]
        for permission in permissions
        for entry in permission.get("IpRanges") or ()
    ]


def _read(permissions: tuple[Mapping[str, Any], ...], name: str) -> list[str]:
    return [str(each[name]) for each in permissions if each.get(name) is not None]


FIELDS: filters.Fields[SecurityGroup] = {
    "description": lambda row: (row.description,),
    "egress.ip-permission.cidr": lambda row: _ranges(row.egress),
    "egress.ip-permission.protocol": lambda row: _read(row.egress, "IpProtocol"),
    "group-id": lambda row: (row.id,),
    "group-name": lambda row: (row.name,),
    "ip-permission.cidr": lambda row: _ranges(row.ingress),
    "ip-permission.from-port": lambda row: _read(row.ingress, "FromPort"),
    "ip-permission.protocol": lambda row: _read(row.ingress, "IpProtocol"),
    "ip-permission.to-port": lambda row: _read(row.ingress, "ToPort"),
    "vpc-id": lambda row: (row.vpc_id,),
}
LISTING = listing.Listing(
    action="DescribeSecurityGroups",
    kind=ids.SECURITY_GROUP,
    ids="GroupIds",
    fields=FIELDS,
    id_filter="group-id",
)


@action
def describe_security_groups(region: Region, params: Params) -> Reply:
    """DescribeSecurityGroups, in pages, by identifier, name or filter."""
    found, token = listing.rows(region, region.groups, LISTING, params)
    names = list(params.get("GroupNames") or ())
    if names:
        known = {row.name for row in found}
        for name in names:
            if name not in known:
                raise Ec2Error(
                    "InvalidGroup.NotFound",
                    f"The security group '{name}' does not exist",
                )
        found = [row for row in found if row.name in names]
    reply: Reply = {"SecurityGroups": [view(region, row) for row in found]}
    return {**reply, "NextToken": token} if token else reply


def make(
    region: Region,
    *,
    vpc_id: str,
    name: str,
    description: str,
    group_id: str | None = None,
    named: Mapping[str, str] | None = None,
) -> SecurityGroup:
    """Add a group that lets everything out, and in only what is allowed later."""
    row = SecurityGroup(
        id=group_id or ids.SECURITY_GROUP.make(region.around.chance),
        vpc_id=vpc_id,
        name=name,
        description=description,
        egress=(EVERYWHERE,),
        tags=named or {},
    )
    region.groups.put(row, at=region.now)
    return row


@action
def create_security_group(region: Region, params: Params) -> Reply:
    """CreateSecurityGroup: a name is used once in a VPC."""
    vpc_id = params.get("VpcId")
    if vpc_id is None:
        defaults = [vpc.id for vpc in region.vpcs if vpc.is_default]
        if not defaults:
            raise Ec2Error("VPCIdNotSpecified", "No default VPC for this user")
        vpc_id = defaults[0]
    vpc = lookup.named(region.vpcs, ids.VPC, vpc_id)
    for other in region.groups:
        if other.vpc_id == vpc.id and other.name == params["GroupName"]:
            raise Ec2Error(
                "InvalidGroup.Duplicate",
                f"The security group '{other.name}' already exists for VPC '{vpc.id}'",
            )
    row = make(
        region,
        vpc_id=vpc.id,
        name=params["GroupName"],
        description=params["Description"],
        named=tags.specified(params, "security-group"),
    )
    return {"GroupId": row.id, "Tags": listing.tag_set(row.tags)}


@action
def delete_security_group(region: Region, params: Params) -> Reply:
    """DeleteSecurityGroup: only one that no interface uses."""
    row = _named(region, params)
    if row.name == "default":
        raise Ec2Error(
            "CannotDelete",
            f'the specified group: "{row.id}" name: "default" cannot be '
            "deleted by a user",
        )
    if region.interfaces.find("group-id", row.id):
        raise Ec2Error(
            "DependencyViolation", f"resource {row.id} has a dependent object"
        )
    region.groups.drop(row.id, at=region.now)
    return {"Return": True, "GroupId": row.id}


@action
def authorize_security_group_ingress(region: Region, params: Params) -> Reply:
    """AuthorizeSecurityGroupIngress."""
    row = _named(region, params)
    new = _permissions(params)
    _check_new(row.ingress, new)
    region.groups.put(replace(row, ingress=(*row.ingress, *new)), at=region.now)
    return {"Return": True, "SecurityGroupRules": []}


@action
def authorize_security_group_egress(region: Region, params: Params) -> Reply:
    """AuthorizeSecurityGroupEgress."""
    row = _named(region, params)
    new = _permissions(params)
    _check_new(row.egress, new)
    region.groups.put(replace(row, egress=(*row.egress, *new)), at=region.now)
    return {"Return": True, "SecurityGroupRules": []}


@action
def revoke_security_group_ingress(region: Region, params: Params) -> Reply:
    """RevokeSecurityGroupIngress: whole permissions, as they were given."""
    row = _named(region, params)
    left = _without(row.ingress, _permissions(params))
    region.groups.put(replace(row, ingress=left), at=region.now)
    return {"Return": True}


@action
def revoke_security_group_egress(region: Region, params: Params) -> Reply:
    """RevokeSecurityGroupEgress: whole permissions, as they were given."""
    row = _named(region, params)
    left = _without(row.egress, _permissions(params))
    region.groups.put(replace(row, egress=left), at=region.now)
    return {"Return": True}


def _named(region: Region, params: Params) -> SecurityGroup:
    if params.get("GroupId"):
        return lookup.named(region.groups, ids.SECURITY_GROUP, params["GroupId"])
    for row in region.groups:
        if row.name == params.get("GroupName"):
            return row
    raise Ec2Error("MissingParameter", "The request must contain the parameter groupId")


def _permissions(params: Params) -> tuple[Mapping[str, Any], ...]:
    given = list(params.get("IpPermissions") or ())
    if not given and params.get("IpProtocol"):
        given = [
            {
                "IpProtocol": params["IpProtocol"],
                "FromPort": params.get("FromPort"),
                "ToPort": params.get("ToPort"),
                "IpRanges": [{"CidrIp": params.get("CidrIp")}],
            }
        ]
    if not given:
        raise Ec2Error(
            "MissingParameter", "The request must contain the parameter ipPermissions"
        )
    return tuple(given)


def _check_new(
    held: tuple[Mapping[str, Any], ...], new: tuple[Mapping[str, Any], ...]
) -> None:
    if any(permission in held for permission in new):
        raise Ec2Error(
            "InvalidPermission.Duplicate", "the specified rule already exists"
        )


def _without(
    held: tuple[Mapping[str, Any], ...], gone: tuple[Mapping[str, Any], ...]
) -> tuple[Mapping[str, Any], ...]:
    if not any(permission in held for permission in gone):
        raise Ec2Error(
            "InvalidPermission.NotFound", "The specified rule does not exist."
        )
    return tuple(permission for permission in held if permission not in gone)
