"""The article's world: two servers, and the interface that moves between them.

Beyond the article: of the other interfaces of its table, two are the primary ones
of the servers, one is free in the same subnet, and one, in the other VPC, belongs to
a NAT gateway, so that there is one which nobody may move.
"""

from dataclasses import replace

from ec2sim.rules import elastic_ips, group_rules, security_groups
from ec2sim.seeds import planting
from ec2sim.state.elastic_ip import ElasticIp
from ec2sim.state.interface import Attachment
from ec2sim.state.region import Region

REGION = "eu-west-1"
ZONE = "eu-west-1a"
VPC = "vpc-dbf9cdbc"
OTHER_VPC = "vpc-2ef9cd49"
SUBNET = "subnet-40043409"
OTHER_SUBNET = "subnet-f10131b8"
PRIMARY = "i-09a505d623e75d4d2"
STANDBY = "i-0190e152559b4866c"
INTERFACE = "eni-415e9270"
ALLOCATION = "eipalloc-4f07e372"
ELASTIC_IP = "127.31.58.118"
DEFAULT_GROUP = "sg-cf2a82b4"
GROUPS = (
    ("sg-e2d57e99", "PrivateServer"),
    ("sg-ce53dab5", "ServerSecurity"),
    (DEFAULT_GROUP, "default"),
    ("sg-952e86ee", "newVPC"),
)
WEB = {
    "IpProtocol": "tcp",
    "FromPort": 80,
    "ToPort": 80,
    "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
}


def plant(region: Region) -> None:
    """Build it in an empty region."""
    for group_id, name in GROUPS:
        group = security_groups.make(
            region,
            vpc_id=VPC,
            name=name,
            description="default VPC group" if name == "default" else name,
            group_id=group_id,
        )
        if name != "default":
            for rule in group_rules.read(region, group, [WEB], is_egress=False):
                region.group_rules.put(rule, at=region.now)
    planting.vpc(region, vpc_id=VPC, cidr="20.0.0.0/16", tags={"Name": "newVPC"})
    home = planting.subnet(
        region,
        vpc_id=VPC,
        cidr="20.0.1.0/24",
        zone=ZONE,
        subnet_id=SUBNET,
        tags={"Name": "SubnetA"},
    )
    server = (GROUPS[0],)
    planting.instance(
        region,
        home,
        tags={"Name": "PrimaryServer"},
        type_name="t2.micro",
        instance_id=PRIMARY,
        primary_id="eni-7233ff43",
        groups=server,
        address="20.0.1.254",
        lent_public_ip="34.251.234.50",
        mac_address="06:c5:50:9b:68:62",
    )
    planting.instance(
        region,
        home,
        tags={"Name": "StandbyServer"},
        type_name="t2.micro",
        instance_id=STANDBY,
        primary_id="eni-7d37fb4c",
        groups=server,
        address="20.0.1.187",
        lent_public_ip="34.251.17.86",
    )
    planting.interface(
        region, home, groups=((DEFAULT_GROUP, "default"),), interface_id="eni-b408c485"
    )
    planting.interface(
        region,
        home,
        groups=server,
        interface_id=INTERFACE,
        address="20.0.1.25",
        description="Secondary/Interface",
        tags={"Name": "Secondary"},
        mac_address="06:39:97:d8:9d:7a",
        attachment=planting.bond(region, PRIMARY, 1),
    )
    region.around.elastic_pool.take(ELASTIC_IP)
    address = ElasticIp(id=ALLOCATION, public_ip=ELASTIC_IP)
    region.elastic_ips.put(address, at=region.now)
    elastic_ips.bind(region, address, INTERFACE, "20.0.1.25")
    _other_vpc(region)


def _other_vpc(region: Region) -> None:
    planting.vpc(region, vpc_id=OTHER_VPC, cidr="172.31.0.0/16", is_default=True)
    home = planting.subnet(
        region,
        vpc_id=OTHER_VPC,
        cidr="172.31.16.0/20",
        zone=ZONE,
        subnet_id=OTHER_SUBNET,
        is_default=True,
    )
    row = planting.interface(
        region,
        home,
        groups=(),
        interface_id="eni-180bc729",
        description="Interface for NAT Gateway nat-0a1b2c3d4e5f60718",
        attachment=Attachment(
            id="ela-attach-0f1e2d3c4b5a69788",
            instance_id=None,
            instance_owner_id="amazon-aws",
            device_index=1,
            status="attached",
            attach_time=region.now,
        ),
    )
    managed = replace(
        row,
        interface_type="nat_gateway",
        requester_managed=True,
        requester_id="amazon-aws",
        source_dest_check=False,
    )
    region.interfaces.put(managed, at=region.now)
