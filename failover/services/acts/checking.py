"""What is checked before EC2 is asked: EC2's own limits, said at the right field."""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence

from failover import columns, wiring
from failover.ec2.offers import Network
from failover.engine import ports
from failover.models import Region
from failover.services import refusals, sights

MOST_TAGS = 50
LONGEST_KEY = 128
LONGEST_VALUE = 256
LONGEST_DESCRIPTION = 255
MOST_USER_DATA = 16 * 1024
MOST_INSTANCES = 20
MOST_GROUPS = 16
MOST_ADDRESSES = 50
NO_GROUP = "A network interface has at least one security group; choose one."

Errors = dict[str, list[str]]


def tags(given: Mapping[str, str]) -> Errors:
    """What is wrong with these tags, by field."""
    said: list[str] = []
    if len(given) > MOST_TAGS:
        said.append(f"At most {MOST_TAGS} tags.")
    for key, value in given.items():
        if not key:
            said.append("A key may not be empty.")
        if len(key) > LONGEST_KEY:
            said.append(f"{key[:20]}…: a key has at most {LONGEST_KEY} characters.")
        if len(value) > LONGEST_VALUE:
            said.append(f"{key[:20]}: a value has at most {LONGEST_VALUE} characters.")
        if key.lower().startswith(columns.AWS_OWN):
            said.append(f"{key[:20]}: keys that begin with aws: belong to AWS.")
    return {"tags": said} if said else {}


def description(text: str) -> Errors:
    """What is wrong with a description."""
    if len(text) > LONGEST_DESCRIPTION:
        return {"description": [f"At most {LONGEST_DESCRIPTION} characters."]}
    return {}


def user_data(text: str) -> Errors:
    """What is wrong with an instance's user data: EC2 counts bytes."""
    size = len(text.encode())
    if size > MOST_USER_DATA:
        return {"user_data": [f"{size} bytes; at most {MOST_USER_DATA} (16 KiB)."]}
    return {}


def count(number: int) -> Errors:
    """What is wrong with how many instances shall be launched at once."""
    if not 1 <= number <= MOST_INSTANCES:
        return {"count": [f"Between 1 and {MOST_INSTANCES}."]}
    return {}


def renamed(errors: Errors, field: str, other: str) -> Errors:
    """The same errors, said at another field."""
    return {other if name == field else name: said for name, said in errors.items()}


def address_in(network: Network, address: str, *, field: str = "private_ip") -> Errors:
    """What is wrong with an address that was chosen in this subnet.

    The first four and the last one of each subnet are AWS's own.
    """
    try:
        chosen = ipaddress.IPv4Address(address)
    except ValueError:
        return {field: [f"{address[:40]} is not an IPv4 address."]}
    cidr = ipaddress.IPv4Network(network.cidr_block)
    if chosen not in cidr:
        return {field: [f"{address} is outside {network.cidr_block} of {network.id}."]}
    offset = int(chosen) - int(cidr.network_address)
    if offset < 4 or chosen == cidr.broadcast_address:
        said = f"AWS keeps {address} for itself: the first four and the last address."
        return {field: [said]}
    return {}


def require(errors: Mapping[str, Sequence[str]]) -> None:
    """Raises Invalid where anything was found wrong."""
    if errors:
        raise refusals.Invalid(errors=errors)


def find_network(region: Region, subnet_id: str) -> Network:
    """The subnet as EC2 has it now. Raises NotFound, Ec2Unreachable."""
    try:
        found = wiring.gateway(region).console.read_networks([subnet_id])
    except ports.Ec2Error as error:
        raise sights.translate(error) from error
    if not found:
        raise refusals.NotFound(what="subnet", id=subnet_id)
    return found[0]


def groups_in(region: Region, ids: Iterable[str], *, vpc_id: str) -> Errors:
    """What is wrong with these security groups for an interface of this VPC.

    Raises NotFound, Ec2Unreachable.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    if len(wanted) > MOST_GROUPS:
        return {"security_group_ids": [f"At most {MOST_GROUPS} groups."]}
    try:
        found = wiring.gateway(region).console.read_groups(wanted)
    except ports.Ec2Error as error:
        raise sights.translate(error) from error
    known = {g.id: g for g in found}
    for id in wanted:
        if id not in known:
            raise refusals.NotFound(what="security group", id=id)
    foreign = [g for g in known.values() if g.vpc_id != vpc_id]
    said = [f"{g.id} ({g.name}) belongs to {g.vpc_id}, not {vpc_id}." for g in foreign]
    return {"security_group_ids": said} if said else {}
