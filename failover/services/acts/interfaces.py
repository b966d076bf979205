"""What people do to a network interface: make, change, give addresses, delete.

To attach and to detach are jobs: `services.interfaces`.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from failover import wiring
from failover.ec2.requests import Operation, Request
from failover.models import Action, NetworkInterface, Region
from failover.services.access import Actor
from failover.services.acts import carrying, checking, tagging
from failover.services.acts.orders import Order


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


def _list_alike(region: Region, subnet_id: str, description: str) -> tuple[str, ...]:
    """The interfaces that a lost reply's might be taken for."""
    alike = NetworkInterface.objects.filter(
        region=region, subnet_id=subnet_id, description=description
    )
    return tuple(alike.values_list("interface_id", flat=True))
