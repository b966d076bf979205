"""Authorize, revoke, change and list the rules of security groups."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import filters, group_rules, listing, lookup, security_groups, tags
from ec2sim.rules.actions import Params, Reply, action, required
from ec2sim.state import ids
from ec2sim.state.group_rule import GroupRule
from ec2sim.state.network import SecurityGroup
from ec2sim.state.region import Region

FIELDS: filters.Fields[GroupRule] = {
    "group-id": lambda row: (row.group_id,),
    "security-group-rule-id": lambda row: (row.id,),
}
LISTING = listing.Listing(
    action="DescribeSecurityGroupRules",
    kind=ids.RULE,
    ids="SecurityGroupRuleIds",
    fields=FIELDS,
    id_filter="security-group-rule-id",
)


@action
def describe_security_group_rules(region: Region, params: Params) -> Reply:
    """DescribeSecurityGroupRules, in pages."""
    found, token = listing.rows(region, region.group_rules, LISTING, params)
    return listing.page(
        "SecurityGroupRules",
        [group_rules.view(region, row) for row in found],
        token=token,
    )


@action
def authorize_security_group_ingress(region: Region, params: Params) -> Reply:
    """AuthorizeSecurityGroupIngress: all of the rules or none."""
    return _authorize(region, params, is_egress=False)


@action
def authorize_security_group_egress(region: Region, params: Params) -> Reply:
    """AuthorizeSecurityGroupEgress: all of the rules or none."""
    return _authorize(region, params, is_egress=True)


@action
def revoke_security_group_ingress(region: Region, params: Params) -> Reply:
    """RevokeSecurityGroupIngress: by identifier, or by what the rules say."""
    return _revoke(region, params, is_egress=False)


@action
def revoke_security_group_egress(region: Region, params: Params) -> Reply:
    """RevokeSecurityGroupEgress: by identifier, or by what the rules say."""
    return _revoke(region, params, is_egress=True)


@action
def modify_security_group_rules(region: Region, params: Params) -> Reply:
    """ModifySecurityGroupRules: each rule becomes what it is told, in its direction."""
    group = security_groups.named(region, params)
    changed = []
    for entry in params["SecurityGroupRules"]:
        row = _rule(region, group, entry["SecurityGroupRuleId"])
        wanted = group_rules.one_of(region, group, entry.get("SecurityGroupRule") or {})
        changed.append(
            replace(wanted, id=row.id, is_egress=row.is_egress, tags=row.tags)
        )
    for row in changed:
        region.group_rules.put(row, at=region.now)
    return {"Return": True}


@action
def update_security_group_rule_descriptions_ingress(
    region: Region, params: Params
) -> Reply:
    """UpdateSecurityGroupRuleDescriptionsIngress."""
    return _describe_anew(region, params, is_egress=False)


@action
def update_security_group_rule_descriptions_egress(
    region: Region, params: Params
) -> Reply:
    """UpdateSecurityGroupRuleDescriptionsEgress."""
    return _describe_anew(region, params, is_egress=True)


def _authorize(region: Region, params: Params, *, is_egress: bool) -> Reply:
    group = security_groups.named(region, params)
    named = tags.specified(params, "security-group-rule")
    asked = group_rules.read(region, group, _permissions(params), is_egress=is_egress)
    if not asked:
        raise Ec2Error("MissingParameter", "Either a source or a group is expected.")
    held = group_rules.of_group(region, group.id, is_egress=is_egress)
    new: list[GroupRule] = []
    for rule in asked:
        if group_rules.same([*held, *new], rule) is not None:
            raise Ec2Error(
                "InvalidPermission.Duplicate",
                f'the specified rule "{_said(rule)}" already exists',
            )
        new.append(replace(rule, tags=named))
    for rule in new:
        region.group_rules.put(rule, at=region.now)
    shown = [group_rules.view(region, rule) for rule in new]
    return {"Return": True, "SecurityGroupRules": shown}


def _revoke(region: Region, params: Params, *, is_egress: bool) -> Reply:
    """Where the VPC is the default one, what is not there is told, not refused."""
    group = security_groups.named(region, params)
    named: list[str] = list(params.get("SecurityGroupRuleIds") or ())
    gone = [_rule(region, group, rule_id) for rule_id in named]
    unknown: list[GroupRule] = []
    if not named:
        held = group_rules.of_group(region, group.id, is_egress=is_egress)
        for rule in group_rules.read(
            region, group, _permissions(params), is_egress=is_egress
        ):
            found = group_rules.same(held, rule)
            (unknown if found is None else gone).append(found or rule)
    vpc = region.vpcs.get(group.vpc_id)
    if unknown and not (vpc is not None and vpc.is_default):
        raise _unknown()
    for rule in gone:
        region.group_rules.drop(rule.id, at=region.now)
    return {
        "Return": True,
        "UnknownIpPermissions": group_rules.permissions(region, unknown),
        "RevokedSecurityGroupRules": [_revoked(rule) for rule in gone],
    }


def _describe_anew(region: Region, params: Params, *, is_egress: bool) -> Reply:
    group = security_groups.named(region, params)
    changed: list[GroupRule] = []
    for entry in params.get("SecurityGroupRuleDescriptions") or ():
        row = _rule(region, group, entry.get("SecurityGroupRuleId") or "")
        changed.append(replace(row, description=entry.get("Description")))
    if not changed:
        held = group_rules.of_group(region, group.id, is_egress=is_egress)
        for rule in group_rules.read(
            region, group, _permissions(params), is_egress=is_egress
        ):
            found = group_rules.same(held, rule)
            if found is None:
                raise _unknown()
            changed.append(replace(found, description=rule.description))
    for row in changed:
        region.group_rules.put(row, at=region.now)
    return {"Return": True}


def _rule(region: Region, group: SecurityGroup, rule_id: str) -> GroupRule:
    row = lookup.named(region.group_rules, ids.RULE, rule_id)
    if row.group_id != group.id:
        raise ids.RULE.missing(rule_id)
    return row


def _permissions(params: Params) -> list[Mapping[str, Any]]:
    """The permissions, which one without lists may be given flat instead."""
    given = list(params.get("IpPermissions") or ())
    if given or not (params.get("IpProtocol") or params.get("SourceSecurityGroupName")):
        return given or list(required(params, "IpPermissions"))
    flat: dict[str, Any] = {
        "IpProtocol": params.get("IpProtocol") or group_rules.EVERYTHING,
        "FromPort": params.get("FromPort"),
        "ToPort": params.get("ToPort"),
    }
    if params.get("CidrIp"):
        flat["IpRanges"] = [{"CidrIp": params["CidrIp"]}]
    if params.get("SourceSecurityGroupName"):
        flat["UserIdGroupPairs"] = [{"GroupName": params["SourceSecurityGroupName"]}]
    return [flat]


def _revoked(rule: GroupRule) -> dict[str, Any]:
    return {
        "SecurityGroupRuleId": rule.id,
        "GroupId": rule.group_id,
        "IsEgress": rule.is_egress,
        "IpProtocol": rule.protocol,
        "FromPort": rule.from_port,
        "ToPort": rule.to_port,
        "CidrIpv4": rule.cidr,
        "CidrIpv6": rule.cidr6,
        "PrefixListId": rule.prefix_list,
        "ReferencedGroupId": rule.peer_id,
        "Description": rule.description,
    }


def _said(rule: GroupRule) -> str:
    peer = rule.cidr or rule.cidr6 or rule.prefix_list or rule.peer_id
    protocol = "ALL" if rule.protocol == group_rules.EVERYTHING else rule.protocol
    ports = ""
    if rule.from_port is not None:
        ports = f" from port: {rule.from_port}, to port: {rule.to_port},"
    return f"peer: {peer}, {protocol.upper()},{ports} ALLOW"


def _unknown() -> Ec2Error:
    return Ec2Error(
        "InvalidPermission.NotFound",
        "The specified rule does not exist in this security group.",
    )
