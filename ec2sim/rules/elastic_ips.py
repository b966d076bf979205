"""Elastic IPs: allocate and release, and the bond to a private address."""

from dataclasses import replace
from ipaddress import AddressValueError, IPv4Address

from ec2sim.errors import Ec2Error
from ec2sim.rules import lookup, tags, unsimulated
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.elastic_ip import ElasticIp
from ec2sim.state.interface import Association
from ec2sim.state.region import Region

POOL = "amazon"


@action
def allocate_address(region: Region, params: Params) -> Reply:
    """AllocateAddress, out of 127.31.0.0/16; never idempotent."""
    unsimulated.refuse(params, ("CustomerOwnedIpv4Pool", "IpamPoolId"))
    _check_kind(region, params)
    named = tags.specified(params, "elastic-ip")
    quota = region.quotas.get("elastic_ips")
    if quota is not None and len(region.elastic_ips) >= quota:
        raise Ec2Error(
            "AddressLimitExceeded",
            "The maximum number of addresses has been reached.",
        )
    public_ip = _taken(region, params.get("Address"))
    row = ElasticIp(
        id=ids.ALLOCATION.make(region.around.chance), public_ip=public_ip, tags=named
    )
    region.around.elastic_pool.sign(row.id, public_ip, owner=region.account_id)
    region.elastic_ips.put(row, at=region.now)
    return {
        "PublicIp": row.public_ip,
        "AllocationId": row.id,
        "PublicIpv4Pool": POOL,
        "NetworkBorderGroup": region.name,
        "Domain": "vpc",
    }


@action
def release_address(region: Region, params: Params) -> Reply:
    """ReleaseAddress: refused while bound, save in a default VPC."""
    row = named(
        region,
        params,
        without_id=Ec2Error(
            "InvalidParameterValue",
            "You must specify an allocation id when releasing a VPC elastic IP address",
        ),
    )
    check_ours(row)
    group = params.get("NetworkBorderGroup")
    if group and group != region.name:
        raise _not_found(row.public_ip)
    if row.reverse_name is not None:
        raise Ec2Error(
            "InvalidAddress.PtrSet",
            f"The address with allocation id [{row.id}] cannot be released because it "
            "has a PTR record set.",
        )
    if row.interface_id is not None:
        interface = region.interfaces.get(row.interface_id)
        vpc = region.vpcs.get(interface.vpc_id) if interface else None
        if vpc is None or not vpc.is_default:
            raise Ec2Error(
                "InvalidIPAddress.InUse", f"Address {row.public_ip} is in use."
            )
        unbind(region, row, at=region.now)
    region.elastic_ips.drop(row.id, at=region.now)
    region.around.elastic_pool.give_back(row.public_ip)
    return {}


def named(region: Region, params: Params, *, without_id: Ec2Error) -> ElasticIp:
    """The Elastic IP that a call names by its allocation.

    One named by PublicIp is looked for, but EC2 wants the allocation all the same:
    then `without_id` is raised. Raises Ec2Error for everything else too.
    """
    allocation_id, public_ip = params.get("AllocationId"), params.get("PublicIp")
    if allocation_id and public_ip:
        raise Ec2Error(
            "InvalidParameterCombination",
            "You may specify public IP or allocation id, but not both in the same call",
        )
    if allocation_id:
        return _allocated(region, allocation_id)
    if not public_ip:
        raise Ec2Error(
            "MissingParameter",
            "Either public IP or allocation id must be specified",
        )
    by_address(region, public_ip)
    raise without_id


def by_address(region: Region, public_ip: str) -> ElasticIp:
    """The Elastic IP of that address.

    Raises Ec2Error: malformed, unknown, another account's.
    """
    check_written(public_ip)
    for row in region.elastic_ips.find("public-ip", public_ip):
        return row
    owner = region.around.elastic_pool.owner(public_ip)
    if owner and owner != region.account_id:
        raise Ec2Error(
            "AuthFailure", f"The address '{public_ip}' does not belong to you."
        )
    raise _not_found(public_ip)


def check_written(public_ip: str) -> None:
    """Refuse what is not an IPv4 address."""
    try:
        IPv4Address(public_ip)
    except AddressValueError as error:
        raise Ec2Error(
            "InvalidAddress.Malformed",
            f"The specified IP address '{public_ip}' is not valid.",
        ) from error


def check_ours(row: ElasticIp) -> None:
    """Refuse to touch an address that a service of AWS keeps."""
    if row.service is not None:
        raise Ec2Error(
            "AuthFailure",
            "You do not have permission to access the specified resource.",
        )


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
    bound = replace(
        row, association_id=made, interface_id=interface_id, private_ip=private_ip
    )
    region.around.elastic_pool.sign(row.id, row.public_ip, owner=region.account_id)
    region.elastic_ips.put(bound, at=now)
    shown = Association(
        public_ip=row.public_ip,
        allocation_id=row.id,
        association_id=made,
        ip_owner_id=region.account_id,
    )
    _show_on_interface(region, interface_id, private_ip, shown, at=now)
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


def _allocated(region: Region, allocation_id: str) -> ElasticIp:
    if allocation_id not in region.elastic_ips:
        is_anothers = region.around.elastic_pool.belongs_to_another(
            allocation_id, account_id=region.account_id
        )
        if is_anothers:
            raise Ec2Error(
                "AuthFailure",
                "You do not have permission to access the specified resource.",
            )
    return lookup.elastic_ip(region, allocation_id)


def _check_kind(region: Region, params: Params) -> None:
    domain = params.get("Domain") or "vpc"
    if domain != "vpc":
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ({domain}) for parameter domain is invalid. Only vpc is supported.",
        )
    pool = params.get("PublicIpv4Pool") or POOL
    if pool != POOL:
        raise Ec2Error(
            "InvalidPublicIpv4PoolID.NotFound",
            f"The publicIpv4Pool ID '{pool}' does not exist",
        )
    group = params.get("NetworkBorderGroup") or region.name
    if group != region.name:
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ({group}) for parameter networkBorderGroup is invalid.",
        )


def _taken(region: Region, address: str | None) -> str:
    """A public address for the account, the asked one or the next that is free."""
    pool = region.around.elastic_pool
    if address:
        check_written(address)
        if not pool.take(address, owner=region.account_id):
            raise _not_found(address)
        return address
    public_ip = pool.take_next(owner=region.account_id)
    if public_ip is None:
        raise Ec2Error(
            "InsufficientAddressCapacity",
            "There are not enough free addresses to satisfy the request.",
        )
    return public_ip


def _not_found(public_ip: str) -> Ec2Error:
    return Ec2Error("InvalidAddress.NotFound", f"Address '{public_ip}' not found.")
