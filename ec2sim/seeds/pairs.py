"""Many pairs: each two instances, a floating interface, and its Elastic IP.

Tags: `failover:pair` on all four, `failover:role` primary or standby on the
instances, floating on the interface, address on the Elastic IP.
"""

from ec2sim.rules import elastic_ips, lookup
from ec2sim.seeds import planting
from ec2sim.state import ids
from ec2sim.state.elastic_ip import ElasticIp
from ec2sim.state.network import Subnet
from ec2sim.state.region import Region

REGION = "eu-west-1"
ZONES = "abc"
TYPE = "t3.micro"
PAIRS_IN_A_VPC = 12_000


def plant(region: Region, count: int) -> None:
    """Build `pair-0001` and so on: three interfaces each, in the zones by turns."""
    homes: list[Subnet] = []
    for place in range(count):
        if place % PAIRS_IN_A_VPC == 0:
            homes = _homes(region, place // PAIRS_IN_A_VPC)
        _pair(region, homes[place % len(homes)], f"pair-{place + 1:04d}")


def _homes(region: Region, number: int) -> list[Subnet]:
    block = f"10.{number}"
    vpc = planting.vpc(
        region, vpc_id=None, cidr=f"{block}.0.0/16", tags={"Name": f"pairs-{number}"}
    )
    return [
        planting.subnet(
            region,
            vpc_id=vpc.id,
            cidr=f"{block}.{place * 64}.0/18",
            zone=f"{region.name}{letter}",
            tags={"Name": f"pairs-{number}-{letter}"},
        )
        for place, letter in enumerate(ZONES)
    ]


def _pair(region: Region, home: Subnet, name: str) -> None:
    groups = lookup.groups(region, [], vpc_id=home.vpc_id)
    held = {}
    for role in ("primary", "standby"):
        held[role] = planting.instance(
            region,
            home,
            tags={
                "Name": f"{name}-{role}",
                "failover:pair": name,
                "failover:role": role,
            },
            type_name=TYPE,
            groups=groups,
        )
    floating = planting.interface(
        region,
        home,
        groups=groups,
        description=f"{name} floating",
        tags={"Name": name, "failover:pair": name, "failover:role": "floating"},
        attachment=planting.bond(region, held["primary"].id, 1),
    )
    public_ip = region.around.elastic_pool.take_next()
    if public_ip is None:
        return
    address = ElasticIp(
        id=ids.ALLOCATION.make(region.around.chance),
        public_ip=public_ip,
        tags={"Name": name, "failover:pair": name, "failover:role": "address"},
    )
    region.elastic_ips.put(address, at=region.now)
    elastic_ips.bind(region, address, floating.id, floating.private_ip)
