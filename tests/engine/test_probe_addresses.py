"""Whom a probe asks: the address at which people meet what was moved."""

from dataclasses import replace
from typing import Any

import pytest

from failover.engine import probing
from failover.engine.job import Aim, Job, State
from failover.engine.probes import Question
from failover.engine.topology import AllocationId, PrivateAddress
from tests.engine.arrival import PROBE, arrived
from tests.engine.cast import (
    PRIVATE_IP,
    STANDBY,
    a_job,
    a_look,
    an_interface,
    held,
    remembering,
)
from tests.engine.moves.cast import (
    EIP,
    IP,
    ROUTES,
    TARGET,
    VIP,
    a_move,
    an_elastic_ip,
    an_end,
)
from tests.engine.moves.cast import a_look as a_look_at_parts


def test_what_has_arrived_is_asked() -> None:
    question = probing.find_question(arrived(), PRIVATE_IP)

    assert question == Question(address=PRIVATE_IP, probe=PROBE)


@pytest.mark.parametrize(
    "job",
    [
        arrived(probe=None),
        arrived(memory=remembering()),
        arrived(state=State.PARKED),
        arrived(state=State.SUCCEEDED),
        a_job(probe=PROBE, state=State.QUEUED),
    ],
)
def test_what_has_not_arrived_is_not_asked(job: Job) -> None:
    assert probing.find_question(job, PRIVATE_IP) is None


def test_nobody_is_asked_at_an_address_that_nobody_has_seen() -> None:
    assert probing.find_question(arrived(), "") is None


def an_address(address: str, public_ip: str = "", **changes: Any) -> PrivateAddress:
    return PrivateAddress(
        address=address,
        primary=changes.get("primary", False),
        public_ip=public_ip,
        allocation_id=AllocationId("eipalloc-1") if changes.get("is_elastic") else None,
    )


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        ((an_address("10.0.0.5", primary=True),), "10.0.0.5"),
        (
            (an_address("10.0.0.5", "203.0.113.7", primary=True, is_elastic=True),),
            "203.0.113.7",
        ),
        # The Elastic IP sits on a secondary address.
        (
            (
                an_address("10.0.0.5", primary=True),
                an_address("10.0.0.6", "203.0.113.7", is_elastic=True),
            ),
            "203.0.113.7",
        ),
        (
            (
                an_address("10.0.0.6", "203.0.113.8", is_elastic=True),
                an_address("10.0.0.5", "203.0.113.7", primary=True, is_elastic=True),
            ),
            "203.0.113.7",
        ),
        # A public address that EC2 has lent does not float.
        ((an_address("10.0.0.5", "203.0.113.9", primary=True),), "10.0.0.5"),
        ((), "2a05:d018::5"),
    ],
)
def test_an_interface_is_met_at_its_elastic_ip_or_its_own_address(
    addresses: tuple[PrivateAddress, ...], expected: str
) -> None:
    interface = an_interface(
        held(STANDBY), addresses=addresses, ipv6_addresses=("2a05:d018::5",)
    )

    assert probing.find_address(arrived(), a_look(interface)) == expected


def test_an_interface_that_was_left_out_is_met_nowhere() -> None:
    assert probing.find_address(arrived(), a_look(None)) == ""


def test_an_elastic_ip_is_met_at_itself() -> None:
    job = a_move(EIP, probe=PROBE)
    seen = a_look_at_parts(job, an_elastic_ip(public_ip="203.0.113.7"))

    assert probing.find_address(job, seen) == "203.0.113.7"
    assert probing.find_address(job, replace(seen, elastic_ips={})) == ""


def test_a_private_address_is_met_at_its_rider_or_itself() -> None:
    job = a_move(IP, probe=PROBE)
    alone = an_end(TARGET, addresses=(an_address(VIP),))
    ridden = an_end(
        TARGET,
        addresses=(
            an_address("10.0.0.9", "203.0.113.8", is_elastic=True),
            an_address(VIP, "203.0.113.7", is_elastic=True),
        ),
    )

    def met(*shown: Any) -> str:
        seen = replace(a_look_at_parts(job), interfaces={i.id: i for i in shown})
        return probing.find_address(job, seen)

    assert met(alone) == VIP
    assert met(ridden) == "203.0.113.7"
    assert met() == ""


def test_a_route_is_met_at_the_instance_that_it_leads_to() -> None:
    job = a_move(*ROUTES, probe=PROBE)
    source = job.moving.source if job.moving else None
    assert source is not None
    shown = {
        end.interface_id: an_end(
            end, addresses=(an_address(end.private_ip, primary=True),)
        )
        for end in (TARGET, source)
    }
    seen = replace(a_look_at_parts(job), interfaces=shown)

    assert probing.find_address(job, seen) == TARGET.private_ip
    back = replace(job, aim=Aim.SOURCE)
    assert probing.find_address(back, seen) == source.private_ip


def test_an_aim_that_has_no_end_is_met_nowhere() -> None:
    job = a_move(IP, probe=PROBE, aim=Aim.SOURCE)
    assert job.moving is not None
    job = replace(job, moving=replace(job.moving, source=None))

    assert probing.find_address(job, a_look_at_parts(job)) == ""
