"""The article's seven steps, from two fresh instances to the swap."""

from typing import Any

from tests.ec2sim.conftest import SUBNET
from tests.ec2sim.contract.house import GROUP, House


def page(house: House, public_ip: str) -> str | None:
    """What a browser shows at an address, or None when nobody answers."""
    return house.running.site.browse(public_ip)


def named(name: str) -> list[dict[str, Any]]:
    """The tags of a new instance."""
    tags = [{"Key": "Name", "Value": name}]
    return [{"ResourceType": "instance", "Tags": tags}]


def test_the_articles_steps_move_the_address_to_the_standby(every_house: House) -> None:
    house = every_house
    asked = {"SubnetId": SUBNET, "SecurityGroupIds": [GROUP]}

    # Step 1: two instances in one zone. Step 2 is the web server that they come with.
    primary = house.launch(**asked, TagSpecifications=named("First"))["InstanceId"]
    standby = house.launch(**asked, TagSpecifications=named("Second"))["InstanceId"]
    house.advance(5)
    assert house.instance(primary)["State"]["Name"] == "running"

    # Step 3: the secondary interface, attached to the primary.
    floating = house.create(Description="Secondary/Interface", Groups=[GROUP])
    house.attach(floating, primary)
    house.advance(5)
    private = [
        each["PrivateIpAddress"]
        for each in house.instance(primary)["NetworkInterfaces"]
    ]
    assert len(private) == 2

    # Steps 4 and 5: an Elastic IP on it, which shows the page of the primary.
    elastic = house.call("AllocateAddress", Domain="vpc")
    house.call(
        "AssociateAddress",
        AllocationId=elastic["AllocationId"],
        NetworkInterfaceId=floating,
        AllowReassociation=True,
    )
    assert "First" in (page(house, elastic["PublicIp"]) or "")

    # Step 6: detach. Step 7: attach to the standby, which now has the page.
    house.detach(floating)
    assert page(house, elastic["PublicIp"]) is None
    house.advance(5)
    house.attach(floating, standby)
    house.advance(5)

    shown = house.interface(floating)
    assert shown["Attachment"]["InstanceId"] == standby
    assert shown["Attachment"]["Status"] == "attached"
    assert house.address(elastic["AllocationId"])["InstanceId"] == standby
    assert "Second" in (page(house, elastic["PublicIp"]) or "")
