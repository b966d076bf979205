"""Which strategies two instances allow, and what each keeps and loses."""

from dataclasses import replace
from typing import Any

import pytest

from failover.engine.advisor import Advice, Trait, advise
from failover.engine.job import Strategy
from failover.engine.topology import (
    AllocationId,
    Instance,
    Interface,
    InterfaceId,
    PrivateAddress,
    Slot,
)
from tests.engine.cast import PRIMARY, STANDBY, an_instance, an_interface
from tests.engine.moves.cast import SOURCE, TARGET, an_end


def an_owner(interface_id: str, **changes: Any) -> Instance:
    name = PRIMARY if interface_id == "eni-a" else STANDBY
    slot = Slot(interface_id=InterfaceId(interface_id), device_index=0)
    return an_instance(name, **{"slots": (slot,), **changes})


ONE, TWO = an_owner("eni-a"), an_owner("eni-b")


def advised(
    primary: Instance = ONE, standby: Instance = TWO, *ends: Interface, **more: Any
) -> dict[Strategy, Advice]:
    shown = ends or (an_end(SOURCE), an_end(TARGET))
    advice = advise(
        primary=primary,
        standby=standby,
        interfaces={i.id: i for i in shown},
        **more,
    )
    return {a.strategy: a for a in advice}


def reasons(advice: Advice) -> list[str]:
    return [c.code for c in advice.reasons]


def possible(found: dict[Strategy, Advice]) -> set[Strategy]:
    return {strategy for strategy, advice in found.items() if advice.is_possible}


def test_two_like_instances_allow_every_strategy() -> None:
    assert possible(advised()) == set(Strategy)
    assert all(a.reasons == () for a in advised().values())


def test_across_zones_go_the_elastic_ip_and_the_route() -> None:
    away = replace(TWO, availability_zone="eu-west-1b")

    found = advised(ONE, away)

    assert possible(found) == {Strategy.EIP, Strategy.ROUTE}
    assert reasons(found[Strategy.ENI]) == ["same_zone"]
    assert possible(found) == {
        s for s, a in found.items() if Trait.ACROSS_ZONES in a.keeps
    }


def test_across_vpcs_goes_the_elastic_ip() -> None:
    away = replace(TWO, vpc_id="vpc-2", availability_zone="eu-west-1b")

    assert possible(advised(ONE, away)) == {Strategy.EIP}


@pytest.mark.parametrize("state", ["shutting-down", "terminated"])
def test_an_instance_that_ends_allows_nothing(state: str) -> None:
    assert possible(advised(ONE, replace(TWO, state=state))) == set()


def test_a_stopped_standby_can_be_started() -> None:
    assert possible(advised(ONE, replace(TWO, state="stopped"))) == set(Strategy)


def test_an_interface_needs_a_free_index_and_a_free_slot_at_both_ends() -> None:
    other = Slot(interface_id=InterfaceId("eni-other"), device_index=1)
    full = replace(TWO, slots=(*TWO.slots, other))

    found = advised(ONE, full)

    assert reasons(found[Strategy.ENI]) == ["free_index", "free_slot"]
    assert possible(found) == {Strategy.EIP, Strategy.PRIVATE_IP, Strategy.ROUTE}
    unlimited = replace(full, interface_limit=None)
    assert reasons(advised(ONE, unlimited)[Strategy.ENI]) == ["free_index"]
    assert reasons(advised(ONE, full, device_index=2)[Strategy.ENI]) == ["free_slot"]


def test_the_floating_interface_is_not_in_its_own_way() -> None:
    floating = an_interface()
    holding = replace(
        TWO, slots=(*TWO.slots, Slot(interface_id=floating.id, device_index=1))
    )

    assert advised(ONE, holding, floating=floating)[Strategy.ENI].is_possible


def test_the_floating_interface_stays_in_its_zone_and_vpc() -> None:
    away = an_interface(availability_zone="eu-west-1c", vpc_id="vpc-9")

    found = advised(floating=away)

    assert reasons(found[Strategy.ENI]) == ["same_zone", "same_vpc"]


def test_an_instance_without_a_known_interface_takes_none_of_the_moves() -> None:
    found = advised(ONE, TWO, an_end(SOURCE))

    assert possible(found) == {Strategy.ENI}
    assert reasons(found[Strategy.ROUTE]) == ["target_interface"]
    nobody = advised(replace(ONE, slots=()), replace(TWO, slots=()))
    assert reasons(nobody[Strategy.PRIVATE_IP]) == ["target_interface"] * 2


def test_what_moves_in_one_call_leads_to_the_index_that_was_chosen() -> None:
    second = Slot(interface_id=InterfaceId("eni-b"), device_index=2)
    away = replace(TWO, slots=(second,))

    assert reasons(advised(ONE, away)[Strategy.EIP]) == ["target_interface"]
    one = replace(ONE, slots=(replace(ONE.slots[0], device_index=2),))
    assert advised(one, away, own_index=2)[Strategy.EIP].reasons == ()


def riding(end: Any, allocation: str = "", public_ip: str = "") -> Interface:
    address = PrivateAddress(
        address=end.private_ip,
        primary=True,
        public_ip=public_ip,
        allocation_id=AllocationId(allocation) if allocation else None,
    )
    return an_end(end, addresses=(address,))


def test_two_elastic_ips_would_displace_each_other() -> None:
    both = (riding(SOURCE, "eipalloc-1"), riding(TARGET, "eipalloc-2"))

    assert advised(ONE, TWO, both[0], an_end(TARGET))[Strategy.EIP].reasons == ()
    assert reasons(advised(ONE, TWO, *both)[Strategy.EIP]) == ["addresses"]


def test_a_public_address_that_would_be_lost_is_said() -> None:
    advice = advised(ONE, TWO, an_end(SOURCE), riding(TARGET, public_ip="198.51.1.2"))

    assert reasons(advice[Strategy.EIP]) == ["public_ip"]
    assert advice[Strategy.EIP].is_possible


def test_a_private_address_needs_one_subnet() -> None:
    found = advised(ONE, TWO, an_end(SOURCE), an_end(TARGET, subnet_id="subnet-b"))

    assert reasons(found[Strategy.PRIVATE_IP]) == ["same_subnet"]


def test_a_route_needs_source_dest_check_off() -> None:
    strict = (an_end(SOURCE), an_end(TARGET, source_dest_check=True))

    assert reasons(advised(ONE, TWO, *strict)[Strategy.ROUTE]) == ["source_dest_check"]


def test_no_strategy_keeps_connections_and_only_the_interface_keeps_its_mac() -> None:
    found = advised()

    assert all(Trait.CONNECTIONS in a.loses for a in found.values())
    assert {s for s, a in found.items() if Trait.MAC in a.keeps} == {Strategy.ENI}
    assert {s for s, a in found.items() if Trait.PRIVATE_IP in a.loses} == {
        Strategy.EIP
    }
    assert all(set(a.keeps) | set(a.loses) == set(Trait) for a in found.values())
