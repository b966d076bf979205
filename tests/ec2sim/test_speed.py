"""A crowd: how quick it is, against itself and against moto in the same run.

What client and server take together is counted in seconds of the processor, so that
whatever else the machine does matters little.
"""

import http.client
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest

from ec2sim import server
from ec2sim.config import Config
from ec2sim.inprocess import Client
from ec2sim.seeds import sowing
from ec2sim.world import World
from tests.ec2sim import moto_server
from tests.ec2sim.contract.doors import Http, Refused
from tests.ec2sim.contract.forms import SIGNED

FEW_PAIRS, MANY_PAIRS = 34, 16_667
DESCRIBE = "DescribeNetworkInterfaces"
FORM = {"Authorization": SIGNED, "Content-Type": "application/x-www-form-urlencoded"}
NEXT = re.compile(rb"<nextToken>([^<]+)</nextToken>")
CYCLES = 300
Question = Callable[[], Any]


@pytest.fixture(scope="module")
def crowd() -> Iterator[server.Running]:
    """50,001 interfaces behind HTTP, with time standing still."""
    sown = {"pairs": MANY_PAIRS}
    with server.start(config=Config(latency_s=0), sown=sown) as running:
        running.world.clock.set(mode="manual")
        yield running


@pytest.fixture(scope="module")
def few() -> Iterator[World]:
    """102 interfaces."""
    world = World(config=Config(latency_s=0))
    sowing.sow(world, {"pairs": FEW_PAIRS})
    world.clock.set(mode="manual")
    yield world
    world.close()


def filtered(name: str, value: str, **more: Any) -> dict[str, Any]:
    """The parameters of a call with one filter."""
    return {"Filters": [{"Name": name, "Values": [value]}], **more}


def questions(client: Client) -> dict[str, Question]:
    """Ways to ask for one row of many, by what is asked."""
    paged = {"MaxResults": 5}
    wanted = filtered("tag:failover:pair", "pair-0017", **paged)
    one = client.call(DESCRIBE, **wanted)["NetworkInterfaces"][0]
    allocation = one["Association"]["AllocationId"]
    instance = one["Attachment"]["InstanceId"]
    asked: dict[str, tuple[str, dict[str, Any]]] = {
        "interface by id": (
            DESCRIBE,
            {"NetworkInterfaceIds": [one["NetworkInterfaceId"]]},
        ),
        "interface by tag": (DESCRIBE, wanted),
        "a page": (DESCRIBE, paged),
        "address by id": ("DescribeAddresses", {"AllocationIds": [allocation]}),
        "address by itself": (
            "DescribeAddresses",
            {"PublicIps": [one["Association"]["PublicIp"]]},
        ),
        "address by instance": ("DescribeAddresses", filtered("instance-id", instance)),
        "instance by id": ("DescribeInstances", {"InstanceIds": [instance]}),
        "instance by interface": (
            "DescribeInstances",
            filtered(
                "network-interface.network-interface-id", one["NetworkInterfaceId"]
            ),
        ),
        "status by id": ("DescribeInstanceStatus", {"InstanceIds": [instance]}),
    }
    for name, value in (
        ("network-interface-id", one["NetworkInterfaceId"]),
        ("private-ip-address", one["PrivateIpAddress"]),
        ("mac-address", one["MacAddress"]),
        ("attachment.instance-id", instance),
        ("association.public-ip", one["Association"]["PublicIp"]),
        ("association.allocation-id", allocation),
    ):
        pages = paged if name.startswith("association") else {}
        asked[f"interface by {name}"] = (DESCRIBE, filtered(name, value, **pages))

    def asking(action: str, params: dict[str, Any]) -> Question:
        return lambda: client.call(action, **params)

    return {name: asking(*each) for name, each in asked.items()}


def seconds(question: Question, *, times: int = 60, batches: int = 5) -> float:
    """How long one takes: the best of several batches, which a busy machine spares."""
    best = float("inf")
    for _ in range(batches):
        began = time.process_time()
        for _ in range(times):
            question()
        best = min(best, time.process_time() - began)
    return best / times


def test_one_among_50000_takes_no_longer_than_one_among_100(
    crowd: server.Running, few: World
) -> None:
    small, large = questions(Client(few)), questions(Client(crowd.world))
    slow: dict[str, float] = {}
    for name in large:
        # A busy machine may spoil one measurement, but not three in a row.
        ratios = (seconds(large[name]) / seconds(small[name]) for _ in range(3))
        slow[name] = next((ratio for ratio in ratios if ratio <= 2), 9)

    assert {name for name, ratio in slow.items() if ratio > 2} == set()


def test_a_crowded_region_is_read_in_pages_or_by_a_narrow_filter(
    crowd: server.Running,
) -> None:
    door = Http(crowd.url)
    subnet = door.call("DescribeSubnets", MaxResults=5)["Subnets"][0]["SubnetId"]
    for refused in ({}, filtered("status", "in-use"), filtered("tag-key", "Name")):
        with pytest.raises(Refused) as told:
            door.call(DESCRIBE, **refused)
        assert (told.value.code, told.value.status) == ("OperationNotPermitted", 400)

    page = door.call(DESCRIBE, MaxResults=1000)["NetworkInterfaces"]
    one = page[0]["NetworkInterfaceId"]
    narrow = [
        door.call(DESCRIBE, **asked)["NetworkInterfaces"]
        for asked in (
            {"NetworkInterfaceIds": [one]},
            filtered("network-interface-id", one),
            filtered("private-ip-address", page[0]["PrivateIpAddress"]),
            filtered("attachment.instance-id", page[0]["Attachment"]["InstanceId"]),
        )
    ]
    assert all(one in {row["NetworkInterfaceId"] for row in rows} for rows in narrow)
    wanted = filtered("subnet-id", subnet, MaxResults=1000)
    assert len(door.call(DESCRIBE, **wanted)["NetworkInterfaces"]) == 1000
    door.close()


