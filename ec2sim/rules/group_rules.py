"""The rules of security groups: what a permission means, and how it is shown."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import listing, lookup
from ec2sim.state import ids
from ec2sim.state.group_rule import GroupRule
from ec2sim.state.network import SecurityGroup
from ec2sim.state.region import Region

NUMBERS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
PORTED = ("tcp", "udp")
PEERED = ("icmp", "icmpv6")
EVERYTHING = "-1"
Permission = Mapping[str, Any]


def of_group(
    region: Region, group_id: str, *, is_egress: bool | None = None
) -> list[GroupRule]:
    """The rules of a group, in or out or both, by birth."""
    return [
        rule
        for rule in region.group_rules.find("group-id", group_id)
        if is_egress is None or rule.is_egress == is_egress
    ]


def allow_all_out(region: Region, group_id: str) -> None:
    """The one rule that a new group has."""
    rule = GroupRule(
        id=ids.RULE.make(region.around.chance),
        group_id=group_id,
        is_egress=True,
        protocol=EVERYTHING,
        cidr="0.0.0.0/0",
    )
    region.group_rules.put(rule, at=region.now)


def read(
    region: Region,
    group: SecurityGroup,
    permissions: Iterable[Permission],
    *,
    is_egress: bool,
) -> list[GroupRule]:
    """What permissions mean, a rule for each source. Raises Ec2Error."""
    found = []
    for permission in permissions:
        protocol, first, last = _ports(permission)
        for source in _sources(region, group, permission):
            rule = GroupRule(
                id=ids.RULE.make(region.around.chance),
                group_id=group.id,
                is_egress=is_egress,
                protocol=protocol,
                from_port=first,
                to_port=last,
                **source,
            )
            found.append(rule)
    return found


def permissions(region: Region, rules: Iterable[GroupRule]) -> list[dict[str, Any]]:
    """Rules as IpPermissions: those of one protocol and range of ports together."""
    shown: dict[tuple[object, ...], dict[str, Any]] = {}
    for rule in rules:
        key = (rule.protocol, rule.from_port, rule.to_port)
        if key not in shown:
            shown[key] = {
                "IpProtocol": rule.protocol,
                "FromPort": rule.from_port,
                "ToPort": rule.to_port,
                "UserIdGroupPairs": [],
                "IpRanges": [],
                "Ipv6Ranges": [],
                "PrefixListIds": [],
            }
        _add_source(region, shown[key], rule)
    return list(shown.values())


def view(region: Region, rule: GroupRule) -> dict[str, Any]:
    """A rule as DescribeSecurityGroupRules shows it."""
    everything = rule.protocol == EVERYTHING
    shown = {
        "SecurityGroupRuleId": rule.id,
        "GroupId": rule.group_id,
        "GroupOwnerId": region.account_id,
        "IsEgress": rule.is_egress,
        "IpProtocol": rule.protocol,
        "FromPort": -1 if everything else rule.from_port,
        "ToPort": -1 if everything else rule.to_port,
        "CidrIpv4": rule.cidr,
        "CidrIpv6": rule.cidr6,
        "PrefixListId": rule.prefix_list,
        "Description": rule.description,
        "Tags": listing.tag_set(rule.tags),
        "SecurityGroupRuleArn": (
            f"arn:aws:ec2:{region.name}:{region.account_id}:security-group-rule/"
            f"{rule.id}"
        ),
    }
    if rule.peer_id is not None:
        shown["ReferencedGroupInfo"] = {
            "GroupId": rule.peer_id,
            "UserId": region.account_id,
        }
    return shown


def same(held: Iterable[GroupRule], wanted: GroupRule) -> GroupRule | None:
    """The rule among those held that means the same, whatever its description."""
    for rule in held:
        if rule.means() == wanted.means():
            return rule
    return None


def one_of(region: Region, group: SecurityGroup, given: Mapping[str, Any]) -> GroupRule:
    """One rule in the shape of SecurityGroupRuleRequest; its direction is `in`."""
    permission = {
        "IpProtocol": given.get("IpProtocol"),
        "FromPort": given.get("FromPort"),
        "ToPort": given.get("ToPort"),
    }
    told = {"Description": given.get("Description")}
    for name, member, inner in (
        ("CidrIpv4", "IpRanges", "CidrIp"),
        ("CidrIpv6", "Ipv6Ranges", "CidrIpv6"),
        ("PrefixListId", "PrefixListIds", "PrefixListId"),
        ("ReferencedGroupId", "UserIdGroupPairs", "GroupId"),
    ):
        if given.get(name):
            permission[member] = [{inner: given[name], **told}]
    found = read(region, group, [permission], is_egress=False)
    if len(found) != 1:
        raise _value("Exactly one source is expected in a security group rule.")
    return replace(found[0], description=given.get("Description"))


def _add_source(region: Region, shown: dict[str, Any], rule: GroupRule) -> None:
    told = {} if rule.description is None else {"Description": rule.description}
    if rule.cidr is not None:
        shown["IpRanges"].append({"CidrIp": rule.cidr, **told})
    elif rule.cidr6 is not None:
        shown["Ipv6Ranges"].append({"CidrIpv6": rule.cidr6, **told})
    elif rule.prefix_list is not None:
        shown["PrefixListIds"].append({"PrefixListId": rule.prefix_list, **told})
    else:
        pair = {"GroupId": rule.peer_id, "UserId": region.account_id, **told}
        shown["UserIdGroupPairs"].append(pair)


def _ports(permission: Permission) -> tuple[str, int | None, int | None]:
    asked = str(permission.get("IpProtocol") or "").lower()
    if not asked:
        raise Ec2Error(
            "MissingParameter", "The request must contain the parameter ipProtocol"
        )
    protocol = NUMBERS.get(asked, asked)
    is_number = protocol.isdecimal() and int(protocol) <= 255
    if protocol not in (EVERYTHING, *PORTED, *PEERED) and not is_number:
        raise _value(f"Invalid value '{asked}' for IP protocol. Unknown protocol.")
    if protocol not in (*PORTED, *PEERED):
        return protocol, None, None
    first, last = permission.get("FromPort"), permission.get("ToPort")
    if first is None or last is None:
        said = "TCP/UDP" if protocol in PORTED else "ICMP"
        raise _value(
            "Invalid value 'Must specify both from and to ports with "
            f"{said}.' for portRange."
        )
    _check_range(protocol, first, last)
    return protocol, first, last


def _check_range(protocol: str, first: int, last: int) -> None:
    if protocol in PEERED:
        if not (-1 <= first <= 255 and -1 <= last <= 255):
            raise _value(f"ICMP code ({first}) out of range")
    elif not 0 <= first <= last <= 65535:
        raise _value(f"Invalid TCP/UDP port range ({first}:{last})")


def _sources(
    region: Region, group: SecurityGroup, permission: Permission
) -> Iterator[dict[str, Any]]:
    for member, name, field, version in (
        ("IpRanges", "CidrIp", "cidr", 4),
        ("Ipv6Ranges", "CidrIpv6", "cidr6", 6),
    ):
        for entry in permission.get(member) or ():
            block = _block(entry.get(name) or "", version)
            yield {field: block, "description": entry.get("Description")}
    for entry in permission.get("PrefixListIds") or ():
        yield {
            "prefix_list": entry.get("PrefixListId"),
            "description": entry.get("Description"),
        }
    for entry in permission.get("UserIdGroupPairs") or ():
        peer = _peer(region, group, entry)
        yield {"peer_id": peer.id, "description": entry.get("Description")}


def _block(written: str, version: int) -> str:
    try:
        block = ip_network(written, strict=False)
    except ValueError as error:
        raise _value(f"CIDR block {written} is malformed") from error
    if block.version != version:
        raise _value(f"CIDR block {written} is malformed")
    return str(block)


def _peer(
    region: Region, group: SecurityGroup, entry: Mapping[str, Any]
) -> SecurityGroup:
    if entry.get("GroupId"):
        return lookup.named(region.groups, ids.SECURITY_GROUP, entry["GroupId"])
    for other in region.groups:
        if other.vpc_id == group.vpc_id and other.name == entry.get("GroupName"):
            return other
    raise ids.SECURITY_GROUP.missing(str(entry.get("GroupName") or ""))


def _value(said: str) -> Ec2Error:
    return Ec2Error("InvalidParameterValue", said)
