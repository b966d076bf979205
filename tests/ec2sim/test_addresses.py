"""Elastic IPs: whose they are, and when they may go."""

from dataclasses import replace
from typing import Any

from ec2sim.rules import lookup
from tests.ec2sim.conftest import ALLOCATION, SPARE, Sim

ELASTIC_IP = "127.31.58.118"
NOBODYS = "eipalloc-0123456789abcdef0"


def allocate(sim: Sim) -> str:
    """A new Elastic IP, by its allocation."""
    return str(sim.ec2.allocate_address(Domain="vpc")["AllocationId"])


def stranger(sim: Sim) -> Any:
    """A client of another account."""
    keys = sim.client("sts").assume_role(
        RoleArn="arn:aws:iam::210987654321:role/Other", RoleSessionName="other"
    )["Credentials"]
    return sim.client(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def test_an_allocation_tells_its_pool_and_group(sim: Sim) -> None:
    reply = sim.ec2.allocate_address(
        TagSpecifications=[
            {"ResourceType": "elastic-ip", "Tags": [{"Key": "job", "Value": "7"}]}
        ]
    )

    assert reply["PublicIp"].startswith("127.31.")
    assert reply["PublicIpv4Pool"] == "amazon"
    assert reply["NetworkBorderGroup"] == "eu-west-1"
    assert reply["Domain"] == "vpc"
    by_tag = [{"Name": "tag:job", "Values": ["7"]}]
    found = sim.ec2.describe_addresses(Filters=by_tag)["Addresses"]
    assert [each["AllocationId"] for each in found] == [reply["AllocationId"]]


def test_what_cannot_be_allocated_is_refused(sim: Sim) -> None:
    codes = [
        sim.refusal(sim.ec2.allocate_address, **asked)[0]
        for asked in (
            {"Domain": "standard"},
            {"PublicIpv4Pool": "ipv4pool-ec2-012345"},
            {"NetworkBorderGroup": "us-east-1"},
            {"CustomerOwnedIpv4Pool": "ipv4pool-coip-1"},
            {"IpamPoolId": "ipam-pool-1"},
            {"Address": "127.31.five"},
            {"Address": ELASTIC_IP},
            {"Address": "8.8.8.8"},
        )
    ]

    assert codes == [
        "InvalidParameterValue",
        "InvalidPublicIpv4PoolID.NotFound",
        "InvalidParameterValue",
        "UnsupportedOperation",
        "UnsupportedOperation",
        "InvalidAddress.Malformed",
        "InvalidAddress.NotFound",
        "InvalidAddress.NotFound",
    ]


def test_a_released_address_can_be_recovered_while_it_is_free(sim: Sim) -> None:
    made = sim.ec2.allocate_address()
    sim.ec2.release_address(AllocationId=made["AllocationId"])

    again = sim.ec2.allocate_address(Address=made["PublicIp"])

    assert again["PublicIp"] == made["PublicIp"]
    assert again["AllocationId"] != made["AllocationId"]


def test_the_quota_of_addresses_is_five_where_a_seed_sets_it(sim: Sim) -> None:
    sim.control("seed", {"quotas": {"elastic_ips": 5}})
    for _ in range(4):
        allocate(sim)

    assert sim.refusal(sim.ec2.allocate_address) == (
        "AddressLimitExceeded",
        "The maximum number of addresses has been reached.",
    )


def test_ec2_can_be_short_of_addresses_by_a_fault(sim: Sim) -> None:
    sim.control(
        "faults",
        {
            "action": "AllocateAddress",
            "kind": "refuse:InsufficientAddressCapacity",
            "times": 1,
        },
    )

    assert sim.refusal(sim.ec2.allocate_address)[0] == "InsufficientAddressCapacity"
    assert allocate(sim)


def test_disassociation_is_idempotent_and_release_needs_it(sim: Sim) -> None:
    bond = sim.interface()["Association"]["AssociationId"]
    assert sim.refusal(sim.ec2.release_address, AllocationId=ALLOCATION) == (
        "InvalidIPAddress.InUse",
        f"Address {ELASTIC_IP} is in use.",
    )

    sim.ec2.disassociate_address(AssociationId=bond)
    sim.ec2.disassociate_address(AssociationId=bond)
    sim.ec2.release_address(AllocationId=ALLOCATION)

    assert sim.refusal(sim.ec2.release_address, AllocationId=ALLOCATION) == (
        "InvalidAllocationID.NotFound",
        f"The allocation ID '{ALLOCATION}' does not exist",
    )
    disassociate = sim.ec2.disassociate_address
    assert sim.refusal(disassociate)[0] == "MissingParameter"
    assert sim.refusal(disassociate, AssociationId="eipassoc-x")[0] == (
        "InvalidAssociationID.NotFound"
    )


def test_in_a_default_vpc_a_release_disassociates(sim: Sim) -> None:
    other = allocate(sim)
    made = sim.ec2.create_network_interface(SubnetId="subnet-f10131b8")
    inside = made["NetworkInterface"]["NetworkInterfaceId"]
    sim.ec2.associate_address(AllocationId=other, NetworkInterfaceId=inside)

    sim.ec2.release_address(AllocationId=other)

    assert "Association" not in sim.interface(inside)


def test_the_wrong_border_group_does_not_release(sim: Sim) -> None:
    other = allocate(sim)

    code, _ = sim.refusal(
        sim.ec2.release_address, AllocationId=other, NetworkBorderGroup="us-east-1"
    )

    assert code == "InvalidAddress.NotFound"
    sim.ec2.release_address(AllocationId=other, NetworkBorderGroup="eu-west-1")


def test_an_address_of_another_account_is_not_ours(sim: Sim) -> None:
    theirs = stranger(sim).allocate_address()
    bare: dict[str, Any] = {"AllocationId": theirs["AllocationId"]}
    refusals = [
        sim.refusal(sim.ec2.release_address, **bare),
        sim.refusal(sim.ec2.associate_address, NetworkInterfaceId=SPARE, **bare),
        sim.refusal(sim.ec2.release_address, PublicIp=theirs["PublicIp"]),
    ]

    assert [code for code, _ in refusals] == ["AuthFailure"] * 3
    described = sim.refusal(
        sim.ec2.describe_addresses, AllocationIds=[theirs["AllocationId"]]
    )
    assert described[0] == "InvalidAllocationID.NotFound"


def test_a_released_address_that_was_given_away_is_an_auth_failure(sim: Sim) -> None:
    ours = sim.ec2.allocate_address()
    sim.ec2.release_address(AllocationId=ours["AllocationId"])
    stranger(sim).allocate_address(Address=ours["PublicIp"])

    refused = sim.refusal(sim.ec2.release_address, AllocationId=ours["AllocationId"])

    assert refused[0] == "AuthFailure"


def test_unknown_addresses_fail_a_describe(sim: Sim) -> None:
    describe = sim.ec2.describe_addresses
    assert sim.refusal(describe, PublicIps=["127.31.9.9"]) == (
        "InvalidAddress.NotFound",
        "Address '127.31.9.9' not found.",
    )
    assert sim.refusal(describe, PublicIps=["nonsense"])[0] == (
        "InvalidAddress.Malformed"
    )
    assert sim.refusal(describe, AllocationIds=[NOBODYS])[0] == (
        "InvalidAllocationID.NotFound"
    )
    found = describe(PublicIps=[ELASTIC_IP])["Addresses"]
    assert [each["AllocationId"] for each in found] == [ALLOCATION]


def test_an_address_with_a_reverse_name_is_not_released(sim: Sim) -> None:
    other = allocate(sim)
    named = sim.ec2.modify_address_attribute(
        AllocationId=other, DomainName="mail.example.com"
    )["Address"]
    assert named["PtrRecord"] == "mail.example.com."
    shown = sim.ec2.describe_addresses_attribute(
        AllocationIds=[other], Attribute="domain-name"
    )["Addresses"]
    assert shown[0]["PtrRecord"] == "mail.example.com."
    assert sim.refusal(sim.ec2.release_address, AllocationId=other) == (
        "InvalidAddress.PtrSet",
        f"The address with allocation id [{other}] cannot be released because it has "
        "a PTR record set.",
    )

    sim.ec2.reset_address_attribute(AllocationId=other, Attribute="domain-name")
    sim.ec2.release_address(AllocationId=other)


def test_an_address_that_a_service_keeps_is_nobody_elses(sim: Sim) -> None:
    bond = sim.interface()["Association"]["AssociationId"]
    region = sim.running.world.region("123456789012", "eu-west-1")
    kept = replace(lookup.elastic_ip(region, ALLOCATION), service="nlb")
    region.elastic_ips.put(kept, at=region.now)

    codes = [
        sim.refusal(action, **asked)[0]
        for action, asked in (
            (sim.ec2.release_address, {"AllocationId": ALLOCATION}),
            (sim.ec2.disassociate_address, {"AssociationId": bond}),
            (
                sim.ec2.associate_address,
                {"AllocationId": ALLOCATION, "NetworkInterfaceId": SPARE},
            ),
        )
    ]

    assert codes == ["AuthFailure"] * 3
    assert sim.ec2.describe_addresses()["Addresses"][0]["ServiceManaged"] == "nlb"
