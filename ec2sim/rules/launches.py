"""RunInstances: new instances with their interfaces."""

from dataclasses import replace
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import (
    instance_types,
    instance_views,
    instances,
    interfaces,
    lookup,
    tags,
)
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.instance import Instance
from ec2sim.state.interface import Attachment, NetworkInterface
from ec2sim.state.network import Subnet
from ec2sim.state.region import Region

DEFAULT_TYPE = "t3.micro"


@action
def run_instances(region: Region, params: Params) -> Reply:
    """RunInstances, idempotent by its ClientToken; pending, then running."""
    token = params.get("ClientToken") or ""
    earlier = region.tokens.get(("launch", token))
    if token and earlier is not None:
        return instance_views.reservation(
            region, region.instances.find("reservation-id", earlier[0])
        )
    count: int = params["MaxCount"]
    if not 1 <= params["MinCount"] <= count:
        raise Ec2Error("InvalidParameterValue", "MinCount must be from 1 to MaxCount.")
    lookup.named(region.images, ids.IMAGE, params.get("ImageId") or "")
    type_name = params.get("InstanceType") or DEFAULT_TYPE
    limit, _ = instance_types.limits(type_name)
    specs = _specs(region, params)
    if len(specs) > limit:
        raise Ec2Error(
            "AttachmentLimitExceeded",
            f"Interface count {len(specs)} exceeds the limit for {type_name}",
        )
    reservation_id = ids.RESERVATION.make(region.around.chance)
    made = [
        _launch(region, params, type_name, specs, (reservation_id, place))
        for place in range(count)
    ]
    if token:
        region.tokens["launch", token] = (reservation_id, None)
    return instance_views.reservation(region, made)


def _launch(
    region: Region,
    params: Params,
    type_name: str,
    specs: list[dict[str, Any]],
    place: tuple[str, int],
) -> Instance:
    now = region.now
    instance_id = ids.INSTANCE.make(region.around.chance)
    held = [_interface(region, params, spec, instance_id) for spec in specs]
    primary = held[0]
    subnet = lookup.subnet(region, primary.subnet_id)
    lends = specs[0].get("AssociatePublicIpAddress")
    row = Instance(
        id=instance_id,
        reservation_id=place[0],
        launch_index=place[1],
        image_id=params["ImageId"],
        type=type_name,
        zone=primary.zone,
        subnet_id=primary.subnet_id,
        vpc_id=primary.vpc_id,
        state="pending",
        launch_time=now,
        key_name=params.get("KeyName"),
        user_data=params.get("UserData"),
        private_dns_name=primary.private_dns_name,
        lent_public_ip=subnet.lends_public_ip if lends is None else lends,
        tags=tags.specified(params, "instance"),
    )
    region.instances.put(row, at=now)
    region.note(at=now, resource=row.id, to="pending", on=row.id)
    due_at = now + region.lasting(region.around.config.launch_s)
    region.timers.add(due_at, lambda at: _up(region, row.id, at))
    return row


def _up(region: Region, instance_id: str, at: float) -> None:
    for interface in lookup.held_by(region, instance_id):
        bond = interface.attachment
        if bond is not None and bond.status == "attaching":
            shown = replace(interface, attachment=replace(bond, status="attached"))
            region.interfaces.put(shown, at=at)
    instances.started(region, instance_id, at)


def _specs(region: Region, params: Params) -> list[dict[str, Any]]:
    """The interfaces to come with each instance, the primary one first."""
    given = [dict(spec) for spec in params.get("NetworkInterfaces") or ()]
    if not given:
        subnet = _subnet(region, params)
        return [
            {
                "DeviceIndex": 0,
                "SubnetId": subnet.id,
                "Groups": _groups(region, params, subnet),
                "PrivateIpAddress": params.get("PrivateIpAddress"),
                "DeleteOnTermination": True,
            }
        ]
    if params.get("SubnetId") or params.get("SecurityGroupIds"):
        raise Ec2Error(
            "InvalidParameterCombination",
            "Network interfaces and an instance-level subnet ID or security groups may "
            "not be specified on the same request",
        )
    given.sort(key=lambda spec: spec.get("DeviceIndex") or 0)
    indexes = [spec.get("DeviceIndex") or 0 for spec in given]
    if indexes[0] != 0 or len(set(indexes)) < len(indexes):
        raise Ec2Error(
            "InvalidParameterValue", "Each interface needs a device index, from 0."
        )
    for spec in given:
        _check_spec(region, params, spec)
    return given


def _check_spec(region: Region, params: Params, spec: dict[str, Any]) -> None:
    interface_id = spec.get("NetworkInterfaceId")
    if interface_id is None:
        spec.setdefault("SubnetId", _subnet(region, params).id)
        return
    row = lookup.interface(region, interface_id)
    if spec.get("DeleteOnTermination"):
        raise Ec2Error(
            "InvalidParameterCombination",
            "A network interface may not specify a network interface ID and delete on "
            "termination as true",
        )
    if row.attachment is not None or params["MaxCount"] > 1:
        raise Ec2Error(
            "InvalidNetworkInterface.InUse", f"Interface: [{row.id}] in use."
        )


def _interface(
    region: Region, params: Params, spec: dict[str, Any], instance_id: str
) -> NetworkInterface:
    """The interface of a new instance, made or taken, already attaching."""
    known = spec.get("NetworkInterfaceId")
    if known is not None:
        row = lookup.interface(region, known)
    else:
        extra = {"TagSpecifications": params.get("TagSpecifications")}
        row = interfaces.make(region, {**spec, **extra})
    index = spec.get("DeviceIndex") or 0
    flag = spec.get("DeleteOnTermination")
    bond = Attachment(
        id=ids.ATTACHMENT.make(region.around.chance),
        instance_id=instance_id,
        instance_owner_id=region.account_id,
        device_index=index,
        status="attaching",
        attach_time=region.now,
        delete_on_termination=known is None and (flag is None or flag),
    )
    held = replace(row, attachment=bond)
    region.interfaces.put(held, at=region.now)
    return held


def _subnet(region: Region, params: Params) -> Subnet:
    if params.get("SubnetId"):
        return lookup.subnet(region, params["SubnetId"])
    zone = (params.get("Placement") or {}).get("AvailabilityZone")
    for subnet in region.subnets:
        if subnet.is_default and zone in (None, subnet.zone):
            return subnet
    raise Ec2Error(
        "MissingInput", "No subnets found for the default VPC. Please specify a subnet."
    )


def _groups(region: Region, params: Params, subnet: Subnet) -> list[str]:
    groups = list(params.get("SecurityGroupIds") or ())
    for name in params.get("SecurityGroups") or ():
        found = [
            group.id
            for group in region.groups
            if group.name == name and group.vpc_id == subnet.vpc_id
        ]
        if not found:
            raise Ec2Error(
                "InvalidGroup.NotFound", f"The security group '{name}' does not exist"
            )
        groups += found
    return groups