def read_all(port: int, *, page: int | None) -> float:
    """Read every interface as bytes; the processor's seconds for each."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    fields: dict[str, Any] = {"Action": DESCRIBE, "Version": "2016-11-15"}
    if page is not None:
        fields["MaxResults"] = page
    count = 0
    began = time.process_time()
    while True:
        link.request("POST", "/", urlencode(fields), FORM)
        body = link.getresponse().read()
        count += body.count(b"<macAddress>")
        following = NEXT.search(body)
        if following is None:
            break
        fields["NextToken"] = following[1].decode()
    took = time.process_time() - began
    link.close()
    assert count >= 1000
    return took / count


def parse_all(url: str, **paging: Any) -> float:
    """Read every interface with boto3; the processor's seconds for each."""
    door = Http(url)
    pages = door.client.get_paginator("describe_network_interfaces").paginate(
        PaginationConfig=paging
    )
    began = time.process_time()
    count = sum(len(page["NetworkInterfaces"]) for page in pages)
    took = time.process_time() - began
    door.close()
    assert count >= 1000
    return took / count


def test_reading_everything_is_ten_times_as_quick_as_motos(
    crowd: server.Running,
) -> None:
    first = read_all(crowd.port, page=1000)
    again = min(read_all(crowd.port, page=1000) for _ in range(2))
    with moto_server.serving(1000) as port:
        read_all(port, page=None)
        moto = min(read_all(port, page=None) for _ in range(2))
        url = f"http://127.0.0.1:{port}"
        moto_parsed = min(parse_all(url) for _ in range(3))
    with server.start(config=Config(latency_s=0), sown={"pairs": 334}) as running:
        parsed = min(parse_all(running.url, PageSize=1000) for _ in range(3))

    told = {
        "first": moto / first,
        "again": moto / again,
        "through boto3": moto_parsed / parsed,
    }
    print(json.dumps(told), json.dumps([moto, moto_parsed, first, again, parsed]))
    # Measured: 15, 100 and 3. Through boto3 nearly all of the rest is its own parsing,
    # of a reply with twice the members of moto's.
    assert told["first"] > 8
    assert told["again"] > 10
    assert told["through boto3"] > 1.5


def test_a_call_inside_the_process_takes_no_tenth_of_a_millisecond(
    crowd: server.Running,
) -> None:
    client = Client(crowd.world)
    wanted = filtered("tag:failover:pair", "pair-0042", MaxResults=5)
    row = client.call(DESCRIBE, **wanted)["NetworkInterfaces"][0]
    interface_id, holder = row["NetworkInterfaceId"], row["Attachment"]["InstanceId"]
    clock = time.process_time_ns
    spent = {"describe": 0, "detach": 0, "attach": 0}
    for _ in range(CYCLES):
        began = clock()
        shown = client.call(DESCRIBE, NetworkInterfaceIds=[interface_id])
        spent["describe"] += clock() - began
        bond = shown["NetworkInterfaces"][0]["Attachment"]["AttachmentId"]
        began = clock()
        client.call("DetachNetworkInterface", AttachmentId=bond)
        spent["detach"] += clock() - began
        crowd.world.clock.set(advance_s=5)
        began = clock()
        client.call(
            "AttachNetworkInterface",
            NetworkInterfaceId=interface_id,
            InstanceId=holder,
            DeviceIndex=1,
        )
        spent["attach"] += clock() - began
        crowd.world.clock.set(advance_s=5)

    each = {name: took / CYCLES / 1000 for name, took in spent.items()}
    print({name: f"{took:.0f} us" for name, took in each.items()})
    # Measured: 40, 60 and 80. The bound spares slower machines.
    assert max(each.values()) < 500


def test_sixteen_clients_get_as_much_as_one() -> None:
    options = ["--seed-pairs", "100", "--latency-s", "0"]
    with subprocess.Popen(
        [sys.executable, "-m", "ec2sim", *options], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = json.loads(process.stdout.readline())["port"]
        ask(port, 20)
        alone = 400 / timed(lambda: ask(port, 400))
        with ThreadPoolExecutor(16) as pool:
            together = 1600 / timed(lambda: list(pool.map(ask, [port] * 16)))
        process.send_signal(signal.SIGTERM)
        process.wait(10)

    print({"one client": round(alone), "sixteen": round(together), "unit": "calls/s"})
    # Measured on two idle cores, which client and server share: 1,700 and 1,900.
    assert together > alone / 2


def ask(port: int, times: int = 100) -> None:
    """Describe one interface so many times over one connection."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    wanted = {"Filter.1.Name": "tag:failover:pair", "Filter.1.Value.1": "pair-0007"}
    body = urlencode({"Action": DESCRIBE, "Version": "2016-11-15", **wanted})
    for _ in range(times):
        link.request("POST", "/", body, FORM)
        reply = link.getresponse()
        assert reply.status == 200
        assert reply.read().count(b"<macAddress>") == 1
    link.close()


def timed(work: Callable[[], Any]) -> float:
    """How many seconds it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
