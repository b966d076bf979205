"""Associate and disassociate: where an Elastic IP leads to."""

from ec2sim.errors import Ec2Error
from ec2sim.rules import attachments, elastic_ips, interface_attributes, lookup
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.elastic_ip import ElasticIp
from ec2sim.state.interface import NetworkInterface
from ec2sim.state.region import Region


@action
def associate_address(region: Region, params: Params) -> Reply:
    """AssociateAddress: reassociation is allowed unless it is said not to be."""
    row = _address(region, params)
    interface = _target(region, params)
    private_ip: str = params.get("PrivateIpAddress") or interface.private_ip
    if not interface.has(private_ip):
        raise Ec2Error(
            "InvalidParameterValue",
            f"The private IP address {private_ip} is not assigned to {interface.id}",
        )
    elastic_ips.check_ours(row)
    interface_attributes.check_may_change(interface)
    _check_reachable(region, interface)
    if row.association_id is not None:
        if (row.interface_id, row.private_ip) == (interface.id, private_ip):
            return {"AssociationId": row.association_id}
        if params.get("AllowReassociation") is False:
            raise Ec2Error(
                "Resource.AlreadyAssociated",
                f"resource {row.id} is already associated with associate-id "
                f"{row.association_id}",
            )
    made = elastic_ips.bind(region, row, interface.id, private_ip)
    return {"AssociationId": made}


@action
def disassociate_address(region: Region, params: Params) -> Reply:
    """DisassociateAddress: idempotent, so an unknown association is no error."""
    association_id = params.get("AssociationId")
    public_ip = params.get("PublicIp")
    if association_id and public_ip:
        raise Ec2Error(
            "InvalidParameterCombination",
            "You may specify public IP or association id, but not both in the same "
            "call",
        )
    if public_ip:
        elastic_ips.by_address(region, public_ip)
        raise Ec2Error(
            "InvalidParameterValue",
            "You must specify an association id when unmapping an address from a VPC "
            "instance",
        )
    if not association_id:
        raise Ec2Error(
            "MissingParameter",
            "Either public IP or association id must be specified",
        )
    ids.ASSOCIATION.check(association_id)
    for row in region.elastic_ips.find("association-id", association_id):
        elastic_ips.check_ours(row)
        elastic_ips.unbind(region, row, at=region.now)
    return {}


def _address(region: Region, params: Params) -> ElasticIp:
    onto = "network interface" if params.get("NetworkInterfaceId") else "VPC instance"
    refusal = Ec2Error(
        "InvalidParameterCombination",
        f"You must specify an allocation id when mapping an address to a {onto}",
    )
    return elastic_ips.named(region, params, without_id=refusal)


def _target(region: Region, params: Params) -> NetworkInterface:
    """The interface that is named, or the only one of the instance that is."""
    interface_id = params.get("NetworkInterfaceId")
    instance_id = params.get("InstanceId")
    if interface_id and instance_id:
        raise Ec2Error(
            "InvalidParameterCombination",
            "You may specify either an instance or an interface, not both.",
        )
    if interface_id:
        return lookup.interface(region, interface_id)
    if not instance_id:
        raise Ec2Error(
            "MissingParameter",
            "Either 'InstanceId' or 'NetworkInterfaceId' must be provided.",
        )
    instance = lookup.instance(region, instance_id)
    if instance.state in ("pending", "shutting-down", "terminated"):
        raise Ec2Error(
            "InvalidInstanceID",
            f"The {instance.state} instance '{instance.id}' is not in a valid state "
            "for this operation.",
        )
    return attachments.only_interface(region, instance.id)


def _check_reachable(region: Region, interface: NetworkInterface) -> None:
    """Refuse a VPC without a way out, and an instance that is not up yet."""
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
