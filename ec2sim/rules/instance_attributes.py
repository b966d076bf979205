"""The attributes of an instance: described, changed and reset, one in each call."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import (
    catalogue,
    instance_options,
    instance_types,
    launches,
    lookup,
    unsimulated,
)
from ec2sim.rules.actions import Params, Reply, action, required
from ec2sim.state.instance import Instance
from ec2sim.state.interface import NetworkInterface
from ec2sim.state.region import Region

# The members that a change is given in, and what EC2 calls the attribute.
CHANGES = {
    "DisableApiStop": "disableApiStop",
    "DisableApiTermination": "disableApiTermination",
    "EbsOptimized": "ebsOptimized",
    "Groups": "groupSet",
    "InstanceInitiatedShutdownBehavior": "instanceInitiatedShutdownBehavior",
    "InstanceType": "instanceType",
    "SourceDestCheck": "sourceDestCheck",
    "UserData": "userData",
}
NOT_SIMULATED = (
    "BlockDeviceMappings",
    "EnaSupport",
    "EnclaveOptions",
    "Kernel",
    "Ramdisk",
    "SriovNetSupport",
)
# Only these may be changed by name, with Attribute and Value.
BY_NAME = (
    "disableApiTermination",
    "instanceInitiatedShutdownBehavior",
    "instanceType",
    "userData",
)
WHILE_STOPPED = ("ebsOptimized", "instanceType", "userData")
Change = Callable[[Region, Instance, Any], None]


@action
def describe_instance_attribute(region: Region, params: Params) -> Reply:
    """DescribeInstanceAttribute: one attribute of one instance."""
    row = lookup.instance(region, params["InstanceId"])
    name: str = required(params, "Attribute")
    if name in ("groupSet", "sourceDestCheck"):
        interface = _only_interface(region, row)
        told: dict[str, Any] = {"SourceDestCheck": _flag(interface.source_dest_check)}
        if name == "groupSet":
            told = {
                "Groups": [
                    {"GroupId": key, "GroupName": said}
                    for key, said in interface.groups
                ]
            }
        return {"InstanceId": row.id, **told}
    known = _told(row)
    if name not in known:
        raise _value(
            f"Value ({name}) for parameter attribute is invalid. Unknown attribute."
        )
    return {"InstanceId": row.id, **known[name]}


def _told(row: Instance) -> dict[str, dict[str, Any]]:
    behavior = {"Value": row.shutdown_behavior}
    return {
        "blockDeviceMapping": {"BlockDeviceMappings": []},
        "disableApiStop": {"DisableApiStop": _flag(row.may_not_be_stopped)},
        "disableApiTermination": {
            "DisableApiTermination": _flag(row.may_not_be_terminated)
        },
        "ebsOptimized": {"EbsOptimized": _flag(row.ebs_optimized)},
        "enaSupport": {"EnaSupport": {"Value": True}},
        "enclaveOptions": {"EnclaveOptions": {"Enabled": False}},
        "instanceInitiatedShutdownBehavior": {
            "InstanceInitiatedShutdownBehavior": behavior
        },
        "instanceType": {"InstanceType": {"Value": row.type}},
        "kernel": {"KernelId": {}},
        "productCodes": {"ProductCodes": []},
        "ramdisk": {"RamdiskId": {}},
        "rootDeviceName": {"RootDeviceName": {"Value": "/dev/xvda"}},
        "sriovNetSupport": {"SriovNetSupport": {}},
        "userData": {"UserData": {"Value": row.user_data} if row.user_data else {}},
    }


@action
def modify_instance_attribute(region: Region, params: Params) -> Reply:
    """ModifyInstanceAttribute: one attribute in each call."""
    row = lookup.instance(region, params["InstanceId"])
    unsimulated.refuse(params, NOT_SIMULATED)
    given = {
        name: params[member]
        for member, name in CHANGES.items()
        if params.get(member) is not None
    }
    by_name = params.get("Attribute")
    if by_name:
        if by_name not in BY_NAME:
            raise _value(f"Value ({by_name}) for parameter attribute is invalid.")
        given[by_name] = {"Value": params.get("Value")}
    if not given:
        raise Ec2Error("InvalidParameterCombination", "No attributes specified.")
    if len(given) > 1:
        raise Ec2Error(
            "InvalidParameterCombination",
            "Fields for multiple attribute types specified: " + ", ".join(given),
        )
    (name, asked) = next(iter(given.items()))
    if row.state in ("shutting-down", "terminated"):
        raise Ec2Error(
            "IncorrectInstanceState",
            f"The instance '{row.id}' is not in a state from which it can be modified.",
        )
    if name in WHILE_STOPPED and row.state != "stopped":
        raise Ec2Error(
            "IncorrectInstanceState",
            f"The instance '{row.id}' is not in the 'stopped' state.",
        )
    RULES[name](region, row, asked)
    return {}


@action
def reset_instance_attribute(region: Region, params: Params) -> Reply:
    """ResetInstanceAttribute: the source/destination check is on again."""
    row = lookup.instance(region, params["InstanceId"])
    name = params["Attribute"]
    if name in ("kernel", "ramdisk"):
        raise Ec2Error(
            "UnsupportedOperation", f"The attribute {name} is not simulated."
        )
    if name != "sourceDestCheck":
        raise _value(f"Value ({name}) for parameter attribute is invalid.")
    _set_check(region, row, {"Value": True})
    return {}


def _set_check(region: Region, row: Instance, asked: Any) -> None:
    interface = _only_interface(region, row)
    changed = replace(interface, source_dest_check=_given_flag(asked))
    region.interfaces.put(changed, at=region.now)


def _set_groups(region: Region, row: Instance, asked: Any) -> None:
    interface = _only_interface(region, row)
    groups = lookup.groups(region, list(asked), vpc_id=interface.vpc_id)
    region.interfaces.put(replace(interface, groups=groups), at=region.now)


def _set_type(region: Region, row: Instance, asked: Any) -> None:
    name = asked.get("Value") or ""
    if name not in instance_types.KNOWN and name not in catalogue.kinds():
        raise Ec2Error(
            "InvalidInstanceAttributeValue",
            f"Invalid value '{name}' for InstanceType.",
        )
    instance_types.check(name, zone=row.zone)
    held = lookup.held_by(region, row.id)
    most, addresses = instance_types.limits(name)
    if len(held) > most or any(len(each.addresses) > addresses for each in held):
        raise Ec2Error(
            "InvalidInstanceAttributeValue",
            f"The instance type '{name}' allows {most} network interfaces with "
            f"{addresses} addresses each; instance '{row.id}' has more.",
        )
    region.instances.put(replace(row, type=name, credits=None), at=region.now)


def _set_user_data(region: Region, row: Instance, asked: Any) -> None:
    given = asked.get("Value") or None
    launches.check_user_data(given)
    region.instances.put(replace(row, user_data=given), at=region.now)


def _set_behavior(region: Region, row: Instance, asked: Any) -> None:
    behavior = instance_options.behavior(asked.get("Value") or "")
    region.instances.put(replace(row, shutdown_behavior=behavior), at=region.now)


def _setter(name: str) -> Change:
    """The rule of an attribute that is just a flag of the instance."""

    def change(region: Region, row: Instance, asked: Any) -> None:
        changes: dict[str, Any] = {name: _given_flag(asked)}
        region.instances.put(replace(row, **changes), at=region.now)

    return change


RULES: dict[str, Change] = {
    "disableApiStop": _setter("may_not_be_stopped"),
    "disableApiTermination": _setter("may_not_be_terminated"),
    "ebsOptimized": _setter("ebs_optimized"),
    "groupSet": _set_groups,
    "instanceInitiatedShutdownBehavior": _set_behavior,
    "instanceType": _set_type,
    "sourceDestCheck": _set_check,
    "userData": _set_user_data,
}


def _only_interface(region: Region, row: Instance) -> NetworkInterface:
    """The interface that an attribute of the instance belongs to."""
    held = lookup.held_by(region, row.id)
    if len(held) != 1:
        raise Ec2Error(
            "InvalidInstanceID",
            f"There are multiple interfaces attached to instance '{row.id}'. Please "
            "specify an interface ID for the operation instead."
            if held
            else f"There is no interface attached to instance '{row.id}'.",
        )
    return held[0]


def _flag(value: bool) -> dict[str, bool]:  # noqa: FBT001 - it is the whole of it
    return {"Value": value}


def _given_flag(asked: Any) -> bool:
    value = asked.get("Value")
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise _value(f"Value ({value}) for a flag is invalid: true or false.")
    return value


def _value(said: str) -> Ec2Error:
    return Ec2Error("InvalidParameterValue", said)
