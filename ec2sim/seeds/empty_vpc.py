"""A VPC with subnets in two zones, a gateway and a default group: no instances."""

from ec2sim.seeds import planting
from ec2sim.state.region import Region

REGION = "eu-west-1"
CIDR = "10.0.0.0/16"


def plant(region: Region) -> None:
    """Build it in an empty region."""
    vpc = planting.vpc(region, vpc_id=None, cidr=CIDR, tags={"Name": "empty"})
    for place, letter in enumerate("ab"):
        planting.subnet(
            region,
            vpc_id=vpc.id,
            cidr=f"10.0.{place}.0/24",
            zone=f"{region.name}{letter}",
            tags={"Name": f"Subnet{letter.upper()}"},
        )
