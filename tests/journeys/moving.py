"""Services that move in one call, built with EC2's own calls, and where they lie."""

from dataclasses import dataclass
from typing import Any

from tests.journeys import house

VPC = "vpc-dbf9cdbc"
DESTINATION = "10.9.0.0/16"
# The tables' two subnets: one in each zone.
HOME = ("20.0.10.0/24", "eu-west-1a")
AWAY = ("20.0.20.0/24", "eu-west-1b")


@dataclass
class Town:
    """Two instances at home, one in another zone, each with its first interface."""

    home: house.House
    ec2: Any
    primary: str
    standby: str
    distant: str
    interfaces: dict[str, str]

    def holder_of_address(self, allocation_id: str) -> str:
        (found,) = self.ec2.describe_addresses(AllocationIds=[allocation_id])[
            "Addresses"
        ]
        return str(found.get("InstanceId", ""))

    def holder_of_private_ip(self, address: str) -> str:
        filters = [{"Name": "addresses.private-ip-address", "Values": [address]}]
        found = self.ec2.describe_network_interfaces(Filters=filters)
        holders = [i["Attachment"]["InstanceId"] for i in found["NetworkInterfaces"]]
        assert len(holders) == 1, holders
        return str(holders[0])

    def holders_of_routes(self, tables: list[str]) -> set[str]:
        found = self.ec2.describe_route_tables(RouteTableIds=tables)["RouteTables"]
        return {
            str(route.get("InstanceId", ""))
            for table in found
            for route in table["Routes"]
            if route["DestinationCidrBlock"] == DESTINATION
        }

    def add_vip(self, name: str, standby: str) -> str:
        """An Elastic IP on the primary, and its pair; gives the allocation id."""
        allocation = str(self.ec2.allocate_address(Domain="vpc")["AllocationId"])
        self.ec2.associate_address(
            AllocationId=allocation, NetworkInterfaceId=self.interfaces[self.primary]
        )
        self.add_pair(name, standby, strategy="eip", allocation_id=allocation)
        return allocation

    def add_address(self, name: str, address: str) -> None:
        """A secondary private address of the primary, and its pair."""
        self.ec2.assign_private_ip_addresses(
            NetworkInterfaceId=self.interfaces[self.primary],
            PrivateIpAddresses=[address],
        )
        self.add_pair(name, self.standby, strategy="private-ip", private_ip=address)

    def add_routes(self, name: str, standby: str) -> list[str]:
        """Two tables that lead to the primary, and their pair; gives the tables."""
        tables = []
        for _ in range(2):
            made = self.ec2.create_route_table(VpcId=VPC)["RouteTable"]
            tables.append(str(made["RouteTableId"]))
            self.ec2.create_route(
                RouteTableId=tables[-1],
                DestinationCidrBlock=DESTINATION,
                NetworkInterfaceId=self.interfaces[self.primary],
            )
        self.add_pair(
            name,
            standby,
            strategy="route",
            route_table_ids=tables,
            destination_cidr=DESTINATION,
        )
        return tables

    def add_pair(self, name: str, standby: str, **moved: Any) -> None:
        body = {
            "name": name,
            "region": "eu-west-1",
            "primary_instance_id": self.primary,
            "standby_instance_id": standby,
            **moved,
        }
        reply = self.home.http.post("pairs/", json=body)
        assert reply.status_code == 201, reply.text

    def tidy(self) -> None:
        """No pairs, and nothing on the instances' own private addresses."""
        for pair in self.home.http.get("pairs/?limit=100").json()["results"]:
            reply = self.home.http.delete(f"pairs/{pair['name']}")
            assert reply.status_code == 204, reply.text
        for address in self.ec2.describe_addresses()["Addresses"]:
            if address.get("InstanceId") in self.interfaces:
                self.ec2.disassociate_address(AssociationId=address["AssociationId"])

    def swap(self, name: str, to: str) -> dict[str, Any]:
        reply = self.home.http.post(f"pairs/{name}/swap", json={"to": to})
        assert reply.status_code == 202, reply.text
        return dict(reply.json())


def build(home: house.House) -> Town:
    """Three instances in two zones of the article's VPC."""
    ec2 = home.sim.client()
    home.http.post("regions/", json={"region": "eu-west-1"}).raise_for_status()
    subnets = [
        ec2.create_subnet(VpcId=VPC, CidrBlock=cidr, AvailabilityZone=zone)["Subnet"]
        for cidr, zone in (HOME, AWAY)
    ]
    ids = [
        launch(ec2, subnets[0]["SubnetId"], "kim"),
        launch(ec2, subnets[0]["SubnetId"], "lou"),
        launch(ec2, subnets[1]["SubnetId"], "max"),
    ]
    waiter = ec2.get_waiter("instance_running")
    waiter.wait(InstanceIds=ids, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    interfaces = {}
    for reservation in ec2.describe_instances(InstanceIds=ids)["Reservations"]:
        for instance in reservation["Instances"]:
            (first,) = instance["NetworkInterfaces"]
            interfaces[instance["InstanceId"]] = first["NetworkInterfaceId"]
    for interface_id in interfaces.values():
        ec2.modify_network_interface_attribute(
            NetworkInterfaceId=interface_id, SourceDestCheck={"Value": False}
        )
    first, second, third = ids
    return Town(home, ec2, first, second, third, interfaces)


def launch(ec2: Any, subnet_id: str, name: str) -> str:
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}]
    made = ec2.run_instances(
        ImageId=ec2.describe_images()["Images"][0]["ImageId"],
        InstanceType="m5.large",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet_id,
        TagSpecifications=tags,
    )
    return str(made["Instances"][0]["InstanceId"])
