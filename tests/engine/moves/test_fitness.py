"""What the ends of a move must be like (protocol P5)."""

from dataclasses import replace
from typing import Any

import pytest

from failover.engine.topology import (
    PrivateAddress,
)
from tests.engine.cast import PRIMARY, STANDBY, an_instance
from tests.engine.moves.cast import (
    IP,
    OTHER_ADDRESS,
    ROUTES,
    SOURCE,
    STRANGERS,
    TARGET,
    VIP,
    an_end,
    carrying,
)
from tests.engine.moves.planning import (
    AT_SOURCE,
    ENDS,
    carried,
    check,
    failed,
    planned,
    seen,
    tables,
)


def test_routes_need_their_vpc_and_no_source_dest_check_at_both_ends() -> None:
    look = tables(SOURCE, SOURCE)
    strict = replace(
        look,
        interfaces={
            i.interface_id: an_end(i, source_dest_check=True) for i in (SOURCE, TARGET)
        },
        route_tables={
            t: replace(table, vpc_id="vpc-2") for t, table in look.route_tables.items()
        },
    )

    found = planned(strict, *ROUTES)

    assert failed(found) == ["same_vpc", "source_dest_check"]
    assert ("interfaces", "eni-b, eni-a") in check(found, "source_dest_check").args
    assert ("route_tables", "rtb-1, rtb-2") in check(found, "same_vpc").args


def test_a_primary_address_never_moves() -> None:
    primary = an_end(SOURCE, addresses=(PrivateAddress(address=VIP, primary=True),))

    assert failed(planned(carried(primary), IP)) == ["addresses"]


def test_a_private_address_stays_in_its_subnet_and_zone() -> None:
    away = an_end(TARGET, subnet_id="subnet-b", availability_zone="eu-west-1b")

    found = planned(carried(carrying(SOURCE, VIP), away), IP)

    assert failed(found) == ["same_zone", "same_subnet"]


@pytest.mark.parametrize(
    ("shown", "ends"),
    [
        ((AT_SOURCE,), {PRIMARY: SOURCE, STANDBY: None}),
        (
            (AT_SOURCE,),
            {PRIMARY: SOURCE, STANDBY: replace(TARGET, interface_id=STRANGERS)},
        ),
        ((AT_SOURCE, an_end(TARGET, attachment=None)), ENDS),
    ],
)
def test_a_target_without_its_interface_cannot_take_it(shown: Any, ends: Any) -> None:
    found = planned(seen(*shown), ends=ends)

    assert failed(found) == ["target_interface"]


@pytest.mark.parametrize(
    ("target", "codes"),
    [
        (an_instance(STANDBY, "stopped"), ["target_state"]),
        (an_instance(STANDBY, system_status="impaired"), ["target_status"]),
    ],
)
def test_a_target_that_does_not_run_well_is_said(target: Any, codes: list[str]) -> None:
    look = seen(AT_SOURCE, instances=(an_instance(PRIMARY), target))

    assert failed(planned(look)) == codes


@pytest.mark.parametrize(
    "addresses",
    [
        (),
        (
            PrivateAddress(
                address=TARGET.private_ip, primary=True, allocation_id=OTHER_ADDRESS
            ),
        ),
    ],
)
def test_an_elastic_ip_needs_its_private_address_alone(addresses: Any) -> None:
    look = seen(AT_SOURCE, an_end(TARGET, addresses=addresses))

    assert failed(planned(look)) == ["addresses"]


def test_a_public_address_that_would_be_lost_is_a_warning() -> None:
    lent = PrivateAddress(
        address=TARGET.private_ip, primary=True, public_ip="198.51.100.7"
    )

    found = planned(seen(AT_SOURCE, an_end(TARGET, addresses=(lent,))))

    assert failed(found) == ["public_ip"]
    assert found.plan.is_possible
    assert check(found, "public_ip").severity == "warning"
