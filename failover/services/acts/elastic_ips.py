"""What people do to an Elastic IP: allocate, associate, disassociate, release."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from failover import wiring
from failover.ec2.requests import Operation, Request
from failover.engine import ports
from failover.engine.topology import ElasticIp, Interface
from failover.models import Action, Region
from failover.services import refusals, sights
from failover.services.access import Actor
from failover.services.acts import (
    carrying,
    checking,
    orders,
    protecting,
    seeing,
    tagging,
)
from failover.services.acts.orders import Order
from failover.services.acts.seeing import Sight

FREE = "free"
STRATEGY = "eip"


def allocate(
    *,
    region: Region,
    actor: Actor,
    tags: Mapping[str, str] | None = None,
    claim_id: UUID | None = None,
) -> Action:
    """Take a new Elastic IP; the action's `made` has its allocation id.

    Raises Invalid; what `carrying.carry_out` raises.
    """
    checking.require(checking.tags(tags or {}))
    try:
        known = wiring.gateway(region).console.read_elastic_ips()
    except ports.Ec2Error as error:
        raise sights.translate(error) from error
    args: dict[str, Any] = {"Domain": "vpc"}
    if tags:
        args["TagSpecifications"] = tagging.specification("elastic-ip", tags)
    order = Order(
        id=wiring.new_uuid(),
        region=region,
        kind="elastic-ip.allocate",
        resource=f"region/{region}",
        request=Request(operation=Operation.ALLOCATE_ADDRESS, args=args),
        actor=actor,
        known=tuple(e.allocation_id for e in known),
        claim_id=claim_id,
    )
    return carrying.carry_out(order)


def associate(  # noqa: PLR0913 - what may be asked, each by name
    *,
    region: Region,
    allocation_id: str,
    actor: Actor,
    network_interface_id: str = "",
    instance_id: str = "",
    private_ip: str = "",
    allow_reassociation: bool = False,
    claim_id: UUID | None = None,
) -> Action:
    """Put the Elastic IP on a private address of an interface or an instance.

    Without an address the primary one is meant, and of an instance its primary
    interface. Raises Invalid, NotFound, JobActive, MovedByPair, ManagedByAws,
    AlreadyThere; what `carrying.carry_out` raises.
    """
    if bool(network_interface_id) == bool(instance_id):
        said = "Either a network interface or an instance."
        raise refusals.Invalid(errors={"network_interface_id": [said]})
    protecting.require_no_job(region, [allocation_id, network_interface_id])
    sight = seeing.look(
        region, *filter(None, (allocation_id, network_interface_id, instance_id))
    )
    address = sight.elastic_ip(allocation_id)
    if instance_id:
        sight, interface = _interface_of(region, sight, instance_id, private_ip)
    else:
        interface = sight.interface(network_interface_id)
    place = _place(interface, private_ip)
    protecting.require_ours(interface)
    protecting.require_elastic_ip_of_no_pair(region, address)
    protecting.require_addresses_of_no_pair(region, interface, [place])
    if (address.interface_id, address.private_ip) == (interface.id, place):
        raise refusals.AlreadyThere(holder=interface.id, strategy=STRATEGY)
    request = Request(
        operation=Operation.ASSOCIATE_ADDRESS,
        args={
            "AllocationId": allocation_id,
            "NetworkInterfaceId": interface.id,
            "PrivateIpAddress": place,
            "AllowReassociation": allow_reassociation,
        },
    )
    riders = [a.allocation_id for a in interface.addresses if a.allocation_id]
    holder = [interface.attachment.instance_id] if interface.attachment else []
    return carrying.carry_out(
        _about(
            address,
            region,
            actor,
            "associate",
            request,
            also=(interface.id, *holder, *riders),
            claim_id=claim_id,
        )
    )


def disassociate(
    *, region: Region, allocation_id: str, actor: Actor, claim_id: UUID | None = None
) -> Action:
    """Take the Elastic IP from where it is; it stays allocated.

    Raises NotFound, JobActive, MovedByPair, AlreadyThere; what `carrying.carry_out`
    raises.
    """
    address = _see(region, allocation_id)
    if not address.association_id:
        raise refusals.AlreadyThere(holder=FREE, strategy=STRATEGY)
    request = Request(
        operation=Operation.DISASSOCIATE_ADDRESS,
        args={"AssociationId": address.association_id},
    )
    return carrying.carry_out(
        _about(address, region, actor, "disassociate", request, claim_id=claim_id)
    )


def release(*, region: Region, allocation_id: str, actor: Actor) -> Action:
    """Give the Elastic IP back to AWS: nobody can have the same one again.

    Raises NotFound, JobActive, MovedByPair, Held; what `carrying.carry_out` raises.
    """
    address = _see(region, allocation_id)
    if address.association_id:
        holder = address.interface_id or address.instance_id or "another resource"
        what = f"Elastic IP {address.public_ip}"
        raise refusals.Held(what=what, by=holder)
    request = Request(
        operation=Operation.RELEASE_ADDRESS, args={"AllocationId": allocation_id}
    )
    return carrying.carry_out(_about(address, region, actor, "release", request))


def _see(region: Region, allocation_id: str) -> ElasticIp:
    """The Elastic IP now, if neither a job nor a pair has it."""
    protecting.require_no_job(region, [allocation_id])
    address = seeing.look(region, allocation_id).elastic_ip(allocation_id)
    protecting.require_elastic_ip_of_no_pair(region, address)
    return address


def _interface_of(
    region: Region, sight: Sight, instance_id: str, private_ip: str
) -> tuple[Sight, Interface]:
    """The instance's interface with this address, or its primary one."""
    slots = sorted(sight.instance(instance_id).slots, key=lambda s: s.device_index)
    if not slots:
        said = f"{instance_id} has no network interface."
        raise refusals.Invalid(errors={"instance_id": [said]})
    there = seeing.look(region, *(s.interface_id for s in slots))
    found = [there.interface(s.interface_id) for s in slots]
    if private_ip:
        found = [i for i in found if any(a.address == private_ip for a in i.addresses)]
    if not found:
        said = f"{private_ip[:40]} is no private address of {instance_id}."
        raise refusals.Invalid(errors={"private_ip": [said]})
    return there, found[0]


def _place(interface: Interface, private_ip: str) -> str:
    """The private address that is meant, which must be on the interface."""
    own = [a.address for a in interface.addresses]
    primary = next((a.address for a in interface.addresses if a.primary), "")
    if private_ip and private_ip not in own:
        said = f"{private_ip[:40]} is not on {interface.id}: it has {', '.join(own)}."
        raise refusals.Invalid(errors={"private_ip": [said]})
    return private_ip or primary


def _about(  # noqa: PLR0913 - what every order about an Elastic IP has
    address: ElasticIp,
    region: Region,
    actor: Actor,
    verb: str,
    request: Request,
    *,
    also: tuple[str, ...] = (),
    claim_id: UUID | None = None,
) -> Order:
    """The order for one call, which shows at its holder too."""
    holders = (address.interface_id, address.instance_id, *also)
    touches = (address.allocation_id, *(h for h in holders if h))
    seen = seeing.look(region, *dict.fromkeys(touches)).seen
    interfaces = [i for i in touches if i.startswith(orders.INTERFACE)]
    return Order(
        id=wiring.new_uuid(),
        region=region,
        kind=f"elastic-ip.{verb}",
        resource=address.allocation_id,
        request=request,
        actor=actor,
        touches=tuple(dict.fromkeys(touches)),
        alone=(address.allocation_id, *interfaces),
        before=orders.picture(seen, (address.allocation_id,)),
        claim_id=claim_id,
    )
