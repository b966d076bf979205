"""A look at EC2: whole or not at all, in one round trip, whatever is missing."""

import threading

import pytest

from failover.engine import ports
from failover.engine.topology import (
    AllocationId,
    InstanceId,
    InterfaceId,
    Scope,
)
from tests.conftest import free_port
from tests.ec2.conftest import Open
from tests.ec2.endpoint import Parameters, Say, refusal, reply

ENI = InterfaceId("eni-415e9270")
GONE = InterfaceId("eni-00000000")
PRIMARY = InstanceId("i-09a505d623e75d4d2")
FORGOTTEN = InstanceId("i-0dead0dead0dead00")
EIP = AllocationId("eipalloc-4f07e372")

INTERFACE = """<item><networkInterfaceId>eni-415e9270</networkInterfaceId>
<status>in-use</status><availabilityZone>eu-west-1a</availabilityZone>
<privateIpAddress>20.0.1.25</privateIpAddress>
<attachment><attachmentId>eni-attach-1</attachmentId>
<instanceId>i-09a505d623e75d4d2</instanceId><deviceIndex>1</deviceIndex>
<status>attached</status><deleteOnTermination>false</deleteOnTermination></attachment>
<privateIpAddressesSet>
<item><privateIpAddress>20.0.1.25</privateIpAddress><primary>true</primary></item>
<item><privateIpAddress>20.0.1.26</privateIpAddress><primary>false</primary>
<association><publicIp>127.31.58.118</publicIp>
<allocationId>eipalloc-4f07e372</allocationId>
<associationId>eipassoc-1</associationId></association></item>
</privateIpAddressesSet></item>"""
BARE = "<item><networkInterfaceId>eni-415e9270</networkInterfaceId></item>"
INSTANCE = """<item><instancesSet><item><instanceId>i-09a505d623e75d4d2</instanceId>
<instanceState><code>16</code><name>running</name></instanceState>
<instanceType>t2.micro</instanceType><networkInterfaceSet>
<item><networkInterfaceId>eni-415e9270</networkInterfaceId><attachment>
<deviceIndex>1</deviceIndex><status>attached</status></attachment></item>
</networkInterfaceSet></item></instancesSet></item>"""
STATUS = """<item><instanceId>i-09a505d623e75d4d2</instanceId>
<systemStatus><status>ok</status></systemStatus>
<instanceStatus><status>impaired</status></instanceStatus></item>"""
ADDRESS = """<item><publicIp>127.31.58.118</publicIp>
<allocationId>eipalloc-4f07e372</allocationId></item>"""
TYPE = """<item><instanceType>t2.micro</instanceType><networkInfo>
<maximumNetworkInterfaces>2</maximumNetworkInterfaces></networkInfo></item>"""

WORLD = {
    "DescribeNetworkInterfaces": ("networkInterfaceSet", INTERFACE),
    "DescribeInstances": ("reservationSet", INSTANCE),
    "DescribeInstanceStatus": ("instanceStatusSet", STATUS),
    "DescribeAddresses": ("addressesSet", ADDRESS),
    "DescribeInstanceTypes": ("instanceTypeSet", TYPE),
}


def listing(action: str, items: str | None = None, token: str = "") -> Say:
    name, found = WORLD[action]
    next_token = f"<nextToken>{token}</nextToken>" if token else ""
    shown = found if items is None else items
    return reply(action, f"<{name}>{shown}</{name}>{next_token}")


def world(asked: Parameters) -> Say:
    return listing(asked["Action"])


ALL = Scope(
    interface_ids=frozenset({ENI}),
    instance_ids=frozenset({PRIMARY}),
    allocation_ids=frozenset({EIP}),
)


def test_a_look_shows_attachment_addresses_slots_checks_and_limit(
    open_desk: Open,
) -> None:
    seen = open_desk(world).gateway.observe(ALL)

    interface = seen.interfaces[ENI]
    assert interface.attachment is not None
    assert interface.attachment.instance_id == PRIMARY
    assert interface.associations == {(EIP, "20.0.1.26")}
    instance = seen.instances[PRIMARY]
    assert (instance.state, instance.instance_status) == ("running", "impaired")
    assert [(s.interface_id, s.device_index) for s in instance.slots] == [(ENI, 1)]
    assert instance.interface_limit == 2
    assert seen.elastic_ips[EIP].interface_id is None
    assert seen.began_at <= seen.ended_at
    assert seen.not_found == frozenset()


def test_fields_that_ec2_leaves_out_are_no_error(open_desk: Open) -> None:
    desk = open_desk(lambda asked: listing(asked["Action"], BARE))

    seen = desk.gateway.observe(Scope(interface_ids=frozenset({ENI})))

    assert seen.interfaces[ENI].attachment is None
    assert seen.interfaces[ENI].addresses == ()


