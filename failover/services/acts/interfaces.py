"""What people do to a network interface: make it, give it addresses, delete it.

To attach and to detach are jobs: `services.interfaces`. What is changed of one is in
`changing`.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from failover import wiring
from failover.ec2.requests import Operation, Request
from failover.engine.topology import Interface
from failover.models import Action, NetworkInterface, Region
from failover.services import refusals
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


def create(  # noqa: PLR0913 - what an interface is made of, each by name
    *,
    region: Region,
    subnet_id: str,
    actor: Actor,
    description: str = "",
    private_ip: str = "",
    security_group_ids: Sequence[str] = (),
    tags: Mapping[str, str] | None = None,
    claim_id: UUID | None = None,
) -> Action:
    """Make an interface in the subnet; without an address EC2 chooses one, without
    groups it takes the VPC's default. The action's `made` has its id.

    Raises Invalid, NotFound; what `carrying.carry_out` raises.
    """
    checking.require(checking.description(description) | checking.tags(tags or {}))
    network = checking.find_network(region, subnet_id)
    errors: checking.Errors = {}
    if private_ip:
        errors |= checking.address_in(network, private_ip)
    errors |= checking.groups_in(region, security_group_ids, vpc_id=network.vpc_id)
    checking.require(errors)
    action_id = wiring.new_uuid()
    args: dict[str, Any] = {"SubnetId": subnet_id, "Description": description}
    if private_ip:
        args["PrivateIpAddress"] = private_ip
    if security_group_ids:
        args["Groups"] = list(dict.fromkeys(security_group_ids))
    if tags:
        args["TagSpecifications"] = tagging.specification("network-interface", tags)
    # The same token for the same action: EC2 then makes nothing twice.
    args["ClientToken"] = str(action_id)
    order = Order(
        id=action_id,
        region=region,
        kind="network-interface.create",
        resource=subnet_id,
        request=Request(operation=Operation.CREATE_INTERFACE, args=args),
        actor=actor,
        known=_list_alike(region, subnet_id, description),
        claim_id=claim_id,
    )
    return carrying.carry_out(order)


def assign_ips(
    *,
    region: Region,
    interface_id: str,
    actor: Actor,
    addresses: Sequence[str] = (),
    count: int = 0,
    claim_id: UUID | None = None,
) -> Action:
    """Give the interface these private addresses, or so many that EC2 chooses.

    Raises Invalid, NotFound, JobActive, MovedByPair, ManagedByAws; what
    `carrying.carry_out` raises.
    """
    if bool(addresses) == bool(count):
        said = "Either addresses, or how many EC2 shall choose."
        raise refusals.Invalid(errors={"addresses": [said]})
    sight, interface = _see(region, interface_id)
    wanted = list(dict.fromkeys(addresses))
    if wanted:
        _require_assignable(region, interface, wanted)
    protecting.require_addresses_of_no_pair(region, interface, wanted)
    # Never taken from another interface: that is what a pair's job is for.
    args: dict[str, Any] = {"NetworkInterfaceId": interface_id}
    if wanted:
        args["PrivateIpAddresses"] = wanted
    else:
        args["SecondaryPrivateIpAddressCount"] = count
    args["AllowReassignment"] = False
    request = Request(operation=Operation.ASSIGN_ADDRESSES, args=args)
    order = about(interface, region, sight, actor, "assign-ips", request, claim_id)
    return carrying.carry_out(order)


def unassign_ips(
    *,
    region: Region,
    interface_id: str,
    actor: Actor,
    addresses: Sequence[str],
    claim_id: UUID | None = None,
) -> Action:
    """Take secondary private addresses from the interface, with their Elastic IPs.

    Raises Invalid, NotFound, JobActive, MovedByPair, ManagedByAws; what
    `carrying.carry_out` raises.
    """
    sight, interface = _see(region, interface_id)
    wanted = list(dict.fromkeys(addresses))
    own = {a.address: a for a in interface.addresses}
    said = [f"{a} is not on {interface_id}." for a in wanted if a not in own]
    said += [
        f"{a} is the primary address, which stays with the interface."
        for a in wanted
        if a in own and own[a].primary
    ]
    checking.require({"addresses": said} if said else {})
    protecting.require_addresses_of_no_pair(region, interface, wanted)
    request = Request(
        operation=Operation.UNASSIGN_ADDRESSES,
        args={"NetworkInterfaceId": interface_id, "PrivateIpAddresses": wanted},
    )
    order = about(interface, region, sight, actor, "unassign-ips", request, claim_id)
    return carrying.carry_out(order)


def delete(*, region: Region, interface_id: str, actor: Actor) -> Action:
    """Delete an interface that is attached nowhere and that no pair moves.

    Raises NotFound, JobActive, MovedByPair, ManagedByAws, InUse; what
    `carrying.carry_out` raises.
    """
    sight, interface = _see(region, interface_id)
    protecting.require_interface_of_no_pair(region, interface)
    for address in interface.addresses:
        protecting.require_addresses_of_no_pair(region, interface, [address.address])
    if interface.attachment is not None:
        holder = interface.attachment.instance_id or "a service of AWS"
        raise refusals.InUse(interface=interface_id, holder=holder)
    request = Request(
        operation=Operation.DELETE_INTERFACE, args={"NetworkInterfaceId": interface_id}
    )
    order = about(interface, region, sight, actor, "delete", request)
    return carrying.carry_out(order)


def about(  # noqa: PLR0913 - what every order about an interface has
    interface: Interface,
    region: Region,
    sight: Sight,
    actor: Actor,
    verb: str,
    request: Request,
    claim_id: UUID | None = None,
) -> Order:
    """The order for one call about an interface, with all that rides on it."""
    riders = [a.allocation_id for a in interface.addresses if a.allocation_id]
    return Order(
        id=wiring.new_uuid(),
        region=region,
        kind=f"network-interface.{verb}",
        resource=interface.id,
        request=request,
        actor=actor,
        touches=(interface.id, *riders),
        alone=(interface.id,),
        before=orders.picture(sight.seen, (interface.id,)),
        claim_id=claim_id,
    )


def see(region: Region, interface_id: str) -> tuple[Sight, Interface]:
    """The interface now, if no job is at work on it. Raises JobActive, NotFound."""
    protecting.require_no_job(region, [interface_id])
    sight = seeing.look(region, interface_id)
    return sight, sight.interface(interface_id)


def _see(region: Region, interface_id: str) -> tuple[Sight, Interface]:
    sight, interface = see(region, interface_id)
    protecting.require_ours(interface)
    return sight, interface


def _require_assignable(
    region: Region, interface: Interface, addresses: Sequence[str]
) -> None:
    network = checking.find_network(region, interface.subnet_id)
    own = {a.address for a in interface.addresses}
    said: list[str] = []
    for address in addresses:
        wrong = checking.address_in(network, address, field="addresses")
        said += wrong.get("addresses", [])
        if address in own:
            said.append(f"{address} is on {interface.id} already.")
    checking.require({"addresses": said} if said else {})


def _list_alike(region: Region, subnet_id: str, description: str) -> tuple[str, ...]:
    """The interfaces that a lost reply's might be taken for."""
    alike = NetworkInterface.objects.filter(
        region=region, subnet_id=subnet_id, description=description
    )
    return tuple(alike.values_list("interface_id", flat=True))
