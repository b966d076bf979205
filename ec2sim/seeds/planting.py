"""What every seed is made of: VPCs, subnets, instances and their interfaces."""

from collections.abc import Mapping

from ec2sim.rules import (
    default_vpcs,
    interfaces,
    lookup,
    new_regions,
    subnets,
    vpcs,
    zones,
)
from ec2sim.state import ids
from ec2sim.state.instance import Instance
from ec2sim.state.interface import (
    Association,
    Attachment,
    NetworkInterface,
    PrivateAddress,
)
from ec2sim.state.network import Subnet, Vpc
from ec2sim.state.region import Region


def vpc(
    region: Region,
    *,
    vpc_id: str | None,
    cidr: str,
    is_default: bool = False,
    tags: Mapping[str, str] | None = None,
) -> Vpc:
    """A VPC with an internet gateway and a way out in its main route table."""
    row = Vpc(
        id=vpc_id or ids.VPC.make(region.around.chance),
        cidr=cidr,
        is_default=is_default,
        tags=tags or {},
    )
    vpcs.make(region, row)
    default_vpcs.open_up(region, row)
    return row


def subnet(  # noqa: PLR0913 - a seed may fix any part of it
    region: Region,
    *,
    vpc_id: str,
    cidr: str,
    zone: str,
    subnet_id: str | None = None,
    is_default: bool = False,
    tags: Mapping[str, str] | None = None,
) -> Subnet:
    """A subnet with all its addresses free."""
    row = Subnet(
        id=subnet_id or ids.SUBNET.make(region.around.chance),
        vpc_id=vpc_id,
        cidr=cidr,
        zone=zone,
        zone_id=zones.zone_id(zone),
        is_default=is_default,
        lends_public_ip=is_default,
        tags=tags or {},
    )
    subnets.make(region, row)
    return row


def interface(  # noqa: PLR0913 - a seed may fix any part of it
    region: Region,
    home: Subnet,
    *,
    groups: tuple[tuple[str, str], ...],
    interface_id: str | None = None,
    address: str | None = None,
    description: str = "",
    tags: Mapping[str, str] | None = None,
    mac_address: str | None = None,
    lent_public_ip: str | None = None,
    attachment: Attachment | None = None,
) -> NetworkInterface:
    """An interface with one address of its subnet."""
    space = region.spaces[home.id]
    if address is None:
        address = space.take_next()
        if address is None:
            raise ValueError(f"no address is free in {home.id}")
    else:
        space.take(address)
    lent = None
    if lent_public_ip is not None:
        region.around.lent_pool.take(lent_public_ip)
        lent = Association(public_ip=lent_public_ip)
    row = NetworkInterface(
        id=interface_id or ids.INTERFACE.make(region.around.chance),
        owner_id=region.account_id,
        vpc_id=home.vpc_id,
        subnet_id=home.id,
        zone=home.zone,
        zone_id=home.zone_id,
        mac_address=mac_address or interfaces.mac_address(region),
        private_dns_name=interfaces.private_dns_name(region.name, address),
        addresses=(PrivateAddress(address=address, primary=True, association=lent),),
        groups=groups,
        description=description,
        attachment=attachment,
        tags=tags or {},
    )
    region.interfaces.put(row, at=region.now)
    return row


def instance(  # noqa: PLR0913 - a seed may fix any part of it
    region: Region,
    home: Subnet,
    *,
    tags: Mapping[str, str],
    type_name: str,
    primary_id: str | None = None,
    instance_id: str | None = None,
    groups: tuple[tuple[str, str], ...] = (),
    address: str | None = None,
    lent_public_ip: str | None = None,
    mac_address: str | None = None,
) -> Instance:
    """A running instance with its primary interface."""
    made_id = instance_id or ids.INSTANCE.make(region.around.chance)
    primary = interface(
        region,
        home,
        groups=groups or lookup.groups(region, [], vpc_id=home.vpc_id),
        interface_id=primary_id,
        address=address,
        mac_address=mac_address,
        lent_public_ip=lent_public_ip,
        attachment=bond(region, made_id, 0, delete_on_termination=True),
    )
    row = Instance(
        id=made_id,
        reservation_id=ids.RESERVATION.make(region.around.chance),
        image_id=new_regions.AMAZON_LINUX,
        type=type_name,
        zone=home.zone,
        subnet_id=home.id,
        vpc_id=home.vpc_id,
        state="running",
        launch_time=region.now,
        private_dns_name=primary.private_dns_name,
        lent_public_ip=lent_public_ip is not None,
        tags=tags,
    )
    region.instances.put(row, at=region.now)
    return row


def bond(
    region: Region,
    instance_id: str,
    device_index: int,
    *,
    delete_on_termination: bool = False,
) -> Attachment:
    """A finished attachment."""
    return Attachment(
        id=ids.ATTACHMENT.make(region.around.chance),
        instance_id=instance_id,
        instance_owner_id=region.account_id,
        device_index=device_index,
        status="attached",
        attach_time=region.now,
        delete_on_termination=delete_on_termination,
    )