def test_a_large_scope_is_asked_in_filters_of_two_hundred_and_read_to_the_last_page(
    open_desk: Open,
) -> None:
    many = frozenset(InterfaceId(f"eni-{n:08x}") for n in range(450))

    def paged(asked: Parameters) -> Say:
        token = "" if asked.get("NextToken") else "more"
        item = f"<item><networkInterfaceId>{asked['Filter.1.Value.1']}"
        item += f"{'-b' if not token else ''}</networkInterfaceId></item>"
        return listing(asked["Action"], item, token)

    desk = open_desk(paged)
    seen = desk.gateway.observe(Scope(interface_ids=many))

    assert len(desk.endpoint.asked) == 6
    assert all("Filter.1.Value.201" not in a for a in desk.endpoint.asked)
    assert all(a["MaxResults"] == "1000" for a in desk.endpoint.asked)
    assert len(seen.interfaces) == 6


def test_the_parts_of_a_look_are_asked_side_by_side(open_desk: Open) -> None:
    everybody = threading.Barrier(4, timeout=10)

    def together(asked: Parameters) -> Say:
        if asked["Action"] != "DescribeInstanceTypes":
            everybody.wait()
        return world(asked)

    seen = open_desk(together).gateway.observe(ALL)

    assert seen.instances


def test_a_types_limit_is_asked_once(open_desk: Open) -> None:
    desk = open_desk(world)

    desk.gateway.observe(ALL)
    desk.gateway.observe(ALL)

    assert desk.endpoint.actions().count("DescribeInstanceTypes") == 1


@pytest.mark.parametrize("status", [403, 500])
def test_a_types_limit_that_ec2_does_not_tell_does_not_void_the_look(
    open_desk: Open, status: int
) -> None:
    def partly(asked: Parameters) -> Say:
        if asked["Action"] == "DescribeInstanceTypes":
            return refusal(
                "UnauthorizedOperation" if status == 403 else "InternalError"
            )
        return world(asked)

    seen = open_desk(partly).gateway.observe(ALL)

    assert seen.instances[PRIMARY].interface_limit is None


def test_only_an_answer_of_not_found_by_id_counts_as_not_found(open_desk: Open) -> None:
    def one_is_gone(asked: Parameters) -> Say:
        if asked.get("NetworkInterfaceId.1") == GONE:
            return refusal("InvalidNetworkInterfaceID.NotFound")
        if "NetworkInterfaceId.1" in asked:
            return world(asked)
        return listing(asked["Action"], "")

    seen = open_desk(one_is_gone).gateway.observe(
        Scope(interface_ids=frozenset({GONE}), confirm_ids=frozenset({GONE, ENI}))
    )

    assert seen.not_found == {GONE}
    assert set(seen.interfaces) == {ENI}


def test_an_instance_that_ec2_has_forgotten_leaves_the_others_their_checks(
    open_desk: Open,
) -> None:
    def forgetful(asked: Parameters) -> Say:
        if FORGOTTEN in asked.values() and asked["Action"] == "DescribeInstanceStatus":
            said = f"The instance ID '{FORGOTTEN}' does not exist"
            return refusal("InvalidInstanceID.NotFound", message=said)
        return world(asked)

    seen = open_desk(forgetful).gateway.observe(
        Scope(instance_ids=frozenset({PRIMARY, FORGOTTEN}))
    )

    assert set(seen.instances) == {PRIMARY}
    assert seen.instances[PRIMARY].system_status == "ok"


@pytest.mark.parametrize(
    ("said", "family"),
    [
        (refusal("RequestLimitExceeded", status=503), ports.Ec2Busy),
        (refusal("UnauthorizedOperation", status=403), ports.Ec2Refused),
        (refusal("InternalError", status=500), ports.Ec2OutcomeUnknown),
        (Say("<!doctype html>", 200), ports.Ec2OutcomeUnknown),
        (Say("", 0), ports.Ec2OutcomeUnknown),
    ],
)
def test_a_look_that_fails_in_one_part_is_no_look(
    open_desk: Open, said: Say, family: type[ports.Ec2Error]
) -> None:
    def partly(asked: Parameters) -> Say:
        return said if asked["Action"] == "DescribeAddresses" else world(asked)

    desk = open_desk(partly)

    with pytest.raises(family):
        desk.gateway.observe(ALL)


def test_an_endpoint_that_refuses_connections_says_nothing(open_desk: Open) -> None:
    desk = open_desk(world, url=f"http://127.0.0.1:{free_port()}")

    with pytest.raises(ports.Ec2OutcomeUnknown):
        desk.gateway.observe(ALL)
