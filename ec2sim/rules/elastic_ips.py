"""Elastic IPs: allocate, bind, unbind, release."""

from dataclasses import replace

from ec2sim.errors import Ec2Error
from ec2sim.rules import lookup, tags
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.elastic_ip import ElasticIp
from ec2sim.state.interface import Association, NetworkInterface
from ec2sim.state.region import Region


@action
def allocate_address(region: Region, params: Params) -> Reply:
    """AllocateAddress, out of 127.31.0.0/16; never idempotent."""
    quota = region.quotas.get("elastic_ips")
    if quota is not None and len(region.elastic_ips) >= quota:
        raise Ec2Error(
            "AddressLimitExceeded",
            "The maximum number of addresses has been reached.",
        )
    named = tags.specified(params, "elastic-ip")
    public_ip: str | None = params.get("Address")
    if public_ip is None:
        public_ip = region.around.elastic_pool.take_next()
    elif not region.around.elastic_pool.take(public_ip):
        raise Ec2Error(
            "InvalidAddress.NotFound", f"Address '{public_ip}' is not available."
        )
    if public_ip is None:
        raise Ec2Error(
            "InsufficientAddressCapacity",
            "There are not enough free addresses to satisfy the request.",
        )
    row = ElasticIp(
        id=ids.ALLOCATION.make(region.around.chance), public_ip=public_ip, tags=named
    )
    region.elastic_ips.put(row, at=region.now)
    return {
        "PublicIp": row.public_ip,
        "AllocationId": row.id,
        "PublicIpv4Pool": "amazon",
        "NetworkBorderGroup": region.name,
        "Domain": "vpc",
    }


@action
def release_address(region: Region, params: Params) -> Reply:
    """ReleaseAddress: refused while bound, save in a default VPC."""
    row = _named(region, params)
    if row.interface_id is not None:
        interface = region.interfaces.get(row.interface_id)
        vpc = region.vpcs.get(interface.vpc_id) if interface else None
        if vpc is None or not vpc.is_default:
            raise Ec2Error(
                "InvalidIPAddress.InUse",
                f"Address '{row.public_ip}' is in use.",
            )
        unbind(region, row, at=region.now)
    region.elastic_ips.drop(row.id, at=region.now)
    region.around.elastic_pool.give_back(row.public_ip)
    return {}


@action
def associate_address(region: Region, params: Params) -> Reply:
    """AssociateAddress: reassociation is allowed unless it is said not to be."""
    row = _named(region, params)
    interface = _target(region, params)
    private_ip: str = params.get("PrivateIpAddress") or interface.private_ip
    if private_ip not in [private.address for private in interface.addresses]:
        raise Ec2Error(
            "InvalidParameterValue",
            f"The private IP address {private_ip} is not assigned to {interface.id}",
        )
    if interface.requester_managed:
        raise Ec2Error(
            "AuthFailure", f"You do not have permission to access {interface.id}."
        )
    if not any(gateway.vpc_id == interface.vpc_id for gateway in region.gateways):
        raise Ec2Error(
            "Gateway.NotAttached",
            f"Network {interface.vpc_id} is not attached to any internet gateway",
        )
    instance = region.instances.get(interface.instance_id or "")
    if instance is not None and instance.state == "pending":
        raise Ec2Error(
            "IncorrectInstanceState",
            f"The pending instance '{instance.id}' is not in a valid state for this "
            "operation.",
        )
    if row.association_id is not None:
        if (row.interface_id, row.private_ip) == (interface.id, private_ip):
            return {"AssociationId": row.association_id}
        if params.get("AllowReassociation") is False:
            raise Ec2Error(
                "Resource.AlreadyAssociated",
                f"resource {row.id} is already associated with associate-id "
                f"{row.association_id}",
            )
    return {"AssociationId": bind(region, row, interface.id, private_ip)}


