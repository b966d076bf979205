"""RunInstances: new instances with their interfaces."""

import base64
import binascii
from dataclasses import dataclass, replace
from typing import Any

from ec2sim.errors import Ec2Error, ReplyNever
from ec2sim.rules import (
    instance_options,
    instance_types,
    instance_views,
    instances,
    interfaces,
    key_pairs,
    launch_specs,
    lookup,
    quotas,
    tags,
    unsimulated,
)
from ec2sim.rules.actions import Params, Reply, action, required
from ec2sim.rules.launch_specs import Spec
from ec2sim.state import ids
from ec2sim.state.instance import Instance
from ec2sim.state.interface import Attachment, NetworkInterface
from ec2sim.state.network import Image
from ec2sim.state.region import Region

DEFAULT_TYPE = "t3.micro"
MOST_USER_DATA = 16_384
LONGEST_TOKEN = 64
TAGGED_ALONG = ("volume", "network-interface", "spot-instances-request", "elastic-gpu")
NOT_SIMULATED = (
    "CapacityReservationSpecification",
    "CpuOptions",
    "ElasticGpuSpecification",
    "ElasticInferenceAccelerators",
    "EnablePrimaryIpv6",
    "EnclaveOptions",
    "HibernationOptions",
    "InstanceMarketOptions",
    "Ipv6AddressCount",
    "Ipv6Addresses",
    "KernelId",
    "LaunchTemplate",
    "LicenseSpecifications",
    "MaintenanceOptions",
    "NetworkPerformanceOptions",
    "Operator",
    "PrivateDnsNameOptions",
    "RamdiskId",
    "SecondaryInterfaces",
)
NOT_PLACED = ("Affinity", "GroupId", "GroupName", "HostId", "HostResourceGroupArn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is launched: the same for each instance of one call."""

    params: Params
    type_name: str
    specs: list[Spec]
    reservation_id: str
    named: dict[str, str]
    options: dict[str, Any]


@action
def run_instances(region: Region, params: Params) -> Reply:
    """RunInstances, idempotent by its ClientToken; pending, then running.

    As many come up as quotas and free addresses allow, from MinCount to MaxCount.
    """
    known = _repeated(region, params)
    if known is not None:
        return known
    image = _check(region, params)
    specs = launch_specs.read(region, params)
    zone = launch_specs.zone_of(region, specs)
    if zone in region.outages:
        raise ReplyNever
    type_name = params.get("InstanceType") or DEFAULT_TYPE
    instance_types.check(type_name, zone=zone, architecture=image.architecture)
    limit, _ = instance_types.limits(type_name)
    if len(specs) > limit:
        raise Ec2Error(
            "AttachmentLimitExceeded",
            f"Interface count {len(specs)} exceeds the limit for {type_name}",
        )
    order = Order(
        params=params,
        type_name=type_name,
        specs=specs,
        reservation_id=ids.RESERVATION.make(region.around.chance),
        named=tags.specified(params, "instance", also=TAGGED_ALONG),
        options=instance_options.at_launch(region, params, type_name),
    )
    made = [
        _launch(region, order, place)
        for place in range(_count(region, params, type_name, specs))
    ]
    token = params.get("ClientToken")
    if token:
        region.tokens["launch", token] = (order.reservation_id, _asked(params))
    return instance_views.reservation(region, made)


def _repeated(region: Region, params: Params) -> Reply | None:
    """What an earlier call with this token has made, as it is now."""
    token = params.get("ClientToken") or ""
    if len(token) > LONGEST_TOKEN:
        raise _value(f"The client token may have at most {LONGEST_TOKEN} characters.")
    earlier = region.tokens.get(("launch", token))
    if not token or earlier is None:
        return None
    if earlier[1] != _asked(params):
        raise Ec2Error(
            "IdempotentParameterMismatch",
            "Arguments on this idempotent request are inconsistent with arguments used "
            "in previous request(s).",
        )
    found = region.instances.find("reservation-id", earlier[0])
    if all(row.state in ("shutting-down", "terminated") for row in found):
        raise Ec2Error(
            "IdempotentInstanceTerminated",
            "The request to launch an instance uses the same client token as a "
            "previous request for which the instance has been terminated.",
        )
    return instance_views.reservation(region, found)


def _asked(params: Params) -> dict[str, object]:
    return {name: params[name] for name in params if name != "DryRun"}


def _check(region: Region, params: Params) -> Image:
    """The image to launch from. Raises Ec2Error for whatever else is wrong."""
    unsimulated.refuse(params, NOT_SIMULATED)
    placement = params.get("Placement") or {}
    unsimulated.refuse(placement, NOT_PLACED)
    if placement.get("Tenancy") not in (None, "default"):
        unsimulated.refuse(placement, ("Tenancy",))
    least, most = params["MinCount"], params["MaxCount"]
    for name, count in (("minCount", least), ("maxCount", most)):
        if count < 1:
            raise _value(
                f"Value ({count}) for parameter {name} is invalid. Expecting a "
                "positive number."
            )
    if least > most:
        raise Ec2Error(
            "InvalidParameterCombination",
            f"MinCount ({least}) may not be larger than MaxCount ({most}).",
        )
    if params.get("KeyName"):
        key_pairs.named(region, params["KeyName"])
    check_user_data(params.get("UserData"))
    return lookup.named(region.images, ids.IMAGE, required(params, "ImageId"))


def check_user_data(given: str | None) -> None:
    """Refuse user data that is not base64, or more than 16 KB of it."""
    if not given:
        return
    try:
        raw = base64.b64decode("".join(given.split()), validate=True)
    except (ValueError, binascii.Error) as error:
        raise Ec2Error(
            "InvalidUserData.Malformed", "Invalid BASE64 encoding of user data."
        ) from error
    if len(raw) > MOST_USER_DATA:
        raise _value(f"User data is limited to {MOST_USER_DATA} bytes")


def _count(region: Region, params: Params, type_name: str, specs: list[Spec]) -> int:
    """How many come up. Raises Ec2Error when those are fewer than MinCount."""
    least: int = params["MinCount"]
    quotas.check(region, [type_name] * least)
    count = min(params["MaxCount"], quotas.room(region, type_name))
    wanted: dict[str, int] = {}
    for spec in specs:
        if spec.get("SubnetId"):
            more = launch_specs.wanted_addresses(spec)
            wanted[spec["SubnetId"]] = wanted.get(spec["SubnetId"], 0) + more
    for subnet_id, addresses in wanted.items():
        count = min(count, region.spaces[subnet_id].free // addresses)
        if count < least:
            raise Ec2Error(
                "InsufficientFreeAddressesInSubnet",
                f"There are not enough free addresses in subnet '{subnet_id}' to "
                "satisfy the requested number of instances.",
            )
    return count


def _launch(region: Region, order: Order, place: int) -> Instance:
    params, now = order.params, region.now
    instance_id = ids.INSTANCE.make(region.around.chance)
    held = _hold(region, order, instance_id)
    primary = held[0]
    lends = order.specs[0].get("AssociatePublicIpAddress")
    if lends is None:
        lends = lookup.subnet(region, primary.subnet_id).lends_public_ip
    row = Instance(
        id=instance_id,
        reservation_id=order.reservation_id,
        launch_index=place,
        image_id=params["ImageId"],
        type=order.type_name,
        zone=primary.zone,
        subnet_id=primary.subnet_id,
        vpc_id=primary.vpc_id,
        state="pending",
        has_run=False,
        launch_time=now,
        first_launch_time=now,
        client_token=params.get("ClientToken") or "",
        key_name=params.get("KeyName"),
        user_data=params.get("UserData"),
        private_dns_name=primary.private_dns_name,
        lent_public_ip=lends,
        tags=order.named,
        **order.options,
    )
    region.instances.put(row, at=now)
    region.note(at=now, resource=row.id, to="pending", on=row.id)
    for interface in held:
        region.note(at=now, resource=interface.id, to="attaching", on=row.id)
    instances.begin(region, row)
    return row


def _hold(region: Region, order: Order, instance_id: str) -> list[NetworkInterface]:
    """The interfaces of a new instance, attaching; none is left when one fails."""
    held: list[NetworkInterface] = []
    try:
        for spec in order.specs:
            row = _interface(region, order.params, spec)
            held.append(_attaching(region, row, spec, instance_id))
    except Ec2Error:
        for row, spec in zip(held, order.specs, strict=False):
            if not spec.get("NetworkInterfaceId"):
                interfaces.remove(region, row, at=region.now)
        raise
    for row in held:
        region.interfaces.put(row, at=region.now)
    return held


def _interface(region: Region, params: Params, spec: Spec) -> NetworkInterface:
    if spec.get("NetworkInterfaceId"):
        return lookup.interface(region, spec["NetworkInterfaceId"])
    named = [
        entry
        for entry in params.get("TagSpecifications") or ()
        if entry.get("ResourceType") == "network-interface"
    ]
    return interfaces.make(region, {**spec, "TagSpecifications": named})


def _attaching(
    region: Region, row: NetworkInterface, spec: Spec, instance_id: str
) -> NetworkInterface:
    """The interface with its bond; one made for an instance has a flag of its own."""
    index: int = spec["DeviceIndex"]
    flag = spec.get("DeleteOnTermination")
    if flag is None:
        flag = index == 0 and not spec.get("NetworkInterfaceId")
    bond = Attachment(
        id=ids.ATTACHMENT.make(region.around.chance),
        instance_id=instance_id,
        instance_owner_id=region.account_id,
        device_index=index,
        status="attaching",
        attach_time=region.now,
        delete_on_termination=flag,
    )
    return replace(row, attachment=bond)


def _value(said: str) -> Ec2Error:
    return Ec2Error("InvalidParameterValue", said)
