"""Security groups: create, describe, delete."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import filters, group_rules, listing, lookup, tags
from ec2sim.rules.actions import Params, Reply, action, required
from ec2sim.state import ids
from ec2sim.state.group_rule import GroupRule
from ec2sim.state.network import SecurityGroup, Vpc
from ec2sim.state.region import Region

LONGEST = 255
MOST_STALE = 255
NUMBERS: dict[str, Callable[[GroupRule], Any]] = {
    "cidr": lambda rule: rule.cidr,
    "from-port": lambda rule: rule.from_port,
    "group-id": lambda rule: rule.peer_id,
    "ipv6-cidr": lambda rule: rule.cidr6,
    "prefix-list-id": lambda rule: rule.prefix_list,
    "protocol": lambda rule: rule.protocol,
    "to-port": lambda rule: rule.to_port,
}


def view(region: Region, row: SecurityGroup) -> dict[str, Any]:
    """A group in EC2's shape."""
    held = group_rules.of_group(region, row.id)
    return {
        "GroupId": row.id,
        "GroupName": row.name,
        "Description": row.description,
        "VpcId": row.vpc_id,
        "OwnerId": region.account_id,
        "SecurityGroupArn": _arn(region, row),
        "IpPermissions": group_rules.permissions(
            region, [rule for rule in held if not rule.is_egress]
        ),
        "IpPermissionsEgress": group_rules.permissions(
            region, [rule for rule in held if rule.is_egress]
        ),
        "Tags": listing.tag_set(row.tags),
    }


def _arn(region: Region, row: SecurityGroup) -> str:
    return f"arn:aws:ec2:{region.name}:{region.account_id}:security-group/{row.id}"


def _fields(region: Region) -> filters.Fields[SecurityGroup]:
    def through(
        read: Callable[[GroupRule], Any], *, is_egress: bool
    ) -> filters.Values[SecurityGroup]:
        def values(row: SecurityGroup) -> Iterable[str | None]:
            rules = group_rules.of_group(region, row.id, is_egress=is_egress)
            found = [read(rule) for rule in rules]
            return [None if value is None else str(value) for value in found]

        return values

    def peer_name(rule: GroupRule) -> str | None:
        peer = region.groups.get(rule.peer_id or "")
        return None if peer is None else peer.name

    readers = {
        **NUMBERS,
        "group-name": peer_name,
        "user-id": lambda rule: region.account_id if rule.peer_id else None,
    }
    fields: dict[str, filters.Values[SecurityGroup]] = {
        "description": lambda row: (row.description,),
        "group-id": lambda row: (row.id,),
        "group-name": lambda row: (row.name,),
        "owner-id": lambda _row: (region.account_id,),
        "vpc-id": lambda row: (row.vpc_id,),
    }
    for name, read in readers.items():
        fields[f"ip-permission.{name}"] = through(read, is_egress=False)
        fields[f"egress.ip-permission.{name}"] = through(read, is_egress=True)
    return fields


@action
def describe_security_groups(region: Region, params: Params) -> Reply:
    """DescribeSecurityGroups, in pages, by identifier, name or filter."""
    asked = listing.Listing(
        action="DescribeSecurityGroups",
        kind=ids.SECURITY_GROUP,
        ids="GroupIds",
        fields=_fields(region),
        id_filter="group-id",
    )
    names: list[str] = list(params.get("GroupNames") or ())
    if names:
        chosen = [_in_default_vpc(region, name).id for name in names]
        named_ids = [*(params.get("GroupIds") or ()), *chosen]
        params = {**params, "GroupIds": named_ids}
    found, token = listing.rows(region, region.groups, asked, params)
    return listing.page(
        "SecurityGroups", [view(region, row) for row in found], token=token
    )


@action
def get_security_groups_for_vpc(region: Region, params: Params) -> Reply:
    """GetSecurityGroupsForVpc: the groups that interfaces of a VPC may have."""
    vpc = lookup.named(region.vpcs, ids.VPC, params["VpcId"])
    known = {"group-id", "description", "group-name", "owner-id", "primary-vpc-id"}
    fields = {name: read for name, read in _fields(region).items() if name in known} | {
        "primary-vpc-id": lambda row: (row.vpc_id,)
    }
    wanted = filters.parse(params.get("Filters") or (), fields)
    fits = filters.matcher(wanted, fields)
    found, token = listing.cut(
        region,
        [row for row in region.groups if row.vpc_id == vpc.id and fits(row)],
        params,
        action="GetSecurityGroupsForVpc",
        key=lambda row: row.id,
    )
    shown = [
        {
            "Description": row.description,
            "GroupName": row.name,
            "OwnerId": region.account_id,
            "GroupId": row.id,
            "Tags": listing.tag_set(row.tags),
            "PrimaryVpcId": row.vpc_id,
        }
        for row in found
    ]
    return listing.page("SecurityGroupForVpcs", shown, token=token)


