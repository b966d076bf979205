"""The attributes of an interface: modify, describe, reset, one in each call."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import interface_groups, interface_views, lookup, unsimulated
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.interface import NetworkInterface
from ec2sim.state.region import Region

# The parameter of a change, and what EC2 calls the attribute.
CHANGES = {
    "Attachment": "attachment",
    "Description": "description",
    "Groups": "groupSet",
    "SourceDestCheck": "sourceDestCheck",
}
NOT_SIMULATED = (
    "EnaSrdSpecification",
    "EnablePrimaryIpv6",
    "ConnectionTrackingSpecification",
    "AssociatePublicIpAddress",
    "AssociatedSubnetIds",
)


@action
def modify_network_interface_attribute(region: Region, params: Params) -> Reply:
    """ModifyNetworkInterfaceAttribute: one attribute in each call."""
    row = lookup.interface(region, params["NetworkInterfaceId"])
    unsimulated.refuse(params, NOT_SIMULATED)
    given = [name for name in CHANGES if params.get(name) is not None]
    if not given:
        raise _none_given()
    if len(given) > 1:
        named = ", ".join(CHANGES[name] for name in given)
        raise Ec2Error(
            "InvalidParameterCombination",
            f"Fields for multiple attribute types specified: {named}",
        )
    check_may_change(row)
    region.interfaces.put(_modified(region, row, params, given[0]), at=region.now)
    return {}


@action
def reset_network_interface_attribute(region: Region, params: Params) -> Reply:
    """ResetNetworkInterfaceAttribute: the source/destination check is on again."""
    row = lookup.interface(region, params["NetworkInterfaceId"])
    if params.get("SourceDestCheck") is None:
        raise _none_given()
    check_may_change(row)
    region.interfaces.put(replace(row, source_dest_check=True), at=region.now)
    return {}


@action
def describe_network_interface_attribute(region: Region, params: Params) -> Reply:
    """DescribeNetworkInterfaceAttribute: one attribute of one interface."""
    row = lookup.interface(region, params["NetworkInterfaceId"])
    name = params.get("Attribute")
    if not name:
        raise _none_given()
    shown = interface_views.view(region, row)
    lent = any(
        private.association is not None and private.association.allocation_id is None
        for private in row.addresses
    )
    told: dict[str, Reply] = {
        "description": {"Description": {"Value": row.description}},
        "groupSet": {"Groups": shown["Groups"]},
        "sourceDestCheck": {"SourceDestCheck": {"Value": row.source_dest_check}},
        "attachment": {"Attachment": shown.get("Attachment")},
        "associatePublicIpAddress": {"AssociatePublicIpAddress": lent},
    }
    if name not in told:
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ({name}) for parameter attribute is invalid. Unknown attribute.",
        )
    return {"NetworkInterfaceId": row.id, **told[name]}


def check_may_change(row: NetworkInterface) -> None:
    """Refuse to change what belongs to a service of AWS."""
    if row.is_managed:
        raise Ec2Error(
            "AuthFailure",
            "You do not have permission to access the specified resource.",
        )


def _modified(
    region: Region, row: NetworkInterface, params: Params, name: str
) -> NetworkInterface:
    if name == "Groups":
        groups = interface_groups.for_change(region, row, list(params["Groups"]))
        return replace(row, groups=groups)
    if name == "Description":
        return replace(row, description=params["Description"].get("Value") or "")
    if name == "SourceDestCheck":
        check = params["SourceDestCheck"].get("Value")
        if check is None:
            raise _no_value("SourceDestCheck.Value")
        return replace(row, source_dest_check=check)
    return _with_attachment(row, params["Attachment"])


def _with_attachment(
    row: NetworkInterface, wanted: Mapping[str, Any]
) -> NetworkInterface:
    unsimulated.refuse(wanted, ("EnaQueueCount", "DefaultEnaQueueCount"))
    bond_id = wanted.get("AttachmentId")
    if not bond_id:
        raise _no_value("Attachment.AttachmentId")
    ids.ATTACHMENT.check(bond_id)
    if row.attachment is None or row.attachment.id != bond_id:
        raise ids.ATTACHMENT.missing(bond_id)
    flag = wanted.get("DeleteOnTermination")
    if flag is None:
        raise _no_value("Attachment.DeleteOnTermination")
    bond = replace(row.attachment, delete_on_termination=flag)
    return replace(row, attachment=bond)


def _none_given() -> Ec2Error:
    return Ec2Error("InvalidParameterCombination", "No attributes specified.")


def _no_value(name: str) -> Ec2Error:
    return Ec2Error(
        "MissingParameter", f"The request must contain the parameter {name}"
    )
