"""A region full of interfaces, as seeds would build it, with names that hurt.

`python -m tests.bench.crowd N` serves one by its own process and prints its url.
"""

import json
import signal
import sys

from ec2sim import server
from ec2sim.config import Config
from ec2sim.rules import elastic_ips, lookup
from ec2sim.seeds import planting
from ec2sim.state import ids
from ec2sim.state.elastic_ip import ElasticIp
from ec2sim.state.network import Subnet
from ec2sim.state.region import Region
from ec2sim.world import DEFAULT_ACCOUNT, World

REGION = "eu-west-1"
ZONES = "abc"
# An m5.xlarge takes four: its own, and three beside it.
TYPE = "m5.xlarge"
BESIDE = 3
IN_A_VPC = 30_000
INSTANCES_AN_ADDRESS = 50
HOSTILE = (
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}{% now 'Y' %}",
    "=cmd|' /C calc'!A0",
    "\u05d0\u05d1\u05d2 \u202eright-to-left\u202c",
    "\U0001f9e8\U0001f469\u200d\U0001f692" * 12,
    "x" * 256,
    'it\'s "quoted" \\ %s %(name)s',
)


def plant(world: World, count: int) -> None:
    """Build `count` interfaces: instances of four each, and some Elastic IPs."""
    region = world.region(DEFAULT_ACCOUNT, REGION, bare=True)
    homes: list[Subnet] = []
    made = 0
    with world.building(region):
        while made < count:
            if made % IN_A_VPC == 0:
                homes = _homes(region, made // IN_A_VPC)
            made += _instance(region, homes[made % len(homes)], made, count - made)


def _homes(region: Region, number: int) -> list[Subnet]:
    block = f"10.{number}"
    name = HOSTILE[number % len(HOSTILE)]
    vpc = planting.vpc(region, vpc_id=None, cidr=f"{block}.0.0/16", tags={"Name": name})
    return [
        planting.subnet(
            region,
            vpc_id=vpc.id,
            cidr=f"{block}.{place * 64}.0/18",
            zone=f"{region.name}{letter}",
            tags={"Name": f"{letter} {name}"[:256]},
        )
        for place, letter in enumerate(ZONES)
    ]


def _instance(region: Region, home: Subnet, number: int, most: int) -> int:
    """An instance with what is attached to it; how many interfaces that is."""
    groups = lookup.groups(region, [], vpc_id=home.vpc_id)
    tags = {"Name": HOSTILE[number % len(HOSTILE)], "number": str(number)}
    row = planting.instance(region, home, tags=tags, type_name=TYPE, groups=groups)
    beside = min(BESIDE, most - 1)
    for index in range(1, beside + 1):
        held = planting.interface(
            region,
            home,
            groups=groups,
            description=HOSTILE[(number + index) % len(HOSTILE)][:255],
            tags=tags,
            attachment=planting.bond(region, row.id, index),
        )
        if index == 1 and number // (1 + BESIDE) % INSTANCES_AN_ADDRESS == 0:
            _address(region, held.id, held.private_ip)
    return 1 + beside


def _address(region: Region, interface_id: str, private_ip: str) -> None:
    public_ip = region.around.elastic_pool.take_next()
    if public_ip is None:
        return
    address = ElasticIp(
        id=ids.ALLOCATION.make(region.around.chance), public_ip=public_ip
    )
    region.elastic_ips.put(address, at=region.now)
    elastic_ips.bind(region, address, interface_id, private_ip)


def main() -> None:
    with server.start(config=Config(latency_s=0)) as running:
        plant(running.world, int(sys.argv[1]))
        sys.stdout.write(json.dumps({"url": running.url}) + "\n")
        sys.stdout.flush()
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main()