@action
def describe_security_group_references(region: Region, params: Params) -> Reply:
    """DescribeSecurityGroupReferences: by peered VPCs, of which there are none."""
    for value in params["GroupId"]:
        lookup.named(region.groups, ids.SECURITY_GROUP, value)
    return {"SecurityGroupReferenceSet": []}


@action
def describe_stale_security_groups(region: Region, params: Params) -> Reply:
    """DescribeStaleSecurityGroups: rules to deleted peers, of which there are none."""
    lookup.named(region.vpcs, ids.VPC, params["VpcId"])
    none: list[str] = []
    page, _ = listing.cut(
        region,
        none,
        params,
        action="DescribeStaleSecurityGroups",
        key=str,
        most=MOST_STALE,
    )
    return {"StaleSecurityGroupSet": page}


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
        tags=named or {},
    )
    region.groups.put(row, at=region.now)
    group_rules.allow_all_out(region, row.id)
    return row


def remove(region: Region, row: SecurityGroup) -> None:
    """Take a group away, with its rules."""
    for rule in group_rules.of_group(region, row.id):
        region.group_rules.drop(rule.id, at=region.now)
    region.groups.drop(row.id, at=region.now)


@action
def create_security_group(region: Region, params: Params) -> Reply:
    """CreateSecurityGroup: a name is used once in a VPC."""
    name, description = params["GroupName"], params["Description"]
    _check_words("GroupName", name)
    _check_words("GroupDescription", description)
    if name.lower().startswith("sg-"):
        raise _value(
            f"Value ({name}) for parameter GroupName is invalid. Group names may not "
            "be in the format sg-*."
        )
    if name == "default":
        raise _value("Cannot use reserved security group name: default")
    if params.get("VpcId"):
        vpc = lookup.named(region.vpcs, ids.VPC, params["VpcId"])
    else:
        vpc = _default_vpc(region)
    if any(row.vpc_id == vpc.id and row.name == name for row in region.groups):
        raise Ec2Error(
            "InvalidGroup.Duplicate",
            f"The security group '{name}' already exists for VPC '{vpc.id}'",
        )
    row = make(
        region,
        vpc_id=vpc.id,
        name=name,
        description=description,
        named=tags.specified(params, "security-group"),
    )
    return {
        "GroupId": row.id,
        "Tags": listing.tag_set(row.tags),
        "SecurityGroupArn": _arn(region, row),
    }


@action
def delete_security_group(region: Region, params: Params) -> Reply:
    """DeleteSecurityGroup: only one that no interface and no other group uses."""
    row = named(region, params)
    if row.name == "default":
        raise Ec2Error(
            "CannotDelete",
            f'the specified group: "{row.id}" name: "default" cannot be '
            "deleted by a user",
        )
    peers = region.group_rules.find("peer-id", row.id)
    is_peer = any(rule.group_id != row.id for rule in peers)
    if region.interfaces.count("group-id", row.id) or is_peer:
        raise Ec2Error(
            "DependencyViolation", f"resource {row.id} has a dependent object"
        )
    remove(region, row)
    return {"Return": True, "GroupId": row.id}


def named(region: Region, params: Params) -> SecurityGroup:
    """The group of a call: by identifier, or by name in the default VPC."""
    if params.get("GroupId"):
        return lookup.named(region.groups, ids.SECURITY_GROUP, params["GroupId"])
    if params.get("GroupName"):
        return _in_default_vpc(region, params["GroupName"])
    return lookup.named(region.groups, ids.SECURITY_GROUP, required(params, "GroupId"))


def _in_default_vpc(region: Region, name: str) -> SecurityGroup:
    vpc = _default_vpc(region)
    for row in region.groups:
        if row.vpc_id == vpc.id and row.name == name:
            return row
    raise Ec2Error(
        "InvalidGroup.NotFound",
        f"The security group '{name}' does not exist in default VPC '{vpc.id}'",
    )


def _default_vpc(region: Region) -> Vpc:
    for vpc in region.vpcs:
        if vpc.is_default:
            return vpc
    raise Ec2Error("VPCIdNotSpecified", "No default VPC for this user")


def _check_words(parameter: str, said: str) -> None:
    if not 0 < len(said) <= LONGEST:
        raise _value(
            f"Value ({said}) for parameter {parameter} is invalid. 1 to {LONGEST} "
            "characters are expected."
        )
    if not said.isascii() or not said.isprintable():
        raise _value(
            f"Value ({said}) for parameter {parameter} is invalid. Character sets "
            "beyond ASCII are not supported."
        )


def _value(said: str) -> Ec2Error:
    return Ec2Error("InvalidParameterValue", said)