def bind(
    region: Region,
    row: ElasticIp,
    interface_id: str,
    private_ip: str,
    *,
    association_id: str | None = None,
) -> str:
    """Bind an address to a private one, parting both from what they had."""
    now = region.now
    unbind(region, row, at=now)
    interface = region.interfaces.get(interface_id)
    if interface is None:
        raise ids.INTERFACE.missing(interface_id)
    for private in interface.addresses:
        bond = private.association
        if private.address != private_ip or bond is None:
            continue
        displaced = region.elastic_ips.get(bond.allocation_id or "")
        if displaced is not None:
            unbind(region, displaced, at=now)
        else:
            region.around.lent_pool.give_back(bond.public_ip)
    made = association_id or ids.ASSOCIATION.make(region.around.chance)
    region.elastic_ips.put(
        replace(
            row, association_id=made, interface_id=interface_id, private_ip=private_ip
        ),
        at=now,
    )
    _show_on_interface(
        region,
        interface_id,
        private_ip,
        Association(
            public_ip=row.public_ip,
            allocation_id=row.id,
            association_id=made,
            ip_owner_id=region.account_id,
        ),
        at=now,
    )
    region.note(at=now, resource=row.id, to="associated", on=interface.instance_id)
    return made


def unbind(region: Region, row: ElasticIp, *, at: float) -> None:
    """Part an address from what it is bound to, if anything."""
    if row.interface_id is None:
        return
    if row.private_ip is not None:
        _show_on_interface(region, row.interface_id, row.private_ip, None, at=at)
    free = replace(row, association_id=None, interface_id=None, private_ip=None)
    region.elastic_ips.put(free, at=at)


@action
def disassociate_address(region: Region, params: Params) -> Reply:
    """DisassociateAddress: idempotent, so an unknown association is no error."""
    association_id = params.get("AssociationId")
    if association_id:
        found = region.elastic_ips.find("association-id", association_id)
        if not found:
            ids.ASSOCIATION.check(association_id)
    else:
        found = [_named(region, params)]
    for row in found:
        unbind(region, row, at=region.now)
    return {}


def _show_on_interface(
    region: Region,
    interface_id: str,
    private_ip: str,
    bond: Association | None,
    *,
    at: float,
) -> None:
    interface = region.interfaces.get(interface_id)
    if interface is None:
        return
    addresses = tuple(
        replace(private, association=bond) if private.address == private_ip else private
        for private in interface.addresses
    )
    region.interfaces.put(replace(interface, addresses=addresses), at=at)


def _named(region: Region, params: Params) -> ElasticIp:
    if params.get("AllocationId"):
        return lookup.elastic_ip(region, params["AllocationId"])
    public_ip = params.get("PublicIp")
    if not public_ip:
        raise Ec2Error(
            "MissingParameter", "Either 'PublicIp' or 'AllocationId' must be provided."
        )
    found = region.elastic_ips.find("public-ip", public_ip)
    if not found:
        raise Ec2Error("InvalidAddress.NotFound", f"Address '{public_ip}' not found.")
    return found[0]


def _target(region: Region, params: Params) -> NetworkInterface:
    if params.get("NetworkInterfaceId"):
        if params.get("InstanceId"):
            raise Ec2Error(
                "InvalidParameterCombination",
                "You may specify either an instance or an interface, not both.",
            )
        return lookup.interface(region, params["NetworkInterfaceId"])
    if not params.get("InstanceId"):
        raise Ec2Error(
            "MissingParameter",
            "Either 'InstanceId' or 'NetworkInterfaceId' must be provided.",
        )
    instance = lookup.instance(region, params["InstanceId"])
    held = lookup.held_by(region, instance.id)
    if len(held) > 1:
        raise Ec2Error(
            "InvalidInstanceID",
            f"There are multiple interfaces attached to instance '{instance.id}'. "
            "Please specify an interface ID for the operation instead.",
        )
    if not held:
        raise Ec2Error(
            "InvalidInstanceID",
            f"The instance '{instance.id}' is not in a valid state for this operation.",
        )
    return held[0]
